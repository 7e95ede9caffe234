//! The requested network beside the one that the links measured.

use super::table::{Column, Grid};
use super::view::View;
use crate::format::{self, or_none};
use crate::names::Names;
use precall_netem::{Backend, Direction, LinkCounters};
use precall_results::{CaseResult, MeasuredLink};

/// From this width, the number of dropped packets is beside their share, and otherwise below it.
const ROOMY: usize = 110;

/// Returns the table of these cases.
pub(super) fn links(cases: &[&CaseResult], names: &Names, view: View) -> Grid {
    let gap = if view.width < ROOMY { "\n" } else { " " };
    let caption = "The network that the scenario requests, and the one that the links measured. Rates are on the wire, with headers and retransmissions.";
    let columns = vec![
        Column::words("case"),
        Column::words("direction"),
        Column::words("requested"),
        Column::figures("busiest second").unless_narrow(3),
        Column::figures("mean rate"),
        Column::figures("mean delay").unless_narrow(2),
        Column::words("dropped").unless_narrow(1),
    ];
    let mut grid = Grid::new(caption, columns);
    for case in cases {
        let measured = &case.network.measured;
        let ways = [
            ("up", Direction::Up, &measured.up, &case.network.counters.up),
            ("down", Direction::Down, &measured.down, &case.network.counters.down),
        ];
        for (index, (way, direction, link, counters)) in ways.into_iter().enumerate() {
            let MeasuredLink { peak_rate, mean_rate, mean_delay, .. } = link;
            grid.push(vec![
                if index == 0 { names.case(&case.case).into() } else { "".into() },
                way.into(),
                requested(case, direction).into(),
                or_none(*peak_rate, format::bitrate).into(),
                or_none(*mean_rate, format::bitrate).into(),
                or_none(*mean_delay, format::tenths_of_ms).into(),
                dropped(link, counters, gap).into(),
            ]);
        }
        let requested = case.network.applied.then(|| format::requested_round_trip_time(&case.network.requested));
        grid.push(vec![
            "".into(),
            "RTT".into(),
            or_none(requested, format::seconds_as_ms).into(),
            "".into(),
            "".into(),
            or_none(measured.round_trip_time, format::milliseconds).into(),
            "".into(),
        ]);
    }
    grid
}

fn requested(case: &CaseResult, direction: Direction) -> String {
    if !case.network.applied {
        return format!("not applied ({})", case.platform.kind);
    }
    let by = if case.network.requested.backend == Backend::DevTools { "by Chrome: " } else { "" };
    format!("{by}{}", format::link_over_time(&case.network.requested, direction))
}

/// Returns `1.8 % (52 of 2895, 3 in bursts)`, with `gap` between the share and the numbers.
fn dropped(link: &MeasuredLink, counters: &LinkCounters, gap: &str) -> String {
    or_none(link.loss_ratio, |loss| {
        let by = |packets: u64, cause: &str| match packets {
            0 => String::new(),
            packets => format!(", {packets} {cause}"),
        };
        let causes = [
            by(counters.packets_dropped_burst, "in bursts"),
            by(counters.packets_dropped_outage, "in outages"),
            by(counters.packets_dropped_queue, "by the queue"),
        ];
        let (dropped, all) = (counters.packets_dropped(), counters.packets_handled());
        format!("{}{gap}({dropped} of {all}{})", format::ratio(loss.get()), causes.concat())
    })
}
