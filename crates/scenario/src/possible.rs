//! Finds expectations that every value meets, or none.

use super::condition::{Condition, size};
use super::diagnostic::Fix;
use super::node::Node;
use super::problems::Problems;
use super::written::quoted;
use precall_results::Metric;
use precall_results::MetricKind;
use precall_results::{ExpectedValue, Level, Operator};

/// The result of a bound over all possible values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vacuous {
    /// Every value meets the bound.
    Always,
    /// No value meets the bound.
    Never,
}

/// Returns whether all or none of the values from `low` to `high` meet a bound; `None` if it depends on the value.
pub(super) fn vacuous(operator: Operator, bound: f64, (low, high): (f64, f64)) -> Option<Vacuous> {
    let (never, always) = match operator {
        Operator::Greater => (bound >= high, bound < low),
        Operator::GreaterOrEqual => (bound > high, bound <= low),
        Operator::Less => (bound <= low, bound > high),
        Operator::LessOrEqual => (bound < low, bound >= high),
        Operator::Equal => (bound < low || bound > high, low == high && bound == low),
        Operator::NotEqual => (low == high && bound == low, bound < low || bound > high),
    };
    match (never, always) {
        (true, _) => Some(Vacuous::Never),
        (_, true) => Some(Vacuous::Always),
        _ => None,
    }
}

/// Reports the bounds of an expectation that every value of the metric meets, or none.
pub(super) fn check(metric: Metric, condition: &Condition, node: &Node, problems: &mut Problems) {
    let Some(extent) = metric.row().range else { return };
    for (operator, value) in &condition.bounds {
        let Some(vacuous) = vacuous(*operator, size(value), extent) else { continue };
        let name = metric.as_str();
        let (what, label) = match vacuous {
            Vacuous::Always => ("can never be missed", "always met"),
            Vacuous::Never => ("can never be met", "never met"),
        };
        let bound = format!("{} {value}", operator.as_str());
        let message = format!("`{name} {bound}` {what}: {}", possible_values(metric, extent));
        let text = quoted(&with_bound(condition, *operator, metric.typical()));
        let help = format!("write a bound within that range, such as `{name} = {text}`, or remove the expectation");
        let fix = (condition.bounds.len() == 1).then(|| Fix::of(node, text));
        problems.add_fixed(&node.span, message, label, help, fix);
    }
}

/// Returns the possible values, as text.
fn possible_values(metric: Metric, (low, high): (f64, f64)) -> String {
    let show = |value: f64| match metric.kind() {
        MetricKind::Ratio => format!("{} %", value * 100.0),
        MetricKind::Bitrate => "0 bit/s".to_owned(),
        MetricKind::Time => "0 ms".to_owned(),
        _ => value.to_string(),
    };
    match metric {
        Metric::VideoRecommendedResolution => "the largest picture is 1920x1080".to_owned(),
        _ if high.is_infinite() => format!("its values are at least {}", show(low)),
        _ => format!("its values are between {} and {}", show(low), show(high)),
    }
}

/// Returns the text of an expectation with another bound.
fn with_bound(condition: &Condition, operator: Operator, value: &str) -> String {
    let level = match condition.level {
        Level::Error => String::new(),
        level => format!("{}: ", level.as_str()),
    };
    let aggregate = condition.aggregate.map(|aggregate| format!("{aggregate} ")).unwrap_or_default();
    let window = condition.window.map(|window| format!(" {window}")).unwrap_or_default();
    format!("{level}{aggregate}{} {value}{window}", operator.as_str())
}

/// Reports a list of conditions on one metric that no value meets.
pub(super) fn check_together(metric: Metric, conditions: &[(&Node, Condition)], problems: &mut Problems) {
    for (at, (node, condition)) in conditions.iter().enumerate() {
        let same = |other: &&(&Node, Condition)| {
            (other.1.aggregate, other.1.window) == (condition.aggregate, condition.window)
        };
        let earlier = conditions[..at].iter().filter(same);
        let bounds: Vec<_> = earlier.flat_map(|(_, condition)| &condition.bounds).collect();
        let against = condition
            .bounds
            .iter()
            .find_map(|bound| bounds.iter().find(|other| excludes(bound, other)).map(|other| (bound, *other)));
        if let Some(((operator, value), (other_operator, other))) = against {
            let [bound, other] = [(operator, value), (other_operator, other)]
                .map(|(operator, value)| format!("`{} {value}`", operator.as_str()));
            let message = format!("no `{}` meets {bound} and {other}", metric.as_str());
            problems.add(&node.span, message, "never met", "change or remove one of the two");
        }
    }
}

/// Returns whether no value meets both bounds.
fn excludes(a: &(Operator, ExpectedValue), b: &(Operator, ExpectedValue)) -> bool {
    let lower = |(operator, value): &(Operator, ExpectedValue)| match operator {
        Operator::Greater => Some((size(value), true)),
        Operator::GreaterOrEqual | Operator::Equal => Some((size(value), false)),
        _ => None,
    };
    let upper = |(operator, value): &(Operator, ExpectedValue)| match operator {
        Operator::Less => Some((size(value), true)),
        Operator::LessOrEqual | Operator::Equal => Some((size(value), false)),
        _ => None,
    };
    let empty = |low: Option<(f64, bool)>, high: Option<(f64, bool)>| match (low, high) {
        (Some((low, strictly)), Some((high, strictly_too))) => {
            low > high || (low == high && (strictly || strictly_too))
        }
        _ => false,
    };
    empty(lower(a), upper(b)) || empty(lower(b), upper(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn vacuous_bounds_are_found(at in 0_usize..6, bound in -2_i32..8, low in 0_i32..3, length in 1_i32..4) {
            let operator = [
                Operator::Greater, Operator::GreaterOrEqual, Operator::Less, Operator::LessOrEqual, Operator::Equal, Operator::NotEqual,
            ][at];
            let high = low + length;
            let meets = |value: f64| match operator {
                Operator::Greater => value > f64::from(bound),
                Operator::GreaterOrEqual => value >= f64::from(bound),
                Operator::Less => value < f64::from(bound),
                Operator::LessOrEqual => value <= f64::from(bound),
                Operator::Equal => value == f64::from(bound),
                Operator::NotEqual => value != f64::from(bound),
            };
            let met: Vec<bool> = (low * 4..=high * 4).map(|quarter| meets(f64::from(quarter) / 4.0)).collect();
            let wanted = match (met.iter().any(|met| *met), met.iter().all(|met| *met)) {
                (false, _) => Some(Vacuous::Never),
                (_, true) => Some(Vacuous::Always),
                _ => None,
            };
            proptest::prop_assert_eq!(vacuous(operator, f64::from(bound), (f64::from(low), f64::from(high))), wanted);
        }
    }
}
