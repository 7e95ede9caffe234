//! The films of a call's cameras.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use crate::runner::devices::devices_of_participant;
use precall_browser::{BrowserKind, FakeMicrophone, FakePicture, Film, NumberStrip, Voice};
use precall_scenario::plan::Case;
use precall_scenario::{CallSpec, ParticipantSpec};

/// The film of a participant's camera.
#[derive(Debug)]
pub(super) struct FilmOf {
    size: (u32, u32),
    /// The number of frames.
    pub(super) count: u32,
    /// Frames per second.
    pub(super) rate: f64,
    /// The voice of the microphone beside the camera; `None` where it plays no speech.
    pub(super) voice: Option<Voice>,
    film: OnceLock<Film>,
}

impl FilmOf {
    /// Returns the film. Drawing its texture takes a moment, so it is made when it is first needed.
    pub(super) fn film(&self) -> &Film {
        self.film.get_or_init(|| Film::new(self.size))
    }
}

/// Returns the films of those participants whose cameras play one, by name.
pub(super) fn films(case: &Case, call: &CallSpec) -> HashMap<String, FilmOf> {
    filmed(case, call).map(|(participant, filmed)| (participant.name.clone(), film_of(participant, filmed))).collect()
}

/// Returns where these films show the numbers of their frames.
pub(in super::super) fn films_of(case: &Case, call: &CallSpec) -> BTreeMap<String, NumberStrip> {
    filmed(case, call).map(|(participant, filmed)| (participant.name.clone(), Film::strip(filmed.size))).collect()
}

/// What a participant's camera and microphone play.
struct Filmed {
    size: (u32, u32),
    voice: Option<Voice>,
}

fn film_of(participant: &ParticipantSpec, Filmed { size, voice }: Filmed) -> FilmOf {
    // A film has at most a few hundred frames.
    let count = Film::strip(size).code_words.len() as u32;
    FilmOf { size, count, rate: participant.camera.frame_rate.into(), voice, film: OnceLock::new() }
}

/// Firefox plays no file: the picture that precall draws there has no numbers.
fn filmed<'a>(case: &'a Case, call: &'a CallSpec) -> impl Iterator<Item = (&'a ParticipantSpec, Filmed)> {
    call.participants.iter().enumerate().filter(|_| call.perception).filter_map(|(place, participant)| {
        let devices = devices_of_participant(participant, place);
        let voice = match devices.microphone {
            FakeMicrophone::Speech(voice) => Some(voice),
            FakeMicrophone::Beeps => None,
        };
        match devices.camera.picture {
            FakePicture::Detailed(width, height) if case.spec.browser_of(participant).kind == BrowserKind::Chrome => {
                Some((participant, Filmed { size: (width, height), voice }))
            }
            _ => None,
        }
    })
}
