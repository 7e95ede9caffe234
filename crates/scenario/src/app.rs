//! An application whose pages are the participants of a call.

use std::path::PathBuf;

use super::template::Template;

/// The application under test (`[app]`). The participants of the call are its pages.
#[derive(Debug, Clone, PartialEq)]
pub struct AppSpec {
    /// The shell command that starts its server (`start`); `None` if the server runs already.
    pub start: Option<String>,
    /// The directory in which the command runs: that of the scenario.
    pub directory: PathBuf,
    /// The URL that answers once the server can be used (`ready`); `None` for the origin of `url`.
    pub ready: Option<Template>,
    /// The URL of a participant's page (`url`).
    pub url: Template,
    /// What the server gets in its environment besides the variables that every server gets (`environment`).
    pub environment: Vec<(String, Template)>,
}

impl AppSpec {
    /// The names that `ready` may contain.
    pub const READY_NAMES: [&'static str; 2] = ["room", "port"];

    /// The names that `url` may contain.
    pub const URL_NAMES: [&'static str; 6] = ["room", "participant", "port", "apiKey", "sessionId", "token"];

    /// The names that values of `environment` may contain.
    pub const ENVIRONMENT_NAMES: [&'static str; 7] =
        ["apiUrl", "apiKey", "apiSecret", "applicationId", "privateKey", "port", "sdkUrl"];

    /// The metrics that only precall's own page can measure, because it calls OpenTok.js itself.
    pub(super) const UNSEEN_METRICS: [&'static str; 10] = [
        "connectTime",
        "publishTime",
        "subscribeTime",
        "reconnectTime",
        "unpublishReason",
        "streamDestroyedReason",
        "events.streamCreated",
        "events.streamDestroyed",
        "events.signal",
        "events.muteForced",
    ];

    /// Returns whether each case gets a port of its own for the server, so that servers of several cases can run at
    /// once.
    pub fn has_own_port(&self) -> bool {
        self.start.is_some() && self.url.contains("port")
    }
}
