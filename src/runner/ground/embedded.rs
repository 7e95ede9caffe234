//! The embedded platform, one for each case, behind the case's network.

use anyhow::Context;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::cloud::Admission;
use crate::credentials::{Project, Role, Secret, SessionId, Token, TokenClaims, TokenError};
use crate::network::PathCounters;
use crate::page::RelayOnly;
use crate::path::Mount;
use crate::plan::Case;
use crate::platform::media;
use crate::platform::{Platform, PlatformEvent, SessionOptions};
use crate::runner::lab::Lab;
use crate::runner::media::CaseMedia;
use crate::scenario::{EmbeddedSpec, SessionKind, TokenKind, VideoCodec};

/// How long a case's token is good for: longer than any case.
const TOKEN_SECONDS: u64 = 3600;

/// A case's own platform.
pub struct Embedded {
    platform: Platform,
    events: UnboundedReceiver<PlatformEvent>,
    media: CaseMedia,
    // Holds the case's routes open.
    mount: Mount,
    admission: Admission,
}

impl Embedded {
    pub async fn open(case: &Case, spec: &EmbeddedSpec, lab: &Lab) -> Result<Self, anyhow::Error> {
        let tap = lab.tap(&case.id).context("a capture could not be begun")?;
        let (media, port, relay) = CaseMedia::open(case, spec.relay, lab.http.address().ip(), tap).await?;
        let project = Project::generate();
        let (platform, events) = Platform::start(vec![project.clone()], port);
        if let Some(relay) = relay {
            platform.set_relay(relay);
        }
        // The base path is no secret, but another case must not hit it by chance.
        let mount = lab.http.mount(&format!("{}-{}", case.id, uuid::Uuid::new_v4().simple()), platform.router());
        platform.set_faults(spec.faults.clone()).await;
        let session_id = match spec.session {
            SessionKind::Own => platform.create_session(&project, options(spec)),
            SessionKind::Unknown => SessionId::generate(&project.api_key, 0),
        };
        let token = token(&project, &session_id, spec.token)?;
        let admission = Admission { api_key: project.api_key, session_id, token };
        Ok(Self { platform, events, media, mount, admission })
    }

    pub fn admission(&self) -> &Admission {
        &self.admission
    }

    /// The base path that stands for an IP proxy.
    pub fn base_url(&self) -> &str {
        self.mount.base_url()
    }

    /// Whether media may go through a relay only: the platform tells of it.
    pub fn relay(&self) -> RelayOnly {
        if self.media.is_relayed() { RelayOnly::Told } else { RelayOnly::No }
    }

    pub fn begin(&self) {
        self.media.begin();
        self.platform.begin_faults();
    }

    pub async fn next_event(&mut self) -> PlatformEvent {
        match self.events.recv().await {
            Some(event) => event,
            // It has ended, and says no more.
            None => std::future::pending().await,
        }
    }

    pub async fn counters(&self) -> PathCounters {
        self.media.counters().await
    }

    pub fn is_stream(&self) -> bool {
        self.media.is_stream()
    }

    pub fn close(&self) {
        self.platform.stop();
    }
}

fn options(spec: &EmbeddedSpec) -> SessionOptions {
    let video_codec = match spec.video_codec {
        VideoCodec::Vp8 => media::VideoCodec::Vp8,
        VideoCodec::Vp9 => media::VideoCodec::Vp9,
        VideoCodec::H264 => media::VideoCodec::H264,
    };
    SessionOptions { video_codec, ..SessionOptions::default() }
}

/// A token of the kind that the scenario asks for.
fn token(project: &Project, session_id: &SessionId, kind: TokenKind) -> Result<Token, TokenError> {
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let claims = TokenClaims::new(session_id, Role::Publisher, now, TOKEN_SECONDS);
    match kind {
        TokenKind::Valid => claims.sign(project),
        TokenKind::WrongSecret => claims.sign(&Project::opentok(&project.api_key, Secret::new("another secret"))),
        TokenKind::WrongSession => {
            TokenClaims { session_id: SessionId::generate(&project.api_key, 0).as_str().to_owned(), ..claims }
                .sign(project)
        }
        TokenKind::Subscriber => TokenClaims { role: Role::Subscriber, ..claims }.sign(project),
        TokenKind::Expired => TokenClaims { expire_time: now.saturating_sub(1), ..claims }.sign(project),
    }
}
