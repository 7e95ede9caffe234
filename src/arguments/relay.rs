//! The arguments of the relay of `precall platform`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct RelayArguments {
    /// Run no relay (TURN).
    #[arg(long)]
    pub no_relay: bool,
    /// Offer the relay over TLS as well (`turns:`), on a port of its own. Its certificate is generated and self-signed:
    /// start Chrome with `--ignore-certificate-errors-spki-list=<key digest>`, or give a certificate that Chrome
    /// trusts.
    #[arg(long, conflicts_with = "no_relay")]
    pub relay_tls: bool,
    /// The relay's certificate with its chain, as PEM.
    #[arg(long, value_name = "FILE", requires_all = ["relay_tls", "relay_key_file"])]
    pub relay_certificate_file: Option<PathBuf>,
    /// The private key of the relay's certificate, as PEM.
    #[arg(long, value_name = "FILE", requires_all = ["relay_tls", "relay_certificate_file"])]
    pub relay_key_file: Option<PathBuf>,
}
