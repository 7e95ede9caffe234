//! The arguments of `precall platform`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap_complete::ArgValueCompleter;

use super::published::PublishedArguments;
use super::relay::RelayArguments;
use crate::completion;
use crate::job::{PlatformRequest, RelaySettings};
use precall_netem::NetworkConfig;
use precall_platform::media::RtpVideoCodec;
use precall_platform::transport::parse_origin;
use precall_scenario::network_of;

/// How an application is configured to use the platform.
pub(crate) const PLATFORM_HELP: &str = "\
In the page, before anything else of OpenTok.js:  OT.setProxyUrl('<API URL>')
In a server SDK: give the API URL as its API URL (npm opentok: `new OpenTok(key, secret, '<API URL>')`;
PyPI opentok: `Client(key, secret, api_url='<API URL>')`; npm @vonage/video: `{ videoHost: '<API URL>' }`).";

#[derive(Debug, Args)]
pub(crate) struct PlatformArguments {
    /// The address on which the platform listens. On an address other than loopback, other machines can reach it.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The API key of its OpenTok project.
    #[arg(long, value_name = "KEY", default_value = "100")]
    pub api_key: String,
    /// A file with the project's API secret. Without it the secret is taken from PRECALL_API_SECRET, or generated.
    #[arg(long, value_name = "FILE")]
    pub api_secret_file: Option<PathBuf>,
    /// Also host a Vonage application with this id. Its private key is read from --private-key-file, or generated.
    #[arg(long, value_name = "ID")]
    pub application_id: Option<String>,
    /// The application's private key, as PEM. If the file does not exist, a new key is generated and written to it.
    #[arg(long, value_name = "FILE", requires = "application_id")]
    pub private_key_file: Option<PathBuf>,
    /// Let pages of this origin use the platform: `http://localhost:3000`, or `null` for pages that are files. Can be
    /// given several times.
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = parse_origin)]
    pub allow_origins: Vec<String>,
    #[command(flatten)]
    pub published: PublishedArguments,
    /// Let clients call the platform by this host name, with a port if it is not the platform's own. Can be given
    /// several times.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub allow_hosts: Vec<String>,
    /// The video codec that publishers are asked for, as the preferred codec of a project in the cloud. A publisher
    /// that lacks it sends another.
    #[arg(long, value_name = "CODEC", default_value = "vp8", value_parser = video_codec())]
    pub video_codec: RtpVideoCodec,
    /// Have cameras published in one layer, without simulcast, however many clients there are.
    #[arg(long)]
    pub no_simulcast: bool,
    #[command(flatten)]
    pub relay: RelayArguments,
    /// Accept media over TCP as well (ICE-TCP), from clients whose UDP is blocked. The cloud does not.
    #[arg(long)]
    pub ice_tcp: bool,
    /// Put a network between clients and the media router: a name of `precall networks`, or keys of `[network]` such as
    /// `delay = "40 ms", up.rate = "1 Mbit/s"`. While the platform runs, another one on standard input, followed by
    /// Enter, changes it, and `none` takes it away. There is no relay then, which would lead past the network.
    #[arg(long, value_name = "NETWORK", value_parser = boxed_network, add = ArgValueCompleter::new(completion::networks))]
    pub network: Option<Box<NetworkConfig>>,
    /// Print everything that happens as JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Print the steps that clients log, too. JSON lines always have them.
    #[arg(long, short)]
    pub verbose: bool,
}

impl PlatformArguments {
    /// Returns the platform that the arguments ask for.
    pub fn into_request(self) -> PlatformRequest {
        let RelayArguments { no_relay, relay_tls, relay_certificate_file, relay_key_file } = self.relay;
        let certificate = relay_certificate_file.zip(relay_key_file);
        PlatformRequest {
            listen: self.listen,
            api_key: self.api_key,
            api_secret_file: self.api_secret_file,
            application_id: self.application_id,
            private_key_file: self.private_key_file,
            allow_origins: self.allow_origins,
            allow_hosts: self.allow_hosts,
            media_port: self.published.media_port,
            announce: self.published.announce,
            video_codec: self.video_codec,
            simulcast: !self.no_simulcast,
            relay: (!no_relay && self.network.is_none()).then_some(RelaySettings { tls: relay_tls, certificate }),
            network: self.network.map(|network| *network),
            ice_tcp: self.ice_tcp,
        }
    }
}

/// Reads a network. Few commands have one, so that it is not in all of them.
fn boxed_network(text: &str) -> Result<Box<NetworkConfig>, String> {
    network_of(text).map(Box::new)
}

fn video_codec() -> impl TypedValueParser<Value = RtpVideoCodec> {
    let find = |name: &str| RtpVideoCodec::ALL.into_iter().find(|codec| codec.as_str() == name);
    PossibleValuesParser::new(RtpVideoCodec::ALL.map(RtpVideoCodec::as_str))
        // The parser accepts only names of codecs.
        .map(move |name| find(&name).unwrap_or_default())
}
