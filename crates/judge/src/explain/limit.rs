//! The limit of the sender's bitrate: the link, the sender's bandwidth estimate, or neither.

use crate::score::window;
use crate::statistics::median;
use precall_results::CaseResult;
use precall_results::{Phase, Sample};

/// A received bitrate below this share of the link's rate is far below it.
const FAR_BELOW: f64 = 0.6;
/// The share of lost packets above which a sender may send less than its estimate because of the loss.
const LOSSLESS: f64 = 0.01;
/// A sender uses its estimate when the estimate is at most this many times the received bitrate: headers and repairs
/// take a part of it.
const USED: f64 = 1.5;

/// The limit of the sender's bitrate, where that is not the link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum SenderLimit {
    /// The sender's own estimate, in bit/s, although the link carries far more; the link's rate is `None` when it has
    /// no limit.
    Estimate { estimate: f64, link: Option<f64> },
    /// Neither: the sender sent less than its estimate and the link allow.
    Neither { estimate: f64, link: Option<f64> },
}

/// Returns the limit of the sender in the window at the end of the test; `None` when that is the link, and when it is
/// unknown.
///
/// `received` is the bitrate of audio and video together, in bit/s, and `loss` the share of video packets lost.
/// `estimates` are the sender's bandwidth estimates by seconds since the network was applied, for modules whose samples
/// do not have them.
pub(super) fn limit(
    case: &CaseResult,
    samples: &[Sample],
    estimates: &[(f64, f64)],
    (received, loss): (f64, f64),
) -> Option<SenderLimit> {
    let of_phase: Vec<_> = samples.iter().filter(|sample| sample.phase == Phase::AudioVideo).cloned().collect();
    let last = window(&of_phase);
    let estimate = estimate(last, estimates)?;
    let link = link_rate(case, last.last().and_then(|sample| sample.network_seconds));
    let is_far_below = link.is_none_or(|link| received < link * FAR_BELOW);
    // The encoder reports that it is limited by the estimate.
    let says_so = last.iter().any(|sample| sample.quality_limitation_reason.as_deref() == Some("bandwidth"));
    let is_used = says_so || estimate <= received * USED;
    match (is_far_below, is_used) {
        (false, _) => None,
        // An estimate as high as the link's rate means that the link is the limit.
        (true, true) if link.is_some_and(|link| estimate > link * 0.9) => None,
        (true, true) => Some(SenderLimit::Estimate { estimate, link }),
        (true, false) if loss > LOSSLESS => None,
        (true, false) => Some(SenderLimit::Neither { estimate, link }),
    }
}

/// Returns the median of the sender's estimate in the window.
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

/// Returns the requested rate of the slower direction at this time, in bit/s; `None` without a limit.
fn link_rate(case: &CaseResult, seconds: Option<f64>) -> Option<f64> {
    if !case.network.applied {
        return None;
    }
    let network = &case.network.requested;
    let step = network.steps.iter().rev().find(|step| seconds.is_some_and(|now| step.at.as_secs_f64() <= now));
    let (up, down) = step.map_or((&network.up, &network.down), |step| (&step.up, &step.down));
    let rates = [up.nominal_rate(), down.nominal_rate()].into_iter().flatten();
    rates.min().map(|rate| rate.bits_per_second() as f64)
}
