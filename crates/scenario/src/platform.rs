//! Which platform a case runs on: the embedded one, or the cloud.

use precall_results::IpVersion;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use precall_netem::fault::Faults;

/// Which platform a case runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PlatformSpec {
    /// `kind = "embedded"`: the platform that precall brings along, one for each case.
    Embedded(EmbeddedSpec),
    /// `kind = "opentok"` or `"vonage"`: a platform elsewhere, with a REST API of that kind.
    Cloud(CloudSpec),
}

impl Default for PlatformSpec {
    fn default() -> Self {
        Self::Embedded(EmbeddedSpec::default())
    }
}

/// A platform elsewhere. Holds no credentials: those are in the environment, or in a file of their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudSpec {
    /// `kind`: whose REST API it has.
    pub kind: CloudKind,
    /// `apiUrl`: where that API is, without a slash at the end. Default: the cloud's own.
    pub api_url: String,
    /// `proxyUrl`: the IP proxy that clients go through, as in `OT.setProxyUrl`. Default: none.
    pub proxy_url: Option<String>,
    /// `credentialsFile`: where the credentials are, instead of the environment. Relative to the scenario file.
    pub credentials_file: Option<PathBuf>,
}

/// Whose REST API a platform has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloudKind {
    /// `"opentok"`: projects, with an API key and an API secret.
    #[serde(rename = "opentok")]
    OpenTok,
    /// `"vonage"`: applications, with an id and a private key.
    Vonage,
}

impl CloudKind {
    /// Where its API is.
    pub fn default_api_url(self) -> &'static str {
        match self {
            Self::OpenTok => "https://api.opentok.com",
            Self::Vonage => "https://video.api.vonage.com",
        }
    }

    /// The word in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenTok => "opentok",
            Self::Vonage => "vonage",
        }
    }
}

/// How the embedded platform behaves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbeddedSpec {
    /// `way`: how the SDK gets here.
    #[serde(default)]
    pub way: Way,
    /// `token`: what kind of token the page is given. Anything but `valid` and `subscriber` is refused by the platform.
    pub token: TokenKind,
    /// `session`: which session the page is given.
    pub session: SessionKind,
    /// `relay`: media goes through a relay (TURN) that the page reaches in this way, and the network is on that leg. Default:
    /// none, media goes straight to the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay: Option<RelayTransport>,
    /// `iceTcp`: the media router is reached by TCP as well (RFC 6544), where UDP does not pass. Default: not, as in the cloud.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ice_tcp: bool,
    /// `ipVersion`: of the addresses that the page reaches the platform and its media at. Default: that of the page's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_version: Option<IpVersion>,
    /// `videoCodec`: the one that video has; in the cloud, the project's preferred codec. Default: VP8.
    pub video_codec: VideoCodec,
    /// `faults`: what goes wrong, by leg.
    pub faults: Faults,
}

/// How the SDK gets to the embedded platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By its own setting for an IP proxy (`OT.setProxyUrl`, the network test's `proxyServerUrl`).
    #[default]
    ProxyUrl,
    /// It asks for its production hosts by HTTPS; the browser has a proxy that is the platform.
    Direct,
}

/// A video codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// VP8.
    #[default]
    Vp8,
    /// VP9.
    Vp9,
    /// H.264.
    H264,
    /// AV1.
    Av1,
}

/// How the page reaches a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayTransport {
    /// By datagrams.
    Udp,
    /// By a stream, as where UDP is blocked.
    Tcp,
    /// By a stream with TLS, as where nothing else passes.
    Tls,
}

/// Which session the page is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionKind {
    /// The case's own.
    #[default]
    Own,
    /// One that the platform does not know.
    Unknown,
}

/// What kind of token the page is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// Signed for the case's session, role publisher.
    #[default]
    Valid,
    /// Signed with another secret.
    WrongSecret,
    /// Signed for another session.
    WrongSession,
    /// Its `expire_time` has passed.
    Expired,
    /// Good, but with the role subscriber: it may not publish.
    Subscriber,
}
