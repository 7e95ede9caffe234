//! The fake camera and microphone. Browsers have one of each: they are chosen when a browser is launched.

use std::io;

use super::camera::write_film;
use super::speech::write_speech;
use super::supervisor::Layout;

/// What a browser films and hears instead of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FakeDevices {
    /// The camera.
    pub camera: FakeCamera,
    /// The microphone.
    pub microphone: FakeMicrophone,
}

/// A fake camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FakeCamera {
    /// Frames per second.
    pub frame_rate: u32,
    /// What it films.
    pub picture: FakePicture,
}

impl Default for FakeCamera {
    /// Chrome's pattern, 30 times a second.
    fn default() -> Self {
        Self { frame_rate: 30, picture: FakePicture::Pattern }
    }
}

/// What a fake camera films.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FakePicture {
    /// Nothing: there is no camera.
    NoCamera,
    /// Chrome's own pattern, in the size that a page asks for.
    Pattern,
    /// A moving picture full of detail, of this width and height.
    Detailed(u32, u32),
}

/// A fake microphone. Chrome has no way to be without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum FakeMicrophone {
    /// Chrome's own: a beep twice a second.
    #[default]
    Beeps,
    /// Spurts of artificial speech with pauses between them.
    Speech,
}

impl FakeDevices {
    /// Writes what camera and microphone are to play.
    pub(super) fn write(self, layout: &Layout) -> io::Result<()> {
        if let FakePicture::Detailed(width, height) = self.camera.picture {
            write_film(&layout.film(), (width, height), self.camera.frame_rate)?;
        }
        match self.microphone {
            FakeMicrophone::Beeps => Ok(()),
            FakeMicrophone::Speech => write_speech(&layout.speech()),
        }
    }

    /// Chrome's arguments for them.
    pub(super) fn arguments(self, layout: &Layout) -> Vec<String> {
        let FakeCamera { frame_rate, picture } = self.camera;
        let count = if picture == FakePicture::NoCamera { ",device-count=0" } else { "" };
        let mut arguments = vec![format!("--use-fake-device-for-media-stream=fps={frame_rate}{count}")];
        if matches!(picture, FakePicture::Detailed(..)) {
            arguments.push(format!("--use-file-for-fake-video-capture={}", layout.film().display()));
        }
        if self.microphone == FakeMicrophone::Speech {
            arguments.push(format!("--use-file-for-fake-audio-capture={}", layout.speech().display()));
        }
        arguments
    }
}
