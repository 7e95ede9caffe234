//! An application in an attempt: its port, its server and the URLs of its pages.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::OwnedMutexGuard;

use super::server::{AppServer, READY_LIMIT, ServerStart, wait_until_ready};
use crate::run_events::Events;
use crate::runner::case_error::CaseError;
use crate::runner::test_bed::TestBed;
use precall_platform::credentials::{Project, SessionId, SigningKey, Token};
use precall_platform::{AccessOptions, AccessPoint, ClientAccess, LocalPlatform};
use precall_results::NamedError;
use precall_scenario::plan::Case;
use precall_scenario::{AppSpec, SdkSpec, Template};
use precall_support::secrets::Secret;

/// Why an application cannot be tested, or no longer.
#[derive(Debug)]
pub(in crate::runner::call) enum AppEnd {
    /// Its server did not start, did not answer or ended.
    Server(NamedError),
    /// precall could not do its part.
    Broken(CaseError),
}

/// An application in an attempt at a case.
pub(in crate::runner::call) struct LiveApp<'a> {
    spec: &'a AppSpec,
    port: u16,
    room: String,
    server: Option<RunningServer>,
    /// Keeps servers on the same port from running at once.
    turn: Option<OwnedMutexGuard<()>>,
}

struct RunningServer {
    server: AppServer,
    /// How the server reaches the platform.
    _access: AccessPoint,
}

impl<'a> LiveApp<'a> {
    /// Returns the application with a port for its server and a room. Waits for its turn where the port is fixed.
    pub(in crate::runner::call) async fn new(spec: &'a AppSpec, bed: &TestBed) -> Result<Self, CaseError> {
        let needs_turn = spec.start.is_some() && !spec.has_own_port();
        let turn = if needs_turn { Some(Arc::clone(&bed.fixed_port).lock_owned().await) } else { None };
        // The server binds it in a moment. Until then no other program is likely to get the same.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = free.map_err(CaseError::platform)?.port();
        let room = format!("room-{}", uuid::Uuid::new_v4().simple());
        Ok(Self { spec, port, room, server: None, turn })
    }

    /// Returns the project of the platform that servers with a Vonage application use.
    pub(in crate::runner::call) fn application(&self, bed: &TestBed) -> Result<Option<Project>, CaseError> {
        match self.spec.start {
            Some(_) => bed.application().map(Some),
            None => Ok(None),
        }
    }

    /// Returns the origin of the pages.
    pub(in crate::runner::call) fn origin(&self) -> String {
        let filled = self.spec.url.fill(|name| if name == "port" { self.port.to_string() } else { "1".to_owned() });
        // The scenario's reader has parsed it.
        url::Url::parse(&filled).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    /// Returns the URL of a participant's page. It may hold the token: never log it.
    pub(in crate::runner::call) fn page_url(
        &self,
        participant: &str,
        project: &Project,
        session: &SessionId,
        token: &Token,
    ) -> String {
        self.filled(&self.spec.url, |name| match name {
            "participant" => participant.to_owned(),
            "apiKey" => project.api_key.clone(),
            "sessionId" => session.as_str().to_owned(),
            "token" => token.expose().to_owned(),
            _ => String::new(),
        })
    }

    fn filled(&self, url: &Template, more: impl Fn(&str) -> String) -> String {
        url.fill(|name| match name {
            "port" => self.port.to_string(),
            "room" => self.room.clone(),
            other => utf8_percent_encode(&more(other), NON_ALPHANUMERIC).to_string(),
        })
    }

    /// Starts the server, if precall is to start it, and waits until it can be used.
    pub(in crate::runner::call) async fn start(
        &mut self,
        case: &Case,
        platform: &mut LocalPlatform,
        bed: &TestBed,
        events: &Events,
    ) -> Result<(), AppEnd> {
        if let Some(command) = &self.spec.start {
            self.check_port().await.map_err(AppEnd::Server)?;
            let options = AccessOptions {
                access: ClientAccess::Listener(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
                ..AccessOptions::default()
            };
            let access = platform.open_access(options).await.map_err(CaseError::platform).map_err(AppEnd::Broken)?;
            let application = bed.application().map_err(AppEnd::Broken)?;
            let values = ServerValues::new(case, &access, platform.project(), &application, bed, self.port);
            let start = ServerStart {
                program: bed.program(),
                command,
                directory: &self.spec.directory,
                environment: values.environment(self.spec),
                secrets: values.secrets(),
                case: &case.id,
            };
            let server = AppServer::start(start, events).map_err(|error| {
                AppEnd::Broken(CaseError::platform(std::io::Error::other(format!(
                    "the server cannot be started: {error}"
                ))))
            })?;
            self.server = Some(RunningServer { server, _access: access });
        }
        let ready = match &self.spec.ready {
            Some(ready) => self.filled(ready, |_| String::new()),
            None => self.origin(),
        };
        wait_until_ready(self.server.as_mut().map(|running| &mut running.server), &ready, READY_LIMIT)
            .await
            .map_err(AppEnd::Server)
    }

    /// Waits until the server ends by itself; for ever without a server.
    pub(in crate::runner::call) async fn ended(&mut self) -> NamedError {
        match &mut self.server {
            Some(running) => running.server.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Checks that nothing listens where the server will. It would answer in the place of the server.
    async fn check_port(&self) -> Result<(), NamedError> {
        let origin = self.origin();
        let address = url::Url::parse(&origin).ok().and_then(|url| url.socket_addrs(|| None).ok()).unwrap_or_default();
        if tokio::net::TcpStream::connect(&*address).await.is_err() {
            return Ok(());
        }
        let message = format!(
            "something listens at {origin} already, where the server of the application will; stop it, or write `{{port}}` \
             in `app.url` for a port of its own"
        );
        Err(NamedError { name: "PortTaken".to_owned(), message })
    }

    /// Ends the server with all of its processes.
    pub(in crate::runner::call) async fn stop(mut self) {
        if let Some(running) = self.server.take() {
            running.server.stop().await;
        }
    }
}

impl Drop for LiveApp<'_> {
    /// Ends the server of an attempt that was given up. Its port stays taken until it has ended.
    fn drop(&mut self) {
        let (Some(running), Ok(runtime)) = (self.server.take(), tokio::runtime::Handle::try_current()) else { return };
        let turn = self.turn.take();
        runtime.spawn(async move {
            running.server.stop().await;
            drop(turn);
        });
    }
}

/// What a server gets to know.
struct ServerValues {
    api_url: String,
    api_key: String,
    api_secret: Secret,
    application_id: String,
    private_key: Secret,
    port: u16,
    sdk_url: String,
}

impl ServerValues {
    fn new(
        case: &Case,
        access: &AccessPoint,
        project: &Project,
        application: &Project,
        bed: &TestBed,
        port: u16,
    ) -> Self {
        Self {
            api_url: access.url(),
            api_key: project.api_key.clone(),
            api_secret: key_of(project),
            application_id: application.api_key.clone(),
            private_key: key_of(application),
            port,
            sdk_url: sdk_url(&case.spec.sdk, bed),
        }
    }

    fn value(&self, name: &str) -> String {
        match name {
            "apiUrl" => self.api_url.clone(),
            "apiKey" => self.api_key.clone(),
            "apiSecret" => self.api_secret.expose().to_owned(),
            "applicationId" => self.application_id.clone(),
            "privateKey" => self.private_key.expose().to_owned(),
            "port" => self.port.to_string(),
            "sdkUrl" => self.sdk_url.clone(),
            _ => String::new(),
        }
    }

    /// Returns the variables that every server gets, and those of the scenario.
    fn environment(&self, spec: &AppSpec) -> Vec<(String, String)> {
        let own = [
            ("PORT", "port"),
            ("PRECALL_API_URL", "apiUrl"),
            ("PRECALL_API_KEY", "apiKey"),
            ("PRECALL_API_SECRET", "apiSecret"),
            ("PRECALL_APPLICATION_ID", "applicationId"),
            ("PRECALL_PRIVATE_KEY", "privateKey"),
            ("PRECALL_SDK_URL", "sdkUrl"),
        ];
        let own = own.into_iter().map(|(variable, name)| (variable.to_owned(), self.value(name)));
        let others = spec.environment.iter().map(|(name, value)| (name.clone(), value.fill(|name| self.value(name))));
        own.chain(others).collect()
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![self.api_secret.clone(), self.private_key.clone()]
    }
}

/// Returns the key of a project as servers take it.
fn key_of(project: &Project) -> Secret {
    match &project.key {
        SigningKey::Secret(secret) => secret.clone(),
        SigningKey::RsaKeyPair(pair) => pair.private_pem().clone(),
    }
}

/// Returns the URL of the case's OpenTok.js for pages of other origins.
fn sdk_url(spec: &SdkSpec, bed: &TestBed) -> String {
    bed.sdk_path(spec).map(|path| format!("https://{}{path}", TestBed::FILES_HOST)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_a_scenario_has_a_value() {
        let secret = || Secret::new("secret");
        let values = ServerValues {
            api_url: "http://127.0.0.1:1".to_owned(),
            api_key: "100".to_owned(),
            api_secret: secret(),
            application_id: "a".to_owned(),
            private_key: secret(),
            port: 3000,
            sdk_url: "https://files.precall.test/sdk/0/opentok.js".to_owned(),
        };
        for name in AppSpec::ENVIRONMENT_NAMES {
            assert!(!values.value(name).is_empty(), "{name}");
        }
        let names = AppSpec::URL_NAMES.map(|name| format!("{name}={{{name}}}")).join("&");
        let text =
            format!("[app]\nurl = \"http://localhost:1/?{names}\"\nstart = \"true\"\n[[participant]]\nname = \"a b\"");
        let text = text.replace("a b", "ab");
        let scenario = precall_scenario::parse(&text, std::path::Path::new("a.toml")).unwrap_or_else(|e| panic!("{e}"));
        let spec = scenario.cases[0].call.as_ref().and_then(|call| call.app.as_ref()).expect("an application");
        let app = LiveApp { spec, port: 3000, room: "room-1".to_owned(), server: None, turn: None };
        let project = Project::generate();
        let session = SessionId::generate(&project.api_key, 0);
        let claims = precall_platform::credentials::TokenClaims::new(
            &session,
            precall_platform::credentials::Role::Publisher,
            1_000,
            60,
        );
        let token = claims.sign(&project).expect("a token");
        let url = url::Url::parse(&app.page_url("a b&c", &project, &session, &token)).expect("a URL");
        let values: Vec<_> = url.query_pairs().collect();
        assert_eq!(values.len(), AppSpec::URL_NAMES.len(), "a value adds no name: {url}");
        assert!(values.iter().all(|(_, value)| !value.is_empty()), "{url}");
        assert_eq!(values[1].1, "a b&c");
    }
}
