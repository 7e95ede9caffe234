//! The tables of calls: their participants, and what each of them received of the others.

use super::paint::Paint;
use super::table::{CellText, Column, Grid};
use super::view::View;
use crate::case_repeats::{CaseRepeats, or_none};
use crate::format::{self, NONE};
use crate::names::Names;
use precall_results::{CallEventKind, CallResult, CaseResult, ParticipantResult, SubscriptionResult};

/// The most subscriptions of a case that have a row of their own.
const MAX_ROWS: usize = 12;

/// Returns the table of participants, with a row for each; medians over the repeats of a case.
pub(super) fn participants(cells: &[CaseRepeats<'_>], names: &Names, view: View) -> Grid {
    let columns = vec![
        Column::words("case"),
        Column::words("verdict"),
        Column::words("participant"),
        Column::words("OpenTok.js").unless_narrow(2),
        Column::figures("connected in"),
        Column::figures("published in").unless_narrow(3),
        Column::figures("RTT").unless_narrow(4),
        Column::figures("reconnections").unless_narrow(1),
        Column::figures("errors"),
    ];
    let mut grid = Grid::new("The participants of calls, and whether the expectations were met.", columns);
    for cell in cells {
        let Some(call) = &cell.first().call else { continue };
        for (index, participant) in call.participants.iter().enumerate() {
            let name = participant.name.as_str();
            let figure = |figure: fn(&ParticipantResult) -> Option<f64>, text: fn(f64) -> String| {
                let spread = cell.spread(|case| figure(case.call.as_ref()?.participant(name)?));
                or_none(spread, |spread| spread.middle(text))
            };
            let head: [CellText; 2] = match index {
                0 => [
                    names.cell(&cell.first().case).into(),
                    CellText::painted(cell.verdict(), view.paint(Paint::of(cell.outcome()))),
                ],
                _ => ["".into(), "".into()],
            };
            let own = [
                name.into(),
                participant.sdk.version.clone().into(),
                figure(|one| one.connect_time, format::seconds_as_ms).into(),
                figure(|one| one.publish_time, format::seconds_as_ms).into(),
                figure(|one| Some(one.network.measured.round_trip_time?.as_secs_f64()), format::seconds_as_ms).into(),
                figure(|one| Some(count(one, CallEventKind::Reconnecting)), whole).into(),
                figure(|one| Some(one.errors.len() as f64), whole).into(),
            ];
            grid.push(head.into_iter().chain(own).collect());
        }
    }
    grid
}

/// Returns the table of subscriptions, with a row for each; medians over the repeats of a case.
pub(super) fn subscriptions(cells: &[CaseRepeats<'_>], names: &Names) -> Grid {
    let mut columns = vec![
        Column::words("case"),
        Column::words("receives"),
        Column::figures("first frame after"),
        Column::figures("video"),
        Column::figures("frames/s"),
        Column::words("size").unless_narrow(3),
        Column::figures("frozen"),
        Column::figures("video loss").unless_narrow(2),
        Column::figures("audio").unless_narrow(4),
        Column::figures("concealed").unless_narrow(1),
    ];
    let is_perceived = cells.iter().filter_map(|cell| cell.first().call.as_ref()).any(is_perceived);
    if is_perceived {
        columns.push(Column::figures("delay, p95"));
        columns.push(Column::figures("similarity").unless_narrow(2));
        columns.push(Column::figures("speech").unless_narrow(5));
    }
    let mut grid = Grid::new("What each participant received of the others: medians over the call.", columns);
    for cell in cells {
        let Some(call) = &cell.first().call else { continue };
        let pairs: Vec<_> = pairs(call).collect();
        for (index, (participant, subscription)) in pairs.iter().take(MAX_ROWS).enumerate() {
            let name = if index == 0 { names.cell(&cell.first().case) } else { "" };
            grid.push(row(name, cell, &participant.name, subscription, is_perceived));
        }
        if let Some(left) = pairs.len().checked_sub(MAX_ROWS).filter(|left| *left > 0) {
            let more = format!("… {} more", left);
            let rest = std::iter::repeat_n(CellText::from(""), if is_perceived { 11 } else { 8 });
            grid.push(["".into(), more.into()].into_iter().chain(rest).collect());
        }
    }
    grid
}

/// Whether precall knows what was filmed, so that there is a delay to show.
fn is_perceived(call: &CallResult) -> bool {
    pairs(call)
        .any(|(_, subscription)| subscription.video.as_ref().is_some_and(|video| video.end_to_end_delay_p95.is_some()))
}

fn row(
    name: &str,
    cell: &CaseRepeats<'_>,
    participant: &str,
    first: &SubscriptionResult,
    is_perceived: bool,
) -> Vec<CellText> {
    let figure = |figure: fn(&SubscriptionResult) -> Option<f64>, text: fn(f64) -> String| -> CellText {
        or_none(cell.spread(|case| figure(find(case, participant, first)?)), |spread| spread.middle(text)).into()
    };
    let size = first.video.as_ref().and_then(|video| video.resolution).map(|size| size.to_string());
    let stream = if first.stream == "camera" { String::new() } else { format!(" ({})", first.stream) };
    let mut row = vec![
        name.into(),
        format!("{participant} ← {}{stream}", first.publisher).into(),
        figure(|one| one.video.as_ref()?.time_to_first_frame, format::seconds_as_ms),
        figure(|one| one.video.as_ref()?.bitrate, format::bits_per_second),
        figure(|one| one.video.as_ref()?.frame_rate, |rate| format!("{rate:.1}")),
        size.unwrap_or_else(|| NONE.to_owned()).into(),
        figure(|one| one.video.as_ref()?.freeze_ratio, format::ratio),
        figure(|one| one.video.as_ref()?.packet_loss_ratio, format::ratio),
        figure(|one| one.audio.as_ref()?.bitrate, format::bits_per_second),
        figure(|one| one.audio.as_ref()?.concealed_samples_ratio, format::ratio),
    ];
    if is_perceived {
        row.push(figure(|one| one.video.as_ref()?.end_to_end_delay_p95, format::seconds_as_ms));
        row.push(figure(|one| one.video.as_ref()?.similarity, |similarity| format!("{similarity:.2}")));
        row.push(figure(|one| one.audio.as_ref()?.mos_lqo, format::mos));
    }
    row
}

fn pairs(call: &CallResult) -> impl Iterator<Item = (&ParticipantResult, &SubscriptionResult)> {
    call.participants.iter().flat_map(|one| one.subscriptions.iter().map(move |subscription| (one, subscription)))
}

/// Returns the same subscription in a repeat of the case.
fn find<'a>(case: &'a CaseResult, participant: &str, like: &SubscriptionResult) -> Option<&'a SubscriptionResult> {
    let own = case.call.as_ref()?.participant(participant)?;
    own.subscriptions.iter().find(|one| one.publisher == like.publisher && one.stream == like.stream)
}

fn count(participant: &ParticipantResult, what: CallEventKind) -> f64 {
    participant.events.iter().filter(|events| events.what == what).map(|events| events.count).sum::<u64>() as f64
}

fn whole(count: f64) -> String {
    format!("{count:.0}")
}
