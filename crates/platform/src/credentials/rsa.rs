//! The RSA key pair of a Vonage application.

use precall_support::secrets::Secret;
use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;

/// A private key as PEM, and the public key that belongs to it.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKeyPair {
    private_pem: Secret,
    public_der: Vec<u8>,
}

/// Why a text is no RSA private key. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RsaKeyError {
    /// The text is not PEM.
    #[error("not a PEM file: it has to begin with `-----BEGIN PRIVATE KEY-----`")]
    NotPem,
    /// PEM, and something else inside.
    #[error("not an RSA private key of 2048 bits or more (PKCS #8, or PKCS #1)")]
    NotRsaPrivateKey,
    /// The system gave no random numbers.
    #[error("no RSA key could be made")]
    Generation,
}

impl RsaKeyPair {
    /// Reads a private key, in PKCS #8 as Vonage hands it out, or PKCS #1.
    ///
    /// # Errors
    ///
    /// When the text is no RSA private key.
    pub fn from_pem(text: &str) -> Result<Self, RsaKeyError> {
        let pem = pem::parse(text.trim()).map_err(|_| RsaKeyError::NotPem)?;
        let key = match pem.tag() {
            "PRIVATE KEY" => KeyPair::from_pkcs8(pem.contents()),
            "RSA PRIVATE KEY" => KeyPair::from_der(pem.contents()),
            _ => return Err(RsaKeyError::NotRsaPrivateKey),
        };
        let key = key.map_err(|_| RsaKeyError::NotRsaPrivateKey)?;
        Ok(Self { private_pem: Secret::new(text.trim()), public_der: key.public_key().as_ref().to_vec() })
    }

    /// Returns a new key pair of 2048 bits, for a single run.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn generate() -> Result<Self, RsaKeyError> {
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| RsaKeyError::Generation)?;
        let der = key.as_der().map_err(|_| RsaKeyError::Generation)?;
        let private_pem = pem::encode(&pem::Pem::new("PRIVATE KEY", der.as_ref()));
        Ok(Self { private_pem: Secret::new(private_pem.trim()), public_der: key.public_key().as_ref().to_vec() })
    }

    /// Returns the private key, as PEM.
    pub fn private_pem(&self) -> &Secret {
        &self.private_pem
    }

    /// Returns the public key: `RSAPublicKey` of PKCS #1 (RFC 8017 appendix A.1.1), as DER.
    pub(super) fn public_der(&self) -> &[u8] {
        &self.public_der
    }
}

impl fmt::Debug for RsaKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RsaKeyPair").field(&self.private_pem).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_pair_round_trips_as_pem() {
        let pair = RsaKeyPair::generate().expect("a key");
        assert_eq!(RsaKeyPair::from_pem(pair.private_pem().expose()), Ok(pair.clone()));
        assert!(!format!("{pair:?}").contains("PRIVATE"));
    }

    #[test]
    fn invalid_keys_are_refused() {
        assert_eq!(RsaKeyPair::from_pem("nonsense"), Err(RsaKeyError::NotPem));
        let other = pem::encode(&pem::Pem::new("PRIVATE KEY", [1, 2, 3]));
        assert_eq!(RsaKeyPair::from_pem(&other), Err(RsaKeyError::NotRsaPrivateKey));
        let public = pem::encode(&pem::Pem::new("PUBLIC KEY", [1, 2, 3]));
        assert_eq!(RsaKeyPair::from_pem(&public), Err(RsaKeyError::NotRsaPrivateKey));
    }
}
