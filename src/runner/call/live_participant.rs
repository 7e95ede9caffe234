//! A participant of a running call: its page, and its access to the platform.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::task::AbortOnDropHandle;

use super::app::LiveApp;
use super::perceived::films_of;
use crate::page::{
    CallSetup, HARNESS_PATH, PageAllowance, PageFault, RelayOnly, RequestedTests, observer_script, open_call,
    script_call, step_call,
};
use crate::runner::backend::{
    browser_login, carries_streams, host_of, intercepted_hosts, logins, relay_options, signalling_origins,
};
use crate::runner::case_error::CaseError;
use crate::runner::conditions::{EVERY_HOST, PageConditions};
use crate::runner::devices::{Devices, devices_of_participant};
use crate::runner::leased_page::Leased;
use crate::runner::listener::{Listener, PageMessage};
use crate::runner::media_host::media_host;
use crate::runner::test_bed::TestBed;
use precall_browser::BrowserError;
use precall_netem::Backend;
use precall_netem::rng::derive_seed;
use precall_platform::credentials::{Project, Role, SessionId, TokenClaims};
use precall_platform::transport::Tap;
use precall_platform::{AccessOptions, AccessPoint, ClientAccess, InterceptOptions, LocalPlatform, MediaOptions};
use precall_results::BuildInfo;
use precall_scenario::plan::Case;
use precall_scenario::{Access, CallRole, CallSpec, EmbeddedSpec, ParticipantSpec, StepSpec};

/// How long a participant's token is valid: longer than any call.
const TOKEN_SECONDS: u64 = 3600;

/// The source of OpenTok.js that an application brings along, in words.
pub(super) const OF_APPLICATION: &str = "the application";

/// What a participant's page says: the index of the participant, and the message.
pub(super) type Said = (usize, Result<PageMessage, PageFault>);

/// A participant of a running call.
pub(super) struct LiveParticipant<'a> {
    pub spec: &'a ParticipantSpec,
    pub sdk: BuildInfo,
    pub access: AccessPoint,
    pub leased: Leased,
    /// Whether its media is carried by a TCP stream.
    pub is_stream: bool,
    /// How its page is opened and entered.
    pub page: ParticipantPage,
    /// The origin of its page.
    pub origin: String,
    pub state: ParticipantState,
    has_fetched_sdk: Arc<AtomicBool>,
    /// The steps in the page of an application that have not ended, with their numbers.
    pub open_steps: Vec<(u64, StepSpec)>,
    last_step: u64,
    /// The barrier at which its script waits.
    pub waits_at: Option<String>,
    _listening: AbortOnDropHandle<()>,
}

/// The page of a participant. Both kinds hold the token: never log them.
pub(super) enum ParticipantPage {
    /// precall's own page, which this call prepares.
    Own { setup: String },
    /// A page of an application, at this URL; the call runs the scenario's script in it.
    App { url: String, script: Option<String> },
}

/// What will change by itself at a participant's place.
pub(super) struct ParticipantChanges {
    pub devices: Devices,
    pub conditions: PageConditions,
}

/// The progress of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParticipantState {
    /// Its page loads.
    Loading,
    /// OpenTok.js is there, and it has not been asked to join.
    Ready,
    /// The page of the application is on its way.
    Opening,
    /// It was asked to join, or the page of the application is there.
    Joined,
    /// Its page is loaded again, after which it joins.
    Reloading,
    /// Its page has reported its last counters.
    Done,
    /// Its page was closed by a step.
    Closed,
}

/// What all participants of a call have in common.
#[derive(Clone, Copy)]
pub(super) struct CallContext<'a> {
    pub case: &'a Case,
    pub call: &'a CallSpec,
    pub platform: &'a EmbeddedSpec,
    pub bed: &'a TestBed,
    pub project: &'a Project,
    pub session_id: &'a SessionId,
}

impl<'a> LiveParticipant<'a> {
    /// Opens a participant's way to the platform and its page: that of the application, or precall's own without one.
    /// Returns with it what will change by itself.
    pub(super) async fn open(
        index: usize,
        spec: &'a ParticipantSpec,
        context: CallContext<'a>,
        app: Option<&LiveApp<'_>>,
        platform: &mut LocalPlatform,
        tap: Option<Tap>,
        said: UnboundedSender<Said>,
    ) -> Result<(Self, ParticipantChanges), CaseError> {
        let CallContext { case, call, platform: embedded, bed, project, session_id } = context;
        let browser = case.spec.browser_of(spec);
        let (sdk, sdk_url) = bed.sdk(case.spec.sdk_of(spec)).ok_or(CaseError::NotFetched("SDK"))?;
        let sdk =
            BuildInfo { version: sdk.version.clone(), source: sdk.source.clone(), integrity: sdk.integrity.clone() };
        let (accepted_login, sent_login) = logins(spec.firewall.proxy);
        let has_fetched_sdk = Arc::new(AtomicBool::new(false));
        let access = match embedded.access {
            Access::IpProxy => ClientAccess::IpProxy,
            Access::Intercept => {
                let (page_hosts, pages) = match app {
                    Some(_) => {
                        let fetched = Arc::clone(&has_fetched_sdk);
                        bed.files_for_pages(case.spec.sdk_of(spec), move || fetched.store(true, Ordering::Relaxed))
                    }
                    None => Default::default(),
                };
                let login = accepted_login;
                ClientAccess::Intercept(InterceptOptions { hosts: intercepted_hosts(), login, page_hosts, pages })
            }
        };
        let network = spec.network.for_links();
        let options = AccessOptions {
            access,
            media: MediaOptions {
                host: media_host(browser.kind, host_of(embedded, bed)?)?,
                ice_tcp: embedded.ice_tcp,
                tap,
                ..MediaOptions::default()
            },
            relay: embedded.relay.map(relay_options),
            media_network: network.clone(),
            signalling_network: network,
            // Links of different participants must not draw the same random numbers.
            seed: derive_seed(case.seed, &spec.name),
            firewall: spec.firewall.clone(),
        };
        let access = platform.open_access(options).await.map_err(CaseError::platform)?;
        let url = access.url();
        let is_proxy = embedded.access == Access::IpProxy;
        let token = token(spec, project, session_id)?;
        let script = spec.script.as_ref().map(|script| bed.script(script));
        let harness_origin = bed.http.origin();
        let page = match app {
            Some(app) => {
                let at = |path: String| format!("https://{}{path}", TestBed::FILES_HOST);
                let script = script.map(|path| script_call(&at(path), &spec.name));
                ParticipantPage::App { url: app.page_url(&spec.name, project, session_id, &token), script }
            }
            None => {
                let script_url = script.map(|path| format!("{harness_origin}{path}"));
                let connects_to = signalling_origins(embedded.access, &url);
                let setup = CallSetup {
                    sdk_url: &sdk_url,
                    api_key: &project.api_key,
                    session_id,
                    token: &token,
                    proxy_url: is_proxy.then_some(url.as_str()),
                    relay: if embedded.relay.is_some() { RelayOnly::Told } else { RelayOnly::No },
                    participant: spec,
                    script_url: script_url.as_deref(),
                    connects_to: Some(&connects_to),
                    films: &films_of(case, call),
                };
                ParticipantPage::Own { setup: setup.prepare_call() }
            }
        };
        let devices = Devices::new(spec.devices);
        let proxy = (!is_proxy).then(|| browser_login(&url, sent_login.as_ref()));
        let context = devices.context(harness_origin.clone(), proxy);
        let fake = devices_of_participant(spec, index);
        let mut leased = bed.browsers.new_page(browser, fake, devices.need_own_browser(), context).await?;
        let asked = RequestedTests { connectivity: false, quality: false, call: true };
        let allowance = PageAllowance::of_call(call.duration, call.participants.len(), app.is_some());
        // A page of an application may navigate.
        let page_url = app.is_none().then(|| format!("{harness_origin}{HARNESS_PATH}"));
        let listener = Listener::new(leased.page.take_events(), page_url, asked, allowance);
        devices.prepare(&*leased.page).await?;
        if app.is_some() {
            leased.page.run_first(&observer_script()).await?;
            leased.page.accept_dialogs().await?;
        }
        let origin = app.map_or(harness_origin, LiveApp::origin);
        if app.is_some() {
            devices.permit(&*leased.page, &origin).await?;
        }
        let unlinked = (spec.network.backend == Backend::DevTools).then(|| match is_proxy {
            true => format!("{url}/*"),
            false => EVERY_HOST.to_owned(),
        });
        let conditions = PageConditions::new(&spec.network, unlinked);
        let listening = AbortOnDropHandle::new(tokio::spawn(listen(index, listener, said)));
        let participant = Self {
            spec,
            sdk,
            access,
            leased,
            is_stream: carries_streams(embedded, &spec.firewall),
            page,
            origin,
            state: ParticipantState::Loading,
            has_fetched_sdk,
            open_steps: Vec::new(),
            last_step: 0,
            waits_at: None,
            _listening: listening,
        };
        Ok((participant, ParticipantChanges { devices, conditions }))
    }

    /// Whether the page of an application has requested the scenario's OpenTok.js.
    pub(super) fn has_fetched_sdk(&self) -> bool {
        self.has_fetched_sdk.load(Ordering::Relaxed)
    }

    /// Whether its page is that of an application.
    pub(super) fn is_app(&self) -> bool {
        matches!(self.page, ParticipantPage::App { .. })
    }

    /// Joins the call: asks precall's page to, or opens the page of the application.
    pub(super) async fn join(&mut self) -> Result<(), CaseError> {
        let call = match &self.page {
            ParticipantPage::Own { .. } => {
                self.state = ParticipantState::Joined;
                CallSetup::JOIN_CALL.to_owned()
            }
            ParticipantPage::App { url, .. } => {
                self.state = ParticipantState::Opening;
                open_call(url)
            }
        };
        Ok(self.leased.page.evaluate(&call).await?)
    }

    /// Takes a step in the page; in that of an application, once the page is there.
    pub(super) async fn take_step(&mut self, step: StepSpec) -> Result<(), CaseError> {
        self.last_step += 1;
        let call = step_call(&step, self.last_step);
        if self.is_app() {
            self.open_steps.push((self.last_step, step));
            if self.state != ParticipantState::Joined {
                return Ok(());
            }
        }
        self.act(&call).await
    }

    /// Takes the steps that have not ended in the page of an application, which has begun just now.
    pub(super) async fn resume_steps(&self) -> Result<(), CaseError> {
        for (number, step) in &self.open_steps {
            self.act(&step_call(step, *number)).await?;
        }
        Ok(())
    }

    async fn act(&self, call: &str) -> Result<(), CaseError> {
        // As if the user had clicked: a screen is shared only then.
        match self.leased.page.act(call).await {
            // The page of an application is not there. The step stays open.
            Err(BrowserError::Refused { .. }) if self.is_app() => Ok(()),
            acted => Ok(acted?),
        }
    }

    /// Whether the participant's page is there, and has not told its last counters.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, ParticipantState::Closed | ParticipantState::Done)
    }
}

/// Passes on what a page says, until there is nothing more to hear.
async fn listen(index: usize, mut listener: Listener, said: UnboundedSender<Said>) {
    loop {
        let message = listener.next().await;
        let is_last = message.is_err() || matches!(message, Ok(PageMessage::Crashed(_)));
        if said.send((index, message)).is_err() || is_last {
            return;
        }
    }
}

/// Returns the token of a participant. Its data is the participant's name, by which the pages of others know it.
fn token(
    spec: &ParticipantSpec,
    project: &Project,
    session_id: &SessionId,
) -> Result<precall_platform::credentials::Token, CaseError> {
    let role = match spec.role {
        CallRole::Publisher => Role::Publisher,
        CallRole::Subscriber => Role::Subscriber,
        CallRole::Moderator => Role::Moderator,
    };
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let claims = TokenClaims::new(session_id, role, now, TOKEN_SECONDS);
    Ok(TokenClaims { connection_data: spec.name.clone(), ..claims }.sign(project)?)
}
