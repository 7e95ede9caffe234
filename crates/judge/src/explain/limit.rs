//! What kept the sender from sending more: the link, the sender's own estimate of its bandwidth, or neither.

use crate::score::window;
use crate::statistics::median;
use precall_results::CaseResult;
use precall_results::{Phase, Sample};

/// A received rate below this share of what the link carries is far below it.
const FAR_BELOW: f64 = 0.6;
/// Above this loss a sender that sends less than its estimate may do so for the loss.
const LOSSLESS: f64 = 0.01;
/// A sender uses its estimate when the estimate is at most this many times what arrives: headers and repairs take a part of it.
const USED: f64 = 1.5;

/// What limited the sender.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    /// Its own estimate, in bit/s, though the link carries so much more; `None` for a link without a rate.
    Estimate { estimate: f64, link: Option<f64> },
    /// Neither: it sent less than its estimate, and the link, allow.
    Neither { estimate: f64, link: Option<f64> },
}

/// What limited the sender in the window at the end of the test, where that is not the link; `None` where it is, and where nothing says.
///
/// `received` is audio and video together, in bit/s, and `loss` the share of video's packets that was lost; `estimates` are the sender's, by seconds since the network was applied, for modules
/// whose samples do not hold them.
pub(super) fn limit(
    case: &CaseResult,
    samples: &[Sample],
    estimates: &[(f64, f64)],
    (received, loss): (f64, f64),
) -> Option<Limit> {
    let of_phase: Vec<_> = samples.iter().filter(|sample| sample.phase == Phase::AudioVideo).cloned().collect();
    let last = window(&of_phase);
    let estimate = estimate(last, estimates)?;
    let link = link_rate(case, last.last().and_then(|sample| sample.network_seconds));
    let is_far_below = link.is_none_or(|link| received < link * FAR_BELOW);
    // The encoder says by itself that it goes by the estimate.
    let says_so = last.iter().any(|sample| sample.quality_limitation_reason.as_deref() == Some("bandwidth"));
    let is_used = says_so || estimate <= received * USED;
    match (is_far_below, is_used) {
        (false, _) => None,
        // An estimate of all that the link carries is the link's doing.
        (true, true) if link.is_some_and(|link| estimate > link * 0.9) => None,
        (true, true) => Some(Limit::Estimate { estimate, link }),
        (true, false) if loss > LOSSLESS => None,
        (true, false) => Some(Limit::Neither { estimate, link }),
    }
}

/// The median of the sender's estimate in the window.
fn estimate(last: &[Sample], estimates: &[(f64, f64)]) -> Option<f64> {
    let sampled: Vec<_> = last.iter().filter_map(|sample| sample.available_outgoing_bitrate).collect();
    let came = |sample: Option<&Sample>| sample.and_then(|sample| sample.network_seconds);
    let watched = || -> Vec<f64> {
        let Some((from, to)) = came(last.first()).zip(came(last.last())) else { return Vec::new() };
        estimates.iter().filter(|(at, _)| *at >= from && *at <= to).map(|(_, estimate)| *estimate).collect()
    };
    let known = if sampled.is_empty() { watched() } else { sampled };
    median(&known).filter(|estimate| estimate.is_finite() && *estimate > 0.0)
}

/// The rate of the narrower direction that the scenario asks for at this time; `None` without any limit.
fn link_rate(case: &CaseResult, seconds: Option<f64>) -> Option<f64> {
    if !case.network_applied {
        return None;
    }
    let network = &case.network;
    let step = network.steps.iter().rev().find(|step| seconds.is_some_and(|now| step.at.as_secs_f64() <= now));
    let (up, down) = step.map_or((&network.up, &network.down), |step| (&step.up, &step.down));
    let rates = [up.nominal_rate(), down.nominal_rate()].into_iter().flatten();
    rates.min().map(|rate| rate.bits_per_second() as f64)
}
