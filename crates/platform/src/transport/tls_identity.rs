//! The platform's TLS identity: a key and its certificate. By default both are made when a run begins, and are never
//! written to a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::PublicKeyData;
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// A key with its certificate for some hosts.
#[derive(Clone)]
pub struct TlsIdentity {
    acceptor: TlsAcceptor,
    stream_config: Arc<ServerConfig>,
    key_digest: String,
    #[cfg(test)]
    certificate: CertificateDer<'static>,
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No certificate could be made.
    #[error("the platform's certificate could not be made: {0}; this is a fault of precall")]
    Certificate(#[from] rcgen::Error),
    /// TLS does not take the certificate that was made.
    #[error("the platform's certificate is of no use to TLS: {0}; this is a fault of precall")]
    Tls(#[from] rustls::Error),
    /// A file cannot be read, or holds something else.
    #[error("{}", in_words(file, what, error))]
    File {
        /// The path of the file.
        file: PathBuf,
        /// The expected content of the file.
        what: &'static str,
        /// The error of the PEM parser.
        error: pem::Error,
    },
    /// The files' certificate and key are of no use, or do not belong together.
    #[error("{} and {} are of no use to TLS: {error}; give a certificate and the private key that it was made for", certificate.display(), key.display())]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// The error of the TLS library.
        error: String,
    },
}

impl TlsIdentity {
    /// Returns a new key, with a certificate for these hosts (names or IP addresses) that it signed itself.
    ///
    /// # Errors
    ///
    /// When a host's name is none.
    pub fn generate(hosts: &[&str]) -> Result<Self, IdentityError> {
        let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(hosts)?;
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        Ok(Self::new(vec![cert.der().clone()], key.into(), &signing_key)?)
    }

    /// Returns a certificate with its chain and the private key (PKCS #8) that it was made for, from files in PEM.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or they do not belong together.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        let wrong = |file: &Path, what| {
            let file = file.to_owned();
            move |error| IdentityError::File { file, what, error }
        };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
            .map_err(wrong(certificate, "certificate"))?;
        let private_key = PrivateKeyDer::from_pem_file(key).map_err(wrong(key, "private key"))?;
        let mismatch =
            |error: String| IdentityError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned(), error };
        let pair = rcgen::KeyPair::try_from(&private_key).map_err(|error| mismatch(error.to_string()))?;
        Self::new(chain, private_key, &pair).map_err(|error| mismatch(error.to_string()))
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        public_key: &impl PublicKeyData,
    ) -> Result<Self, rustls::Error> {
        let key_digest = BASE64_STANDARD.encode(Sha256::digest(public_key.subject_public_key_info()));
        #[cfg(test)]
        let certificate = chain[0].clone();
        let stream_config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let mut http_config = stream_config.clone();
        // WebSockets are upgraded from it; by HTTP/2 they would have to be negotiated otherwise (RFC 8441).
        http_config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(http_config)),
            stream_config: Arc::new(stream_config),
            key_digest,
            #[cfg(test)]
            certificate,
        })
    }

    /// Returns the SHA-256 of the public key (SPKI) in Base64, as Chrome's `--ignore-certificate-errors-spki-list`
    /// takes it.
    pub fn key_digest(&self) -> &str {
        &self.key_digest
    }

    /// Returns the TLS acceptor for HTTP.
    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Returns the configuration for any other protocol, which negotiates none (ALPN).
    pub(in crate::transport) fn stream_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.stream_config)
    }
}

impl std::fmt::Debug for TlsIdentity {
    /// Shows the digest of the public key alone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsIdentity").field("key_digest", &self.key_digest).finish_non_exhaustive()
    }
}

/// Describes the fault of a file.
fn in_words(file: &Path, what: &str, error: &pem::Error) -> String {
    let file = file.display();
    match error {
        pem::Error::Io(error) => format!("{file} cannot be read: {error}"),
        _ => format!("{file} holds no {what} in PEM: {error}; give a file that begins with \"-----BEGIN\""),
    }
}

/// Returns a client that trusts this certificate alone.
#[cfg(test)]
pub(in crate::transport) fn trusting(identity: &TlsIdentity) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(identity.certificate.clone()).expect("a certificate");
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions");
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identity_is_unique() {
        let one = TlsIdentity::generate(&["anvil.opentok.com"]).expect("an identity");
        let other = TlsIdentity::generate(&["anvil.opentok.com", "127.0.0.1", "::1"]).expect("an identity");
        assert_eq!(BASE64_STANDARD.decode(one.key_digest()).expect("Base64").len(), 32);
        assert_ne!(one.key_digest(), other.key_digest());
        assert!(TlsIdentity::generate(&["\u{e9}"]).is_err());
    }

    #[test]
    fn a_certificate_and_its_key_are_read_from_files() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = |name: &str, text: &str| {
            let file = directory.path().join(name);
            std::fs::write(&file, text).expect("written");
            file
        };
        let pair = || rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let (one, other) = (pair(), pair());
        let pem = |what: &str, der: &[u8]| {
            format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", BASE64_STANDARD.encode(der))
        };
        let certificate = file("cert.pem", &pem("CERTIFICATE", one.cert.der()));
        let key = file("key.pem", &pem("PRIVATE KEY", &one.signing_key.serialize_der()));
        let other_key = file("other.pem", &pem("PRIVATE KEY", &other.signing_key.serialize_der()));
        let digest = BASE64_STANDARD.encode(Sha256::digest(one.signing_key.subject_public_key_info()));
        assert_eq!(TlsIdentity::read(&certificate, &key).expect("an identity").key_digest(), digest);

        let told = |certificate: &Path, key: &Path| {
            let error = TlsIdentity::read(certificate, key).expect_err("no identity").to_string();
            error.replace(&directory.path().display().to_string(), "").replace('\\', "/")
        };
        let wrong = [
            told(&key, &key),
            told(&certificate, &certificate),
            told(&certificate, &other_key),
            told(&directory.path().join("missing.pem"), &key),
        ];
        insta::assert_snapshot!(wrong.join("\n"));
    }
}
