//! A running platform, as everybody else sees it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::api;
use super::clock::now;
use super::directory::{Directory, Hosted, SessionOptions};
use super::event::PlatformEvent;
use super::event_queue::{EventQueue, PlatformEvents, event_queue};
use super::fault::FaultClock;
use super::limits::MAX_INPUT_BYTES;
use super::messaging::{Opening, ServerReply, ServerRequest, SocketId};
use super::relay::{IceServer, RelayPort, RelayRequest};
use super::service::{Census, Input, MediaPort, Opened, Service, SocketInput};
use super::socket::SocketQueue;
use super::socket_counts::SocketCounts;
use super::task::{PartEnded, Task};
use super::ticket::{Ticket, Tickets};
use crate::credentials::{Project, SessionId};
use precall_netem::fault::{self, Action, Fault, Faults};

/// How many inputs wait for the platform's task.
const MAX_WAITING_INPUTS: usize = 1024;

/// A running platform; clones are the same platform. It ends when [`Platform::stop`] is called.
#[derive(Clone)]
pub struct Platform {
    shared: Arc<Shared>,
}

struct Shared {
    projects: Vec<Project>,
    /// Since when it runs, in ms since the Unix epoch.
    started_ms: u64,
    directory: Mutex<Directory>,
    session_defaults: Mutex<SessionOptions>,
    next_socket: AtomicU64,
    inputs: mpsc::Sender<Input>,
    /// Shares out what frames of clients may wait in `inputs`.
    input_bytes: Arc<Semaphore>,
    events: EventQueue,
    tickets: Tickets,
    sockets: SocketCounts,
    faults: FaultClock,
    relay: Mutex<Option<RelayPort>>,
    task: Task,
}

impl Platform {
    /// Starts a platform without sessions, and with these projects, whose servers may ask its REST API. What happens on it
    /// comes out of the receiver.
    pub fn start(projects: Vec<Project>, media: MediaPort) -> (Self, PlatformEvents) {
        let (inputs, receiver) = mpsc::channel(MAX_WAITING_INPUTS);
        let (events, happened) = event_queue();
        let tickets = Tickets::generate();
        let service = Service::new(media, events.clone(), tickets.clone());
        let task = Task::spawn("the platform's sessions", service.run(receiver));
        let shared = Shared {
            projects,
            started_ms: now().unix_ms,
            directory: Mutex::default(),
            session_defaults: Mutex::default(),
            next_socket: AtomicU64::new(1),
            inputs,
            input_bytes: Arc::new(Semaphore::new(MAX_INPUT_BYTES)),
            events,
            tickets,
            sockets: SocketCounts::default(),
            faults: FaultClock::default(),
            relay: Mutex::default(),
            task,
        };
        (Self { shared: Arc::new(shared) }, happened)
    }

    /// A new session of this project, which its tokens open.
    pub fn create_session(&self, project: &Project, options: SessionOptions) -> SessionId {
        let hosted = Hosted { project: project.clone(), options, created_ms: now().unix_ms };
        let id = self.directory().create(hosted);
        self.tell(PlatformEvent::SessionCreated { session: id.as_str().to_owned(), options });
        id
    }

    /// What sessions have that an application's server creates from now on, unless it asks for something else.
    pub fn set_session_defaults(&self, options: SessionOptions) {
        *self.shared.session_defaults.lock().unwrap_or_else(PoisonError::into_inner) = options;
    }

    pub(super) fn session_defaults(&self) -> SessionOptions {
        *self.shared.session_defaults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The platform's HTTP and WebSocket routes, below the base path that clients are given as their proxy.
    pub fn router(&self) -> axum::Router {
        api::router(self.clone())
    }

    /// From now on clients are told of this relay, and its faults are the platform's.
    pub fn set_relay(&self, relay: RelayPort) {
        if let Some(action) = self.fault(fault::Service::Relay) {
            // As in `fault_is_on`.
            let _ = relay.requests.send(RelayRequest::Fault(action));
        }
        *self.relay() = Some(relay);
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

    /// Ends the platform: every socket is closed.
    pub fn stop(&self) {
        self.shared.task.abort();
    }

    /// Waits until the platform ends without having been told to.
    pub async fn ended(&self) -> PartEnded {
        self.shared.task.ended().await
    }

    /// How much is going on; `None` once the platform has ended.
    pub async fn census(&self) -> Option<Census> {
        let (reply, answer) = oneshot::channel();
        self.shared.inputs.send(Input::Census(reply)).await.ok()?;
        answer.await.ok()
    }

    /// The projects whose servers may ask the REST API.
    pub(super) fn projects(&self) -> &[Project] {
        &self.shared.projects
    }

    /// When the platform was started, in ms since the Unix epoch: its projects are as old.
    pub(super) fn started_ms(&self) -> u64 {
        self.shared.started_ms
    }

    pub(super) fn session(&self, id: &str) -> Option<Hosted> {
        self.directory().find(id)
    }

    /// What a leg does instead of working, at this moment.
    pub(super) fn fault(&self, service: fault::Service) -> Option<Action> {
        self.shared.faults.action(service)
    }

    /// What clients need to reach the relay; nothing when there is none.
    pub(super) fn ice_servers(&self) -> Vec<IceServer> {
        self.relay().as_ref().map(|relay| relay.ice_servers(now().unix_ms / 1000)).unwrap_or_default()
    }

    pub(super) fn tell(&self, event: PlatformEvent) {
        self.shared.events.push(event);
    }

    /// Which sockets there are room for.
    pub(super) fn sockets(&self) -> &SocketCounts {
        &self.shared.sockets
    }

    /// What a client can take up the connection by that it makes with this token.
    pub(super) fn ticket(&self, session_id: &str, connection: &str, token: &str) -> Ticket {
        self.shared.tickets.issue(session_id, connection, token)
    }

    /// Asks a session something for an application's server.
    pub(super) async fn ask(&self, session_id: &str, request: ServerRequest) -> ServerReply {
        let Some(hosted) = self.session(session_id) else { return ServerReply::NotFound };
        let (reply, answer) = oneshot::channel();
        let input = Input::Server { session_id: session_id.to_owned(), hosted, request, reply };
        // A platform that has ended knows nothing any more.
        let _ = self.shared.inputs.send(input).await;
        answer.await.unwrap_or(ServerReply::NotFound)
    }

    /// Takes a client's socket in; `None` when there is no such session, or the platform has ended.
    pub(super) async fn open_socket(&self, session_id: &str, opening: Opening, queue: SocketQueue) -> Option<SocketId> {
        let hosted = self.session(session_id)?;
        let socket = SocketId(self.shared.next_socket.fetch_add(1, Ordering::Relaxed));
        let session_id = session_id.to_owned();
        let opened = Input::Opened(Opened { session_id, hosted, socket, opening, queue });
        self.shared.inputs.send(opened).await.is_ok().then_some(socket)
    }

    pub(super) async fn socket_input(&self, socket: SocketId, input: SocketInput) {
        // A platform that has ended closes its sockets, and so hears no more of them.
        let _ = self.shared.inputs.send(Input::Socket(socket, input)).await;
    }

    /// Hands a frame of a client in, once there is room for it. Whoever sends a lot waits in line with the others.
    pub(super) async fn socket_frame(&self, socket: SocketId, frame: Bytes) {
        let bytes = u32::try_from(frame.len().clamp(1, MAX_INPUT_BYTES)).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let Ok(share) = Arc::clone(&self.shared.input_bytes).acquire_many_owned(bytes).await else { return };
        self.socket_input(socket, SocketInput::Frame(frame, share)).await;
    }

    async fn fault_is_on(&self, fault: Fault) {
        if fault.service == fault::Service::Relay {
            if let Some(relay) = self.relay().as_ref() {
                // A relay that has ended has no more faults.
                let _ = relay.requests.send(RelayRequest::Fault(fault.action));
            }
            return;
        }
        // A platform that has ended has no more faults.
        let _ = self.shared.inputs.send(Input::Fault(fault)).await;
    }

    fn relay(&self) -> MutexGuard<'_, Option<RelayPort>> {
        // As the directory.
        self.shared.relay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        // The directory is whole between any two statements that hold the lock.
        self.shared.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
