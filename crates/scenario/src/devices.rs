//! The devices of a participant or of the page of a network test.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The settings of the fake camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Camera {
    /// Frames per second (`frameRate`), 5 to 60. The default is 30.
    pub frame_rate: u32,
    /// The picture (`picture`). The default is Chrome's own pattern.
    #[serde(default)]
    pub picture: Picture,
}

/// The picture of the fake camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Picture {
    /// `"pattern"`: Chrome's own pattern, in the size that the page requests. About 1 Mbit/s at 1280x720.
    #[default]
    Pattern,
    /// `"detailed"`: a moving picture with much detail, which needs the full bitrate of the encoder. It has one size.
    Detailed {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// The sound of the fake microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sound {
    /// `"beeps"`: Chrome's own beep, twice a second.
    #[default]
    Beeps,
    /// `"speech"`: artificial speech with pauses.
    Speech,
}

impl Default for Camera {
    fn default() -> Self {
        Self { frame_rate: 30, picture: Picture::default() }
    }
}

/// The devices of the user's host and the permissions of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicesSpec {
    /// The access of the page to the camera (`camera`).
    pub camera: DeviceAccess,
    /// The access of the page to the microphone (`microphone`).
    pub microphone: DeviceAccess,
    /// The factor by which the page's scripts are slowed down (`cpuSlowdown`), 1 to 20. The default is 1.
    #[serde(default = "one")]
    pub cpu_slowdown: u32,
}

impl Default for DevicesSpec {
    fn default() -> Self {
        Self { camera: DeviceAccess::Granted, microphone: DeviceAccess::Granted, cpu_slowdown: one() }
    }
}

fn one() -> u32 {
    1
}

/// The existence of a device and the permission of the page to use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeviceAccess {
    /// `"granted"`: the device exists and the page may use it.
    #[default]
    Granted,
    /// `"denied"`: `getUserMedia` is refused at once.
    Denied,
    /// `"withdrawn at 6 s"`: the permission is granted, and revoked this long after the start of the tests.
    WithdrawnAt(Duration),
    /// `"none"`: there is no such device.
    Absent,
    /// `"lost at 6 s"`: the device is unplugged this long after the start of the tests.
    LostAt(Duration),
}
