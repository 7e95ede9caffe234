//! Correctly signed tokens with the claims that a test chooses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value;

use super::{Project, SigningKey};

/// A JWT of this project with these claims and no others.
pub(crate) fn signed_jwt(project: &Project, claims: &Value) -> String {
    let (algorithm, key) = match &project.key {
        SigningKey::Secret(secret) => (Algorithm::HS256, EncodingKey::from_secret(secret.expose().as_bytes())),
        SigningKey::RsaKeyPair(pair) => {
            (Algorithm::RS256, EncodingKey::from_rsa_pem(pair.private_pem().expose().as_bytes()).expect("a key"))
        }
    };
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).expect("signed")
}

/// A T1 token of this project, which has a secret, whose data is this.
pub(crate) fn signed_t1(project: &Project, data: &str) -> String {
    let SigningKey::Secret(secret) = &project.key else { panic!("a project with a secret") };
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.expose().as_bytes()).expect("a key");
    mac.update(data.as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("T1=={}", STANDARD.encode(format!("partner_id={}&sig={signature}:{data}", project.api_key)))
}
