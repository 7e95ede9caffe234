//! What a local platform is asked to be.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use precall_netem::NetworkConfig;
use precall_platform::media::RtpVideoCodec;

/// A local platform, its project and its clients.
#[derive(Debug, Clone)]
pub struct PlatformRequest {
    /// The address on which the platform listens.
    pub listen: SocketAddr,
    /// The API key of its OpenTok project.
    pub api_key: String,
    /// A file with the project's API secret; without it the secret is taken from the environment, or generated.
    pub api_secret_file: Option<PathBuf>,
    /// The id of a Vonage application to host as well.
    pub application_id: Option<String>,
    /// The file of the application's private key, as PEM; without it a key is generated.
    pub private_key_file: Option<PathBuf>,
    /// Origins whose pages may use the platform, besides its own.
    pub allow_origins: Vec<String>,
    /// Host names by which clients may call the platform, besides its own.
    pub allow_hosts: Vec<String>,
    /// The port that receives media; 0 for any free one.
    pub media_port: u16,
    /// The address at which clients reach the platform, if it is not the one it listens on.
    pub announce: Option<IpAddr>,
    /// The video codec that publishers are asked for.
    pub video_codec: RtpVideoCodec,
    /// Whether cameras are published with simulcast.
    pub simulcast: bool,
    /// The relay; `None` for a platform without one.
    pub relay: Option<RelaySettings>,
    /// The network between clients and the media router, for media over UDP; `None` for none.
    pub network: Option<NetworkConfig>,
    /// Whether media is accepted over TCP as well.
    pub ice_tcp: bool,
}

/// The relay (TURN) of a local platform.
#[derive(Debug, Clone, Default)]
pub struct RelaySettings {
    /// Whether it is offered over TLS as well.
    pub tls: bool,
    /// The files of its certificate and of the private key, as PEM; `None` for a certificate that is generated.
    pub certificate: Option<(PathBuf, PathBuf)>,
}
