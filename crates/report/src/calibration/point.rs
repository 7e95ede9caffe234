//! What was seen at one value of a sweep.

use std::collections::BTreeMap;

use crate::figures::{self, Figures};
use precall_netem::path_loss;
use precall_results::CaseResult;

/// What every repeat at one value of a sweep came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SweepPoint {
    /// What was asked for: bit/s, or a share.
    pub asked: f64,
    /// What the links did: bit/s that left the way up, or the share that both ways dropped together.
    pub link: Vec<f64>,
    /// What was reported of it: received bit/s, or the share of video packets lost.
    pub reported: Vec<f64>,
    /// What each repeat advised about video.
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
            let rate = case.measured_network.up.mean_rate.map(|rate| rate.bits_per_second() as f64);
            (rate, figures::sum(audio.and_then(|audio| audio.bitrate), video.and_then(|video| video.bitrate)))
        };
        // The sum of two figures of a hostile page can be infinite.
        self.link.extend(link.filter(|value| value.is_finite()));
        self.reported.extend(reported.filter(|value| value.is_finite()));
        self.audio_mos.extend(audio.and_then(|audio| audio.mos));
        self.video_mos.extend(video.and_then(|video| video.mos));
        let resolution = video.and_then(|video| video.recommended_resolution.clone());
        self.advice.push(resolution.unwrap_or_else(|| Figures::of(case).advice));
    }

    /// What most repeats advised; of equals, what comes first in the alphabet.
    pub fn usual_advice(&self) -> Option<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.advice.iter().for_each(|advice| *counts.entry(advice).or_default() += 1);
        let most = counts.values().max().copied()?;
        counts.into_iter().find(|(_, count)| *count == most).map(|(advice, _)| advice)
    }

    /// Whether repeats differ in their advice.
    pub fn is_undecided(&self) -> bool {
        self.advice.windows(2).any(|pair| pair[0] != pair[1])
    }
}

/// The share of packets that both links dropped together.
fn loss(case: &CaseResult) -> Option<f64> {
    let network = &case.measured_network;
    let (up, down) = (network.up.loss_ratio?.get(), network.down.loss_ratio?.get());
    Some(path_loss(up, down))
}
