// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/catalogue.h"
#include "ui/forms/param_field.h"
#include "ui/forms/param_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QSlider>
#include <QtTest>

using namespace orrery;
using namespace orrery::ui;

namespace {

std::vector<ParamSpec> specs()
{
    ParamSpec factors{"factors", "Factors", "Length of each vector", ParamType::Integer, std::int64_t{64}, 1, 512};
    ParamSpec rate{"rate", "Rate", "Step", ParamType::Real, 0.02, 0, 1, ParamScale::Logarithmic};
    ParamSpec shape{"shape",
                    "Shape",
                    "Which",
                    ParamType::Choice,
                    std::string("round"),
                    0,
                    0,
                    ParamScale::Linear,
                    {{"round", "Round"}, {"square", "Square"}}};
    shape.advanced = true;
    return {factors, rate, shape};
}

template <class W> W* control(ParamForm& form, const QString& param)
{
    return form.findChild<QWidget*>("param." + param)->findChild<W*>();
}

} // namespace

class ParamFormTest : public QObject {
    Q_OBJECT
private slots:
    void untouchedItSaysNothing()
    {
        ParamForm form;
        form.setSpecs(specs());
        QVERIFY(form.values() == ParamSet());
    }

    void typedNumbersReachTheValues()
    {
        ParamForm form;
        form.setSpecs(specs());
        form.show();
        auto* box = control<QDoubleSpinBox>(form, "factors");
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, "100");
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(std::get<std::int64_t>(*form.values().find("factors")), std::int64_t{100});
        QCOMPARE(form.values().values().size(), std::size_t{1});
    }

    void sliderAndNumberMoveTogether()
    {
        ParamForm form;
        form.setSpecs(specs());
        auto* slider = control<QSlider>(form, "rate");
        slider->setValue(slider->maximum());
        QCOMPARE(control<QDoubleSpinBox>(form, "rate")->value(), 1.0);
        slider->setValue(0);
        QCOMPARE(control<QDoubleSpinBox>(form, "rate")->value(), 0.0);
    }

    void resetTakesBackOneField()
    {
        ParamForm form;
        form.setSpecs(specs());
        form.show();
        control<QDoubleSpinBox>(form, "factors")->setValue(8);
        auto* reset = control<QPushButton>(form, "factors");
        QVERIFY(reset->isVisible());
        QTest::mouseClick(reset, Qt::LeftButton);
        QVERIFY(form.values() == ParamSet());
        QVERIFY(!reset->isVisible());
    }

    void advancedFieldsAreBehindMore()
    {
        ParamForm form;
        form.setSpecs(specs());
        form.show();
        QVERIFY(!control<QComboBox>(form, "shape")->isVisible());
        QTest::mouseClick(form.findChild<QPushButton*>("form.more"), Qt::LeftButton);
        QVERIFY(control<QComboBox>(form, "shape")->isVisible());
    }

    void everyAlgorithmOfTheCatalogueHasAForm()
    {
        for (const Algorithm& algorithm : catalogue()) {
            ParamForm form;
            form.setSpecs(algorithm.params);
            QCOMPARE(form.findChildren<ParamField*>().size(), static_cast<qsizetype>(algorithm.params.size()));
            QVERIFY2(form.values() == ParamSet(), algorithm.id.c_str());
        }
    }
};

QTEST_MAIN(ParamFormTest)
#include "param_form_test.moc"
