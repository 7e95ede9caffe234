//! How precall asks for keys of AWS: files, commands, and services over HTTP.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use axum::http;
use bytes::Bytes;
use reqsign_core::{CommandExecute, CommandOutput, Env, Error, FileRead, HttpSend, Result};
use tokio::process::Command;
use url::Url;

use crate::http::{HttpClients, causes, is_link_local};
use precall_support::secrets::remove_own_variables;

/// How long a service has for an answer. Where there is none, as on a developer's machine, this is how long precall
/// waits.
const LIMIT: Duration = Duration::from_secs(5);

/// How long a command has.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// An environment in which a variable without a value is not set, as in the rest of precall. CI systems set those
/// whose secret is missing.
#[derive(Debug)]
pub(super) struct NonEmpty<E>(pub(super) E);

impl<E: Env> Env for NonEmpty<E> {
    fn var(&self, key: &str) -> Option<String> {
        self.0.var(key).filter(|value| !value.is_empty())
    }

    fn vars(&self) -> HashMap<String, String> {
        let mut all = self.0.vars();
        all.retain(|_, value| !value.is_empty());
        all
    }

    fn home_dir(&self) -> Option<PathBuf> {
        self.0.home_dir()
    }
}

/// Reads the files of AWS' clients.
#[derive(Debug)]
pub(super) struct FileReader;

impl FileRead for FileReader {
    async fn file_read(&self, path: &str) -> Result<Vec<u8>> {
        let read = tokio::fs::read(path).await;
        read.map_err(|error| Error::config_invalid(format!("{path} cannot be read")).with_source(error))
    }
}

/// Runs the command of a profile. It can ask nobody, and has a minute.
#[derive(Debug)]
pub(super) struct TimedCommand;

impl CommandExecute for TimedCommand {
    async fn command_execute<'a>(&'a self, program: &'a str, args: &'a [&'a str]) -> Result<CommandOutput> {
        let mut command = Command::new(program);
        remove_own_variables(command.as_std_mut());
        let run = command.args(args).stdin(Stdio::null()).kill_on_drop(true).output();
        let late = |_| Error::unexpected(format!("{program} took longer than {} s", COMMAND_LIMIT.as_secs()));
        let output = tokio::time::timeout(COMMAND_LIMIT, run).await.map_err(late)?;
        let output =
            output.map_err(|error| Error::config_invalid(format!("{program} cannot be run")).with_source(error))?;
        let status = output.status.code().unwrap_or(-1);
        Ok(CommandOutput { status, stdout: output.stdout, stderr: output.stderr })
    }
}

/// Asks services over HTTP.
#[derive(Debug)]
pub(super) struct HttpServices {
    clients: HttpClients,
    /// The variable that names a token service in place of that of AWS, and its value.
    sts: Option<(&'static str, String)>,
}

impl HttpServices {
    /// Returns services, with the token service that the environment names.
    ///
    /// # Errors
    ///
    /// The reason, when the system has no certificates.
    pub fn new(env: &impl Env) -> std::result::Result<Self, String> {
        let sts = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"].into_iter();
        let sts = sts.filter_map(|name| Some((name, env.var(name)?))).next();
        Ok(Self { clients: HttpClients::new(LIMIT)?, sts })
    }

    /// Returns where a request goes.
    fn url(&self, uri: &http::Uri) -> Result<Url> {
        let is_sts = uri.host().is_some_and(|host| host.starts_with("sts."));
        match self.sts.as_ref().filter(|_| is_sts) {
            Some((name, endpoint)) => Url::parse(endpoint)
                .map_err(|_| Error::config_invalid(format!("{name} is no URL such as https://host:9000"))),
            None => Url::parse(&uri.to_string())
                .map_err(|error| Error::config_invalid("its address is no URL").with_source(error)),
        }
    }
}

impl HttpSend for HttpServices {
    async fn http_send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let url = self.url(&parts.uri)?;
        let request = |clients: &HttpClients| {
            let client = clients.client_for(url.as_str());
            client.request(parts.method.clone(), url.clone()).headers(parts.headers.clone()).body(body.clone())
        };
        // A host outside of AWS has no such service, and each attempt takes its time.
        let sent = match is_link_local(url.as_str()) {
            true => request(&self.clients).send().await.map_err(|error| causes(&error.without_url())),
            false => self.clients.send(request).await,
        };
        let answer = sent.map_err(Error::unexpected)?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        let body = answer.bytes().await;
        *response.body_mut() = body.map_err(|error| Error::unexpected(causes(&error.without_url())))?;
        Ok(response)
    }
}
