//! From raw credentials to an account.

use super::account::{Account, AccountKind, SessionCredentials};
use super::destination;
use super::error::CredentialError;
use super::file;
use super::raw_credentials::{CredentialSource, Field, RawCredentials};
use precall_platform::credentials::{Project, RsaKeyPair, SessionId, has_token_form};
use precall_scenario::{CloudKind, CloudSpec};
use precall_support::environment;
use precall_support::secrets::Secret;

/// Returns the account on a remote platform: from the file that the scenario names, or else from the environment.
///
/// # Errors
///
/// When a credential is missing, or cannot be what it is called.
pub fn resolve_account(cloud: &CloudSpec) -> Result<Account, CredentialError> {
    resolve_account_in(cloud, environment::text)
}

/// As [`resolve_account`], with an environment of the caller's.
///
/// # Errors
///
/// As of [`resolve_account`].
pub fn resolve_account_in(
    cloud: &CloudSpec,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Account, CredentialError> {
    let given = match &cloud.credentials_file {
        Some(path) => file::read(path)?,
        None => RawCredentials::from_environment(variable),
    };
    let is_ready = given.has(Field::SessionId) || given.has(Field::Token);
    // A session that exists is not asked for.
    destination::check(cloud, &given, !is_ready)?;
    let means = match cloud.kind {
        _ if is_ready => AccountKind::Ready(ready(cloud.kind, &given)?),
        CloudKind::OpenTok => {
            let [key, secret] = all(cloud.kind, &given, [Field::ApiKey, Field::ApiSecret])?;
            AccountKind::Project(Project::opentok(key.expose(), secret.clone()))
        }
        CloudKind::Vonage => AccountKind::Project(application(&given)?),
    };
    Ok(Account { kind: cloud.kind, api_url: cloud.api_url.clone(), means, place: given.place })
}

/// A session that exists, and a token for it.
fn ready(kind: CloudKind, given: &RawCredentials) -> Result<SessionCredentials, CredentialError> {
    let [key, session, token] = all(kind, given, [key_field(kind), Field::SessionId, Field::Token])?;
    let bad = |field, what, fix| CredentialError::BadForm {
        name: given.place.name(field),
        place: given.place.to_string(),
        what,
        fix,
    };
    let session_id = SessionId::given(session.expose())
        .ok_or_else(|| bad(Field::SessionId, "session id", "it begins with `1_` or `2_`, and has no spaces in it"))?;
    if !has_token_form(token.expose()) {
        return Err(bad(Field::Token, "token", "tokens begin with `T1==`, or are JSON web tokens (`eyJ…`)"));
    }
    Ok(SessionCredentials { api_key: key.expose().to_owned(), session_id, token: token.clone() })
}

/// A Vonage application, with its private key.
fn application(given: &RawCredentials) -> Result<Project, CredentialError> {
    let key_field = if given.has(Field::PrivateKeyFile) { Field::PrivateKeyFile } else { Field::PrivateKey };
    if given.has(Field::PrivateKey) && given.has(Field::PrivateKeyFile) {
        let names = given.place.names(&[Field::PrivateKey, Field::PrivateKeyFile]);
        return Err(CredentialError::Ambiguous(names, given.place.to_string()));
    }
    let [id, key] = all(CloudKind::Vonage, given, [Field::ApplicationId, key_field])?;
    let name = given.place.name(key_field);
    let pem = match key_field {
        Field::PrivateKeyFile => {
            let path = file::beside(&given.place, key.expose());
            file::read_private(&path, &format!("{name} in {}", given.place))?
        }
        // Not every place for variables takes line ends.
        _ => key.expose().replace("\\n", "\n"),
    };
    let pair = RsaKeyPair::from_pem(&pem).map_err(|reason| CredentialError::BadKey {
        name,
        place: given.place.to_string(),
        reason,
    })?;
    Ok(Project::vonage(id.expose(), pair))
}

fn key_field(kind: CloudKind) -> Field {
    match kind {
        CloudKind::OpenTok => Field::ApiKey,
        CloudKind::Vonage => Field::ApplicationId,
    }
}

/// Returns all of these, or an error that names the missing ones.
fn all<const N: usize>(
    kind: CloudKind,
    given: &RawCredentials,
    fields: [Field; N],
) -> Result<[&Secret; N], CredentialError> {
    given.all(fields).map_err(|missing| {
        let place = &given.place;
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let missing = format!("{} {verb} not in {place}", place.names(&missing));
        let own = match kind {
            CloudKind::OpenTok => place.names(&[Field::ApiKey, Field::ApiSecret]),
            CloudKind::Vonage => {
                let id = place.name(Field::ApplicationId);
                format!("{id} and one of {} and {}", place.name(Field::PrivateKey), place.name(Field::PrivateKeyFile))
            }
        };
        let ready = place.names(&[key_field(kind), Field::SessionId, Field::Token]);
        let other = match place {
            CredentialSource::Environment => "; or name a file that has them with `credentialsFile` in [platform]",
            CredentialSource::File(_) => "",
        };
        let fix = format!("give {own}; or {ready} for a session that exists{other}");
        CredentialError::Missing { kind: kind.as_str(), missing, fix }
    })
}

#[cfg(test)]
mod tests;
