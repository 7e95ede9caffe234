//! The recordings of a received sound, whose quality is measured while the call goes on.

use std::sync::mpsc::{Receiver, Sender, channel};

use super::sound_quality::{self, LENGTH};
use crate::page::Recorded;

/// The recordings of one sound.
#[derive(Debug)]
pub(super) struct Recordings {
    /// What has come of the one that is being made.
    samples: Vec<i16>,
    measured: (Sender<Option<f64>>, Receiver<Option<f64>>),
}

impl Default for Recordings {
    fn default() -> Self {
        Self { samples: Vec::new(), measured: channel() }
    }
}

impl Recordings {
    /// Takes the next part of a recording. One that is complete is measured on another thread, for a tenth of a second:
    /// media must not wait for it.
    pub(super) fn note(&mut self, part: &Recorded) {
        if part.first == 0 {
            self.samples.clear();
        }
        // A part that is missing makes the rest useless.
        let (Some(samples), true) = (part.samples(), self.samples.len() == part.first as usize) else { return };
        self.samples.extend(samples);
        if self.samples.len() < LENGTH {
            return;
        }
        let mut recording = std::mem::take(&mut self.samples);
        recording.truncate(LENGTH);
        let measured = self.measured.0.clone();
        tokio::task::spawn_blocking(move || {
            // A call that has ended waits for nothing.
            let _ = measured.send(sound_quality::of(&recording));
        });
    }

    /// Returns the qualities that were measured since the last time.
    pub(super) fn take(&mut self) -> Vec<f64> {
        self.measured.1.try_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn part(first: usize, samples: usize) -> Recorded {
        let first = u32::try_from(first).expect("small");
        Recorded { first, pcm: STANDARD.encode(vec![0; 2 * samples]) }
    }

    #[tokio::test]
    async fn a_recording_is_measured_once_it_is_complete() {
        let mut recordings = Recordings::default();
        recordings.note(&part(0, LENGTH / 2));
        recordings.note(&part(LENGTH, 10));
        assert_eq!(recordings.samples.len(), LENGTH / 2, "a part was missing");
        recordings.note(&part(0, 10));
        assert_eq!(recordings.samples.len(), 10, "it began again");
        recordings.note(&part(10, LENGTH));
        assert!(recordings.samples.is_empty());
        let measured = tokio::task::spawn_blocking(move || recordings.measured.1.recv()).await.expect("measured");
        assert_eq!(measured, Ok(None), "silence has no quality");
    }
}
