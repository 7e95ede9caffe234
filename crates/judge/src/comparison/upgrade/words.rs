//! Names of cells and changes of figures, in words.

use crate::comparison::model::{CellComparison, MetricComparison};
use precall_results::{MetricKind, MetricUnit};

/// Returns a cell as people call it: the values of its axes, after the case's name, such as `3g`. Empty when there is
/// one cell without a name.
pub(super) fn label(cell: &CellComparison) -> String {
    cell_name(&cell.name, &cell.axes)
}

/// Returns the name of a cell as people call it; `axes` are those of its cases but the compared one.
pub fn cell_name<'a>(name: &str, axes: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let value = |(axis, value): (&String, &String)| match axis.as_str() {
        "network" | "module" | "sdk" | "profile" => value.clone(),
        axis => format!("{axis}={value}"),
    };
    let parts = Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().chain(axes.into_iter().map(value));
    parts.collect::<Vec<_>>().join(" ")
}

/// Returns the place of a cell in a sentence: ` on 3g`, or nothing when the cell has no name.
pub(super) fn on(cell: &CellComparison) -> String {
    let label = label(cell);
    if label.is_empty() { label } else { format!(" on {label}") }
}

/// Describes the change of a figure: "received video bitrate on wifi-hotel falls by 22 % (14 to 29 %, 95 %)".
pub(super) fn figure_change(cell: &CellComparison, compared: &MetricComparison) -> String {
    let (name, place) = (compared.figure.label(), on(cell));
    let Some(shift) = compared.shift else { return format!("{name}{place} is worse") };
    let (verb, sign) = if shift.estimate < 0.0 { ("falls", -1.0) } else { ("rises", 1.0) };
    let (one, other) = (sign * shift.low, sign * shift.high);
    let (low, high) = (one.min(other), one.max(other));
    format!(
        "{name}{place} {verb} by {} ({} to {}, {:.0} %)",
        amount(compared, shift.estimate.abs()),
        number(compared, low),
        amount(compared, high),
        (shift.confidence * 100.0).floor()
    )
}

/// Returns a change of a figure with its unit; a change of a bitrate is a share of the first side's.
pub(super) fn amount(compared: &MetricComparison, change: f64) -> String {
    let suffix = match compared.figure.unit() {
        MetricUnit::KilobitsPerSecond if base_bitrate(compared).is_some() => " %",
        // A difference of shares is in percentage points.
        MetricUnit::Percent => " points",
        MetricUnit::None if compared.figure.kind() == MetricKind::Boolean => " points",
        unit => unit.suffix(),
    };
    format!("{}{suffix}", number(compared, change))
}

/// Returns a change of a figure without its unit.
fn number(compared: &MetricComparison, change: f64) -> String {
    let unit = compared.figure.unit();
    let (factor, decimals) = match (unit, base_bitrate(compared)) {
        (MetricUnit::KilobitsPerSecond, Some(center)) => (100.0 / center, 0),
        (MetricUnit::KilobitsPerSecond, None) | (MetricUnit::Milliseconds, _) => (unit.per_unit(), 0),
        (MetricUnit::Percent | MetricUnit::Seconds | MetricUnit::Count | MetricUnit::Megabytes, _) => {
            (unit.per_unit(), 1)
        }
        (MetricUnit::None, _) if compared.figure.kind() == MetricKind::Boolean => (100.0, 0),
        (MetricUnit::None | MetricUnit::Mos | MetricUnit::FramesPerSecond, _) => (1.0, 2),
    };
    format!("{:.decimals$}", change * factor)
}

/// Returns the bitrate that changes are a share of, in bit/s; `None` when the first side has none.
fn base_bitrate(compared: &MetricComparison) -> Option<f64> {
    compared.center_a.filter(|center| *center > 0.0)
}
