//! JSON web tokens of clients, and of an application's server that uses the REST API.
//!
//! OpenTok signs with HS256 and the API secret, and names the API key in `iss`; Vonage signs with RS256, and names the
//! application in `application_id`. The other claims are those of the public server SDKs.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use precall_support::secrets::Secret;
use serde_json::{Map, Value, json};

use super::project::SigningKey;
use super::role::Role;
use super::token_claims::TokenTimes;
use super::token_time::{self, CLOCK_LEEWAY_SECONDS};
use super::{Project, Token, TokenClaims, TokenError, layout_classes};

/// How long a token for the REST API is good for, in seconds: as in the public server SDKs.
const SERVER_TOKEN_SECONDS: u64 = 300;

/// The scope of a client's token. A token without it belongs to a server.
const CLIENT_SCOPE: &str = "session.connect";

/// The claims of a JWT. Null is as good as absent: PHP's server SDK writes every claim, given or not.
struct JwtClaims(Map<String, Value>);

impl JwtClaims {
    /// Returns a claim that is text. A number is taken as text, as an API key is sometimes given as one. Empty when the
    /// claim is absent.
    fn text(&self, name: &'static str) -> Result<String, TokenError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Err(TokenError::NotText { name }),
        }
    }

    /// Returns a claim that is a time, in seconds since the Unix epoch.
    fn time(&self, name: &'static str) -> Result<Option<u64>, TokenError> {
        let time = self.0.get(name).map_or(Ok(None), token_time::of_json);
        time.map_err(|fault| TokenError::BadTime { name, fault })
    }

    /// Refuses a token whose `nbf` (RFC 7519 section 4.1.5) has not come.
    fn check_not_before(&self, now_seconds: u64) -> Result<(), TokenError> {
        match self.time("nbf")? {
            Some(from) if from > now_seconds.saturating_add(CLOCK_LEEWAY_SECONDS) => Err(TokenError::NotYetValid),
            _ => Ok(()),
        }
    }
}

/// Returns a client's token.
pub(super) fn sign_client(claims: &TokenClaims, project: &Project) -> Result<Token, TokenError> {
    let mut body = json!({
        "iat": claims.create_time,
        "exp": claims.expire_time,
        "jti": uuid::Uuid::new_v4().to_string(),
        "scope": CLIENT_SCOPE,
        "session_id": claims.session_id,
        "role": claims.role.as_str(),
        "connection_data": claims.connection_data,
        "initial_layout_class_list": claims.layout_classes.join(" "),
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

/// Returns a server's token, for the REST API.
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
pub(super) fn read_client(token: &str, project: &Project, now_seconds: u64) -> Result<TokenClaims, TokenError> {
    let claims = read(token, project)?;
    claims.check_not_before(now_seconds)?;
    let times = TokenTimes { created: claims.time("iat")?, expires: claims.time("exp")? };
    let (create_time, expire_time) = times.check(now_seconds)?;
    let session_id = claims.text("session_id")?;
    if session_id.is_empty() {
        return Err(TokenError::Malformed);
    }
    Ok(TokenClaims {
        session_id,
        create_time,
        expire_time,
        role: Role::parse(&claims.text("role")?).ok_or(TokenError::UnknownRole)?,
        connection_data: claims.text("connection_data")?,
        layout_classes: claims.0.get("initial_layout_class_list").map(layout_classes::of_json).unwrap_or_default(),
    })
}

/// Checks a server's token. A client's opens no REST API.
pub(super) fn verify_server(token: &str, project: &Project, now_seconds: u64) -> Result<(), TokenError> {
    let claims = read(token, project)?;
    if claims.text("scope")? == CLIENT_SCOPE {
        return Err(TokenError::WrongScope);
    }
    claims.check_not_before(now_seconds)?;
    let expires = claims.time("exp")?.ok_or(TokenError::NoExpiry)?;
    if claims.time("iat")?.is_some_and(|created| created > now_seconds.saturating_add(CLOCK_LEEWAY_SECONDS)) {
        return Err(TokenError::NotYetValid);
    }
    if now_seconds >= expires { Err(TokenError::Expired) } else { Ok(()) }
}

/// Returns whether a text looks like a JWT: a header in base64url, which begins with `{"`.
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
fn read(token: &str, project: &Project) -> Result<JwtClaims, TokenError> {
    let (algorithm, key) = match &project.key {
        SigningKey::Secret(secret) => (Algorithm::HS256, DecodingKey::from_secret(secret.expose().as_bytes())),
        SigningKey::RsaKeyPair(pair) => (Algorithm::RS256, DecodingKey::from_rsa_der(pair.public_der())),
    };
    let mut validation = Validation::new(algorithm);
    // The time is an input here, and the caller compares it. The caller also decides which claims are required.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    // The owner is checked first, so that a key of another project is reported as such.
    let unverified = jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| TokenError::Malformed)?;
    let owner = match project.key {
        SigningKey::Secret(_) => "iss",
        SigningKey::RsaKeyPair(_) => "application_id",
    };
    let unverified = JwtClaims(unverified);
    if unverified.text(owner)? != project.api_key {
        // A token of the other kind of project is one as well: only one without any owner is none.
        let is_owned = !unverified.text("iss")?.is_empty() || !unverified.text("application_id")?.is_empty();
        return Err(if is_owned { TokenError::WrongProject } else { TokenError::Malformed });
    }
    let data = jsonwebtoken::decode(token, &key, &validation).map_err(|_| TokenError::BadSignature)?;
    Ok(JwtClaims(data.claims))
}

fn merge(body: &mut Value, more: Value) {
    if let (Value::Object(body), Value::Object(more)) = (body, more) {
        body.extend(more);
    }
}
