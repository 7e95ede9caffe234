//! The setup that the page of a participant of a call is given, and the calls that precall makes in it.

use std::collections::BTreeMap;

use serde_json::json;

use super::policy::content_policy;
use super::setup::RelayOnly;
use precall_browser::NumberStrip;
use precall_platform::credentials::{SessionId, Token};
use precall_scenario::{ParticipantSpec, StepSpec, Subscribe};

/// The setup of a participant: the argument of its page's `precall.prepare`.
pub struct CallSetup<'a> {
    /// OpenTok.js, on the page's own origin.
    pub sdk_url: &'a str,
    /// The API key.
    pub api_key: &'a str,
    /// The id of the session.
    pub session_id: &'a SessionId,
    /// The token with which the participant connects.
    pub token: &'a Token,
    /// The IP proxy that OpenTok.js is pointed at; `None` leaves it pointed at its production hosts.
    pub proxy_url: Option<&'a str>,
    /// Whether media may go through a relay only.
    pub relay: RelayOnly,
    /// The participant.
    pub participant: &'a ParticipantSpec,
    /// The URL of the participant's script, on the page's own origin; `None` without one.
    pub script_url: Option<&'a str>,
    /// The origins that it may connect to beside its own; `None` for any.
    pub connects_to: Option<&'a [String]>,
    /// Where the films of cameras show the numbers of their frames, by participant.
    pub films: &'a BTreeMap<String, NumberStrip>,
}

impl CallSetup<'_> {
    /// The call by which the participant joins, to be evaluated once its network is applied.
    pub const JOIN_CALL: &'static str = "void precall.join()";

    /// The call that ends the participant's part: the page tells its last counters, and leaves.
    pub const FINISH_CALL: &'static str = "void precall.finish()";

    /// Returns the call to evaluate in the page. It holds the token: never log it.
    pub fn prepare_call(&self) -> String {
        let subscribe = match &self.participant.subscribe {
            Subscribe::All => None,
            Subscribe::Nobody => Some(Vec::new()),
            Subscribe::Only(names) => Some(names.clone()),
        };
        let options = match self.relay.ice_config() {
            Some(config) => json!({ "iceConfig": config }),
            None => json!({}),
        };
        let setup = json!({
            "sdkUrl": self.sdk_url,
            "credentials": {
                "apiKey": self.api_key,
                "sessionId": self.session_id.as_str(),
                "token": self.token.expose(),
            },
            "policy": self.connects_to.map(content_policy),
            "call": {
                "name": self.participant.name,
                "publish": self.participant.publish,
                "subscribe": subscribe,
                "proxyUrl": self.proxy_url,
                "sessionOptions": options,
                "script": self.script_url,
                "films": self.films,
            },
        });
        format!("void precall.prepare({setup})")
    }
}

/// Returns the call by which a participant takes a step in its page. An application's page reports the end of the step
/// by this number.
pub(crate) fn step_call(step: &StepSpec, number: u64) -> String {
    format!("void precall.step({{ ...{}, number: {number} }})", json!(step))
}

/// Returns the call that lets a script which waits at a barrier go on.
pub(crate) fn release_call(barrier: &str) -> String {
    format!("void precall.release({})", json!(barrier))
}
