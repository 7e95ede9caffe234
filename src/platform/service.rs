//! The running platform: one task owns the sessions; sockets and the media router talk to it through channels.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::api;
use super::clock::now;
use super::event::PlatformEvent;
use super::fault::FaultClock;
use super::media::{MediaEvent, MediaRequest, PeerKind};
use super::messaging::{Output, Refusal, Session, SessionConfig, SocketId};
use super::socket::SocketOutput;
use crate::credentials::{Project, SessionId};
use crate::fault::{Action, Fault, Faults, Leg};

/// The logical address that raptor messages go to and come from.
const SYMPHONY_ADDRESS: &str = "symphony.precall.test";

/// How many inputs wait for the platform's task.
const MAX_WAITING_INPUTS: usize = 1024;

/// The way to a media router and back.
#[derive(Debug)]
pub struct MediaPort {
    /// What the router is asked.
    pub requests: mpsc::UnboundedSender<MediaRequest>,
    /// What it says.
    pub events: mpsc::UnboundedReceiver<MediaEvent>,
}

/// A running platform; clones are the same platform. It ends when [`Platform::stop`] is called.
#[derive(Clone)]
pub struct Platform {
    shared: Arc<Shared>,
}

struct Shared {
    project: Project,
    session_id: SessionId,
    next_socket: AtomicU64,
    inputs: mpsc::Sender<Input>,
    events: mpsc::UnboundedSender<PlatformEvent>,
    faults: FaultClock,
    task: AbortHandle,
}

/// What a socket has to say.
pub(super) enum SocketInput {
    Frame(Vec<u8>),
    Closed,
}

enum Input {
    Opened {
        socket: SocketId,
        client_socket: Option<String>,
        reconnect: bool,
        sender: mpsc::Sender<SocketOutput>,
    },
    Socket(SocketId, SocketInput),
    /// It is on from now on.
    Fault(Fault),
}

impl Platform {
    /// Starts a platform with one session. What happens on it comes out of the receiver.
    pub fn start(project: Project, media: MediaPort) -> (Self, mpsc::UnboundedReceiver<PlatformEvent>) {
        let session_id = SessionId::generate(&project.api_key, now().unix_ms);
        let (inputs, receiver) = mpsc::channel(MAX_WAITING_INPUTS);
        let (events, happened) = mpsc::unbounded_channel();
        let session = Session::new(SessionConfig {
            project: project.clone(),
            session_id: session_id.as_str().to_owned(),
            symphony_address: SYMPHONY_ADDRESS.to_owned(),
        });
        let service = Service { session, sockets: HashMap::new(), media, events: events.clone(), is_deaf: false };
        let task = tokio::spawn(service.run(receiver)).abort_handle();
        let next_socket = AtomicU64::new(1);
        let faults = FaultClock::default();
        (Self { shared: Arc::new(Shared { project, session_id, next_socket, inputs, events, faults, task }) }, happened)
    }

    /// The project whose tokens open sessions here.
    pub fn project(&self) -> &Project {
        &self.shared.project
    }

    /// The platform's session.
    pub fn session_id(&self) -> &SessionId {
        &self.shared.session_id
    }

    /// The platform's HTTP and WebSocket routes, below the base path that clients are given as their proxy.
    pub fn router(&self) -> axum::Router {
        api::router(self.clone())
    }

    /// From now on the platform has these faults; those with a time come so long after [`Platform::begin_faults`].
    pub async fn set_faults(&self, faults: Faults) {
        for fault in faults.0.iter().filter(|fault| fault.at.is_none()) {
            self.fault_is_on(*fault).await;
        }
        self.shared.faults.set(faults);
    }

    /// The tests begin: the times of faults count from here.
    pub fn begin_faults(&self) {
        for (after, fault) in self.shared.faults.begin() {
            let platform = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                platform.fault_is_on(fault).await;
            });
        }
    }

    async fn fault_is_on(&self, fault: Fault) {
        // A platform that has ended has no more faults.
        let _ = self.shared.inputs.send(Input::Fault(fault)).await;
    }

    /// What a leg does instead of working, at this moment.
    pub(super) fn fault(&self, leg: Leg) -> Option<Action> {
        self.shared.faults.action(leg)
    }

    /// Ends the platform: every socket is closed.
    pub fn stop(&self) {
        self.shared.task.abort();
    }

    pub(super) fn has_session(&self, id: &str) -> bool {
        self.shared.session_id.as_str() == id
    }

    pub(super) fn symphony_address(&self) -> &'static str {
        SYMPHONY_ADDRESS
    }

    pub(super) fn tell(&self, event: PlatformEvent) {
        // Nobody listening is nobody to tell.
        let _ = self.shared.events.send(event);
    }

    /// Takes a socket in; `None` when the platform has ended.
    pub(super) async fn open_socket(
        &self,
        client_socket: Option<String>,
        reconnect: bool,
        sender: mpsc::Sender<SocketOutput>,
    ) -> Option<SocketId> {
        let socket = SocketId(self.shared.next_socket.fetch_add(1, Ordering::Relaxed));
        let opened = Input::Opened { socket, client_socket, reconnect, sender };
        self.shared.inputs.send(opened).await.is_ok().then_some(socket)
    }

    pub(super) async fn socket_input(&self, socket: SocketId, input: SocketInput) {
        // A platform that has ended closes its sockets, and so hears no more of them.
        let _ = self.shared.inputs.send(Input::Socket(socket, input)).await;
    }
}

/// The task that owns the session.
struct Service {
    session: Session,
    sockets: HashMap<SocketId, mpsc::Sender<SocketOutput>>,
    media: MediaPort,
    events: mpsc::UnboundedSender<PlatformEvent>,
    /// Hears and says nothing any more, by a fault.
    is_deaf: bool,
}

impl Service {
    async fn run(mut self, mut inputs: mpsc::Receiver<Input>) {
        loop {
            let timeout = self.session.poll_timeout().map(tokio::time::Instant::from_std);
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => self.handle(input),
                    None => return,
                },
                event = self.media.events.recv() => match event {
                    Some(event) => self.session.handle_media(event),
                    None => return,
                },
                () = sleep_until(timeout) => self.session.handle_timeout(now()),
            }
            while let Some(output) = self.session.poll_output() {
                self.carry_out(output);
            }
        }
    }

    fn handle(&mut self, input: Input) {
        match input {
            Input::Opened { socket, client_socket, reconnect, sender } => {
                self.sockets.insert(socket, sender);
                self.session.open_socket(now(), socket, client_socket, reconnect);
            }
            Input::Fault(fault) => self.fault(fault),
            Input::Socket(_, SocketInput::Frame(_)) if self.is_deaf => {}
            Input::Socket(socket, SocketInput::Frame(frame)) => self.session.handle_frame(now(), socket, &frame),
            Input::Socket(socket, SocketInput::Closed) => {
                self.sockets.remove(&socket);
                self.session.close_socket(now(), socket);
            }
        }
    }

    /// Faults of HTTP requests are done where those are taken.
    fn fault(&mut self, fault: Fault) {
        match (fault.leg, fault.action) {
            (Leg::Messaging, Action::Reset | Action::Status(_)) => self.sockets.clear(),
            (Leg::Messaging, Action::Hang) => self.is_deaf = true,
            (Leg::Messaging, Action::Disconnect) => self.session.disconnect_all(),
            (Leg::Publish, Action::Unpublish) => self.session.unpublish_all(),
            (Leg::PublisherMedia, _) => self.request_media(MediaRequest::Block(PeerKind::Publisher)),
            (Leg::SubscriberMedia, _) => self.request_media(MediaRequest::Block(PeerKind::Subscriber)),
            (leg, Action::Status(code)) => self.session.refuse(leg, Refusal::Status(code)),
            (leg, Action::Hang) => self.session.refuse(leg, Refusal::Silence),
            _ => {}
        }
    }

    fn request_media(&self, request: MediaRequest) {
        // Without a router there is no media; the client's own time limit says so.
        let _ = self.media.requests.send(request);
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { .. } if self.is_deaf => {}
            Output::Send { socket, frame } => {
                let sent = self.sockets.get(&socket).map(|sender| sender.try_send(SocketOutput::Frame(frame)));
                if matches!(sent, Some(Err(_))) {
                    // A client that does not keep up loses its socket: dropping the sender closes it.
                    self.sockets.remove(&socket);
                }
            }
            Output::Close { socket, close } => {
                if let Some(sender) = self.sockets.remove(&socket) {
                    // A full queue closes the socket as well, only without saying why.
                    let _ = sender.try_send(SocketOutput::Close(close));
                }
            }
            Output::Media(request) => self.request_media(request),
            Output::Activity(activity) => {
                let _ = self.events.send(PlatformEvent::Session(activity));
            }
        }
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
