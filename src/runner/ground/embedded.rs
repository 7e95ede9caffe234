//! The embedded platform, one for each case, behind the case's network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cloud::SessionCredentials;
use crate::page::RelayOnly;
use crate::runner::case_error::CaseError;
use crate::runner::conditions::EVERY_HOST;
use crate::runner::media::CaseMedia;
use crate::runner::test_bed::TestBed;
use precall_browser::{BrowserProxy, ProxyUser};
use precall_netem::fault::Faults;
use precall_netem::firewall::{Firewall, HttpProxy, Ports};
use precall_netem::rng::derive_seed;
use precall_netem::{Backend, PathCounters};
use precall_platform::credentials::{Project, Role, SessionId, Token, TokenClaims, TokenError};
use precall_platform::media;
use precall_platform::path::{ProxyLogin, SignallingPath, TunnelRules};
use precall_platform::{HOSTS, PartEnded, Platform, PlatformEvent, PlatformEvents, SessionOptions};
use precall_results::IpVersion;
use precall_results::{FirewallResult, Signalling};
use precall_scenario::plan::Case;
use precall_scenario::{Access, EmbeddedSpec, SessionKind, TokenKind, VideoCodec};
use precall_support::secrets::Secret;

/// How long a case's token is good for: longer than any case.
const TOKEN_SECONDS: u64 = 3600;

/// Where a browser goes first to say who it is, as it would with the page of the application: that one is on this host.
const FIRST_HOST: &str = "page.precall.test";

/// A case's own platform.
pub struct Embedded {
    platform: Platform,
    events: PlatformEvents,
    media: CaseMedia,
    signalling: SignallingPath,
    access: Access,
    backend: Backend,
    base_url: String,
    firewall: Firewall,
    /// Whom the browser says it is to the proxy.
    login: Option<ProxyLogin>,
    admission: SessionCredentials,
}

impl Embedded {
    pub async fn open(case: &Case, spec: &EmbeddedSpec, bed: &TestBed) -> Result<Self, CaseError> {
        let host = match spec.ip_version {
            None => bed.http.address().ip(),
            Some(IpVersion::IpV4) => Ipv4Addr::LOCALHOST.into(),
            Some(IpVersion::IpV6) => ipv6_loopback()?,
        };
        let tap = bed.tap(&case.id).map_err(CaseError::Capture)?;
        let (media, port, relay) = CaseMedia::open(case, spec, host, &bed.identity, tap).await?;
        let project = Project::generate();
        let (platform, events) = Platform::start(vec![project.clone()], port);
        if let Some(relay) = relay {
            platform.set_relay(relay);
        }
        // What chance does to signalling must not be what it does to media.
        let (network, seed) = (&case.spec.network.for_links(), derive_seed(case.seed, "signalling"));
        let (router, origin) = (platform.router(), bed.http.origin());
        let firewall = case.spec.firewall.clone();
        let (asked, login) = logins(firewall.proxy);
        let signalling = match spec.access {
            Access::IpProxy => {
                SignallingPath::open(host, network, seed, router, &origin).await.map_err(CaseError::platform)?
            }
            Access::Intercept => {
                let rules = TunnelRules {
                    hosts: HOSTS.iter().chain([&FIRST_HOST]).map(ToString::to_string).collect(),
                    https_only: firewall.ports == Ports::Tls,
                    login: asked,
                };
                let identity = bed.identity.clone();
                SignallingPath::open_tunnelled(host, network, seed, router, &origin, identity, rules)
                    .await
                    .map_err(CaseError::platform)?
            }
        };
        let base_url = signalling.base_url();
        // The scenario gives no leg both.
        let faults = spec.faults.0.iter().copied().chain(firewall.faults());
        platform.set_faults(Faults(faults.collect())).await;
        let session_id = match spec.session {
            SessionKind::Own => platform.create_session(&project, options(spec)),
            SessionKind::Unknown => SessionId::generate(&project.api_key, 0),
        };
        let token = token(&project, &session_id, spec.token)?;
        let admission = SessionCredentials { api_key: project.api_key, session_id, token };
        Ok(Self {
            platform,
            events,
            media,
            signalling,
            access: spec.access,
            backend: case.spec.network.backend,
            base_url,
            firewall,
            login,
            admission,
        })
    }

    pub fn admission(&self) -> &SessionCredentials {
        &self.admission
    }

    /// What stands for an IP proxy of the SDK.
    pub fn proxy_url(&self) -> Option<&str> {
        (self.access == Access::IpProxy).then_some(&self.base_url)
    }

    /// The origins of requests and of WebSockets, as the SDK knows them.
    pub fn signalling_origins(&self) -> Vec<String> {
        let hosts = match self.access {
            Access::IpProxy => vec![self.base_url.clone()],
            Access::Intercept => HOSTS.iter().map(|host| format!("https://{host}")).collect(),
        };
        let sockets: Vec<_> = hosts.iter().map(|origin| origin.replacen("http", "ws", 1)).collect();
        [hosts, sockets].concat()
    }

    /// The browser's HTTP proxy.
    pub fn browser_proxy(&self) -> Option<BrowserProxy> {
        let login = self.login.as_ref().map(|login| ProxyUser {
            name: login.user.clone(),
            password: login.password.clone(),
            first_page: format!("https://{FIRST_HOST}/"),
        });
        (self.access == Access::Intercept).then(|| BrowserProxy { url: self.base_url.clone(), login })
    }

    /// What Chrome itself is to slow, where it applies the network.
    pub fn unlinked_signalling(&self) -> Option<String> {
        (self.backend == Backend::DevTools).then(|| match self.access {
            Access::IpProxy => format!("{}/*", self.base_url),
            Access::Intercept => EVERY_HOST.to_owned(),
        })
    }

    /// Whether media may go through a relay only: the platform tells of it.
    pub fn relay(&self) -> RelayOnly {
        if self.media.is_relay_only() { RelayOnly::Told } else { RelayOnly::No }
    }

    pub fn begin(&self) {
        self.media.begin();
        self.signalling.begin();
        self.platform.begin_faults();
    }

    /// The next thing that happens on the platform, unless a part of it ends without having been told to.
    pub async fn next_event(&mut self) -> Result<PlatformEvent, PartEnded> {
        tokio::select! {
            Some(event) = self.events.recv() => Ok(event),
            ended = self.platform.ended() => Err(ended),
            ended = self.media.ended() => Err(ended),
            ended = self.signalling.ended() => Err(ended),
        }
    }

    pub async fn counters(&self) -> PathCounters {
        self.media.counters().await
    }

    /// Whether media goes over a stream.
    pub fn is_stream(&self) -> bool {
        self.media.is_stream()
    }

    /// What became of signalling so far.
    pub async fn signalling(&self) -> Signalling {
        Signalling {
            requests: self.signalling.requests(),
            refused: self.signalling.refused(),
            link_counters: self.signalling.counters().await,
        }
    }

    /// What the firewall did so far; `None` without one.
    pub fn firewall(&self) -> Option<FirewallResult> {
        let (datagrams_dropped, connections_dropped) = self.media.dropped();
        let asked = self.firewall.clone();
        (!asked.is_open()).then_some(FirewallResult { asked, datagrams_dropped, connections_dropped })
    }

    pub fn close(&self) {
        self.platform.stop();
    }
}

/// The IPv6 loopback address, if this host has one.
fn ipv6_loopback() -> Result<IpAddr, CaseError> {
    let address = Ipv6Addr::LOCALHOST;
    let socket = std::net::UdpSocket::bind((address, 0)).map_err(CaseError::NoIpV6)?;
    drop(socket);
    Ok(address.into())
}

/// Whom a proxy serves, and whom the browser says it is.
fn logins(proxy: HttpProxy) -> (Option<ProxyLogin>, Option<ProxyLogin>) {
    let login = ProxyLogin::generate();
    match proxy {
        HttpProxy::None | HttpProxy::Open => (None, None),
        HttpProxy::Login => (Some(login.clone()), Some(login)),
        HttpProxy::WrongLogin => (Some(login), Some(ProxyLogin::generate())),
        HttpProxy::NoLogin => (Some(login), None),
    }
}

fn options(spec: &EmbeddedSpec) -> SessionOptions {
    let video_codec = match spec.video_codec {
        VideoCodec::Vp8 => media::VideoCodec::Vp8,
        VideoCodec::Vp9 => media::VideoCodec::Vp9,
        VideoCodec::H264 => media::VideoCodec::H264,
        VideoCodec::Av1 => media::VideoCodec::Av1,
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
