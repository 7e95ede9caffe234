//! The platform of a case: the embedded one, or a remote one.

use precall_results::IpVersion;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use precall_netem::fault::Faults;

/// The platform of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PlatformSpec {
    /// `kind = "embedded"`: the platform that is part of precall, with an instance for each case.
    Embedded(EmbeddedSpec),
    /// `kind = "opentok"` or `"vonage"`: a remote platform with a REST API of that kind.
    Cloud(CloudSpec),
}

impl Default for PlatformSpec {
    fn default() -> Self {
        Self::Embedded(EmbeddedSpec::default())
    }
}

/// A remote platform. It has no credentials: they are in the environment or in a separate file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudSpec {
    /// The kind of its REST API (`kind`).
    pub kind: CloudKind,
    /// The URL of that API, without a trailing slash (`apiUrl`). The default is that of the cloud.
    pub api_url: String,
    /// The URL of the IP proxy that clients use, as in `OT.setProxyUrl` (`proxyUrl`). `None` uses no proxy.
    pub proxy_url: Option<String>,
    /// The path of a file with the credentials (`credentialsFile`), relative to the scenario. `None` takes them from
    /// the environment.
    pub credentials_file: Option<PathBuf>,
}

/// The kind of REST API of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloudKind {
    /// `"opentok"`: projects with an API key and an API secret.
    #[serde(rename = "opentok")]
    OpenTok,
    /// `"vonage"`: applications with an id and a private key.
    Vonage,
}

impl CloudKind {
    /// Returns the URL of the API in the cloud.
    pub fn default_api_url(self) -> &'static str {
        match self {
            Self::OpenTok => "https://api.opentok.com",
            Self::Vonage => "https://video.api.vonage.com",
        }
    }

    /// Returns the name in scenario files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenTok => "opentok",
            Self::Vonage => "vonage",
        }
    }
}

/// The settings of the embedded platform.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbeddedSpec {
    /// The way in which the SDK reaches the platform (`access`). Its name in files with results is `way`.
    #[serde(default, rename = "way")]
    pub access: Access,
    /// The token of the page (`token`). The platform refuses every kind except `valid` and `subscriber`.
    pub token: TokenKind,
    /// The session of the page (`session`).
    pub session: SessionKind,
    /// The transport to the relay (TURN) through which media goes (`relay`). The network is then between the page and
    /// the relay. `None` sends media directly to the media router.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relay: Option<RelayTransport>,
    /// Whether the media router also accepts TCP (RFC 6544, `iceTcp`), for clients without UDP. The default is false,
    /// as in the cloud.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ice_tcp: bool,
    /// The IP version of the addresses of the platform and its media (`ipVersion`). `None` uses that of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_version: Option<IpVersion>,
    /// The codec of the video (`videoCodec`): the preferred codec of the project. The default is VP8.
    pub video_codec: VideoCodec,
    /// The faults of the platform's services (`faults`).
    pub faults: Faults,
}

/// The way in which the SDK reaches the embedded platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Access {
    /// `"ip-proxy"`: the SDK's own setting for an IP proxy (`OT.setProxyUrl`, the network test's `proxyServerUrl`).
    #[default]
    #[serde(rename = "proxy-url")]
    IpProxy,
    /// `"intercept"`: the SDK requests its production hosts over HTTPS, and the browser has an HTTP proxy that is the
    /// platform.
    #[serde(rename = "direct")]
    Intercept,
}

/// The codec of a project's video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// The codec VP8.
    #[default]
    Vp8,
    /// The codec VP9.
    Vp9,
    /// The codec H.264.
    H264,
    /// The codec AV1.
    Av1,
}

/// The transport between the page and a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayTransport {
    /// UDP, the usual transport of media.
    Udp,
    /// A TCP connection, for networks that block UDP.
    Tcp,
    /// A TLS connection, for networks that let only TLS pass.
    Tls,
}

/// The session that the page gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionKind {
    /// A session of the case.
    #[default]
    Own,
    /// A session that the platform does not know.
    Unknown,
}

/// The kind of token that the page gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A valid token for the session of the case, with the role publisher.
    #[default]
    Valid,
    /// A token that is signed with another secret.
    WrongSecret,
    /// A token that is signed for another session.
    WrongSession,
    /// A token whose `expire_time` has passed.
    Expired,
    /// A valid token with the role subscriber, which does not permit publishing.
    Subscriber,
}
