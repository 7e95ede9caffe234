//! The share of the CPUs that a case needs.

use super::case::Case;
use crate::{CallSpec, ParticipantSpec, Picture, Subscribe};
use precall_netem::units::Bitrate;

/// The rate up to which a link keeps the encoder below what a picture could take.
const SLOW: Bitrate = Bitrate::from_bits_per_second(1_000_000);

/// A share of the host's CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CpuWeight(u32);

impl CpuWeight {
    /// Thousandths of a CPU.
    pub const fn from_thousandths(thousandths: u32) -> Self {
        Self(thousandths)
    }

    /// Returns the weight of this many CPUs.
    pub fn from_cpus(cpus: usize) -> Self {
        Self(u32::try_from(cpus.saturating_mul(1000)).unwrap_or(u32::MAX))
    }

    /// Returns the weight of a case. Nearly all of it is the encoding and decoding of video, which depends on the
    /// number of pixels, on the picture, and on the rate that the network leaves for it. Measured on two CPUs with
    /// software encoding: a case at 640x480 takes 0.45 CPUs on a link of 1 Mbit/s, and 0.6 on an unlimited one. Four of
    /// the former and three of the latter run without loss of quality. Chrome's own pattern is published at up to
    /// 1280x720 but costs half as much. The weight leaves the rest of the CPUs for the host.
    pub fn of(case: &Case) -> Self {
        if let Some(call) = &case.spec.call {
            return Self::of_call(call);
        }
        let test = &case.spec.test;
        let pixels = match test.camera.picture {
            _ if !test.quality || test.audio_only => return Self(500),
            Picture::Pattern => return Self(650),
            Picture::Detailed { width, height } => u64::from(width) * u64::from(height),
        };
        let links = [&case.spec.network.up, &case.spec.network.down];
        let is_slow = links.iter().any(|link| link.nominal_rate().is_some_and(|rate| rate <= SLOW));
        let thousandths = if is_slow { 250 + pixels * 700 / 921_600 } else { 400 + pixels * 600 / 921_600 };
        Self(u32::try_from(thousandths).unwrap_or(u32::MAX))
    }

    /// Returns the weight of a call: its browsers, the streams that they encode, and those that they decode. Measured
    /// on two CPUs over whole cases: two participants of whom one publishes 320x240 take 1.2 CPUs, and two who both
    /// publish 640x480 take 1.6. Browsers are a large part of it, since they begin with the call.
    fn of_call(call: &CallSpec) -> Self {
        let pixels = |one: &ParticipantSpec| match one.camera.picture {
            Picture::Pattern => 307_200,
            Picture::Detailed { width, height } => u64::from(width) * u64::from(height),
        };
        let streams: Vec<_> = call.participants.iter().filter(|one| one.publish.is_some()).map(pixels).collect();
        let encoded: u64 = streams.iter().map(|pixels| 100 + pixels * 400 / 921_600).sum();
        let receivers = call.participants.iter().filter(|one| one.subscribe != Subscribe::Nobody).count() as u64;
        let decoded: u64 = streams.iter().map(|pixels| 30 + pixels * 200 / 921_600).sum::<u64>() * receivers;
        let browsers = 400 * call.participants.len() as u64;
        Self(u32::try_from(browsers + encoded + decoded).unwrap_or(u32::MAX))
    }

    /// Returns how many cases of a weight fit in this weight.
    pub fn holds(self, weight: Self) -> usize {
        (self.0 / weight.0.max(1)) as usize
    }

    /// Returns three quarters of this weight.
    #[must_use]
    pub fn three_quarters(self) -> Self {
        Self(self.0 - self.0 / 4)
    }

    /// Returns the sum of two weights.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Returns the difference of two weights, at least zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
