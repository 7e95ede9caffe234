//! The devices of a case: what its browser is launched with, and what becomes of them while its tests run.

use std::time::{Duration, Instant};

use precall_browser::{
    BrowserError, BrowserProxy, ContextOptions, Device, FakeCamera, FakeDevices, FakeMicrophone, FakePicture, Page,
    Voice,
};
use precall_scenario::plan::Case;
use precall_scenario::{BrowserSpec, Camera, DeviceAccess, DevicesSpec, ParticipantSpec, Picture, Sound};

use super::leased_page::Leased;

/// The devices that a case asks for, as browsers have them: those of each browser that the case needs.
pub fn fake_devices(case: &Case) -> Vec<FakeDevices> {
    match &case.spec.call {
        None => vec![fake_devices_of(case.spec.test.camera, case.spec.test.sound, case.spec.devices, Voice::default())],
        Some(call) => {
            let participants = call.participants.iter().enumerate();
            participants.map(|(place, one)| devices_of_participant(one, place)).collect()
        }
    }
}

/// The browsers that a case needs, each with its devices.
pub(super) fn browsers_of(case: &Case) -> impl Iterator<Item = (BrowserSpec, FakeDevices)> {
    case.spec.browsers().into_iter().cloned().zip(fake_devices(case)).collect::<Vec<_>>().into_iter()
}

/// The devices of a participant's browser, by the participant's place in the call.
pub(super) fn devices_of_participant(participant: &ParticipantSpec, place: usize) -> FakeDevices {
    fake_devices_of(participant.camera, participant.sound, participant.devices, Voice::of(place))
}

/// The devices of one browser.
pub(super) fn fake_devices_of(camera: Camera, sound: Sound, devices: DevicesSpec, voice: Voice) -> FakeDevices {
    let picture = match camera.picture {
        _ if devices.camera == DeviceAccess::Absent => FakePicture::NoCamera,
        Picture::Pattern => FakePicture::Pattern,
        Picture::Detailed { width, height } => FakePicture::Detailed(width, height),
    };
    let microphone = match sound {
        Sound::Beeps => FakeMicrophone::Beeps,
        Sound::Speech => FakeMicrophone::Speech(voice),
    };
    FakeDevices { camera: FakeCamera { frame_rate: camera.frame_rate, picture }, microphone }
}

/// Whether a case needs a browser that no other case's pages are in.
pub fn needs_own_browser(case: &Case) -> bool {
    let needs = |devices| Devices::new(devices).need_own_browser();
    match &case.spec.call {
        None => needs(case.spec.devices),
        Some(call) => call.participants.iter().any(|one| needs(one.devices)),
    }
}

/// Something that happens to a device while the tests run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeviceChange {
    /// The user takes the permission back.
    Withdrawn(Device),
    /// It goes, as if it were unplugged.
    Lost(Device),
}

impl DeviceChange {
    /// Makes the change in the page or in the browser.
    pub async fn happen(self, leased: &Leased, origin: &str) -> Result<(), BrowserError> {
        match self {
            Self::Withdrawn(device) => leased.page.set_permission(device, origin, false).await,
            Self::Lost(device) => leased.browser.remove_device(device),
        }
    }
}

/// The devices of a case, and the changes to them that are still to come.
pub(super) struct Devices {
    spec: DevicesSpec,
    /// The changes that are still to come with their times, the latest first.
    changes: Vec<(Duration, DeviceChange)>,
}

impl Devices {
    pub fn new(spec: DevicesSpec) -> Self {
        let devices = [(spec.camera, Device::Camera), (spec.microphone, Device::Microphone)];
        let mut changes: Vec<_> = devices
            .into_iter()
            .filter_map(|(access, device)| match access {
                DeviceAccess::WithdrawnAt(at) => Some((at, DeviceChange::Withdrawn(device))),
                DeviceAccess::LostAt(at) => Some((at, DeviceChange::Lost(device))),
                DeviceAccess::Granted | DeviceAccess::Denied | DeviceAccess::Absent => None,
            })
            .collect();
        changes.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Self { spec, changes }
    }

    /// Returns the context of the case's page, with its permissions at the beginning.
    pub fn context(&self, origin: String, proxy: Option<BrowserProxy>) -> ContextOptions {
        let is_granted = |access| access != DeviceAccess::Denied;
        ContextOptions {
            origin,
            camera: is_granted(self.spec.camera),
            microphone: is_granted(self.spec.microphone),
            proxy,
        }
    }

    /// Whether the browser must be the case's own: what it loses is lost for all of its pages.
    pub fn need_own_browser(&self) -> bool {
        self.changes.iter().any(|(_, change)| matches!(change, DeviceChange::Lost(_)))
    }

    /// Does to a new page what cannot be asked of its context.
    pub async fn prepare(&self, page: &dyn Page) -> Result<(), BrowserError> {
        if self.spec.microphone == DeviceAccess::Absent {
            page.hide_microphones().await?;
        }
        if self.spec.cpu_slowdown > 1 {
            page.slow_scripts(self.spec.cpu_slowdown).await?;
        }
        Ok(())
    }

    /// Gives pages of this origin the permissions that the context has.
    pub async fn permit(&self, page: &dyn Page, origin: &str) -> Result<(), BrowserError> {
        let context = self.context(origin.to_owned(), None);
        page.set_permission(Device::Camera, origin, context.camera).await?;
        page.set_permission(Device::Microphone, origin, context.microphone).await
    }

    /// Waits until something is to happen; for ever when nothing is, or before the tests begin. Gives each once;
    /// nothing is lost when the waiting is given up.
    pub async fn next_change(&mut self, began: Option<Instant>) -> DeviceChange {
        let (Some(began), Some((at, change))) = (began, self.changes.last().copied()) else {
            return std::future::pending().await;
        };
        tokio::time::sleep_until((began + at).into()).await;
        self.changes.pop();
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn device_changes_happen_once_in_order() {
        let at = Duration::from_secs;
        let spec = DevicesSpec {
            camera: DeviceAccess::LostAt(at(8)),
            microphone: DeviceAccess::WithdrawnAt(at(3)),
            ..DevicesSpec::default()
        };
        let mut devices = Devices::new(spec);
        assert!(devices.need_own_browser());
        let began = Some(tokio::time::Instant::now().into_std());
        assert_eq!(devices.next_change(began).await, DeviceChange::Withdrawn(Device::Microphone));
        assert!(devices.need_own_browser());
        assert_eq!(devices.next_change(began).await, DeviceChange::Lost(Device::Camera));
        let more = tokio::time::timeout(Duration::from_secs(3600), devices.next_change(began));
        assert!(more.await.is_err());
    }
}
