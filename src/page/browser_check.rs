//! The requirements on a browser that precall did not start, as the page finds it.

use serde::Deserialize;

/// The call to evaluate in a page that may use camera and microphone; the page answers with [`BrowserTraits`].
pub const GRANTED_CALL: &str = "void import('/harness/browser-check.js').then((check) => check.granted())";

/// The call to evaluate in a page that may not; the page answers with [`Denial`].
pub const DENIED_CALL: &str = "void import('/harness/browser-check.js').then((check) => check.denied())";

/// The traits of a browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BrowserTraits {
    /// Whether the page has devices at all.
    pub is_secure_context: bool,
    /// The names of its cameras.
    pub cameras: Vec<String>,
    /// The names of its microphones.
    pub microphones: Vec<String>,
    /// How many candidates it gathers (RFC 8445).
    pub candidates: u32,
}

/// The behaviour of a browser towards a page that may use no device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Denial {
    /// Whether it keeps it from them.
    pub denies: bool,
}

impl BrowserTraits {
    /// Returns the trait that the browser lacks, with the flag that mends it. Absent when a case can run in it.
    /// `origin` is the origin of its page.
    pub fn lack(&self, origin: &str) -> Option<String> {
        let is_fake = |names: &[String]| names.iter().all(|name| name.to_lowercase().contains("fake"));
        if !self.is_secure_context {
            return Some(format!(
                "a page of {origin} is no secure context there, and has neither camera nor microphone; start it with \
                 --unsafely-treat-insecure-origin-as-secure={origin} (so --listen needs a fixed port), or forward that port to \
                 its own 127.0.0.1"
            ));
        }
        if self.cameras.is_empty() || self.microphones.is_empty() {
            return Some(
                "it has no camera or no microphone; start it with --use-fake-device-for-media-stream=fps=30".to_owned(),
            );
        }
        if !is_fake(&self.cameras) || !is_fake(&self.microphones) {
            return Some(
                "its devices are real, and a test must not film a room; start it with --use-fake-device-for-media-stream=fps=30"
                    .to_owned(),
            );
        }
        (self.candidates == 0).then(|| {
            "it gathers no candidate for media; start it with --allow-loopback-in-peer-connection, or give it a network interface"
                .to_owned()
        })
    }
}

impl Denial {
    /// Returns the fault of the browser, with the flag that mends it. Absent when it has none.
    pub fn lack(&self) -> Option<String> {
        (!self.denies).then(|| {
            "it lets pages use devices that are denied; start it without --use-fake-ui-for-media-stream: precall grants what a \
             case may use"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_trait_is_reported_with_its_flag() {
        let names = |name: &str| vec![name.to_owned()];
        let good = BrowserTraits {
            is_secure_context: true,
            cameras: names("fake_device_0"),
            microphones: names("Fake Default Audio Input"),
            candidates: 2,
        };
        let lack = |traits: BrowserTraits| traits.lack("http://192.0.2.7:8080").unwrap_or_default();
        assert_eq!(lack(good.clone()), "");
        for (traits, flag) in [
            (BrowserTraits { is_secure_context: false, ..good.clone() }, "as-secure=http://192.0.2.7:8080"),
            (BrowserTraits { cameras: Vec::new(), ..good.clone() }, "has no camera"),
            (BrowserTraits { cameras: names("HD Webcam"), ..good.clone() }, "film a room"),
            (BrowserTraits { candidates: 0, ..good }, "--allow-loopback-in-peer-connection"),
        ] {
            let said = lack(traits);
            assert!(said.contains(flag), "{flag} in {said}");
        }
        assert_eq!(Denial { denies: true }.lack(), None);
        assert!(Denial { denies: false }.lack().is_some_and(|lack| lack.contains("--use-fake-ui-for-media-stream")));
    }
}
