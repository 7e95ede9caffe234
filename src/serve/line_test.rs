//! Sessions for the page on which a person tests their own line: one POST, a session a test.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::line_report::{AsIf, AsIfError};
use crate::page::{PageServer, line_test_files};
use crate::sdk::{Npm, Resolver, SdkError, cache_directory};
use precall_platform::credentials::{Role, TokenError};
use precall_platform::transport::AllowedClients;
use precall_platform::{LocalPlatform, RelayOptions, SessionOptions, StartError};
use precall_scenario::{SdkSpec, catalogue};

/// How many tests may pass other networks at once. Each has a platform of its own.
const MAX_OTHERS: usize = 8;

/// How long a platform of another network is kept at least, although others wait: longer than a test takes.
const OTHER_LIFETIME: Duration = Duration::from_secs(90);

/// What the sessions of tests are made from.
pub(super) struct LineTests {
    sdk: SdkSpec,
    /// Whether people may send their reports.
    collects: bool,
    pages: PageServer,
    /// The path of OpenTok.js below the origin, once it has been found.
    bundle: OnceCell<String>,
    /// The platform of tests that pass no network of precall's.
    plain: OnceCell<LocalPlatform>,
    others: Mutex<Vec<Other>>,
    /// The origins of the page.
    origins: OnceLock<Vec<String>>,
}

/// A platform behind another network.
struct Other {
    platform: LocalPlatform,
    /// The session of the test.
    session: String,
    since: Instant,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
enum SessionError {
    #[error("the request is no JSON object with an optional member `network`: {0}")]
    Request(#[from] JsonRejection),
    #[error(transparent)]
    AsIf(#[from] AsIfError),
    #[error("there is no such session on a network of precall's, or it is over")]
    Unknown,
    #[error("{MAX_OTHERS} tests pass other networks already; try again in a minute")]
    Full,
    #[error("there is no OpenTok.js to test with: {0}")]
    Sdk(#[from] SdkError),
    #[error("the embedded platform does not start: {0}")]
    Platform(#[from] StartError),
    #[error("the embedded platform signs no token: {0}")]
    Token(#[from] TokenError),
}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Request(rejection) => rejection.status(),
            Self::AsIf(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Sdk(_) => StatusCode::BAD_GATEWAY,
            Self::Platform(_) | Self::Token(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, format!("{self}\n")).into_response()
    }
}

/// A request for a session.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionRequest {
    /// The network that the test passes; absent for none.
    #[serde(default)]
    network: Option<AsIf>,
}

/// What a test needs; `SessionAnswer` in the page's sources.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionAnswer {
    api_key: String,
    session_id: String,
    token: String,
    sdk_url: String,
    proxy_url: String,
    ice_servers: Vec<PageIceServer>,
    /// Where the network of the session can be changed, relative to the page; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    network_url: Option<String>,
}

/// `RTCIceServer` of the W3C's WebRTC.
#[derive(Debug, Serialize)]
struct PageIceServer {
    urls: String,
    username: String,
    credential: String,
}

impl LineTests {
    /// Returns the tests with this build of OpenTok.js. It is looked for when the first session is asked for.
    pub fn new(sdk: SdkSpec, collects: bool) -> Self {
        Self {
            sdk,
            collects,
            pages: PageServer::new(),
            bundle: OnceCell::new(),
            plain: OnceCell::new(),
            others: Mutex::default(),
            origins: OnceLock::new(),
        }
    }

    /// Sets the origins that the page is on; to be called once, before the first request is answered.
    pub fn set_origins(&self, origins: Vec<String>) {
        // A second call would be a mistake of this program, and the first one's origins stay true.
        let _ = self.origins.set(origins);
    }

    /// Returns the routes of the page, of its sessions, and of the scripts that it loads.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/precall/session", routing::post(session))
            .route("/precall/session/{session}/network", routing::put(change))
            .route("/precall/networks.json", routing::get(networks))
            .route("/precall/options.json", routing::get(options))
            .with_state(self.clone())
            .merge(line_test_files())
            .merge(self.pages.scripts())
    }

    async fn bundle(&self) -> Result<&str, SdkError> {
        let found = self.bundle.get_or_try_init(async || {
            let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
            let sdk = resolver.sdk(&self.sdk).await?;
            Ok::<_, SdkError>(self.pages.add_bundle(&sdk.bundle_path))
        });
        Ok(found.await?)
    }

    fn allowed(&self) -> AllowedClients {
        AllowedClients { origins: self.origins.get().cloned().unwrap_or_default(), ..AllowedClients::default() }
    }

    /// The platform without a network has a relay, so that a page can compare the ways of media.
    async fn plain(&self) -> Result<&LocalPlatform, StartError> {
        let start =
            async || LocalPlatform::builder().allow(self.allowed()).relay(RelayOptions::default()).start().await;
        self.plain.get_or_try_init(start).await
    }

    async fn answer(&self, request: SessionRequest) -> Result<SessionAnswer, SessionError> {
        let sdk_url = self.bundle().await?.to_owned();
        let Some(as_if) = request.network else {
            return Ok(admit(self.plain().await?, sdk_url)?);
        };
        let network = as_if.network()?;
        self.make_room()?;
        let builder = LocalPlatform::builder().allow(self.allowed());
        let platform = builder.network(&network, seed()).start().await?;
        let mut answer = admit(&platform, sdk_url)?;
        answer.network_url = Some(format!("session/{}/network", answer.session_id));
        platform.begin();
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.push(Other { platform, session: answer.session_id.clone(), since: Instant::now() });
        Ok(answer)
    }

    /// Changes the network of a session.
    fn change(&self, session: &str, network: &AsIf) -> Result<(), SessionError> {
        let network = network.network()?;
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let other = others.iter().find(|other| other.session == session).ok_or(SessionError::Unknown)?;
        other.platform.change_network(&network);
        Ok(())
    }

    /// Ends the oldest platform where there is no room for one more. A person who watches their picture keeps theirs
    /// as long as nobody else needs it.
    fn make_room(&self) -> Result<(), SessionError> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if others.len() >= MAX_OTHERS {
            // They are in the order in which they began.
            if others[0].since.elapsed() < OTHER_LIFETIME {
                return Err(SessionError::Full);
            }
            others.remove(0);
        }
        Ok(())
    }
}

/// Returns a seed for the losses of a test. Every test has another: a person who tests again tests other seconds of the
/// network.
fn seed() -> u64 {
    jiff::Timestamp::now().as_millisecond().unsigned_abs()
}

/// Admits one client to a session of its own.
fn admit(platform: &LocalPlatform, sdk_url: String) -> Result<SessionAnswer, TokenError> {
    let session = platform.session(SessionOptions::default());
    let token = platform.token(&session, Role::Publisher)?;
    let ice_servers = platform.ice_servers().into_iter().map(|server| PageIceServer {
        urls: server.url,
        username: server.username,
        credential: server.credential,
    });
    Ok(SessionAnswer {
        api_key: platform.project().api_key.clone(),
        session_id: session.as_str().to_owned(),
        token: token.expose().to_owned(),
        sdk_url,
        proxy_url: platform.url(),
        ice_servers: ice_servers.collect(),
        network_url: None,
    })
}

async fn session(
    State(tests): State<Arc<LineTests>>,
    request: Result<Json<SessionRequest>, JsonRejection>,
) -> Result<Json<SessionAnswer>, SessionError> {
    let Json(request) = request?;
    tests.answer(request).await.map(Json)
}

async fn change(
    State(tests): State<Arc<LineTests>>,
    UrlPath(session): UrlPath<String>,
    network: Result<Json<AsIf>, JsonRejection>,
) -> Result<StatusCode, SessionError> {
    let Json(network) = network?;
    tests.change(&session, &network)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What this server can do besides sessions; the page asks for it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PageOptions {
    networks_url: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    collect_url: Option<&'static str>,
    /// Whether DTLS of the platform takes certificates with ECDSA keys alone.
    ecdsa_only: bool,
}

async fn options(State(tests): State<Arc<LineTests>>) -> Json<PageOptions> {
    Json(PageOptions {
        networks_url: "networks.json",
        collect_url: tests.collects.then_some("reports"),
        ecdsa_only: true,
    })
}

/// A network of the catalogue, as the page lists it.
#[derive(Debug, Serialize)]
struct ListedNetwork {
    name: String,
    description: String,
}

async fn networks() -> Json<Vec<ListedNetwork>> {
    let listed =
        catalogue().into_iter().map(|network| ListedNetwork { name: network.name, description: network.description });
    Json(listed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn oldest_network_makes_room_once_its_test_is_over() {
        let tests = LineTests::new(SdkSpec::default(), false);
        let others = || tests.others.lock().expect("no test broke");
        for number in 0..MAX_OTHERS {
            let platform = LocalPlatform::builder().start().await.expect("a platform");
            others().push(Other { platform, session: number.to_string(), since: Instant::now() });
        }
        assert!(matches!(tests.make_room(), Err(SessionError::Full)));
        others()[0].since -= OTHER_LIFETIME;
        assert!(tests.make_room().is_ok());
        let left: Vec<_> = others().iter().map(|other| other.session.clone()).collect();
        assert_eq!((left.len(), left[0].as_str()), (MAX_OTHERS - 1, "1"));
        assert!(matches!(tests.change("0", &AsIf::default()), Err(SessionError::Unknown)));
        assert!(tests.change("1", &AsIf::default()).is_ok());
    }
}
