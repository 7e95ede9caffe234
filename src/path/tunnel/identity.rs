//! Who the platform is to browsers: a key and its certificate, made when a run begins and never written down.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::PublicKeyData;
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{self, ServerConfig};

/// A key with its certificate for some hosts.
#[derive(Clone)]
pub struct TlsIdentity {
    acceptor: TlsAcceptor,
    key_digest: String,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No certificate.
    #[error("the platform's certificate could not be made: {0}; this is a fault of precall")]
    Certificate(#[from] rcgen::Error),
    /// TLS does not take it.
    #[error("the platform's certificate is of no use to TLS: {0}; this is a fault of precall")]
    Tls(#[from] rustls::Error),
}

impl TlsIdentity {
    /// A new key, with a certificate for these hosts that it signed itself.
    ///
    /// # Errors
    ///
    /// When a host's name is none.
    pub fn generate(hosts: &[&str]) -> Result<Self, IdentityError> {
        let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(hosts)?;
        let key_digest = BASE64_STANDARD.encode(Sha256::digest(signing_key.subject_public_key_info()));
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())?;
        // WebSockets are upgraded from it; by HTTP/2 they would have to be negotiated otherwise (RFC 8441).
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), key_digest })
    }

    /// SHA-256 of the public key (SPKI) in Base64, which is how Chrome is told to trust it.
    pub fn key_digest(&self) -> &str {
        &self.key_digest
    }

    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_is_another() {
        let one = TlsIdentity::generate(&["anvil.opentok.com"]).expect("an identity");
        let other = TlsIdentity::generate(&["anvil.opentok.com"]).expect("an identity");
        assert_eq!(BASE64_STANDARD.decode(one.key_digest()).expect("Base64").len(), 32);
        assert_ne!(one.key_digest(), other.key_digest());
        assert!(TlsIdentity::generate(&["\u{e9}"]).is_err());
    }
}
