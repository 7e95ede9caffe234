//! The types a scenario file decodes to. Every default is here.

use precall_results::ScoringProfile;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::build::{ModuleSpec, SdkSpec};
use super::gate::GateSpec;
use super::platform::PlatformSpec;
use precall_netem::NetworkConfig;
use precall_netem::firewall::Firewall;
use precall_results::CompareSpec;
use precall_results::{Expectation, Level, Source};

/// One scenario file, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// `name`: what reports call it; the file's stem when it says nothing.
    pub name: String,
    /// Where it was read from.
    pub path: PathBuf,
    /// `seed`: the root of every random choice in it.
    pub seed: u64,
    /// `[[case]]` in file order, each in every combination of its matrix; at least one.
    pub cases: Vec<CaseSpec>,
    /// `[compare]`: how its results are compared.
    pub compare: CompareSpec,
    /// `[gate]`: what `precall gate` holds against one another, unless flags say otherwise.
    pub gate: GateSpec,
    /// SHA-256 of all that its files say, in hex.
    pub digest: String,
}

/// One `[[case]]`, with the file's top-level tables laid under it, in one combination of its `[matrix]`.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSpec {
    /// `name`: unique in the file; letters, digits, `.`, `_`, `-`. Empty in a file that has a matrix and no `[[case]]`.
    pub name: String,
    /// Where it stands in the matrix, in file order; empty without one.
    pub axes: Vec<Axis>,
    /// `repeat`: how often it runs. Default 1.
    pub repeat: u32,
    /// `[sdk]`.
    pub sdk: SdkSpec,
    /// `[test]`.
    pub test: TestSpec,
    /// `[devices]`.
    pub devices: DevicesSpec,
    /// `[platform]`.
    pub platform: PlatformSpec,
    /// `[network]`.
    pub network: NetworkConfig,
    /// `[firewall]`.
    pub firewall: Firewall,
    /// `[invariants]` `level`: what a report that contradicts itself means. Default `warn`.
    pub invariants: Level,
    /// `[expect]`, in file order.
    pub expect: Vec<Expectation>,
    /// Where some of it stands.
    pub places: Places,
}

/// Where keys of a case stand, for those who have something to say of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places(BTreeMap<&'static str, Source>);

impl Places {
    /// The keys that are kept, each with its path.
    pub const KEYS: [&'static str; 6] = ["network", "repeat", "sdk", "test.camera", "test.module", "test.timeout"];

    /// Notes where a key stands.
    pub(super) fn insert(&mut self, key: &'static str, place: Source) {
        self.0.insert(key, place);
    }

    /// Where a key stands; `None` of one that is not in the file.
    pub fn get(&self, key: &str) -> Option<&Source> {
        self.0.get(key)
    }
}

/// A value of an axis of a `[matrix]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// What the axis is called: `sdk`, `network`, `module`, or as much of a key's path as it takes to tell it from others.
    pub name: String,
    /// The value as ids have it: see [`label`].
    pub value: String,
}

/// A text as ids have it: letters and digits of any script, `.`, `_`, `-`, `@`. `2 %` becomes `2pct`, `^2.27` becomes `_2.27`.
pub fn label(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '@');
    let words = text.split_whitespace().collect::<Vec<_>>();
    // What stands between a number and its unit goes; between words it stays visible.
    let joined = words.join(if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "_" });
    joined.replace('%', "pct").chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// What the page runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestSpec {
    /// `module`: the network-test modules under test, at least one; the case runs once with each. Default: the built-in.
    #[serde(rename = "module")]
    pub modules: Vec<ModuleSpec>,
    /// `connectivity`: run `testConnectivity()`. Default true.
    pub connectivity: bool,
    /// `quality`: run `testQuality()`. Default true.
    pub quality: bool,
    /// `audioOnly`: the module's option of that name. Default false.
    pub audio_only: bool,
    /// `timeout`: the module's option of that name, the longest a quality phase measures. Default: the module's own.
    pub timeout: Option<Duration>,
    /// `ipWhitelist`: `OT.initSession`'s option of that name, for networks with an IP allow list. Default false.
    #[serde(default)]
    pub ip_whitelist: bool,
    /// `scoring`: the module's scoring profile. Default `classic`.
    pub scoring: ScoringProfile,
    /// `camera`: what the fake camera films.
    pub camera: Camera,
    /// `microphone.sound`: what the fake microphone hears. Default `beeps`.
    pub sound: Sound,
}

/// The fake camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Camera {
    /// `frameRate`: frames per second, 5 to 60. Default 30.
    pub frame_rate: u32,
    /// `picture`: what it films.
    #[serde(default)]
    pub picture: Picture,
}

/// What a fake camera films.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Picture {
    /// `"pattern"`: Chrome's own, in the size that the page asks for. About 1 Mbit/s at 1280x720.
    #[default]
    Pattern,
    /// `"detailed"`: a moving picture full of detail, that loads a link as far as the encoder goes; it has one size.
    Detailed {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
}

/// What a fake microphone hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sound {
    /// `"beeps"`: Chrome's own, twice a second.
    #[default]
    Beeps,
    /// `"speech"`: spurts of artificial speech, and pauses.
    Speech,
}

impl Default for Camera {
    fn default() -> Self {
        Self { frame_rate: 30, picture: Picture::default() }
    }
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

/// What the user's host has, and lets the page use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicesSpec {
    /// `camera`.
    pub camera: DeviceAccess,
    /// `microphone`.
    pub microphone: DeviceAccess,
    /// `cpuSlowdown`: how many times longer the page's scripts take. Default 1.
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

/// Whether there is a device, and the user lets the page use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeviceAccess {
    /// `"granted"`.
    #[default]
    Granted,
    /// `"denied"`: `getUserMedia` is refused at once.
    Denied,
    /// `"withdrawn at 6 s"`: granted, and taken back so long after the tests begin.
    WithdrawnAt(Duration),
    /// `"none"`: there is no such device.
    Absent,
    /// `"lost at 6 s"`: it goes so long after the tests begin, as if it were unplugged.
    LostAt(Duration),
}
