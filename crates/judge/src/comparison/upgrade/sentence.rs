//! The answer in one sentence.

use super::margin::{HANG_CONFIDENCE, detectable_change};
use super::obstacles::Obstacle;
use super::words::label;
use crate::comparison::model::{CellComparison, Comparison};
use crate::statistics::highest_rate;
use precall_results::Metric;
use precall_results::{Answer, Sides, Upgrade, Worsening};
use precall_support::text::{count, listed};

/// The largest number of worsenings that a sentence names.
const MOST_NAMED: usize = 3;

/// "2.35.2 is no worse than 2.34.2 on 3g and wifi-hotel (14 repeats each; a fall of 8 % in video bitrate … would have
/// been seen)."
pub(super) fn no_worse(comparison: &Comparison, sides: &Sides) -> String {
    let cells = &comparison.cells;
    let labels: Vec<_> = cells.iter().map(label).filter(|label| !label.is_empty()).collect();
    let place = if labels.is_empty() { String::new() } else { format!(" on {}", listed(&labels)) };
    let repeats: Vec<_> = cells.iter().map(|cell| cell.cases_a.min(cell.cases_b)).collect();
    let (fewest, most) = (repeats.iter().min().copied().unwrap_or(0), repeats.iter().max().copied().unwrap_or(0));
    let repeats = if fewest == most { format!("{most} repeats each") } else { format!("{fewest} to {most} repeats") };
    let Sides { from_name, to_name, .. } = sides;
    let detectable = detectable(cells, fewest);
    format!("{to_name} is no worse than {from_name}{place} ({repeats}; {detectable} would have been seen).")
}

/// Describes the smallest changes that would have been detected in every cell.
fn detectable(cells: &[CellComparison], fewest: usize) -> String {
    let largest = |figure: Metric, share: bool| {
        let all = cells.iter().flat_map(|cell| &cell.figures).filter(|compared| compared.figure == figure);
        let changes = all.filter_map(|compared| {
            let change = detectable_change(compared)?;
            if share { Some(change / compared.center_a.filter(|center| *center > 0.0)?) } else { Some(change) }
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
pub(super) fn cannot_tell(obstacle: &Obstacle, sides: &Sides) -> String {
    let Obstacle { reason, remedy } = obstacle;
    format!("Cannot tell whether {} is worse than {}: {reason}; {remedy}.", sides.to_name, sides.from_name)
}

/// Returns the sentence of a verdict, with the expectations that the new side misses at its end.
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

/// Returns a share in percent, rounded up.
fn percent_up(share: f64) -> String {
    format!("{:.0} %", (share * 100.0 - 1e-9).ceil())
}
