//! A case that has a slot.

use std::time::Duration;

use crate::report::format;
use crate::score::{Phase, Sample};

/// The length of a bar in characters.
const BAR_CHARS: usize = 20;

/// The longest id that is shown whole.
const MAX_ID_CHARS: usize = 48;

/// A case that has a slot, and how far it is.
#[derive(Debug)]
pub(super) struct Running {
    pub case: String,
    pub began: Duration,
    /// What it does, in words.
    pub doing: String,
    /// The first and the latest sample of its phase, to say how fast it receives and for how long.
    samples: Option<(Sample, Sample)>,
}

impl Running {
    pub fn new(case: &str, began: Duration) -> Self {
        Self { case: case.to_owned(), began, doing: "begins".to_owned(), samples: None }
    }

    /// Takes a sample; gives the seconds since its phase began.
    pub fn sample(&mut self, sample: &Sample) -> f64 {
        let known = self.samples.take().filter(|(first, _)| first.phase == sample.phase);
        let rate = known.as_ref().and_then(|(_, last)| received_rate(last, sample));
        let first = known.map_or_else(|| sample.clone(), |(first, _)| first);
        // Other modules do not say; their first sample comes after a second.
        let elapsed = sample.elapsed.unwrap_or(sample.timestamp - first.timestamp + 1e3) / 1e3;
        self.samples = Some((first, sample.clone()));
        let phase = match sample.phase {
            Phase::AudioVideo => "quality",
            Phase::AudioOnly => "quality, audio only",
        };
        let limit = sample.limit.map(|limit| format!(" of at most {:.0}", limit / 1e3)).unwrap_or_default();
        let receiving = rate.map(|rate| format!(", receiving {}", format::bits_per_second(rate))).unwrap_or_default();
        self.doing = format!("{phase}: {elapsed:.0}{limit} s{receiving}");
        elapsed
    }

    /// Its line: its id in a column of this width, a bar for its share of the time that it is expected to take, and what it does.
    pub fn line(&self, width: usize, now: Duration, expected: Duration) -> String {
        let share = now.saturating_sub(self.began).as_secs_f64() / expected.as_secs_f64().max(0.1);
        format!("{:<width$}  {}  {}", clipped(&self.case), bar(share), self.doing)
    }
}

/// How wide the column of ids is.
pub(super) fn column<'a>(cases: impl Iterator<Item = &'a str>) -> usize {
    cases.map(|case| clipped(case).chars().count()).max().unwrap_or(0)
}

/// A bar that is full to this share.
pub(super) fn bar(share: f64) -> String {
    let full = ((share * BAR_CHARS as f64) as usize).min(BAR_CHARS);
    format!("{}{}", "━".repeat(full), "╌".repeat(BAR_CHARS - full))
}

/// An id, without its middle if it is long: cases differ in their end as well.
fn clipped(id: &str) -> String {
    let chars: Vec<_> = id.chars().collect();
    if chars.len() <= MAX_ID_CHARS {
        return id.to_owned();
    }
    let half = (MAX_ID_CHARS - 1) / 2;
    let (begin, end) = (&chars[..MAX_ID_CHARS - 1 - half], &chars[chars.len() - half..]);
    begin.iter().chain(&['…']).chain(end).collect()
}

/// Bits per second received between two samples of one phase.
fn received_rate(last: &Sample, now: &Sample) -> Option<f64> {
    let bytes = |sample: &Sample| {
        sample.audio.as_ref().map_or(0.0, |audio| audio.bytes_received)
            + sample.video.as_ref().map_or(0.0, |video| video.bytes_received)
    };
    let seconds = (now.timestamp - last.timestamp) / 1e3;
    let rate = (bytes(now) - bytes(last)) * 8.0 / seconds;
    (last.phase == now.phase && seconds > 0.0 && rate >= 0.0).then_some(rate)
}
