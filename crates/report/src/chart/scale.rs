//! Scales that begin at zero and end at a round number.

/// A scale from zero to `max`, with a tick at each `step`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub max: f64,
    pub step: f64,
}

/// The approximate number of steps of a scale.
const STEPS: f64 = 4.0;

/// The largest number of ticks, whatever the arithmetic gives.
const MAX_TICKS: u32 = 20;

/// The largest number that is drawn. No measured value is larger, and products of larger steps would not be finite.
pub(crate) const MAX_DRAWN: f64 = 1e12;

impl Scale {
    /// Returns the smallest round scale up to at least `value` and at least `least`.
    pub(crate) fn up_to(value: f64, least: f64) -> Self {
        Self::with_steps(value, least, &[1.0, 2.0, 2.5, 5.0, 10.0])
    }

    /// Returns the same for seconds, without steps of 2.5.
    pub(crate) fn of_seconds(value: f64) -> Self {
        Self::with_steps(value, 4.0, &[1.0, 2.0, 5.0, 10.0])
    }

    fn with_steps(value: f64, least: f64, factors: &[f64]) -> Self {
        let value = if value.is_finite() { value.clamp(least, MAX_DRAWN.max(least)) } else { least };
        let raw = value / STEPS;
        let magnitude = 10_f64.powf(raw.log10().floor());
        let factor = factors.iter().find(|factor| *factor * magnitude >= raw * 0.999);
        let step = factor.unwrap_or(&10.0) * magnitude;
        // A value that exceeds the last step by a rounding error needs no further step.
        let steps = (value / step - 1e-9).ceil().max(1.0);
        Self { max: steps * step, step }
    }

    /// Returns the places of the ticks, including zero.
    pub(crate) fn ticks(self) -> impl Iterator<Item = f64> {
        let count = ((self.max / self.step).round() as u32).min(MAX_TICKS - 1);
        (0..=count).map(move |tick| f64::from(tick) * self.step)
    }

    /// Returns the label of a tick, with no more decimals than its step has.
    pub(crate) fn label(self, tick: f64) -> String {
        let decimals = (0..4).find(|decimals| {
            let scaled = self.step * 10_f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6
        });
        format!("{tick:.*}", usize::try_from(decimals.unwrap_or(3)).unwrap_or(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round() {
        for (value, labels) in [
            (0.0, "0 1 2 3 4"),
            (4.5, "0 2 4 6"),
            (30.0, "0 10 20 30"),
            (812.0, "0 250 500 750 1000"),
            (1.7, "0 1 2 3 4"),
            (62.0, "0 20 40 60 80"),
            (f64::NAN, "0 1 2 3 4"),
            (f64::INFINITY, "0 1 2 3 4"),
        ] {
            let scale = Scale::up_to(value, 4.0);
            assert_eq!(scale.ticks().map(|tick| scale.label(tick)).collect::<Vec<_>>().join(" "), labels, "{value}");
        }
        let seconds = Scale::of_seconds(10.2);
        assert_eq!(seconds.ticks().map(|tick| seconds.label(tick)).collect::<Vec<_>>().join(" "), "0 5 10 15");
        let fine = Scale::up_to(0.9, 0.1);
        assert_eq!(fine.ticks().map(|tick| fine.label(tick)).collect::<Vec<_>>().join(" "), "0.00 0.25 0.50 0.75 1.00");
    }

    proptest::proptest! {
        #[test]
        fn no_number_makes_an_axis_without_end(value in proptest::num::f64::ANY) {
            for scale in [Scale::up_to(value, 4.0), Scale::of_seconds(value)] {
                proptest::prop_assert!((2..=20).contains(&scale.ticks().count()), "{scale:?}");
                proptest::prop_assert!(scale.max.is_finite() && scale.ticks().all(|tick| scale.label(tick).len() < 20));
            }
        }

        #[test]
        fn a_scale_holds_its_value_and_wastes_less_than_two_thirds(value in 1e-3..1e9) {
            let scale = Scale::up_to(value, 1e-3);
            proptest::prop_assert!(scale.max >= value * 0.999_999 && scale.max <= value * 3.0, "{scale:?}");
            proptest::prop_assert!((2..=7).contains(&scale.ticks().count()), "{scale:?}");
        }
    }
}
