//! The network that was asked for, beside the one that the links measured.

use super::table::{Column, Grid};
use super::view::View;
use crate::format::{self, or_none};
use crate::names::Names;
use precall_netem::{Backend, Direction, LinkCounters};
use precall_results::{CaseResult, MeasuredLink};

/// From this width on, how many packets were dropped stands beside their share, and not below it.
const ROOMY: usize = 110;

/// The table of these cases.
pub(super) fn links(cases: &[&CaseResult], names: &Names, view: View) -> Grid {
    let gap = if view.width < ROOMY { "\n" } else { " " };
    let caption =
        "The network that the scenario asks for, and the one that the links measured. Rates are those on the wire.";
    let columns = vec![
        Column::words("case"),
        Column::words("direction"),
        Column::words("asked"),
        Column::figures("busiest second").unless_narrow(3),
        Column::figures("mean rate"),
        Column::figures("mean delay").unless_narrow(2),
        Column::words("dropped").unless_narrow(1),
    ];
    let mut grid = Grid::new(caption, columns);
    for case in cases {
        let measured = &case.measured_network;
        let ways = [
            ("up", Direction::Up, &measured.up, &case.link_counters.up),
            ("down", Direction::Down, &measured.down, &case.link_counters.down),
        ];
        for (index, (way, direction, link, counters)) in ways.into_iter().enumerate() {
            let MeasuredLink { peak_rate, mean_rate, mean_delay_ms, .. } = link;
            grid.push(vec![
                if index == 0 { names.case(&case.case).into() } else { "".into() },
                way.into(),
                asked(case, direction).into(),
                or_none(*peak_rate, format::bitrate).into(),
                or_none(*mean_rate, format::bitrate).into(),
                or_none(*mean_delay_ms, |delay| format!("{delay:.1} ms")).into(),
                dropped(link, counters, gap).into(),
            ]);
        }
        let asked = case.network_applied.then(|| format::asked_round_trip_time(&case.network));
        grid.push(vec![
            "".into(),
            "RTT".into(),
            or_none(asked, format::seconds_as_ms).into(),
            "".into(),
            "".into(),
            or_none(measured.round_trip_time, format::seconds_as_ms).into(),
            "".into(),
        ]);
    }
    grid
}

fn asked(case: &CaseResult, direction: Direction) -> String {
    if !case.network_applied {
        return format!("not applied ({})", case.platform.kind);
    }
    let by = if case.network.backend == Backend::DevTools { "by Chrome: " } else { "" };
    format!("{by}{}", format::link_over_time(&case.network, direction))
}

/// `1.8 % (52 of 2895, 3 in bursts)`, with this between share and number.
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
        let (dropped, all) = (counters.packets_dropped(), counters.packets_in);
        format!("{}{gap}({dropped} of {all}{})", format::ratio(loss.get()), causes.concat())
    })
}
