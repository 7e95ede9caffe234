//! JSON web tokens: of clients, and of an application's server when it asks the REST API.
//!
//! OpenTok signs with HS256 and the API secret, and names the API key in `iss`; Vonage signs with RS256, and names the
//! application in `application_id`. Claims as in the public server SDKs.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::project::SigningKey;
use super::token::Role;
use super::{Project, Secret, Token, TokenClaims, TokenError};

/// How long a token for the REST API is good for, in seconds: as in the public server SDKs.
const SERVER_TOKEN_SECONDS: u64 = 300;

/// The scope of a client's token. A token without it belongs to a server.
const CLIENT_SCOPE: &str = "session.connect";

/// The claims that are read. What else a token says is of no concern here.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    #[serde(default, deserialize_with = "text")]
    iss: String,
    #[serde(default, deserialize_with = "text")]
    application_id: String,
    #[serde(default)]
    iat: Option<f64>,
    exp: f64,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    session_id: Option<String>,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    connection_data: String,
}

/// An API key is sometimes given as a number.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// A client's token.
pub(super) fn sign_client(claims: &TokenClaims, project: &Project) -> Result<Token, TokenError> {
    let mut body = json!({
        "iat": claims.create_time,
        "exp": claims.expire_time,
        "jti": uuid::Uuid::new_v4().to_string(),
        "scope": CLIENT_SCOPE,
        "session_id": claims.session_id,
        "role": claims.role.as_str(),
        "connection_data": claims.connection_data,
        "initial_layout_class_list": "",
    });
    let own = match project.key {
        SigningKey::Secret(_) => json!({ "iss": project.api_key, "ist": "project" }),
        SigningKey::RsaKeyPair(_) => json!({
            "application_id": project.api_key, "sub": "video", "acl": { "paths": { "/session/**": {} } }
        }),
    };
    merge(&mut body, own);
    sign(&body, project)
}

/// A server's token, for the REST API.
pub(super) fn sign_server(project: &Project, now_seconds: u64) -> Result<Token, TokenError> {
    let mut body = json!({
        "iat": now_seconds, "exp": now_seconds + SERVER_TOKEN_SECONDS, "jti": uuid::Uuid::new_v4().to_string(),
    });
    merge(
        &mut body,
        match project.key {
            SigningKey::Secret(_) => json!({ "iss": project.api_key, "ist": "project" }),
            SigningKey::RsaKeyPair(_) => json!({ "application_id": project.api_key }),
        },
    );
    sign(&body, project)
}

/// Reads a client's token; whether it is for the right session and still good is not looked at.
pub(super) fn read_client(token: &str, project: &Project) -> Result<TokenClaims, TokenError> {
    let claims = read(token, project)?;
    let role = claims.role.as_deref().map_or(Some(Role::Publisher), Role::parse);
    Ok(TokenClaims {
        session_id: claims.session_id.ok_or(TokenError::Malformed)?,
        create_time: claims.iat.map_or(0, seconds),
        expire_time: seconds(claims.exp),
        role: role.ok_or(TokenError::Malformed)?,
        connection_data: claims.connection_data,
    })
}

/// Checks a server's token. A client's opens no REST API.
pub(super) fn verify_server(token: &str, project: &Project, now_seconds: u64) -> Result<(), TokenError> {
    let claims = read(token, project)?;
    if claims.scope == CLIENT_SCOPE {
        return Err(TokenError::WrongScope);
    }
    if now_seconds >= seconds(claims.exp) { Err(TokenError::Expired) } else { Ok(()) }
}

/// Whether a text looks like a JWT: a header in base64url, which begins with `{"`.
pub(super) fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ") && token.split('.').count() == 3
}

fn sign(body: &Value, project: &Project) -> Result<Token, TokenError> {
    let (algorithm, key) = match &project.key {
        SigningKey::Secret(secret) => (Algorithm::HS256, EncodingKey::from_secret(secret.expose().as_bytes())),
        SigningKey::RsaKeyPair(pair) => {
            let key = EncodingKey::from_rsa_pem(pair.private_pem().expose().as_bytes());
            (Algorithm::RS256, key.map_err(|_| TokenError::BadKey)?)
        }
    };
    let text = jsonwebtoken::encode(&Header::new(algorithm), body, &key).map_err(|_| TokenError::BadKey)?;
    Ok(Secret::new(text))
}

/// Reads the claims of a token of this project. The algorithm is the project's, whatever the token's header says.
fn read(token: &str, project: &Project) -> Result<Claims, TokenError> {
    let (algorithm, key) = match &project.key {
        SigningKey::Secret(secret) => (Algorithm::HS256, DecodingKey::from_secret(secret.expose().as_bytes())),
        SigningKey::RsaKeyPair(pair) => (Algorithm::RS256, DecodingKey::from_rsa_der(pair.public_der())),
    };
    let mut validation = Validation::new(algorithm);
    // The time is an input here, and compared by whoever asks.
    validation.validate_exp = false;
    validation.validate_aud = false;
    // Whose it is decides first, so that a key of another project is told as such.
    let unverified: Claims =
        jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| TokenError::Malformed)?;
    let owner = match project.key {
        SigningKey::Secret(_) => &unverified.iss,
        SigningKey::RsaKeyPair(_) => &unverified.application_id,
    };
    if *owner != project.api_key {
        return Err(TokenError::WrongProject);
    }
    let data = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| TokenError::BadSignature)?;
    Ok(data.claims)
}

/// A NumericDate (RFC 7519 section 2) in whole seconds; `as` saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and fractions do not matter")]
fn seconds(date: f64) -> u64 {
    date as u64
}

fn merge(body: &mut Value, more: Value) {
    if let (Value::Object(body), Value::Object(more)) = (body, more) {
        body.extend(more);
    }
}
