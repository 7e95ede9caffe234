//! The camera and microphone of a case: granted, denied, or taken back while its tests run.

use std::time::{Duration, Instant};

use crate::browser::Device;
use crate::scenario::{DevicesSpec, Permission};

/// What is still to be taken back.
pub(super) struct Devices {
    spec: DevicesSpec,
    /// The latest first.
    withdrawals: Vec<(Duration, Device)>,
}

impl Devices {
    pub fn new(spec: DevicesSpec) -> Self {
        let devices = [(spec.camera, Device::Camera), (spec.microphone, Device::Microphone)];
        let mut withdrawals: Vec<_> = devices
            .into_iter()
            .filter_map(|(permission, device)| match permission {
                Permission::WithdrawnAt(at) => Some((at, device)),
                Permission::Granted | Permission::Denied => None,
            })
            .collect();
        withdrawals.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Self { spec, withdrawals }
    }

    /// Whether camera and microphone are granted to begin with.
    pub fn granted(&self) -> (bool, bool) {
        (self.spec.camera != Permission::Denied, self.spec.microphone != Permission::Denied)
    }

    /// Waits until a permission is to be taken back; for ever when none is, or before the tests begin. Gives each once;
    /// nothing is lost when the waiting is given up.
    pub async fn next_withdrawal(&mut self, began: Option<Instant>) -> Device {
        let (Some(began), Some((at, device))) = (began, self.withdrawals.last().copied()) else {
            return std::future::pending().await;
        };
        tokio::time::sleep_until((began + at).into()).await;
        self.withdrawals.pop();
        device
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_permission_is_taken_back_once_in_order() {
        let at = |seconds| Permission::WithdrawnAt(Duration::from_secs(seconds));
        let mut devices = Devices::new(DevicesSpec { camera: at(8), microphone: at(3) });
        assert_eq!(devices.granted(), (true, true));
        let began = Some(tokio::time::Instant::now().into_std());
        assert_eq!(devices.next_withdrawal(began).await, Device::Microphone);
        assert_eq!(devices.next_withdrawal(began).await, Device::Camera);
        let more = tokio::time::timeout(Duration::from_secs(3600), devices.next_withdrawal(began));
        assert!(more.await.is_err());
    }
}
