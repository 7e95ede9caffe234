//! The fake camera and microphone. A browser has one of each, and they are chosen when it is launched.

use std::io;

use super::film::Film;
use super::speech::{Voice, write_speech};
use super::supervisor::Layout;

/// The fake devices of a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FakeDevices {
    /// The fake camera.
    pub camera: FakeCamera,
    /// The fake microphone.
    pub microphone: FakeMicrophone,
}

/// A fake camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FakeCamera {
    /// Frames per second.
    pub frame_rate: u32,
    /// The picture that the camera delivers.
    pub picture: FakePicture,
}

impl Default for FakeCamera {
    /// Returns a camera with Chrome's pattern at 30 frames per second.
    fn default() -> Self {
        Self { frame_rate: 30, picture: FakePicture::Pattern }
    }
}

/// The picture that a fake camera delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FakePicture {
    /// There is no camera.
    NoCamera,
    /// Chrome's own pattern, in the size that a page requests.
    Pattern,
    /// A moving picture full of detail, of this width and height in pixels.
    Detailed(u32, u32),
}

/// A fake microphone. Chrome cannot be launched without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum FakeMicrophone {
    /// Chrome's own sound: a beep twice a second.
    #[default]
    Beeps,
    /// Spurts of artificial speech with pauses between them.
    Speech(Voice),
}

impl FakeDevices {
    /// Writes the files that the camera and the microphone play.
    pub(super) fn write(self, layout: &Layout) -> io::Result<()> {
        if let FakePicture::Detailed(width, height) = self.camera.picture {
            Film::new((width, height)).write(&layout.video(), self.camera.frame_rate)?;
        }
        match self.microphone {
            FakeMicrophone::Beeps => Ok(()),
            FakeMicrophone::Speech(voice) => write_speech(&layout.speech(), voice),
        }
    }

    /// Returns Chrome's arguments for these devices.
    pub(super) fn arguments(self, layout: &Layout) -> Vec<String> {
        let FakeCamera { frame_rate, picture } = self.camera;
        let count = if picture == FakePicture::NoCamera { ",device-count=0" } else { "" };
        let mut arguments = vec![format!("--use-fake-device-for-media-stream=fps={frame_rate}{count}")];
        if matches!(picture, FakePicture::Detailed(..)) {
            arguments.push(format!("--use-file-for-fake-video-capture={}", layout.video().display()));
        }
        if matches!(self.microphone, FakeMicrophone::Speech(_)) {
            arguments.push(format!("--use-file-for-fake-audio-capture={}", layout.speech().display()));
        }
        arguments
    }
}
