//! The handle of a running platform's sessions, for its listeners, sockets and owner.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::clock::Now;
use super::event::PlatformEvent;
use super::event_queue::{EventQueue, PlatformEvents, event_queue};
use super::fault::FaultClock;
use super::limits::MAX_INPUT_BYTES;
use super::media::AccessId;
use super::media_port::MediaPort;
use super::messaging::{Opening, ServerReply, ServerRequest, SocketId};
use super::relay::{IceServer, RelayPort, RelayRequest};
use super::session_input::{OpenedSocket, PlatformStats, SessionInput, SocketInput};
use super::session_registry::{SessionOptions, SessionRecord, SessionRegistry};
use super::session_task::SessionTask;
use super::socket_counts::SocketCounts;
use super::socket_queue::SocketQueue;
use super::task::{PartEnded, Task};
use super::ticket::{Ticket, Tickets};
use crate::credentials::{Project, SessionId};
use precall_netem::fault::{Action, Fault, Faults, Service};

/// How many inputs wait for the task of the sessions.
const MAX_WAITING_INPUTS: usize = 1024;

/// The sessions of a running platform, as the clients of one access point reach them. Clones are handles of the same
/// platform, which ends with [`PlatformHandle::stop`].
#[derive(Clone)]
pub(crate) struct PlatformHandle {
    shared: Arc<Shared>,
    access: AccessId,
    /// What the firewall of the access point does to the services that are reached by HTTP.
    firewall: Arc<Faults>,
}

struct Shared {
    projects: Vec<Project>,
    /// When the platform was started, in milliseconds since the Unix epoch.
    started_ms: u64,
    registry: Mutex<SessionRegistry>,
    session_defaults: SessionOptions,
    next_socket: AtomicU64,
    inputs: mpsc::Sender<SessionInput>,
    /// Bounds the bytes of clients' frames that wait in `inputs`.
    input_bytes: Arc<Semaphore>,
    events: EventQueue,
    tickets: Tickets,
    sockets: SocketCounts,
    faults: FaultClock,
    /// The relays of the access points.
    relays: Mutex<BTreeMap<AccessId, RelayPort>>,
    task: Task,
}

impl PlatformHandle {
    /// Starts a platform without sessions. The servers of `projects` may use the REST API, and create sessions with
    /// these defaults.
    pub(crate) fn start(
        projects: Vec<Project>,
        session_defaults: SessionOptions,
        media: MediaPort,
    ) -> (Self, PlatformEvents) {
        let (inputs, receiver) = mpsc::channel(MAX_WAITING_INPUTS);
        let (events, receiver_of_events) = event_queue();
        let tickets = Tickets::generate();
        let task = SessionTask::new(media, events.clone(), tickets.clone());
        let task = Task::spawn("the platform's sessions", task.run(receiver));
        let shared = Shared {
            projects,
            started_ms: Now::read().unix_ms,
            registry: Mutex::default(),
            session_defaults,
            next_socket: AtomicU64::new(1),
            inputs,
            input_bytes: Arc::new(Semaphore::new(MAX_INPUT_BYTES)),
            events,
            tickets,
            sockets: SocketCounts::default(),
            faults: FaultClock::default(),
            relays: Mutex::default(),
            task,
        };
        let (access, firewall) = (AccessId::default(), Arc::default());
        (Self { shared: Arc::new(shared), access, firewall }, receiver_of_events)
    }

    /// Returns a handle for the clients of another access point, behind this firewall.
    pub(crate) fn at(&self, access: AccessId, firewall: Faults) -> Self {
        Self { shared: Arc::clone(&self.shared), access, firewall: Arc::new(firewall) }
    }

    /// Returns the access point whose clients the handle is for.
    pub(crate) fn access(&self) -> AccessId {
        self.access
    }

    /// Creates a session of a project.
    pub(crate) fn create_session(&self, project: &Project, options: SessionOptions) -> SessionId {
        let record = SessionRecord { project: project.clone(), options, created_ms: Now::read().unix_ms };
        let id = self.registry().create(record);
        self.report(PlatformEvent::SessionCreated { session: id.as_str().to_owned(), options });
        id
    }

    /// Returns the options of sessions that servers create without asking for others.
    pub(crate) fn session_defaults(&self) -> SessionOptions {
        self.shared.session_defaults
    }

    /// Lists this relay in the session info of the access point from now on. Faults of the relay are sent to it.
    pub(crate) fn set_relay(&self, relay: RelayPort) {
        if let Some(action) = self.fault(Service::Relay) {
            // As in `begin_fault`.
            let _ = relay.requests.send(RelayRequest::Fault(action));
        }
        self.relays().insert(self.access, relay);
    }

    /// Begins the faults without a time. Those with a time begin that long after [`PlatformHandle::begin_faults`]. HTTP
    /// requests meet only the latest set of faults; what an earlier set has done to sessions, media and relay stays.
    pub(crate) async fn set_faults(&self, faults: Faults) {
        for fault in faults.0.iter().filter(|fault| fault.at.is_none()) {
            self.begin_fault(*fault).await;
        }
        self.shared.faults.set(faults);
    }

    /// Begins the test: the times of faults count from now.
    pub(crate) fn begin_faults(&self) {
        for (after, fault) in self.shared.faults.begin() {
            let platform = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                platform.begin_fault(fault).await;
            });
        }
    }

    /// Ends all sessions and closes their sockets.
    pub(crate) fn stop(&self) {
        self.shared.task.abort();
    }

    /// Waits until the sessions end unexpectedly.
    pub(crate) async fn ended(&self) -> PartEnded {
        self.shared.task.ended().await
    }

    /// Returns the number of sessions and sockets; `None` once the platform has ended.
    pub(crate) async fn stats(&self) -> Option<PlatformStats> {
        let (reply, answer) = oneshot::channel();
        self.shared.inputs.send(SessionInput::Stats(reply)).await.ok()?;
        answer.await.ok()
    }

    /// Returns the projects whose servers may use the REST API.
    pub(crate) fn projects(&self) -> &[Project] {
        &self.shared.projects
    }

    /// Returns when the platform was started, in milliseconds since the Unix epoch. Its projects report it as their
    /// creation time.
    pub(crate) fn started_ms(&self) -> u64 {
        self.shared.started_ms
    }

    /// Returns the record of a session; `None` for an unknown id.
    pub(crate) fn session(&self, id: &str) -> Option<SessionRecord> {
        self.registry().find(id)
    }

    /// Returns what a service does now instead of its work; `None` if it works.
    pub(crate) fn fault(&self, service: Service) -> Option<Action> {
        self.shared.faults.action(service).or_else(|| self.firewall.action(service, None))
    }

    /// Returns the ICE servers of the access point's relay, with fresh credentials. Empty without a relay.
    pub(crate) fn ice_servers(&self) -> Vec<IceServer> {
        self.relays().get(&self.access).map(|relay| relay.ice_servers(Now::read().unix_seconds())).unwrap_or_default()
    }

    /// Reports an event to the owner of the platform.
    pub(crate) fn report(&self, event: PlatformEvent) {
        self.shared.events.push(event);
    }

    /// Returns the count of open WebSockets.
    pub(crate) fn sockets(&self) -> &SocketCounts {
        &self.shared.sockets
    }

    /// Returns the ticket by which a client can resume the connection that it makes with this token.
    pub(crate) fn ticket(&self, session_id: &str, connection: &str, token: &str) -> Ticket {
        self.shared.tickets.issue(session_id, connection, token)
    }

    /// Passes a request of an application's server to a session.
    pub(crate) async fn server_request(&self, session_id: &str, request: ServerRequest) -> ServerReply {
        let Some(record) = self.session(session_id) else { return ServerReply::NotFound };
        let (reply, answer) = oneshot::channel();
        let input = SessionInput::Server { session_id: session_id.to_owned(), record, request, reply };
        // A platform that has ended has no sessions.
        let _ = self.shared.inputs.send(input).await;
        answer.await.unwrap_or(ServerReply::NotFound)
    }

    /// Adds a client's socket to a session; `None` for an unknown session, or once the platform has ended.
    pub(crate) async fn open_socket(&self, session_id: &str, opening: Opening, queue: SocketQueue) -> Option<SocketId> {
        let record = self.session(session_id)?;
        let socket = SocketId(self.shared.next_socket.fetch_add(1, Ordering::Relaxed));
        let session_id = session_id.to_owned();
        let opened = SessionInput::Opened(OpenedSocket { session_id, record, socket, opening, queue });
        self.shared.inputs.send(opened).await.is_ok().then_some(socket)
    }

    /// Passes an input from a socket to its session.
    pub(crate) async fn socket_input(&self, socket: SocketId, input: SocketInput) {
        // A platform that has ended has closed its sockets.
        let _ = self.shared.inputs.send(SessionInput::Socket(socket, input)).await;
    }

    /// Passes a client's frame to its session, once there is room for it. A client that sends a lot waits in line with
    /// the others.
    pub(crate) async fn socket_frame(&self, socket: SocketId, frame: Bytes) {
        let bytes = u32::try_from(frame.len().clamp(1, MAX_INPUT_BYTES)).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let Ok(share) = Arc::clone(&self.shared.input_bytes).acquire_many_owned(bytes).await else { return };
        self.socket_input(socket, SocketInput::Frame(frame, share)).await;
    }

    async fn begin_fault(&self, fault: Fault) {
        self.report(PlatformEvent::FaultBegan(fault));
        if fault.service == Service::Relay {
            for relay in self.relays().values() {
                // A relay that has ended has no faults.
                let _ = relay.requests.send(RelayRequest::Fault(fault.action));
            }
            return;
        }
        // A platform that has ended has no faults.
        let _ = self.shared.inputs.send(SessionInput::Fault(fault)).await;
    }

    fn relays(&self) -> MutexGuard<'_, BTreeMap<AccessId, RelayPort>> {
        // As in `registry`.
        self.shared.relays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn registry(&self) -> MutexGuard<'_, SessionRegistry> {
        // No panic can leave the registry half changed.
        self.shared.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
