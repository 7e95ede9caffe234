//! Who precall is to S3: the keys that AWS' own clients would take, in the same order. Keys of a role end after minutes
//! or hours, and a run at night lasts longer, so they are asked for again in time.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http;
use bytes::Bytes;
use reqsign_aws_v4::{
    AssumeRoleWithWebIdentityCredentialProvider, Credential, ECSCredentialProvider, EnvCredentialProvider,
    IMDSv2CredentialProvider, ProcessCredentialProvider, ProfileCredentialProvider, SSOCredentialProvider,
};
use reqsign_command_execute_tokio::TokioCommandExecute;
use reqsign_core::{Context, Env, Error, HttpSend, OsEnv, ProvideCredentialDyn, SigningCredential};
use rusty_s3::Credentials;
use tokio::sync::Mutex;
use url::Url;

use crate::http::{HttpClients, causes};

/// How long a service that gives keys has for an answer. Where none is, as on a developer's machine, so long is waited.
const LIMIT: Duration = Duration::from_secs(5);

/// Where keys can come from.
type Provider = Box<dyn ProvideCredentialDyn<Credential = Credential>>;

/// Gives the keys for a request.
#[derive(Clone)]
pub(super) struct S3Credentials {
    context: Context,
    /// In the order of AWS' clients, with the words for each in an error.
    providers: Arc<[(&'static str, Provider)]>,
    /// The metadata service of EC2, which answers on machines of AWS only.
    instance: Arc<IMDSv2CredentialProvider>,
    known: Arc<Mutex<Known>>,
}

/// What was learned of the keys so far.
enum Known {
    Nothing,
    /// Nobody gives any: the bucket has to be one that anyone may use.
    NoKeys,
    Keys(Credential),
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
    /// The reason, when the system has no certificates, or a variable with an address holds none.
    pub fn new() -> Result<Self, String> {
        Self::in_environment(OsEnv)
    }

    fn in_environment(env: impl Env) -> Result<Self, String> {
        let endpoint = env.var("AWS_ENDPOINT_URL_STS").or_else(|| env.var("AWS_ENDPOINT_URL"));
        let sts = endpoint.map(|text| Url::parse(&text)).transpose();
        let sts = sts.map_err(|_| "AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL is no URL".to_owned())?;
        let http = CredentialHttp { clients: HttpClients::new(LIMIT)?, sts };
        let context = Context::new()
            .with_env(env)
            .with_file_read(FileRead)
            .with_command_execute(TokioCommandExecute)
            .with_http_send(http);
        let providers: [(&'static str, Provider); 6] = [
            ("the environment", Box::new(EnvCredentialProvider::new())),
            ("the profile", Box::new(ProfileCredentialProvider::default())),
            ("the profile's single sign-on", Box::new(SSOCredentialProvider::default())),
            ("the web identity", Box::new(AssumeRoleWithWebIdentityCredentialProvider::new())),
            ("the profile's command", Box::new(ProcessCredentialProvider::default())),
            ("the container", Box::new(ECSCredentialProvider::new())),
        ];
        Ok(Self {
            context,
            providers: Arc::new(providers),
            instance: Arc::new(IMDSv2CredentialProvider::new()),
            known: Arc::new(Mutex::new(Known::Nothing)),
        })
    }

    /// Returns keys that are valid for two minutes or longer. `None` if nobody gives any.
    ///
    /// # Errors
    ///
    /// The reason, when someone should give keys and does not. It names no key.
    pub async fn current(&self) -> Result<Option<Credentials>, String> {
        let mut known = self.known.lock().await;
        let is_current = match &*known {
            Known::Nothing => false,
            Known::NoKeys => true,
            Known::Keys(keys) => keys.is_valid(),
        };
        if !is_current {
            *known = self.ask().await?.map_or(Known::NoKeys, Known::Keys);
        }
        let Known::Keys(keys) = &*known else { return Ok(None) };
        let (key, secret) = (keys.access_key_id.clone(), keys.secret_access_key.clone());
        Ok(Some(match &keys.session_token {
            Some(token) => Credentials::new_with_token(key, secret, token.clone()),
            None => Credentials::new(key, secret),
        }))
    }

    async fn ask(&self) -> Result<Option<Credential>, String> {
        for (words, provider) in self.providers.iter() {
            match provider.provide_credential_dyn(&self.context).await {
                Ok(Some(keys)) => return Ok(Some(keys)),
                Ok(None) => {}
                Err(error) => return Err(format!("{words} gives no keys for S3: {}", reason(&error))),
            }
        }
        // Elsewhere than on a machine of AWS nobody answers, and that is no fault.
        Ok(self.instance.provide_credential_dyn(&self.context).await.unwrap_or_default())
    }
}

/// Returns an error with what it is about, on one line.
fn reason(error: &Error) -> String {
    let text = precall_support::secrets::redact(&causes(error));
    // The path is in the text already, and a hint is for programmers.
    let is_of_use = |about: &&String| !about.starts_with("hint:") && !about.starts_with("file:");
    let about = error.context().iter().filter(is_of_use).map(|about| format!(" ({about})"));
    precall_support::text::Printable::line_of(&(text + &about.collect::<String>()), MOST_REASON_CHARS).to_string()
}

/// The most characters of a service's answer that are repeated.
const MOST_REASON_CHARS: usize = 300;

/// Reads what AWS' clients keep in files.
#[derive(Debug)]
struct FileRead;

impl reqsign_core::FileRead for FileRead {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        let unread = |error| Error::config_invalid(format!("{path} cannot be read")).with_source(error);
        tokio::fs::read(Path::new(path)).await.map_err(|error: std::io::Error| unread(error))
    }
}

/// Asks the services that give keys.
#[derive(Debug)]
struct CredentialHttp {
    clients: HttpClients,
    /// In place of the token service of AWS, such as one of a private cloud.
    sts: Option<Url>,
}

impl CredentialHttp {
    /// Returns where a request goes.
    fn url(&self, uri: &http::Uri) -> Result<Url, url::ParseError> {
        let is_sts = uri.host().is_some_and(|host| host.starts_with("sts."));
        match self.sts.as_ref().filter(|_| is_sts) {
            Some(endpoint) => Ok(endpoint.clone()),
            None => Url::parse(&uri.to_string()),
        }
    }
}

impl HttpSend for CredentialHttp {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let url = self.url(&parts.uri).map_err(|error| Error::config_invalid("an address").with_source(error))?;
        let client = self.clients.client_for(url.as_str());
        let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let unanswered = |error: reqwest::Error| Error::unexpected(causes(&error));
        let answer = sent.map_err(unanswered)?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = answer.bytes().await.map_err(unanswered)?;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::routing::get;
    use axum::{Json, Router};
    use reqsign_core::StaticEnv;
    use serde_json::json;

    use super::*;

    /// Asks in an environment with these variables, and in no machine of AWS.
    fn asked(variables: &[(&str, &str)]) -> S3Credentials {
        let all = [("AWS_EC2_METADATA_DISABLED", "true")].iter().chain(variables);
        let envs: HashMap<_, _> = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        S3Credentials::in_environment(StaticEnv { home_dir: None, envs }).expect("certificates")
    }

    /// Serves a container's keys, a new one each time, which are valid so long. Returns the address.
    async fn container(valid: Duration) -> String {
        let count = Arc::new(AtomicUsize::new(0));
        let answer = move || {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let end = jiff::Timestamp::now() + valid;
            let keys = json!({
                "AccessKeyId": format!("ASIA{number}"), "SecretAccessKey": "hidden", "Token": "t",
                "Expiration": end.to_string(),
            });
            async move { Json(keys) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/keys", get(answer))).await });
        format!("http://{address}/keys")
    }

    async fn keys_of(asked: &S3Credentials) -> Vec<String> {
        let mut keys = Vec::new();
        for _ in 0..2 {
            keys.push(asked.current().await.expect("an answer").expect("keys").key().to_owned());
        }
        keys
    }

    #[tokio::test]
    async fn keys_are_asked_for_again_before_they_end() {
        let lasting = container(Duration::from_secs(3600)).await;
        let asked_once = asked(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &lasting)]);
        assert_eq!(keys_of(&asked_once).await, ["ASIA0", "ASIA0"]);
        let short = container(Duration::from_secs(60)).await;
        let asked_twice = asked(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &short)]);
        assert_eq!(keys_of(&asked_twice).await, ["ASIA0", "ASIA1"]);
    }

    #[tokio::test]
    async fn the_environment_comes_before_the_container() {
        let container = container(Duration::from_secs(3600)).await;
        let variables = [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.as_str()),
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ];
        assert_eq!(keys_of(&asked(&variables)).await, ["AKIA", "AKIA"]);
    }

    #[tokio::test]
    async fn without_keys_anyone_asks_and_a_service_that_fails_is_said() {
        assert!(asked(&[]).current().await.expect("no fault").is_none());
        let variables = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/keys")];
        let error = asked(&variables).current().await.map(|_| ()).expect_err("nobody listens");
        assert!(error.starts_with("the container gives no keys for S3: "), "{error}");
        let variables = [("AWS_ROLE_ARN", "arn:aws:iam::1:role/a"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token")];
        let error = asked(&variables).current().await.map(|_| ()).expect_err("no such file");
        assert!(error.contains("the web identity") && error.contains("/nowhere/token"), "{error}");
    }
}
