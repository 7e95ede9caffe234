//! The recordings of a received sound, whose quality is measured while the call goes on.

use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::sound_quality::{self, LEAST, LENGTH};
use crate::page::Recorded;
use precall_browser::Voice;
use precall_results::SoundSum;

/// The most recordings of all cases that wait to be measured. More are thrown away: a page may send many.
const MAX_WAITING: usize = 32;

/// Of a microphone that speaks, at most so much is silent: its pauses are 61 % of the time.
const MAX_SILENCE: f64 = 0.8;

/// The recordings of one sound.
#[derive(Debug)]
pub(super) struct Recordings {
    /// What has come of the one that is being made.
    samples: Vec<i16>,
    /// The sound of the publisher's microphone when it began.
    spoken: SoundSum,
    is_measuring: bool,
    measured: (Sender<f64>, Receiver<f64>),
}

/// A recording to measure.
struct RecordingToMeasure {
    recording: Vec<i16>,
    /// The voice of the microphone.
    voice: Voice,
    /// Whether the microphone spoke in the meantime.
    is_spoken: bool,
    result: Sender<f64>,
}

impl Default for Recordings {
    fn default() -> Self {
        Self { samples: Vec::new(), spoken: SoundSum::default(), is_measuring: false, measured: channel() }
    }
}

impl Recordings {
    /// Takes the next part of a recording. `voice` is that of the publisher's microphone, and `spoken` its sound until
    /// now. A recording that is complete is measured on another thread, for a tenth of a second: media must not wait
    /// for it.
    pub(super) fn note(&mut self, part: &Recorded, voice: Voice, spoken: SoundSum) {
        if part.first == 0 {
            self.samples.clear();
            self.spoken = spoken;
        }
        // A part that is missing makes the rest useless.
        let (Some(samples), true) = (part.samples(), self.samples.len() == part.first as usize) else { return };
        self.samples.extend(samples);
        if self.samples.len() < LENGTH || self.is_measuring {
            return;
        }
        let mut recording = std::mem::take(&mut self.samples);
        recording.truncate(LENGTH);
        let silence = spoken.since(self.spoken).silence_ratio();
        let is_spoken = silence.is_some_and(|silence| silence <= MAX_SILENCE);
        let measurement = RecordingToMeasure { recording, voice, is_spoken, result: self.measured.0.clone() };
        self.is_measuring = measurer().try_send(measurement).is_ok();
    }

    /// Returns the qualities that were measured since the last time.
    pub(super) fn take(&mut self) -> Vec<f64> {
        let measured: Vec<f64> = self.measured.1.try_iter().collect();
        self.is_measuring &= measured.is_empty();
        // A recording without a quality ends its measurement as well.
        measured.into_iter().filter(|quality| quality.is_finite()).collect()
    }
}

/// Returns the way to the thread that measures, one recording after another: a page that sends many must not take the
/// CPUs from the cases beside it.
fn measurer() -> &'static SyncSender<RecordingToMeasure> {
    static MEASURER: OnceLock<SyncSender<RecordingToMeasure>> = OnceLock::new();
    MEASURER.get_or_init(|| {
        let (sender, measurements) = sync_channel::<RecordingToMeasure>(MAX_WAITING);
        std::thread::spawn(move || {
            for RecordingToMeasure { recording, voice, is_spoken, result } in measurements {
                // Where the speech of a microphone that spoke cannot be found, the listener has not heard it.
                let quality = sound_quality::of(&recording, voice).or(is_spoken.then_some(LEAST));
                // A call that has ended waits for nothing.
                let _ = result.send(quality.unwrap_or(f64::NAN));
            }
        });
        sender
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn part(first: usize, samples: usize) -> Recorded {
        let first = u32::try_from(first).expect("small");
        Recorded { first, pcm: STANDARD.encode(vec![0; 2 * samples]) }
    }

    fn spoken(samples: u64, silent: u64) -> SoundSum {
        SoundSum { samples, silent, clipped: 0 }
    }

    fn measured(recordings: &mut Recordings) -> Vec<f64> {
        let quality = recordings.measured.1.recv_timeout(Duration::from_secs(60)).expect("measured");
        recordings.measured.0.send(quality).expect("its own end");
        recordings.take()
    }

    #[test]
    fn a_recording_is_measured_once_it_is_complete() {
        let mut recordings = Recordings::default();
        let none = SoundSum::default();
        recordings.note(&part(0, LENGTH / 2), Voice::default(), none);
        recordings.note(&part(LENGTH, 10), Voice::default(), none);
        assert_eq!(recordings.samples.len(), LENGTH / 2, "a part was missing");
        recordings.note(&part(0, 10), Voice::default(), none);
        assert_eq!(recordings.samples.len(), 10, "it began again");
        recordings.note(&part(10, LENGTH), Voice::default(), none);
        assert!(recordings.samples.is_empty() && recordings.is_measuring);
        assert_eq!(measured(&mut recordings), [] as [f64; 0], "nobody spoke");
        assert!(!recordings.is_measuring);
    }

    #[test]
    fn silence_while_the_microphone_speaks_is_of_the_least_quality() {
        let mut recordings = Recordings::default();
        recordings.note(&part(0, 10), Voice::default(), spoken(48_000, 48_000));
        recordings.note(&part(10, LENGTH), Voice::default(), spoken(624_000, 400_000));
        assert_eq!(measured(&mut recordings), [LEAST]);
    }

    #[test]
    fn one_recording_of_a_sound_is_measured_at_a_time() {
        let mut recordings = Recordings { is_measuring: true, ..Recordings::default() };
        recordings.note(&part(0, LENGTH), Voice::default(), SoundSum::default());
        assert!(recordings.take().is_empty() && recordings.is_measuring, "it waits for the one before");
    }
}
