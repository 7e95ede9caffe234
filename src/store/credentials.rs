//! The keys with which precall signs requests to S3. They come from where AWS' own clients take them, in the same
//! order. Keys of a role are valid for minutes or hours, and a run at night lasts longer, so they are renewed in
//! time.

use std::fmt;
use std::sync::Arc;

use reqsign_aws_v4::{
    AssumeRoleWithWebIdentityCredentialProvider, Credential, ECSCredentialProvider, EnvCredentialProvider,
    IMDSv2CredentialProvider, ProcessCredentialProvider, ProfileCredentialProvider, SSOCredentialProvider,
};
use reqsign_core::time::Timestamp;
use reqsign_core::{Context, Env, Error, OsEnv, ProvideCredentialDyn, SigningCredential};
use rusty_s3::Credentials;
use tokio::sync::Mutex;

use super::key_services::{FileReader, HttpServices, NonEmpty, TimedCommand};
use crate::http::causes;
use precall_support::secrets::redact;
use precall_support::text::Printable;

/// The most characters of a service's answer that are repeated.
const MOST_REASON_CHARS: usize = 300;

/// The variable that names a profile of the files in `~/.aws`.
const PROFILE: &str = "AWS_PROFILE";

/// Where keys can come from.
type Provider = Box<dyn ProvideCredentialDyn<Credential = Credential>>;

/// Gives the keys for requests. Clones share them.
#[derive(Clone)]
pub(super) struct S3Credentials {
    context: Context,
    /// In the order of AWS' clients, with the words for each in an error. The instance is not among them.
    providers: Arc<[(&'static str, Provider)]>,
    /// The metadata service of a machine: only EC2 gives keys there.
    instance: Arc<IMDSv2CredentialProvider>,
    known: Arc<Mutex<KnownKeys>>,
}

/// What was learned of the keys so far.
enum KnownKeys {
    NotAsked,
    /// Nobody gives any, for this reason. Then only a public bucket can be used.
    Missing(String),
    Given(Credential),
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("S3Credentials").finish_non_exhaustive()
    }
}

impl S3Credentials {
    /// Takes keys from the environment of this process and from the services that it names.
    ///
    /// # Errors
    ///
    /// The reason, when the system has no certificates.
    pub fn new() -> Result<Self, String> {
        Self::in_environment(OsEnv)
    }

    fn in_environment(env: impl Env) -> Result<Self, String> {
        let env = NonEmpty(env);
        let http = HttpServices::new(&env)?;
        let context = Context::new()
            .with_env(env)
            .with_file_read(FileReader)
            .with_command_execute(TimedCommand)
            .with_http_send(http);
        let providers: [(&'static str, Provider); 6] = [
            ("the environment", Box::new(EnvCredentialProvider::new())),
            ("the profile", Box::new(ProfileCredentialProvider::default())),
            ("the single sign-on of the profile", Box::new(SSOCredentialProvider::default())),
            ("the command of the profile", Box::new(ProcessCredentialProvider::default())),
            ("the web identity", Box::new(AssumeRoleWithWebIdentityCredentialProvider::new())),
            ("the container", Box::new(ECSCredentialProvider::new())),
        ];
        Ok(Self {
            context,
            providers: Arc::new(providers),
            instance: Arc::new(IMDSv2CredentialProvider::new()),
            known: Arc::new(Mutex::new(KnownKeys::NotAsked)),
        })
    }

    /// Returns keys, and asks for new ones when those that are known end within two minutes. `None` if nobody gives
    /// any.
    ///
    /// # Errors
    ///
    /// The reason, when someone should give keys and does not, and those that are known have ended. It names no key.
    pub async fn current(&self) -> Result<Option<Credentials>, String> {
        let mut known = self.known.lock().await;
        let is_current = match &*known {
            KnownKeys::NotAsked => false,
            KnownKeys::Missing(_) => true,
            KnownKeys::Given(keys) => keys.is_valid(),
        };
        if !is_current {
            match (self.ask().await, &*known) {
                (Ok(keys), _) => *known = KnownKeys::Given(keys),
                // They will be asked for with the next request again.
                (Err(_), KnownKeys::Given(keys)) if keys.is_valid_at(Timestamp::now()) => {}
                (Err(NotGiven::Nobody(reason)), KnownKeys::NotAsked) => *known = KnownKeys::Missing(reason),
                (Err(NotGiven::Nobody(reason) | NotGiven::Failed(reason)), _) => return Err(reason),
            }
        }
        let KnownKeys::Given(keys) = &*known else { return Ok(None) };
        let (key, secret) = (keys.access_key_id.clone(), keys.secret_access_key.clone());
        Ok(Some(match &keys.session_token {
            Some(token) => Credentials::new_with_token(key, secret, token.clone()),
            None => Credentials::new(key, secret),
        }))
    }

    /// Returns why requests are not signed; `None` if they are.
    pub async fn missing(&self) -> Option<String> {
        match &*self.known.lock().await {
            KnownKeys::Missing(reason) => Some(reason.clone()),
            KnownKeys::NotAsked | KnownKeys::Given(_) => None,
        }
    }

    async fn ask(&self) -> Result<Credential, NotGiven> {
        for (words, provider) in self.providers.iter() {
            match provider.provide_credential_dyn(&self.context).await {
                Ok(Some(keys)) => return Ok(keys),
                Ok(None) => {}
                Err(error) => {
                    return Err(NotGiven::Failed(format!("{words} gives no keys for S3: {}", reason(&error))));
                }
            }
        }
        // To use another identity than the one that was named would be a surprise.
        if let Some(name) = self.context.env_var(PROFILE) {
            let name = Printable::line_of(&name, MOST_REASON_CHARS);
            let text = format!(
                "the profile {name} ({PROFILE}) gives no keys for S3: it needs aws_access_key_id and \
                 aws_secret_access_key, sso_start_url, or credential_process"
            );
            return Err(NotGiven::Failed(text));
        }
        match self.instance.provide_credential_dyn(&self.context).await {
            Ok(Some(keys)) => Ok(keys),
            Ok(None) => Err(NotGiven::Nobody("nobody gives keys".to_owned())),
            Err(error) => Err(NotGiven::Nobody(format!("nobody gives keys; of the instance: {}", reason(&error)))),
        }
    }
}

/// Why there are no keys.
enum NotGiven {
    /// Nothing names anyone who should give them, and the host may be none of AWS.
    Nobody(String),
    /// Who should give them does not.
    Failed(String),
}

/// Returns an error with what it is about, on one line. The library's contexts repeat addresses, which can be
/// secrets, and paths, which are in the text already; its hints are for programmers.
fn reason(error: &Error) -> String {
    let is_of_use =
        |about: &&String| !["hint:", "file:", "endpoint:", "url:"].iter().any(|word| about.starts_with(word));
    let about = error.context().iter().filter(is_of_use).map(|about| format!(" ({about})"));
    let text = redact(&(causes(error) + &about.collect::<String>()));
    Printable::line_of(&text, MOST_REASON_CHARS).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use axum::http::StatusCode;
    use axum::routing::get;
    use axum::{Json, Router};
    use reqsign_core::StaticEnv;
    use serde_json::json;

    use super::*;

    const CONTAINER: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    /// Asks in an environment with these variables, and not on a machine of AWS.
    fn asked(variables: &[(&str, &str)]) -> S3Credentials {
        let all = [("AWS_EC2_METADATA_DISABLED", "true")].iter().chain(variables);
        let envs: HashMap<_, _> = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        S3Credentials::in_environment(StaticEnv { home_dir: None, envs }).expect("certificates")
    }

    /// Serves the keys of a container, new ones each time, which are valid for that long; after so many it refuses.
    /// Returns the address.
    async fn container(valid: Duration, most: usize) -> String {
        let count = Arc::new(AtomicUsize::new(0));
        let answer = move || {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let end = jiff::Timestamp::now() + valid;
            let keys = json!({
                "AccessKeyId": format!("ASIA{number}"), "SecretAccessKey": "hidden", "Token": "t",
                "Expiration": end.to_string(),
            });
            let status = if number < most { StatusCode::OK } else { StatusCode::FORBIDDEN };
            async move { (status, Json(keys)) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/secret-path", get(answer))).await });
        format!("http://{address}/secret-path")
    }

    async fn keys_of(asked: &S3Credentials) -> Vec<String> {
        let mut keys = Vec::new();
        for _ in 0..2 {
            keys.push(asked.current().await.expect("an answer").expect("keys").key().to_owned());
        }
        keys
    }

    /// The error when keys are asked for in an environment with these variables.
    async fn refused(variables: &[(&str, &str)]) -> String {
        asked(variables).current().await.map(|_| ()).expect_err("no keys")
    }

    #[tokio::test]
    async fn keys_are_renewed_before_they_end() {
        let lasting = container(Duration::from_secs(3600), 9).await;
        assert_eq!(keys_of(&asked(&[(CONTAINER, &lasting)])).await, ["ASIA0", "ASIA0"]);
        let short = container(Duration::from_secs(60), 9).await;
        assert_eq!(keys_of(&asked(&[(CONTAINER, &short)])).await, ["ASIA0", "ASIA1"]);
    }

    #[tokio::test]
    async fn keys_that_are_not_renewed_are_used_to_their_end() {
        let once = container(Duration::from_secs(60), 1).await;
        assert_eq!(keys_of(&asked(&[(CONTAINER, &once)])).await, ["ASIA0", "ASIA0"]);
        let ended = container(Duration::ZERO, 1).await;
        let asked = asked(&[(CONTAINER, &ended)]);
        assert!(asked.current().await.is_ok());
        let error = asked.current().await.map(|_| ()).expect_err("they have ended");
        assert!(error.starts_with("the container gives no keys for S3: ") && !error.contains("secret"), "{error}");
    }

    #[tokio::test]
    async fn the_environment_comes_before_the_container_unless_it_is_empty() {
        let container = container(Duration::from_secs(3600), 9).await;
        let mut variables =
            [(CONTAINER, container.as_str()), ("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "hidden")];
        assert_eq!(keys_of(&asked(&variables)).await, ["AKIA", "AKIA"]);
        (variables[1].1, variables[2].1) = ("", "");
        assert_eq!(keys_of(&asked(&variables)).await, ["ASIA0", "ASIA0"]);
    }

    #[tokio::test]
    async fn without_keys_requests_are_not_signed() {
        let asked = asked(&[]);
        assert!(asked.current().await.expect("no fault").is_none());
        assert_eq!(asked.missing().await.as_deref(), Some("nobody gives keys"));
    }

    #[tokio::test]
    async fn who_should_give_keys_and_does_not_is_named() {
        let error = refused(&[("AWS_ROLE_ARN", "arn:aws:iam::1:role/a"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/token")]);
        let error = error.await;
        assert!(error.starts_with("the web identity gives no keys") && error.contains("/no/token"), "{error}");
        let role = [("AWS_ROLE_ARN", "arn:aws:iam::1:role/a"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "Cargo.toml")];
        let error = refused(&[role[0], role[1], ("AWS_ENDPOINT_URL_STS", "nonsense")]).await;
        assert!(error.contains("the web identity") && error.contains("AWS_ENDPOINT_URL_STS is no URL"), "{error}");
        let error = refused(&[(PROFILE, "nightly")]).await;
        assert!(error.starts_with("the profile nightly (AWS_PROFILE) gives no keys"), "{error}");
    }

    #[tokio::test]
    async fn a_command_of_a_profile_gives_keys() {
        let directory = tempfile::tempdir().expect("a directory");
        let config = directory.path().join("config");
        let script = directory.path().join("keys.sh");
        let keys = r#"{"Version": 1, "AccessKeyId": "ASIAC", "SecretAccessKey": "hidden"}"#;
        std::fs::write(&script, format!("echo '{keys}'\n")).expect("written");
        std::fs::write(&config, format!("[profile nightly]\ncredential_process = sh {}\n", script.display()))
            .expect("written");
        let path = config.to_str().expect("UTF-8");
        let asked = asked(&[(PROFILE, "nightly"), ("AWS_CONFIG_FILE", path)]);
        assert_eq!(keys_of(&asked).await, ["ASIAC", "ASIAC"]);
    }
}
