//! A case that occupies a slot.

use std::time::Duration;

use crate::format;
use crate::terminal::wrap::width_of;
use precall_results::{Phase, Sample};

/// The lengths of a bar in characters. The longest one that fits is used.
const BARS: [usize; 3] = [20, 10, 5];

/// Names may occupy the line's width divided by this number.
const SHARE_OF_NAMES: usize = 2;

/// A case that occupies a slot, and its progress.
#[derive(Debug)]
pub(super) struct Running {
    pub case: String,
    pub began: Duration,
    /// The current activity.
    pub doing: String,
    /// The current activity in fewer words, for a narrow terminal.
    brief: String,
    /// The first and the latest sample of the phase, for its receive rate and its duration.
    samples: Option<(Sample, Sample)>,
}

impl Running {
    pub(super) fn new(case: &str, began: Duration) -> Self {
        Self { case: case.to_owned(), began, doing: "starting".to_owned(), brief: String::new(), samples: None }
    }

    /// Adds a sample, and returns the seconds since its phase began.
    pub(super) fn sample(&mut self, sample: &Sample) -> f64 {
        let known = self.samples.take().filter(|(first, _)| first.phase == sample.phase);
        let rate = known.as_ref().and_then(|(_, last)| received_rate(last, sample));
        let first = known.map_or_else(|| sample.clone(), |(first, _)| first);
        // Other modules do not report it. Their first sample comes after a second.
        let elapsed = sample.elapsed.unwrap_or(sample.timestamp - first.timestamp + 1e3) / 1e3;
        self.samples = Some((first, sample.clone()));
        let phase = match sample.phase {
            Phase::AudioVideo => "quality",
            Phase::AudioOnly => "quality, audio only",
        };
        let limit = sample.limit.map(|limit| format!(" of at most {:.0}", limit / 1e3)).unwrap_or_default();
        let receiving = rate.map(|rate| format!(", receiving {}", format::bits_per_second(rate))).unwrap_or_default();
        self.doing = format!("{phase}: {elapsed:.0}{limit} s{receiving}");
        self.brief = format!("{phase}: {elapsed:.0}{limit} s");
        elapsed
    }

    /// Returns the line of the case: its name, a bar for the elapsed share of its expected duration, and its activity.
    pub(super) fn line(&self, name: &str, room: Room, now: Duration, expected: Duration) -> String {
        let share = now.saturating_sub(self.began).as_secs_f64() / expected.as_secs_f64().max(0.1);
        room.fit(name, share, &[self.doing.clone(), self.brief.clone()])
    }
}

/// The width of a line and of its column of names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// The longest line, in characters.
    pub width: usize,
    /// The width of the column of names, in characters.
    pub column: usize,
}

impl Room {
    /// Returns a name, a bar that is full to this share, and the first text that fits. The bar is shortened before the
    /// text, and a text is omitted rather than cut.
    pub(super) fn fit(self, name: &str, share: f64, texts: &[String]) -> String {
        let line = |length, text: &str| {
            format!("{:<1$}  {2}  {text}", clipped(name, self.column), self.column, bar(share, length))
        };
        let lines = texts.iter().flat_map(|text| BARS.map(|length| line(length, text)));
        let fitting = lines.into_iter().find(|line| width_of(line.trim_end()) <= self.width);
        fitting.unwrap_or_else(|| clipped(name, self.width)).trim_end().to_owned()
    }
}

/// Returns the width of the column of names on lines of this width.
pub(super) fn column<'a>(names: impl Iterator<Item = &'a str>, width: usize) -> usize {
    names.map(width_of).max().unwrap_or(0).min(width / SHARE_OF_NAMES)
}

fn bar(share: f64, length: usize) -> String {
    let full = ((share * length as f64) as usize).min(length);
    format!("{}{}", "━".repeat(full), "╌".repeat(length - full))
}

/// Shortens a name in its middle, because names often differ only at their end.
fn clipped(name: &str, most: usize) -> String {
    let chars: Vec<_> = name.chars().collect();
    if chars.len() <= most {
        return name.to_owned();
    }
    let half = most.saturating_sub(1) / 2;
    let (begin, end) = (&chars[..most.saturating_sub(1) - half], &chars[chars.len() - half..]);
    begin.iter().chain(&['…']).chain(end).collect()
}

/// Returns the receive rate between two samples of one phase, in bit/s.
fn received_rate(last: &Sample, now: &Sample) -> Option<f64> {
    let bytes = |sample: &Sample| {
        sample.audio.as_ref().map_or(0.0, |audio| audio.bytes_received)
            + sample.video.as_ref().map_or(0.0, |video| video.bytes_received)
    };
    let seconds = (now.timestamp - last.timestamp) / 1e3;
    let rate = (bytes(now) - bytes(last)) * 8.0 / seconds;
    (last.phase == now.phase && seconds > 0.0 && rate >= 0.0).then_some(rate)
}
