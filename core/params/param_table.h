// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/params/param_set.h"

#include <functional>
#include <type_traits>

namespace orrery {

/// Binds a plain struct of settings to its declaration, once:
///
///     static const auto table = ParamTable<SvdConfig>{}
///         .number("factors", "Factors", "Length of each vector; 20 to 200 is usual", &SvdConfig::factors, 1, 1024)
///         .choice("loss", "Loss", "...", &SvdConfig::loss, {{"squared", "Squared error"}, ...});
///
/// The defaults are those of the struct. `read` turns a ParamSet into the struct, checked.
template <class Config> class ParamTable {
public:
    template <class T> ParamTable& number(std::string id, std::string title, std::string help, T Config::*field,
                                          double low, double high, ParamScale scale = ParamScale::Linear)
    {
        static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
        using Stored = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;
        ParamSpec spec{std::move(id), std::move(title), std::move(help)};
        spec.type = std::is_integral_v<T> ? ParamType::Integer : ParamType::Real;
        spec.fallback = shortest<T, Stored>(Config{}.*field);
        spec.low = low;
        spec.high = high;
        spec.scale = scale;
        return add(std::move(spec), [field](Config& config, const ParamValue& value) {
            config.*field = static_cast<T>(std::get<Stored>(value));
        });
    }

    ParamTable& flag(std::string id, std::string title, std::string help, bool Config::*field)
    {
        ParamSpec spec{std::move(id), std::move(title), std::move(help)};
        spec.type = ParamType::Boolean;
        spec.fallback = Config{}.*field;
        return add(std::move(spec),
                   [field](Config& config, const ParamValue& value) { config.*field = std::get<bool>(value); });
    }

    /// `field` is an enum whose enumerators have the values 0, 1, ... in the order of `choices`.
    template <class E> ParamTable& choice(std::string id, std::string title, std::string help, E Config::*field,
                                          std::vector<ParamChoice> choices)
    {
        static_assert(std::is_enum_v<E>);
        ParamSpec spec{std::move(id), std::move(title), std::move(help)};
        spec.type = ParamType::Choice;
        spec.fallback = choices.at(static_cast<std::size_t>(Config{}.*field)).id;
        spec.choices = choices;
        return add(std::move(spec), [field, choices = std::move(choices)](Config& config, const ParamValue& value) {
            for (std::size_t i = 0; i < choices.size(); ++i)
                if (choices[i].id == std::get<std::string>(value))
                    config.*field = static_cast<E>(i);
        });
    }

    /// `format` says what may be written; `check` whether a text can be understood (Errors: InvalidArgument).
    ParamTable& text(std::string id, std::string title, std::string help, std::string Config::*field,
                     std::string format, Status (*check)(std::string_view))
    {
        ParamSpec spec{std::move(id), std::move(title), std::move(help)};
        spec.type = ParamType::Text;
        spec.fallback = Config{}.*field;
        spec.format = std::move(format);
        spec.check = check;
        return add(std::move(spec),
                   [field](Config& config, const ParamValue& value) { config.*field = std::get<std::string>(value); });
    }

    /// Puts the parameter added last behind "more" in the form.
    ParamTable& advanced()
    {
        m_specs.back().advanced = true;
        return *this;
    }

    [[nodiscard]] const std::vector<ParamSpec>& specs() const { return m_specs; }

    /// Errors: InvalidArgument that names the parameter, the value and what is allowed.
    [[nodiscard]] Result<Config> read(const ParamSet& set) const
    {
        Config config;
        const ParamSet full = complete(m_specs, set);
        for (std::size_t i = 0; i < m_specs.size(); ++i) {
            const ParamValue& value = *full.find(m_specs[i].id);
            if (const auto valid = validate(m_specs[i], value); !valid)
                return tl::unexpected(valid.error());
            m_writers[i](config, value);
        }
        return config;
    }

private:
    using Writer = std::function<void(Config&, const ParamValue&)>;

    ParamTable& add(ParamSpec spec, Writer writer)
    {
        m_specs.push_back(std::move(spec));
        m_writers.push_back(std::move(writer));
        return *this;
    }

    // A float .02f would read 0.019999999552965164 as a double: go through its shortest text.
    template <class T, class Stored> static ParamValue shortest(T value)
    {
        if constexpr (std::is_same_v<T, float>)
            return std::stod(shortestText(value));
        else
            return static_cast<Stored>(value);
    }
    static std::string shortestText(float value);

    std::vector<ParamSpec> m_specs;
    std::vector<Writer> m_writers;
};

/// Shortest decimal text of a float that reads back to it.
[[nodiscard]] ORRERY_API std::string shortestDecimal(float value);

template <class Config> std::string ParamTable<Config>::shortestText(float value) { return shortestDecimal(value); }

} // namespace orrery
