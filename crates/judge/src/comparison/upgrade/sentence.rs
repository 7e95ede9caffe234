//! The answer in one sentence.

use super::doubts::Doubt;
use super::margin::{HANG_CONFIDENCE, visible};
use crate::comparison::model::{Cell, Comparison, Figures};
use crate::statistics::highest_rate;
use precall_results::{Answer, Sides, Upgrade, Worsening};
use precall_results::{Metric, MetricKind};
use precall_support::text::{count, listed};

/// The most worsenings that a sentence names.
const MOST_NAMED: usize = 3;

/// "2.35.2 is no worse than 2.34.2 on 3g and wifi-hotel (14 repeats each; a fall of 8 % in video bitrate … would have been seen)."
pub(super) fn no_worse(comparison: &Comparison, sides: &Sides) -> String {
    let cells = &comparison.cells;
    let labels: Vec<_> = cells.iter().map(label).filter(|label| !label.is_empty()).collect();
    let place = if labels.is_empty() { String::new() } else { format!(" on {}", listed(&labels)) };
    let repeats: Vec<_> = cells.iter().map(|cell| cell.cases_a.min(cell.cases_b)).collect();
    let (fewest, most) = (repeats.iter().min().copied().unwrap_or(0), repeats.iter().max().copied().unwrap_or(0));
    let repeats = if fewest == most { format!("{most} repeats each") } else { format!("{fewest} to {most} repeats") };
    let Sides { from_name, to_name, .. } = sides;
    format!("{to_name} is no worse than {from_name}{place} ({repeats}; {} would have been seen).", seen(cells, fewest))
}

/// The smallest changes that would have been seen in every cell.
fn seen(cells: &[Cell], fewest: usize) -> String {
    let largest = |figure: Metric, share: bool| {
        let all = cells.iter().flat_map(|cell| &cell.figures).filter(|figures| figures.figure == figure);
        let changes = all.filter_map(|figures| {
            let change = visible(figures)?;
            if share { Some(change / figures.center_a.filter(|center| *center > 0.0)?) } else { Some(change) }
        });
        changes.max_by(f64::total_cmp)
    };
    let mos = [Metric::AudioMos, Metric::VideoMos].into_iter().filter_map(|figure| largest(figure, false));
    let (bitrate, mos) = (largest(Metric::VideoBitrate, true), mos.max_by(f64::total_cmp));
    let falls: Vec<_> = [
        bitrate.map(|share| format!("of {} in video bitrate", percent_up(share))),
        mos.map(|mos| format!("of {:.2} in MOS", (mos * 100.0).ceil() / 100.0)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let hang = (1.0 / highest_rate(0, fewest, HANG_CONFIDENCE)).floor();
    let hang = format!("a hang in 1 of {hang:.0} cases");
    if falls.is_empty() { hang } else { format!("a fall {}, or {hang},", falls.join(" or ")) }
}

/// "2.35.2 is worse than 2.34.2: received video bitrate on wifi-hotel falls by 22 % (14 to 29 %, 95 %)."
pub(super) fn worse(worse: &[Worsening], sides: &Sides) -> String {
    let named: Vec<_> = worse.iter().take(MOST_NAMED).map(|worsening| worsening.text.as_str()).collect();
    let more = worse.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!("; and {}", count(more, "more figure", "more figures")) } else { String::new() };
    format!("{} is worse than {}: {}{more}.", sides.to_name, sides.from_name, named.join("; "))
}

/// "Cannot tell whether 2.35.2 is worse than 2.34.2: …; do …."
pub(super) fn cannot_tell(doubt: &Doubt, sides: &Sides) -> String {
    format!("Cannot tell whether {} is worse than {}: {}; {}.", sides.to_name, sides.from_name, doubt.why, doubt.remedy)
}

/// The sentence of a verdict, with the expectations that the new side misses at its end.
pub(super) fn with_misses(upgrade: &Upgrade, missed: &[String]) -> String {
    let joint = if upgrade.answer == Answer::NoWorse { "but" } else { "and" };
    let named = missed.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join("; ");
    let more = missed.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 {
        format!("; and {}", count(more, "more expectation", "more expectations"))
    } else {
        String::new()
    };
    let (sentence, new) = (upgrade.sentence.trim_end_matches('.'), &upgrade.sides.to_name);
    format!("{sentence}, {joint} {new} misses {named}{more}.")
}

/// "received video bitrate on wifi-hotel falls by 22 % (14 to 29 %, 95 %)".
pub(super) fn change(cell: &Cell, figures: &Figures) -> String {
    let label = label(cell);
    let place = if label.is_empty() { label } else { format!(" on {label}") };
    let Some(shift) = figures.shift else { return format!("{}{place} is worse", figures.figure.label()) };
    let (verb, sign) = if shift.estimate < 0.0 { ("falls", -1.0) } else { ("rises", 1.0) };
    let (one, other) = (sign * shift.low, sign * shift.high);
    let (low, high) = (one.min(other), one.max(other));
    format!(
        "{}{place} {verb} by {} ({} to {}, {:.0} %)",
        figures.figure.label(),
        amount(figures, shift.estimate.abs()),
        number(figures, low),
        amount(figures, high),
        (shift.confidence * 100.0).floor()
    )
}

/// A change of a figure with its unit: of a bitrate as a share of the first side's.
pub(super) fn amount(figures: &Figures, change: f64) -> String {
    let unit = match figures.figure.kind() {
        MetricKind::Number if figures.figure == Metric::VideoFrameRate => " frames/s",
        MetricKind::Number | MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_) => "",
        MetricKind::Bitrate if relative(figures).is_some() => " %",
        MetricKind::Bitrate => " kbit/s",
        MetricKind::Ratio | MetricKind::Boolean => " points",
        MetricKind::Time if figures.figure == Metric::Seconds => " s",
        MetricKind::Time => " ms",
    };
    format!("{}{unit}", number(figures, change))
}

/// The same without the unit.
fn number(figures: &Figures, change: f64) -> String {
    match figures.figure.kind() {
        MetricKind::Number | MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_) => format!("{change:.2}"),
        MetricKind::Bitrate => match relative(figures) {
            Some(center) => format!("{:.0}", change / center * 100.0),
            None => format!("{:.0}", change / 1e3),
        },
        MetricKind::Ratio => format!("{:.1}", change * 100.0),
        MetricKind::Boolean => format!("{:.0}", change * 100.0),
        MetricKind::Time if figures.figure == Metric::Seconds => format!("{change:.1}"),
        MetricKind::Time => format!("{:.0}", change * 1e3),
    }
}

fn relative(figures: &Figures) -> Option<f64> {
    figures.center_a.filter(|center| *center > 0.0)
}

/// A share in percent, never less than it is.
fn percent_up(share: f64) -> String {
    format!("{:.0} %", (share * 100.0 - 1e-9).ceil())
}

/// A cell as people call it: the values of its axes, behind the case's name; `3g`. Empty where there is nothing to tell it by.
pub(super) fn label(cell: &Cell) -> String {
    cell_name(&cell.name, &cell.axes)
}

/// The same for a case, whose compared axis is not among `axes`.
pub fn cell_name<'a>(name: &str, axes: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let value = |(axis, value): (&String, &String)| match axis.as_str() {
        "network" | "module" | "sdk" | "profile" => value.clone(),
        axis => format!("{axis}={value}"),
    };
    let parts = Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().chain(axes.into_iter().map(value));
    parts.collect::<Vec<_>>().join(" ")
}
