//! The REST API as a server asks it, through the platform's whole router.

mod refusals;
mod server_sdks;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt;

use crate::clock::Now;
use crate::credentials::{Project, Role, RsaKeyPair, SessionId, TokenClaims, server_token};
use crate::event::PlatformEvent;
use crate::handle::PlatformHandle;
use crate::testing::{Client, MediaEnds, platform_of, relayed};
use precall_support::secrets::Secret;

const STREAM: &str = "0a1b2c3d-0000-4000-8000-000000000001";
const CONNECTION: &str = "0a1b2c3d-0000-4000-8000-000000000002";

/// A session with one client in it, which publishes a stream.
struct World {
    platform: PlatformHandle,
    project: Project,
    session: SessionId,
    client: Client,
    ends: MediaEnds,
}

/// An answer: its status, its type, and its body.
struct Answer {
    status: u16,
    kind: String,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        assert_eq!(self.kind, "application/json", "{}", self.text);
        serde_json::from_str(&self.text).expect("JSON")
    }
}

fn opentok() -> Project {
    Project::opentok("100", Secret::new("s3cret"))
}

fn vonage() -> Project {
    Project::vonage("0a1b2c3d-0000-4000-8000-000000000000", RsaKeyPair::generate().expect("a key"))
}

fn now_seconds() -> u64 {
    Now::read().unix_seconds()
}

impl World {
    async fn new(project: Project) -> Self {
        let (platform, ends) = platform_of(vec![project.clone()]);
        let session = platform.create_session(&project, relayed());
        let token = TokenClaims::new(&session, Role::Publisher, now_seconds(), 60).sign(&project).expect("signed");
        let mut client = Client::connect(&platform, &session, token.expose(), CONNECTION).await;
        client.publish(&platform, STREAM).await;
        Self { platform, project, session, client, ends }
    }

    /// Asks without any credentials but those among the headers.
    async fn ask_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let request = request.method(method).uri(path).body(Body::from(body.to_owned())).expect("a request");
        let answer = crate::api::router(self.platform.clone()).oneshot(request).await.expect("an answer");
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (status, kind) = (answer.status().as_u16(), kind.to_owned());
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        Answer { status, kind, text: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
    }

    /// Asks as the project's server.
    async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let token = server_token(&self.project, now_seconds()).expect("signed");
        self.ask_with(method, path, &[("X-OPENTOK-AUTH", token.expose())], body).await
    }

    /// The path of the session with this behind it.
    fn path(&self, rest: &str) -> String {
        format!("/v2/project/{}/session/{}{rest}", self.project.api_key, self.session)
    }

    /// Returns the platform's events so far.
    fn happened(&mut self) -> Vec<PlatformEvent> {
        std::iter::from_fn(|| self.ends.happened.try_recv()).collect()
    }
}
