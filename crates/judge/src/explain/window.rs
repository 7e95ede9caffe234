//! The window, and what the links did in it.

use super::model::{LinkInWindow, SampleWindow};
use crate::score::window;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{Phase, Sample};

/// What figures of a phase are taken over; `None` without samples of it. `links` are the counters by seconds since the network was
/// applied.
pub(super) fn window_of(samples: &[Sample], phase: Phase, links: &[(f64, PathCounters)]) -> Option<SampleWindow> {
    let of_phase: Vec<_> = samples.iter().filter(|sample| sample.phase == phase).cloned().collect();
    let last = window(&of_phase);
    let (first_sample, last_sample) = (last.first()?, last.last()?);
    let began = of_phase.first()?.timestamp;
    let seconds = |sample: &Sample| sample.elapsed.unwrap_or(sample.timestamp - began) / 1e3;
    let link = first_sample.network_seconds.zip(last_sample.network_seconds);
    Some(SampleWindow {
        first: of_phase.len() - last.len() + 1,
        last: of_phase.len(),
        from: seconds(first_sample),
        to: seconds(last_sample),
        link: link.and_then(|(from, to)| between(links, from, to)),
    })
}

/// What the links did from the last count before `from` to the first one from `to` on.
fn between(links: &[(f64, PathCounters)], from: f64, to: f64) -> Option<LinkInWindow> {
    // Earlier attempts stand before: their time is not this one's.
    let begin = (1..links.len()).rev().find(|index| links[*index].0 < links[index - 1].0).unwrap_or(0);
    let links = &links[begin..];
    let (started, before) = links.iter().rev().find(|(at, _)| *at <= from)?;
    let (ended, after) = links.iter().find(|(at, _)| *at >= to).or(links.last())?;
    let seconds = ended - started;
    let figures = |before: &LinkCounters, after: &LinkCounters| {
        let packets = after.packets_in.saturating_sub(before.packets_in);
        let dropped = after.packets_dropped().saturating_sub(before.packets_dropped());
        let bits = after.bytes_out.saturating_sub(before.bytes_out) as f64 * 8.0;
        (bits / seconds, dropped as f64 / packets.max(1) as f64)
    };
    let (up_bitrate, up_loss) = figures(&before.up, &after.up);
    let (down_bitrate, down_loss) = figures(&before.down, &after.down);
    (seconds > 0.0).then_some(LinkInWindow { up_bitrate, up_loss, down_bitrate, down_loss })
}
