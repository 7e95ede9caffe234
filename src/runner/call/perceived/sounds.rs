//! When speech began at a microphone, and when at a listener. Pure.

use std::collections::VecDeque;

/// The most beginnings of speech that are kept.
const MAX_KEPT: usize = 100;

/// The longest delay that can be told, in milliseconds: a little less than what lies between two beginnings of speech
/// of any voice. Otherwise, what is heard before its beginning was reported would be taken for the one before.
const MAX_DELAY_MS: f64 = 2_400.0;

/// The beginnings of speech at a microphone, in milliseconds since the Unix epoch.
#[derive(Debug, Default)]
pub(super) struct Sounds {
    spoken: VecDeque<f64>,
}

impl Sounds {
    /// Notes beginnings of speech.
    pub(super) fn note(&mut self, onsets: impl Iterator<Item = f64>) {
        for onset in onsets {
            self.spoken.push_back(onset);
            if self.spoken.len() > MAX_KEPT {
                self.spoken.pop_front();
            }
        }
    }

    /// Moves each beginning that a listener heard, and whose origin must be known by now, to the delays: in
    /// milliseconds, in tenths. One that belongs to no beginning at the microphone is left out.
    pub(super) fn meet(&self, heard: &mut Vec<f64>, delays: &mut Vec<f64>) {
        let newest = self.spoken.back().copied().unwrap_or(f64::NEG_INFINITY);
        heard.retain(|at| {
            let spoken = self.spoken.iter().rev().find(|spoken| *spoken <= at);
            let delay = spoken.map(|spoken| at - spoken).filter(|delay| *delay <= MAX_DELAY_MS);
            delays.extend(delay.map(|delay| (delay * 10.0).round() / 10.0));
            // Its beginning may not have been reported.
            delay.is_none() && *at > newest && heard_lately(*at, newest)
        });
    }
}

/// Whether a beginning at the microphone that belongs to this one can still be reported.
fn heard_lately(at: f64, newest: f64) -> bool {
    newest == f64::NEG_INFINITY || at - newest <= 2.0 * MAX_DELAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beginning_belongs_to_the_last_one_spoken() {
        let mut sounds = Sounds::default();
        sounds.note([1_000.0, 3_600.0].into_iter());
        let (mut heard, mut delays) = (vec![900.0, 1_120.5, 3_700.0], Vec::new());
        sounds.meet(&mut heard, &mut delays);
        assert_eq!(delays, [120.5, 100.0]);
        assert!(heard.is_empty(), "{heard:?}");
    }

    #[test]
    fn the_longest_delay_is_shorter_than_what_lies_between_two_beginnings() {
        for voice in (0..precall_browser::VOICES).map(precall_browser::Voice::of) {
            let interval = voice.interval_seconds() * 1e3;
            assert!(MAX_DELAY_MS < interval, "{voice:?}: {interval} ms");
        }
    }

    #[test]
    fn what_is_heard_before_its_report_waits() {
        let mut sounds = Sounds::default();
        sounds.note([1_000.0].into_iter());
        let (mut heard, mut delays) = (vec![3_700.0], Vec::new());
        sounds.meet(&mut heard, &mut delays);
        assert_eq!((heard.len(), delays.len()), (1, 0));
        sounds.note([3_600.0].into_iter());
        sounds.meet(&mut heard, &mut delays);
        assert_eq!(delays, [100.0]);
        // One that nobody spoke is not kept for ever.
        let mut stray = vec![60_000.0];
        sounds.meet(&mut stray, &mut delays);
        assert!(stray.is_empty());
    }
}
