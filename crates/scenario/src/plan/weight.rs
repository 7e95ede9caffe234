//! The share of the CPUs that a case needs.

use super::case::Case;
use crate::Picture;

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
    /// number of pixels and on the picture. Measured on two CPUs with software encoding: a case at 640x480 takes 0.42
    /// CPUs, and up to four run without loss of quality; a case at 1280x720 takes 0.66. Chrome's own pattern is
    /// published at up to 1280x720 but costs half as much. The weight leaves an additional third for the host.
    pub fn of(case: &Case) -> Self {
        let test = &case.spec.test;
        let pixels = match test.camera.picture {
            _ if !test.quality || test.audio_only => return Self(500),
            Picture::Pattern => return Self(650),
            Picture::Detailed { width, height } => u64::from(width) * u64::from(height),
        };
        let thousandths = 250 + pixels * 700 / 921_600;
        Self(u32::try_from(thousandths).unwrap_or(u32::MAX))
    }

    /// Returns how many cases of a weight fit in this weight.
    pub fn holds(self, weight: Self) -> usize {
        (self.0 / weight.0.max(1)) as usize
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
