//! The task that runs the sessions. Sockets, the media router and the REST API reach it through channels.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::clock::Now;
use super::event::PlatformEvent;
use super::event_queue::EventQueue;
use super::hosts::SYMPHONY_ADDRESS;
use super::limits::MAX_HELD_BYTES;
use super::media::{MediaEvent, MediaRequest, PeerKind};
use super::media_port::MediaPort;
use super::memory_meter::MemoryMeter;
use super::messaging::{Close, Output, Refusal, ServerReply, Session, SessionConfig, SessionFault, SocketId};
use super::scope::{SessionNumber, scoped, unscoped};
use super::session_input::{OpenedSocket, PlatformStats, SessionInput, SocketInput};
use super::session_registry::SessionRecord;
use super::socket_queue::SocketQueue;
use super::ticket::Tickets;
use precall_netem::fault::{Action, Fault, Service};

/// How often the sessions check their timeouts, which are tens of seconds.
const TICK: Duration = Duration::from_secs(1);

/// The state of the task.
pub(super) struct SessionTask {
    sessions: HashMap<SessionNumber, ActiveSession>,
    numbers: HashMap<String, SessionNumber>,
    next_number: SessionNumber,
    sockets: HashMap<SocketId, (SessionNumber, SocketQueue)>,
    media: MediaPort,
    /// Requests that wait for room in the router's channel: those that one input, or one tick, has led to.
    requests: VecDeque<MediaRequest>,
    events: EventQueue,
    tickets: Tickets,
    /// Counts the bytes that wait for clients.
    meter: MemoryMeter,
    faults: Vec<Fault>,
    /// Whether a fault keeps the sessions from receiving and sending frames.
    is_deaf: bool,
}

/// A session that runs: a client is in it, or was a second ago.
struct ActiveSession {
    id: String,
    session: Session,
}

impl SessionTask {
    pub(crate) fn new(media: MediaPort, events: EventQueue, tickets: Tickets) -> Self {
        Self {
            sessions: HashMap::new(),
            numbers: HashMap::new(),
            next_number: 1,
            sockets: HashMap::new(),
            media,
            requests: VecDeque::new(),
            events,
            tickets,
            meter: MemoryMeter::default(),
            faults: Vec::new(),
            is_deaf: false,
        }
    }

    pub(crate) async fn run(mut self, mut inputs: mpsc::Receiver<SessionInput>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let router = self.media.requests.clone();
        loop {
            let is_idle = self.requests.is_empty();
            tokio::select! {
                room = router.reserve(), if !is_idle => match (room, self.requests.pop_front()) {
                    (Ok(room), Some(request)) => room.send(request),
                    (Ok(_), None) => {}
                    // Without a router there is no media, and clients give up after their own timeouts.
                    (Err(_), _) => self.requests.clear(),
                },
                input = inputs.recv(), if is_idle => match input {
                    Some(input) => self.handle(input),
                    None => return,
                },
                event = self.media.events.recv() => match event {
                    Some(event) => self.media_event(event),
                    None => return,
                },
                _ = ticks.tick() => self.tick(),
            }
        }
    }

    fn handle(&mut self, input: SessionInput) {
        match input {
            SessionInput::Opened(OpenedSocket { session_id, record, socket, opening, queue }) => {
                let number = self.activate(&session_id, record);
                self.sockets.insert(socket, (number, queue));
                self.with(number, |session| session.handle_socket_opened(Now::read(), socket, opening));
            }
            SessionInput::Server { session_id, record, request, reply } => {
                let number = self.activate(&session_id, record);
                let answer = self.with(number, |session| session.handle_server_request(request));
                // The caller may have stopped waiting.
                let _ = reply.send(answer.unwrap_or(ServerReply::NotFound));
            }
            SessionInput::Fault(fault) => self.fault(fault),
            SessionInput::Stats(reply) => {
                // The caller may have stopped waiting.
                let _ = reply.send(PlatformStats { sessions: self.sessions.len(), sockets: self.sockets.len() });
            }
            SessionInput::Socket(_, SocketInput::Frame(..)) if self.is_deaf => {}
            SessionInput::Socket(socket, SocketInput::Frame(frame, _share)) => {
                if let Some((number, _)) = self.sockets.get(&socket) {
                    self.with(*number, |session| session.handle_frame(Now::read(), socket, &frame));
                }
            }
            SessionInput::Socket(socket, SocketInput::Closed) => self.drop_socket(socket),
            SessionInput::Socket(socket, SocketInput::Lost) => {
                if let Some((number, _)) = self.sockets.get(&socket) {
                    self.with(*number, |session| session.handle_page_gone(socket));
                }
                self.drop_socket(socket);
            }
        }
    }

    /// Returns the number of a session, and starts the session if it does not run yet.
    fn activate(&mut self, id: &str, record: SessionRecord) -> SessionNumber {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.next_number;
        self.next_number += 1;
        let mut session = Session::new(SessionConfig {
            project: record.project,
            session_id: id.to_owned(),
            symphony_address: SYMPHONY_ADDRESS.to_owned(),
            options: record.options,
            tickets: self.tickets.clone(),
            meter: self.meter.clone(),
        });
        for fault in &self.faults {
            refuse(&mut session, *fault);
        }
        self.numbers.insert(id.to_owned(), number);
        self.sessions.insert(number, ActiveSession { id: id.to_owned(), session });
        number
    }

    /// Applies `act` to a session and carries out its outputs. While more than [`MAX_HELD_BYTES`] wait for clients,
    /// disconnects the client for which most bytes wait.
    fn with<T>(&mut self, number: SessionNumber, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let result = self.act(number, act);
        while self.meter.bytes() > MAX_HELD_BYTES
            && let Some((number, connection)) = self.heaviest()
        {
            self.act(number, |session| session.handle_overload(&connection));
        }
        result
    }

    /// Returns the client for which most bytes wait.
    fn heaviest(&self) -> Option<(SessionNumber, String)> {
        let heaviest = |(number, active): (&SessionNumber, &ActiveSession)| {
            active.session.heaviest().map(|(id, bytes)| (bytes, *number, id.to_owned()))
        };
        let (bytes, number, id) = self.sessions.iter().filter_map(heaviest).max()?;
        (bytes > 0).then_some((number, id))
    }

    fn act<T>(&mut self, number: SessionNumber, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let active = self.sessions.get_mut(&number)?;
        let result = act(&mut active.session);
        let mut outputs = Vec::new();
        while let Some(output) = active.session.poll_output() {
            outputs.push(output);
        }
        let id = active.id.clone();
        for output in outputs {
            self.carry_out(number, &id, output);
        }
        Some(result)
    }

    /// Closes a socket by dropping its queue, and reports this to its session.
    fn drop_socket(&mut self, socket: SocketId) {
        if let Some((number, _)) = self.sockets.remove(&socket) {
            self.with(number, |session| session.handle_socket_closed(Now::read(), socket));
        }
    }

    fn media_event(&mut self, event: MediaEvent) {
        if let Some((number, event)) = unscoped(event) {
            self.with(number, |session| session.handle_media_event(event));
        }
    }

    /// Lets the sessions handle their timeouts, and removes those without clients.
    fn tick(&mut self) {
        // A messaging service that hangs disconnects no client either.
        if self.is_deaf {
            return;
        }
        let numbers: Vec<_> = self.sessions.keys().copied().collect();
        for number in numbers {
            self.with(number, |session| {
                let now = Now::read();
                if session.poll_timeout().is_some_and(|at| at <= now.instant) {
                    session.handle_timeout(now);
                }
            });
            if let Some(active) = self.sessions.get(&number).filter(|active| active.session.is_empty()) {
                self.numbers.remove(&active.id);
                self.sessions.remove(&number);
            }
        }
    }

    /// Begins a fault. Faults of HTTP requests are carried out by [`fault::apply`](super::fault).
    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
        match (fault.service, fault.action) {
            (Service::Messaging, Action::Reset | Action::Status(_)) => {
                let sockets: Vec<_> = self.sockets.keys().copied().collect();
                for socket in sockets {
                    self.drop_socket(socket);
                }
            }
            (Service::Messaging, Action::Hang) => self.is_deaf = true,
            (Service::Messaging, Action::Disconnect) => {
                self.with_all(|session| session.handle_fault(SessionFault::DisconnectAll))
            }
            (Service::Publish, Action::Unpublish) => {
                self.with_all(|session| session.handle_fault(SessionFault::UnpublishAll))
            }
            (Service::PublisherMedia, _) => self.request_media(MediaRequest::Block(PeerKind::Publisher)),
            (Service::SubscriberMedia, _) => self.request_media(MediaRequest::Block(PeerKind::Subscriber)),
            _ => self.with_all(|session| refuse(session, fault)),
        }
    }

    fn with_all(&mut self, act: impl Fn(&mut Session)) {
        let numbers: Vec<_> = self.sessions.keys().copied().collect();
        for number in numbers {
            self.with(number, &act);
        }
    }

    fn request_media(&mut self, request: MediaRequest) {
        self.requests.push_back(request);
    }

    fn carry_out(&mut self, number: SessionNumber, id: &str, output: Output) {
        match output {
            Output::Send { .. } if self.is_deaf => {}
            Output::Send { socket, frame } => {
                let sent = self.sockets.get(&socket).map(|(_, queue)| queue.push(frame));
                if matches!(sent, Some(Err(_)))
                    && let Some((_, queue)) = self.sockets.remove(&socket)
                {
                    // A client that does not keep up loses its socket. The session keeps the waiting messages for its
                    // next one.
                    queue.abort();
                    self.with(number, |session| session.handle_socket_closed(Now::read(), socket));
                }
            }
            Output::Close { socket, close } => match (self.sockets.remove(&socket), close) {
                (Some((_, queue)), Close::Overloaded) => queue.abort(),
                (Some((_, queue)), close) => queue.close(close),
                (None, _) => {}
            },
            Output::Media(request) => self.request_media(scoped(number, request)),
            Output::Activity(activity) => {
                self.events.push(PlatformEvent::Session { session: id.to_owned(), activity });
            }
        }
    }
}

/// Makes a session refuse the requests that a fault names.
fn refuse(session: &mut Session, fault: Fault) {
    match fault.action {
        Action::Status(code) => session.handle_fault(SessionFault::Refuse(fault.service, Refusal::Status(code))),
        Action::Hang => session.handle_fault(SessionFault::Refuse(fault.service, Refusal::Silence)),
        _ => {}
    }
}
