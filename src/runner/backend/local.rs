//! A local platform, one for each case, behind the case's network and firewall.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures::FutureExt;
use futures::future::BoxFuture;

use super::platform_backend::PlatformBackend;
use crate::cloud::SessionCredentials;
use crate::page::RelayOnly;
use crate::runner::case_error::CaseError;
use crate::runner::conditions::EVERY_HOST;
use crate::runner::media_host::media_host;
use crate::runner::test_bed::TestBed;
use precall_browser::{BrowserProxy, ProxyUser};
use precall_netem::firewall::{Firewall, HttpProxy};
use precall_netem::{Backend, PathCounters};
use precall_platform::credentials::{Project, Role, SessionId, Token, TokenClaims, TokenError};
use precall_platform::media;
use precall_platform::relay;
use precall_platform::transport::{AllowedClients, ProxyCredentials};
use precall_platform::{
    ClientAccess, FirewallCounters, HOSTS, InterceptOptions, LocalPlatform, MediaOptions, PartEnded, PlatformEvent,
    RelayOptions, SessionOptions,
};
use precall_results::IpVersion;
use precall_results::{FirewallResult, Signalling};
use precall_scenario::plan::Case;
use precall_scenario::{Access, EmbeddedSpec, RelayTransport, SessionKind, TokenKind, VideoCodec};
use precall_support::secrets::Secret;

/// How long a case's token is valid: longer than any case.
const TOKEN_SECONDS: u64 = 3600;

/// The host of the page that a browser loads first to log in to its proxy. It stands for the application's own page,
/// which the browser would load through the proxy; the page under test is on this host.
const LOGIN_HOST: &str = "page.precall.test";

/// The local platform of a case.
pub(super) struct LocalBackend {
    platform: LocalPlatform,
    url: String,
    access: Access,
    backend: Backend,
    relay_only: bool,
    is_stream: bool,
    firewall: Firewall,
    /// The credentials that the browser sends to its proxy.
    sent_login: Option<ProxyCredentials>,
    admission: SessionCredentials,
}

impl LocalBackend {
    pub async fn open(case: &Case, spec: &EmbeddedSpec, bed: &TestBed) -> Result<Self, CaseError> {
        let host = host_of(spec, bed)?;
        let tap = bed.tap(&case.id).map_err(CaseError::Capture)?;
        let firewall = case.spec.firewall.clone();
        let (accepted_login, sent_login) = logins(firewall.proxy);
        let access = match spec.access {
            Access::IpProxy => ClientAccess::IpProxy,
            Access::Intercept => ClientAccess::Intercept(InterceptOptions {
                hosts: intercepted_hosts(),
                login: accepted_login,
                ..Default::default()
            }),
        };
        let mut builder = LocalPlatform::builder()
            .host(host)
            .media(MediaOptions {
                host: media_host(case.spec.browser.kind, host)?,
                ice_tcp: spec.ice_tcp,
                tap,
                ..MediaOptions::default()
            })
            .network(&case.spec.network.for_links(), case.seed)
            .firewall(firewall.clone())
            .access(access)
            .allow(AllowedClients { origins: vec![bed.http.origin()], ..AllowedClients::default() })
            .identity(bed.identity.clone())
            .faults(spec.faults.clone());
        if let Some(transport) = spec.relay {
            builder = builder.relay(relay_options(transport));
        }
        let platform = builder.start().await.map_err(CaseError::platform)?;
        let session_id = match spec.session {
            SessionKind::Own => platform.session(session_options(spec)),
            SessionKind::Unknown => SessionId::generate(&platform.project().api_key, 0),
        };
        let token = token(platform.project(), &session_id, spec.token)?;
        let admission = SessionCredentials { api_key: platform.project().api_key.clone(), session_id, token };
        Ok(Self {
            url: platform.url(),
            platform,
            access: spec.access,
            backend: case.spec.network.backend,
            relay_only: spec.relay.is_some(),
            is_stream: carries_streams(spec, &firewall),
            firewall,
            sent_login,
            admission,
        })
    }
}

impl PlatformBackend for LocalBackend {
    fn admission(&self) -> &SessionCredentials {
        &self.admission
    }

    fn proxy_url(&self) -> Option<&str> {
        (self.access == Access::IpProxy).then_some(&self.url)
    }

    fn signalling_origins(&self) -> Option<Vec<String>> {
        Some(signalling_origins(self.access, &self.url))
    }

    fn browser_proxy(&self) -> Option<BrowserProxy> {
        (self.access == Access::Intercept).then(|| browser_login(&self.url, self.sent_login.as_ref()))
    }

    /// Session info lists the relay.
    fn relay(&self) -> RelayOnly {
        if self.relay_only { RelayOnly::Told } else { RelayOnly::No }
    }

    /// Everything, where Chrome itself applies the network.
    fn unlinked_signalling(&self) -> Option<String> {
        (self.backend == Backend::DevTools).then(|| match self.access {
            Access::IpProxy => format!("{}/*", self.url),
            Access::Intercept => EVERY_HOST.to_owned(),
        })
    }

    fn begin(&self) {
        self.platform.begin();
    }

    fn next_event(&mut self) -> BoxFuture<'_, Result<PlatformEvent, PartEnded>> {
        self.platform.next_event().boxed()
    }

    fn counters(&self) -> BoxFuture<'_, Option<PathCounters>> {
        async {
            let counters = self.platform.counters().await;
            Some(if self.is_stream { counters.tcp } else { counters.udp })
        }
        .boxed()
    }

    fn is_stream(&self) -> bool {
        self.is_stream
    }

    fn signalling(&self) -> BoxFuture<'_, Option<Signalling>> {
        async {
            Some(Signalling {
                requests: self.platform.requests(),
                refused: self.platform.refused_tunnels(),
                link_counters: self.platform.signalling_counters().await,
            })
        }
        .boxed()
    }

    fn firewall(&self) -> Option<FirewallResult> {
        let FirewallCounters { datagrams_dropped, connections_dropped } = self.platform.firewall_counters();
        let asked = self.firewall.clone();
        (!asked.is_open()).then_some(FirewallResult { asked, datagrams_dropped, connections_dropped })
    }

    fn stop(&self) {
        self.platform.stop();
    }
}

/// Returns the address that the platform of a case listens on.
///
/// # Errors
///
/// Returns an error if the case needs IPv6 and this host has none.
pub(in crate::runner) fn host_of(spec: &EmbeddedSpec, bed: &TestBed) -> Result<IpAddr, CaseError> {
    Ok(match spec.ip_version {
        None => bed.http.address().ip(),
        Some(IpVersion::IpV4) => Ipv4Addr::LOCALHOST.into(),
        Some(IpVersion::IpV6) => ipv6_loopback()?,
    })
}

/// Returns the hosts that the platform's HTTP proxy serves besides the production hosts of OpenTok.
pub(in crate::runner) fn intercepted_hosts() -> Vec<String> {
    vec![LOGIN_HOST.to_owned()]
}

/// Returns the origins of the signalling of a page that reaches the platform at this URL.
pub(in crate::runner) fn signalling_origins(access: Access, url: &str) -> Vec<String> {
    let hosts = match access {
        Access::IpProxy => vec![url.to_owned()],
        Access::Intercept => HOSTS.iter().map(|host| format!("https://{host}")).collect(),
    };
    let sockets: Vec<_> = hosts.iter().map(|origin| origin.replacen("http", "ws", 1)).collect();
    [hosts, sockets].concat()
}

/// Returns the browser's use of the platform as its HTTP proxy, with the credentials that it sends.
pub(in crate::runner) fn browser_login(url: &str, login: Option<&ProxyCredentials>) -> BrowserProxy {
    let login = login.map(|login| ProxyUser {
        name: login.user.clone(),
        password: login.password.clone(),
        first_page: format!("https://{LOGIN_HOST}/"),
    });
    BrowserProxy { url: url.to_owned(), login }
}

/// Returns whether media is carried by a TCP stream.
pub(in crate::runner) fn carries_streams(spec: &EmbeddedSpec, firewall: &Firewall) -> bool {
    spec.relay.map_or(firewall.blocks_udp(), |transport| transport != RelayTransport::Udp)
}

/// Returns the IPv6 loopback address.
///
/// # Errors
///
/// Returns an error if this host has none.
fn ipv6_loopback() -> Result<IpAddr, CaseError> {
    let address = Ipv6Addr::LOCALHOST;
    let socket = std::net::UdpSocket::bind((address, 0)).map_err(CaseError::NoIpV6)?;
    drop(socket);
    Ok(address.into())
}

/// Returns the credentials that the proxy accepts, and those that the browser sends.
pub(in crate::runner) fn logins(proxy: HttpProxy) -> (Option<ProxyCredentials>, Option<ProxyCredentials>) {
    let login = ProxyCredentials::generate();
    match proxy {
        HttpProxy::None | HttpProxy::Open => (None, None),
        HttpProxy::Login => (Some(login.clone()), Some(login)),
        HttpProxy::WrongLogin => (Some(login), Some(ProxyCredentials::generate())),
        HttpProxy::NoLogin => (Some(login), None),
    }
}

/// Returns the relay that a scenario asks for. It listens for TLS only where TLS is the transport: Chrome would
/// otherwise use either.
pub(in crate::runner) fn relay_options(transport: RelayTransport) -> RelayOptions {
    let announced = match transport {
        RelayTransport::Udp => relay::TurnTransport::Udp,
        RelayTransport::Tcp => relay::TurnTransport::Tcp,
        RelayTransport::Tls => relay::TurnTransport::Tls,
    };
    RelayOptions { announced: vec![announced], tls: transport == RelayTransport::Tls }
}

/// Returns the options of the session that a scenario asks for.
pub(in crate::runner) fn session_options(spec: &EmbeddedSpec) -> SessionOptions {
    let video_codec = match spec.video_codec {
        VideoCodec::Vp8 => media::RtpVideoCodec::Vp8,
        VideoCodec::Vp9 => media::RtpVideoCodec::Vp9,
        VideoCodec::H264 => media::RtpVideoCodec::H264,
        VideoCodec::Av1 => media::RtpVideoCodec::Av1,
    };
    SessionOptions { video_codec, ..SessionOptions::default() }
}

/// Returns a token of the kind that the scenario asks for.
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
