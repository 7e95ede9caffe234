//! The setup that a page is given.

use serde::Serialize;
use serde_json::json;

use super::policy::content_policy;
use precall_platform::credentials::{SessionId, Token};
use precall_results::ScoringProfile;
use precall_scenario::TestSpec;

/// The setup that a page is given: the argument of its `precall.prepare`.
pub struct Setup<'a> {
    /// OpenTok.js, on the page's own origin.
    pub sdk_url: &'a str,
    /// The module under test.
    pub module_url: &'a str,
    /// The API key, which accounts of Vonage's name an application id.
    pub api_key: &'a str,
    /// The id of the session.
    pub session_id: &'a SessionId,
    /// The token with which the page connects to the session.
    pub token: &'a Token,
    /// The IP proxy that the SDK is pointed at, or the base path that stands for one; `None` leaves it pointed at the
    /// cloud.
    pub proxy_url: Option<&'a str>,
    /// Whether media may go through a relay only, and which.
    pub relay: RelayOnly,
    /// The tests to run.
    pub test: &'a TestSpec,
    /// The origins that it may connect to beside its own; `None` for any, as the cloud has many.
    pub connects_to: Option<&'a [String]>,
}

/// Whether media may go through a relay only.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RelayOnly {
    /// Media may take any route.
    #[default]
    No,
    /// Media goes only through a relay that the platform announces.
    Told,
    /// Media goes only through one of these relays, whatever the platform announces.
    Given(Vec<RtcIceServer>),
}

/// A server as `RTCPeerConnection` takes it (W3C webrtc-pc, `RTCIceServer`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RtcIceServer {
    /// The URL of the relay: `turn:<address>?transport=udp` or `tcp`.
    pub urls: String,
    /// The user name for the relay.
    pub username: String,
    /// The password for the relay.
    pub credential: String,
}

impl RelayOnly {
    /// Returns the option `iceConfig` of `OT.initSession`. Absent when any route is allowed.
    pub(super) fn ice_config(&self) -> Option<serde_json::Value> {
        let (servers, custom): (_, &[RtcIceServer]) = match self {
            Self::No => return None,
            Self::Told => ("all", &[]),
            Self::Given(servers) => ("custom", servers),
        };
        Some(json!({ "includeServers": servers, "transportPolicy": "relay", "customServers": custom }))
    }
}

/// The options of the module's constructor.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleOptions {
    /// Whether the test uses audio alone.
    pub audio_only: bool,
    /// The longest a quality phase measures, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// The URL of the IP proxy that the module tells OpenTok.js to use. Absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_server_url: Option<String>,
    /// The profile by which the module scores quality.
    pub scoring: ScoringProfile,
    /// The options that the module passes to `OT.initSession`. Absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init_session_options: Option<serde_json::Value>,
}

impl Setup<'_> {
    /// The call that starts the tests, to be evaluated once the network is applied.
    pub const RUN_CALL: &'static str = "void precall.run()";

    /// The options of `OT.initSession`; nothing where they are its own.
    fn init_session_options(&self) -> Option<serde_json::Value> {
        let ice_config = self.relay.ice_config().map(|config| ("iceConfig", config));
        let ip_whitelist = self.test.ip_whitelist.then_some(("ipWhitelist", json!(true)));
        let options: serde_json::Map<_, _> =
            ice_config.into_iter().chain(ip_whitelist).map(|(key, value)| (key.to_owned(), value)).collect();
        (!options.is_empty()).then_some(options.into())
    }

    /// The call to evaluate in the page. It holds the token: never log it.
    pub fn prepare_call(&self) -> String {
        let options = ModuleOptions {
            audio_only: self.test.audio_only,
            timeout: self.test.timeout.map(|timeout| u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)),
            proxy_server_url: self.proxy_url.map(str::to_owned),
            scoring: self.test.scoring,
            init_session_options: self.init_session_options(),
        };
        let setup = json!({
            "sdkUrl": self.sdk_url,
            "moduleUrl": self.module_url,
            "credentials": {
                // Modules take one name or the other, and ignore what they do not know.
                "apiKey": self.api_key,
                "applicationId": self.api_key,
                "sessionId": self.session_id.as_str(),
                "token": self.token.expose(),
            },
            "options": options,
            "tests": { "connectivity": self.test.connectivity, "quality": self.test.quality },
            "policy": self.connects_to.map(content_policy),
        });
        // JSON is an expression of JavaScript. The result is not waited for: events tell.
        format!("void precall.prepare({setup})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_support::secrets::Secret;

    fn call(proxy_url: Option<&str>, relay: RelayOnly, test: &TestSpec) -> String {
        let setup = Setup {
            sdk_url: "/sdk.js",
            module_url: "/module.js",
            api_key: "100",
            session_id: &SessionId::generate("100", 0),
            token: &Secret::new("T1==x"),
            proxy_url,
            relay,
            test,
            connects_to: Some(&["http://127.0.0.1:1".to_owned()]),
        };
        setup.prepare_call()
    }

    #[test]
    fn setup_without_a_proxy_has_none() {
        let call = |proxy_url| call(proxy_url, RelayOnly::No, &TestSpec::default());
        assert!(call(Some("http://127.0.0.1:1/x")).contains(r#""proxyServerUrl":"http://127.0.0.1:1/x""#));
        assert!(!call(None).contains("proxyServerUrl"));
        assert!(call(None).contains(r#""apiKey":"100","applicationId":"100""#));
    }

    #[test]
    fn session_options_match_the_request() {
        let plain = TestSpec::default();
        let listed = TestSpec { ip_whitelist: true, ..TestSpec::default() };
        assert!(!call(None, RelayOnly::No, &plain).contains("initSessionOptions"));
        assert!(call(None, RelayOnly::No, &listed).contains(r#""initSessionOptions":{"ipWhitelist":true}"#));
        let both = call(None, RelayOnly::Told, &listed);
        assert!(both.contains(r#""transportPolicy":"relay""#) && both.contains(r#""ipWhitelist":true"#), "{both}");
    }
}
