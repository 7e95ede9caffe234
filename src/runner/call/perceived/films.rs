//! The films of a call's cameras.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use crate::runner::devices::fake_devices_of;
use precall_browser::{BrowserKind, FakeMicrophone, FakePicture, Film, NumberStrip};
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
    /// Whether the microphone beside the camera plays precall's speech.
    pub(super) speaks: bool,
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
    sizes(case, call).map(|(participant, size)| (participant.name.clone(), film_of(participant, size))).collect()
}

/// Returns where these films show the numbers of their frames.
pub(in super::super) fn films_of(case: &Case, call: &CallSpec) -> BTreeMap<String, NumberStrip> {
    sizes(case, call).map(|(participant, size)| (participant.name.clone(), Film::strip(size))).collect()
}

fn film_of(participant: &ParticipantSpec, size: (u32, u32)) -> FilmOf {
    // A film has at most a few hundred frames.
    let count = Film::strip(size).code_words.len() as u32;
    let devices = fake_devices_of(participant.camera, participant.sound, participant.devices);
    FilmOf {
        size,
        count,
        rate: participant.camera.frame_rate.into(),
        speaks: devices.microphone == FakeMicrophone::Speech,
        film: OnceLock::new(),
    }
}

/// Firefox plays no file: the picture that precall draws there has no numbers.
fn sizes<'a>(case: &'a Case, call: &'a CallSpec) -> impl Iterator<Item = (&'a ParticipantSpec, (u32, u32))> {
    call.participants.iter().filter(|_| call.perception).filter_map(|participant| {
        let devices = fake_devices_of(participant.camera, participant.sound, participant.devices);
        match devices.camera.picture {
            FakePicture::Detailed(width, height) if case.spec.browser_of(participant).kind == BrowserKind::Chrome => {
                Some((participant, (width, height)))
            }
            _ => None,
        }
    })
}
