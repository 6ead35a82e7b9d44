// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspace.h"

namespace orrery {

std::string buildName()
{
#if defined(__x86_64__) && defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512BW__)
    constexpr const char* instructions = "x86-64-v4";
#elif defined(__x86_64__) && defined(__AVX2__) && defined(__FMA__)
    constexpr const char* instructions = "x86-64-v3";
#elif defined(__x86_64__)
    constexpr const char* instructions = "x86-64-v1";
#elif defined(__aarch64__)
    constexpr const char* instructions = "aarch64";
#elif defined(__riscv)
    constexpr const char* instructions = "riscv";
#elif defined(__powerpc64__)
    constexpr const char* instructions = "ppc64";
#else
    constexpr const char* instructions = "generic";
#endif
    return std::string(ORRERY_VERSION " ") + instructions;
}

} // namespace orrery
