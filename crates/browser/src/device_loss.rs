//! Removes a device while it is in use.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::context::Device;
use super::error::BrowserError;
use super::supervisor::processes_of;

/// Removes a device from the browser with this directory: its tracks end in all pages, as when a device is unplugged.
/// Chrome's fake devices cannot be unplugged. Instead this kills the process that serves the device, which looks the
/// same to a page.
pub(super) fn remove_device(root: &Path, device: Device) -> Result<(), BrowserError> {
    let service = match device {
        Device::Camera => "video_capture.mojom.VideoCaptureService",
        Device::Microphone => "audio.mojom.AudioService",
    };
    let of_service = processes_of(root).filter(|(_, line)| line.contains(&format!("--utility-sub-type={service}")));
    let ids: Vec<_> = of_service.map(|(id, _)| id).collect();
    if ids.is_empty() {
        let reason = format!("no process of {service} was found; is the device in use, and is this Linux?");
        return Err(BrowserError::Refused { command: "removing a device", reason });
    }
    for id in ids {
        // It may have ended a moment ago.
        let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
    }
    Ok(())
}
