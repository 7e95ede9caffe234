//! What viewers saw and heard, held against what was filmed and spoken.
//!
//! The page of a publisher reports which frame of precall's film its camera captured when, and the page of a subscriber
//! which frame it presented when. All pages are on this host, and report times by its clock.

mod films;
mod pictures;
mod recordings;
mod similarity;
mod sound_quality;
mod sounds;

use std::collections::HashMap;

pub(super) use films::films_of;
use films::{FilmOf, films};
use pictures::{CapturedFrames, FilmFrame, PresentedFrames};
use recordings::Recordings;
use sounds::Sounds;

use crate::page::PerceivedReport;
use precall_results::{Perceived, SoundSum};
use precall_scenario::CallSpec;
use precall_scenario::plan::Case;

/// The most streams that are followed: pages may name what they like.
const MAX_STREAMS: usize = 1_000;

/// A participant and the name of its stream.
type StreamKey = (String, String);

/// The perception of all participants of a call.
#[derive(Debug, Default)]
pub(super) struct Perceptions {
    films: HashMap<String, FilmOf>,
    captured: HashMap<StreamKey, CapturedStream>,
    presented: HashMap<(String, StreamKey), PresentedStream>,
}

/// What a publisher's page reported of its own devices.
#[derive(Debug, Default)]
struct CapturedStream {
    frames: CapturedFrames,
    /// When speech began, in milliseconds since the Unix epoch.
    onsets: Sounds,
    /// All sound of the microphone.
    sound: SoundSum,
}

/// What a subscriber's page reported, as far as it has not been taken.
#[derive(Debug, Default)]
struct PresentedStream {
    frames: PresentedFrames,
    onsets: Vec<f64>,
    sum: Perceived,
    similarities: Vec<f64>,
    /// The sound of the microphone when it was taken last.
    spoken: SoundSum,
    recordings: Recordings,
}

impl Perceptions {
    /// Returns the perception of a call that has not begun.
    pub(super) fn new(case: &Case, call: &CallSpec) -> Self {
        Self { films: films(case, call), ..Self::default() }
    }

    /// Takes the report of a participant's page.
    pub(super) fn note(&mut self, participant: &str, report: PerceivedReport) {
        let PerceivedReport {
            from,
            stream,
            origin,
            numbers,
            times,
            rtp_timestamps,
            unread,
            patch,
            onsets,
            sound,
            recorded,
        } = report;
        let publisher = from.as_deref().unwrap_or(participant);
        let Some(film) = self.films.get(publisher) else { return };
        let key = (publisher.to_owned(), stream);
        let frames = numbers.iter().zip(&times).zip(&rtp_timestamps);
        let frames = frames.map(|((number, time), rtp_timestamp)| FilmFrame {
            number: *number,
            at: origin + time,
            rtp_timestamp: *rtp_timestamp,
        });
        if from.is_none() {
            if self.captured.len() >= MAX_STREAMS && !self.captured.contains_key(&key) {
                return;
            }
            let captured = self.captured.entry(key).or_default();
            frames.for_each(|frame| captured.frames.note(frame, film.rate, film.count));
            captured.onsets.note(onsets.iter().map(|onset| origin + onset));
            captured.sound.add(sound);
            return;
        }
        let key = (participant.to_owned(), key);
        if self.presented.len() >= MAX_STREAMS && !self.presented.contains_key(&key) {
            return;
        }
        let spoken = self.captured.get(&key.1).map(|captured| captured.sound).unwrap_or_default();
        let presented = self.presented.entry(key).or_default();
        presented.frames.note(frames);
        presented.sum.unread += unread;
        presented.sum.heard.add(sound);
        presented.onsets.extend(onsets.iter().map(|onset| origin + onset));
        if let (Some(recorded), Some(voice)) = (recorded, film.voice) {
            presented.recordings.note(&recorded, voice, spoken);
        }
        if let Some(patch) = patch
            && let Some(similarity) = similarity::of(&patch, film.film())
        {
            presented.similarities.push(similarity);
        }
    }

    /// Returns what a participant perceived of a stream since the last time; `None` where nothing is known of it.
    pub(super) fn take(&mut self, participant: &str, publisher: &str, stream: &str) -> Option<Perceived> {
        let key = (publisher.to_owned(), stream.to_owned());
        let film = self.films.get(publisher)?;
        let captured = self.captured.get_mut(&key)?;
        let presented = self.presented.get_mut(&(participant.to_owned(), key))?;
        presented.frames.meet(&captured.frames, film.rate, &mut presented.sum);
        captured.onsets.meet(&mut presented.onsets, &mut presented.sum.sound_delays);
        let mut perceived = std::mem::take(&mut presented.sum);
        perceived.spoken = captured.sound.since(std::mem::replace(&mut presented.spoken, captured.sound));
        perceived.sound_quality = mean(&presented.recordings.take());
        perceived.similarity = mean(&std::mem::take(&mut presented.similarities));
        Some(perceived)
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
