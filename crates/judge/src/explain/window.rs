//! The samples that figures are taken over, and what the links did in the same time.

use super::model::{LinkInWindow, SampleWindow};
use crate::score::window;
use precall_netem::{Direction, LinkReading, LinkWindow};
use precall_results::{Phase, Sample};

/// Returns the samples that the figures of a phase are taken over; `None` without samples of it.
pub(super) fn window_of(samples: &[Sample], phase: Phase, links: &[LinkReading]) -> Option<SampleWindow> {
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

/// Returns what the links did from the last reading before `from` to the first reading after `to`.
fn between(links: &[LinkReading], from: f64, to: f64) -> Option<LinkInWindow> {
    let before = links.iter().rev().find(|(at, _)| *at <= from)?;
    let after = links.iter().find(|(at, _)| *at >= to).or(links.last())?;
    let window = LinkWindow::between(before, after)?;
    let loss = |direction| window.link(direction).loss_ratio().unwrap_or(0.0);
    Some(LinkInWindow {
        up_bitrate: window.bitrate(Direction::Up),
        up_loss: loss(Direction::Up),
        down_bitrate: window.bitrate(Direction::Down),
        down_loss: loss(Direction::Down),
    })
}
