//! The measurements at one value of a sweep.

use std::collections::BTreeMap;

use crate::figures::{self, CaseFigures};
use precall_netem::path_loss;
use precall_results::CaseResult;

/// The measurements of all repeats at one value of a sweep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SweepPoint {
    /// The requested value: a rate in bit/s, or a loss ratio.
    pub requested: f64,
    /// The links' own counters: the rate in bit/s that left the uplink, or the share of packets that both links dropped
    /// together.
    pub link: Vec<f64>,
    /// The values that the module reported: received bit/s, or the share of video packets lost.
    pub reported: Vec<f64>,
    /// The advice about video, one for each repeat.
    pub advice: Vec<String>,
    /// The audio MOS of each repeat that has one.
    pub audio_mos: Vec<f64>,
    /// The video MOS of each repeat that has one.
    pub video_mos: Vec<f64>,
}

impl SweepPoint {
    /// Adds a repeat.
    pub(super) fn add(&mut self, case: &CaseResult, is_loss: bool) {
        let quality = case.measured.quality.as_ref();
        let audio = quality.map(|quality| &quality.audio);
        let video = quality.map(|quality| &quality.video);
        let (link, reported) = if is_loss {
            (loss(case), video.and_then(|video| video.packet_loss_ratio))
        } else {
            let rate = case.network.measured.up.mean_rate.map(|rate| rate.bits_per_second() as f64);
            (rate, figures::sum(audio.and_then(|audio| audio.bitrate), video.and_then(|video| video.bitrate)))
        };
        // The sum of two figures of a hostile page can be infinite.
        self.link.extend(link.filter(|value| value.is_finite()));
        self.reported.extend(reported.filter(|value| value.is_finite()));
        self.audio_mos.extend(audio.and_then(|audio| audio.mos));
        self.video_mos.extend(video.and_then(|video| video.mos));
        let resolution = video.and_then(|video| video.recommended_resolution.clone());
        self.advice.push(resolution.unwrap_or_else(|| CaseFigures::of(case).advice));
    }

    /// Returns the advice of most repeats. Of equally frequent ones, it returns the first in alphabetical order.
    pub fn usual_advice(&self) -> Option<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.advice.iter().for_each(|advice| *counts.entry(advice).or_default() += 1);
        let most = counts.values().max().copied()?;
        counts.into_iter().find(|(_, count)| *count == most).map(|(advice, _)| advice)
    }

    /// Returns whether the repeats differ in their advice.
    pub fn is_undecided(&self) -> bool {
        self.advice.windows(2).any(|pair| pair[0] != pair[1])
    }
}

/// Returns the share of packets that both links dropped together.
fn loss(case: &CaseResult) -> Option<f64> {
    let network = &case.network.measured;
    let (up, down) = (network.up.loss_ratio?.get(), network.down.loss_ratio?.get());
    Some(path_loss(up, down))
}
