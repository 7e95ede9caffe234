//! The types of a decoded scenario, with every default.

use precall_results::ScoringProfile;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::browser::{BrowserLack, BrowserSpec};
use super::build::{ModuleSpec, SdkSpec};
use super::call::{CallSpec, ParticipantSpec};
use super::devices::{Camera, DevicesSpec, Sound};
use super::gate::GateSpec;
use super::platform::PlatformSpec;
use super::renamed_key::DeprecatedKey;
use precall_netem::firewall::Firewall;
use precall_netem::{Backend, NetworkConfig};
use precall_results::CaseKind;
use precall_results::CompareSpec;
use precall_results::{Expectation, Level, Source};
use precall_support::browser_kind::BrowserKind;

/// A valid scenario file.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The name in reports (`name`). The default is the file name without its extension.
    pub name: String,
    /// The path from which the scenario was read.
    pub path: PathBuf,
    /// The root of all random numbers (`seed`), 0 or more. The default is 1.
    pub seed: u64,
    /// The cases in file order, at least one: each `[[case]]` in each combination of its matrix.
    pub cases: Vec<CaseSpec>,
    /// The settings for comparisons (`[compare]`).
    pub compare: CompareSpec,
    /// The releases and networks of `precall gate` (`[gate]`). Command-line flags override them.
    pub gate: GateSpec,
    /// The SHA-256 of all its files, in hexadecimal.
    pub digest: String,
    /// All its files: its own, and those that it extends. Not part of the identity of the scenario.
    pub files: Vec<PathBuf>,
    /// Keys that are written with their old names. Not part of the identity of the scenario.
    pub deprecated: Vec<DeprecatedKey>,
}

/// One `[[case]]` in one combination of its `[matrix]`, merged over the top-level tables.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSpec {
    /// The name (`name`), unique in the file: 1 to 80 letters, digits, `.`, `_` and `-`. Empty if the file has a matrix
    /// and no `[[case]]`.
    pub name: String,
    /// The values of the axes, in file order; empty without a matrix.
    pub axes: Vec<Axis>,
    /// Number of repeats (`repeat`), 1 to 1000. The default is 1.
    pub repeat: u32,
    /// The browser of its pages (`browser`).
    pub browser: BrowserSpec,
    /// The build of OpenTok.js (`[sdk]`).
    pub sdk: SdkSpec,
    /// The test that the page runs (`[test]`).
    pub test: TestSpec,
    /// The call that the case runs instead of a network test (`[call]`, `[[participant]]`).
    pub call: Option<CallSpec>,
    /// The devices of the user's host (`[devices]`).
    pub devices: DevicesSpec,
    /// The platform (`[platform]`).
    pub platform: PlatformSpec,
    /// The network between the page and the platform (`[network]`).
    pub network: NetworkConfig,
    /// The firewall of the user's network (`[firewall]`).
    pub firewall: Firewall,
    /// The level of a violated invariant (`invariants.level`). The default is `warn`.
    pub invariants: Level,
    /// The expectations in file order (`[expect]`).
    pub expect: Vec<Expectation>,
    /// The places of some keys, for warnings.
    pub places: Places,
}

impl Scenario {
    /// Returns whether a case of it starts the server of an application.
    pub fn starts_server(&self) -> bool {
        let apps = self.cases.iter().filter_map(|case| case.call.as_ref()?.app.as_ref());
        apps.into_iter().any(|app| app.start.is_some())
    }
}

impl CaseSpec {
    /// Returns whether the case runs a network test or a call.
    pub fn kind(&self) -> CaseKind {
        if self.call.is_some() { CaseKind::Call } else { CaseKind::NetworkTest }
    }

    /// Returns the build of OpenTok.js of a participant of the case's call.
    pub fn sdk_of<'a>(&'a self, participant: &'a ParticipantSpec) -> &'a SdkSpec {
        participant.sdk.as_ref().unwrap_or(&self.sdk)
    }

    /// Returns the browser of a participant of the case's call.
    pub fn browser_of<'a>(&'a self, participant: &'a ParticipantSpec) -> &'a BrowserSpec {
        participant.browser.as_ref().unwrap_or(&self.browser)
    }

    /// Returns the browsers that the case needs: one, or those of the participants of its call.
    pub fn browsers(&self) -> Vec<&BrowserSpec> {
        match &self.call {
            None => vec![&self.browser],
            Some(call) => call.participants.iter().map(|participant| self.browser_of(participant)).collect(),
        }
    }

    /// Returns what the case asks for and its browsers cannot do. Only Firefox lacks something: WebDriver BiDi has no
    /// command for it.
    pub fn lacks(&self) -> Vec<BrowserLack> {
        let pages: Vec<_> = match &self.call {
            None => vec![(&self.browser, &self.network, &self.devices)],
            Some(call) => {
                call.participants.iter().map(|one| (self.browser_of(one), &one.network, &one.devices)).collect()
            }
        };
        let of_firefox = || pages.iter().filter(|(browser, ..)| browser.kind == BrowserKind::Firefox);
        let key = |alone| if self.call.is_some() { "participant" } else { alone };
        let mut lacks = Vec::new();
        if of_firefox().any(|(_, network, _)| network.backend == Backend::DevTools) {
            lacks.push(BrowserLack {
                key: key("network"),
                what: "emulate a network: WebDriver BiDi has no command for it",
                help: "remove `backend = \"devtools\"`, or use Chrome",
            });
        }
        if of_firefox().any(|(.., devices)| devices.cpu_slowdown > 1) {
            lacks.push(BrowserLack {
                key: key("devices"),
                what: "slow down scripts: WebDriver BiDi has no command for it",
                help: "remove `cpuSlowdown`, or use Chrome",
            });
        }
        lacks
    }

    /// Returns the builds of OpenTok.js that the case needs: one, or those of the participants of its call.
    pub fn sdks(&self) -> Vec<&SdkSpec> {
        match &self.call {
            None => vec![&self.sdk],
            Some(call) => call.participants.iter().map(|participant| self.sdk_of(participant)).collect(),
        }
    }
}

/// The places of some keys of a case, for warnings about them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places(BTreeMap<&'static str, Source>);

impl Places {
    /// The keys with a place, by their path.
    pub const KEYS: [&'static str; 6] = ["network", "repeat", "sdk", "test.camera", "test.module", "test.timeout"];

    /// Records the place of a key.
    pub(super) fn insert(&mut self, key: &'static str, place: Source) {
        self.0.insert(key, place);
    }

    /// Returns the place of a key; `None` if the file does not have the key.
    pub fn get(&self, key: &str) -> Option<&Source> {
        self.0.get(key)
    }
}

/// The value of an axis of a `[matrix]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// The name of the axis: `sdk`, `network`, `module`, or the shortest unique end of the path of its key.
    pub name: String,
    /// The value as it appears in ids; see [`label`](crate::label).
    pub value: String,
}

/// The test that the page runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestSpec {
    /// The network-test modules under test (`module`), at least one. The case runs once with each. The default is the
    /// built-in module.
    #[serde(rename = "module")]
    pub modules: Vec<ModuleSpec>,
    /// Whether `testConnectivity()` runs (`connectivity`). The default is true.
    pub connectivity: bool,
    /// Whether `testQuality()` runs (`quality`). The default is true.
    pub quality: bool,
    /// The module's option `audioOnly`. The default is false.
    pub audio_only: bool,
    /// The module's option `timeout`, the longest duration of a quality phase, between 5 s and 30 s. `None` leaves it
    /// to the module.
    pub timeout: Option<Duration>,
    /// The option `ipWhitelist` of `OT.initSession`, for networks with an IP allow list. The default is false.
    #[serde(default)]
    pub ip_whitelist: bool,
    /// The module's scoring profile (`scoring`). The default is `classic`.
    pub scoring: ScoringProfile,
    /// The fake camera (`camera`).
    pub camera: Camera,
    /// The sound of the fake microphone (`microphone.sound`). The default is `beeps`.
    pub sound: Sound,
}

impl Default for TestSpec {
    fn default() -> Self {
        Self {
            modules: vec![ModuleSpec::default()],
            connectivity: true,
            quality: true,
            audio_only: false,
            timeout: None,
            ip_whitelist: false,
            scoring: ScoringProfile::default(),
            camera: Camera::default(),
            sound: Sound::default(),
        }
    }
}
