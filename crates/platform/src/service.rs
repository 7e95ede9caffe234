//! The task that runs the sessions: sockets, the media router and the REST API talk to it through channels.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::clock::now;
use super::directory::Hosted;
use super::event::PlatformEvent;
use super::event_queue::EventQueue;
use super::held::Meter;
use super::limits::MAX_HELD_BYTES;
use super::media::{MediaEvent, MediaRequest, PeerKind};
use super::messaging::{Close, Opening, Output, Refusal, ServerReply, ServerRequest, Session, SessionConfig, SocketId};
use super::scope::{SessionNumber, scoped, unscoped};
use super::socket::SocketQueue;
use super::ticket::Tickets;
use precall_netem::fault::{self, Action, Fault};

/// The logical address that raptor messages go to and come from.
pub(super) const SYMPHONY_ADDRESS: &str = "symphony.precall.test";

/// How often sessions look for clients that are gone; their limits are tens of seconds.
const TICK: Duration = Duration::from_secs(1);

/// The way to a media router and back.
#[derive(Debug)]
pub struct MediaPort {
    /// What the router is asked. While it has no room, the platform takes no further input of clients.
    pub requests: mpsc::Sender<MediaRequest>,
    /// What it says: a few events for each request, of which a bounded number waits, and for each peer of a bounded number that
    /// connects or whose downlink changes.
    pub events: mpsc::UnboundedReceiver<MediaEvent>,
}

/// What a socket has to say.
pub(super) enum SocketInput {
    /// A frame, and its share of what may wait.
    Frame(Bytes, OwnedSemaphorePermit),
    /// It is closed; its client may come back on another.
    Closed,
    /// It is closed, and its page is gone.
    Lost,
}

/// A WebSocket that a client opened.
pub(super) struct Opened {
    pub session_id: String,
    pub hosted: Hosted,
    pub socket: SocketId,
    pub opening: Opening,
    pub queue: SocketQueue,
}

pub(super) enum Input {
    Opened(Opened),
    Socket(SocketId, SocketInput),
    /// An application's server asks.
    Server {
        session_id: String,
        hosted: Hosted,
        request: ServerRequest,
        reply: oneshot::Sender<ServerReply>,
    },
    /// It is on from now on.
    Fault(Fault),
    /// How much is going on?
    Census(oneshot::Sender<Census>),
}

/// How much is going on on a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// Sessions with somebody in them, or whose last client left less than a second ago.
    pub sessions: usize,
    /// Clients' sockets.
    pub sockets: usize,
}

/// The task's state.
pub(super) struct Service {
    sessions: HashMap<SessionNumber, Live>,
    numbers: HashMap<String, SessionNumber>,
    next_number: SessionNumber,
    sockets: HashMap<SocketId, (SessionNumber, SocketQueue)>,
    media: MediaPort,
    /// What the router is asked once it has room: what follows from one input, or from one look at the time.
    requests: VecDeque<MediaRequest>,
    events: EventQueue,
    tickets: Tickets,
    /// Counts what waits for clients.
    meter: Meter,
    faults: Vec<Fault>,
    /// Hears and says nothing any more, by a fault.
    is_deaf: bool,
}

/// A session with somebody in it.
struct Live {
    id: String,
    session: Session,
}

impl Service {
    pub fn new(media: MediaPort, events: EventQueue, tickets: Tickets) -> Self {
        Self {
            sessions: HashMap::new(),
            numbers: HashMap::new(),
            next_number: 1,
            sockets: HashMap::new(),
            media,
            requests: VecDeque::new(),
            events,
            tickets,
            meter: Meter::default(),
            faults: Vec::new(),
            is_deaf: false,
        }
    }

    pub async fn run(mut self, mut inputs: mpsc::Receiver<Input>) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let router = self.media.requests.clone();
        loop {
            let is_idle = self.requests.is_empty();
            tokio::select! {
                room = router.reserve(), if !is_idle => match (room, self.requests.pop_front()) {
                    (Ok(room), Some(request)) => room.send(request),
                    (Ok(_), None) => {}
                    // Without a router there is no media; the client's own time limit says so.
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

    fn handle(&mut self, input: Input) {
        match input {
            Input::Opened(Opened { session_id, hosted, socket, opening, queue }) => {
                let number = self.wake(&session_id, hosted);
                self.sockets.insert(socket, (number, queue));
                self.with(number, |session| session.open_socket(now(), socket, opening));
            }
            Input::Server { session_id, hosted, request, reply } => {
                let number = self.wake(&session_id, hosted);
                let answer = self.with(number, |session| session.handle_server(request));
                // Whoever asked may have stopped waiting.
                let _ = reply.send(answer.unwrap_or(ServerReply::NotFound));
            }
            Input::Fault(fault) => self.fault(fault),
            Input::Census(reply) => {
                // Whoever asked may have stopped waiting.
                let _ = reply.send(Census { sessions: self.sessions.len(), sockets: self.sockets.len() });
            }
            Input::Socket(_, SocketInput::Frame(..)) if self.is_deaf => {}
            Input::Socket(socket, SocketInput::Frame(frame, _share)) => {
                if let Some((number, _)) = self.sockets.get(&socket) {
                    self.with(*number, |session| session.handle_frame(now(), socket, &frame));
                }
            }
            Input::Socket(socket, SocketInput::Closed) => self.drop_socket(socket),
            Input::Socket(socket, SocketInput::Lost) => {
                if let Some((number, _)) = self.sockets.get(&socket) {
                    self.with(*number, |session| session.lose(socket));
                }
                self.drop_socket(socket);
            }
        }
    }

    /// The number of a session, which is begun if nobody is in it yet.
    fn wake(&mut self, id: &str, hosted: Hosted) -> SessionNumber {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.next_number;
        self.next_number += 1;
        let mut session = Session::new(SessionConfig {
            project: hosted.project,
            session_id: id.to_owned(),
            symphony_address: SYMPHONY_ADDRESS.to_owned(),
            options: hosted.options,
            tickets: self.tickets.clone(),
            meter: self.meter.clone(),
        });
        for fault in &self.faults {
            refuse(&mut session, *fault);
        }
        self.numbers.insert(id.to_owned(), number);
        self.sessions.insert(number, Live { id: id.to_owned(), session });
        number
    }

    /// Does something with a session, and then what follows from it. If more waits for clients then than may, those for whom most
    /// waits are put out.
    fn with<T>(&mut self, number: SessionNumber, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let result = self.act(number, act);
        while self.meter.bytes() > MAX_HELD_BYTES
            && let Some((number, connection)) = self.heaviest()
        {
            self.act(number, |session| session.shed(&connection));
        }
        result
    }

    /// The client for whom most waits.
    fn heaviest(&self) -> Option<(SessionNumber, String)> {
        let heaviest = |(number, live): (&SessionNumber, &Live)| {
            live.session.heaviest().map(|(id, bytes)| (bytes, *number, id.to_owned()))
        };
        let (bytes, number, id) = self.sessions.iter().filter_map(heaviest).max()?;
        (bytes > 0).then_some((number, id))
    }

    fn act<T>(&mut self, number: SessionNumber, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let live = self.sessions.get_mut(&number)?;
        let result = act(&mut live.session);
        let mut outputs = Vec::new();
        while let Some(output) = live.session.poll_output() {
            outputs.push(output);
        }
        let id = live.id.clone();
        for output in outputs {
            self.carry_out(number, &id, output);
        }
        Some(result)
    }

    /// Closes a socket by dropping its sender, and tells its session.
    fn drop_socket(&mut self, socket: SocketId) {
        if let Some((number, _)) = self.sockets.remove(&socket) {
            self.with(number, |session| session.close_socket(now(), socket));
        }
    }

    fn media_event(&mut self, event: MediaEvent) {
        if let Some((number, event)) = unscoped(event) {
            self.with(number, |session| session.handle_media(event));
        }
    }

    /// Ends what has been silent for too long, and forgets sessions that nobody is in.
    fn tick(&mut self) {
        // A platform that hangs by a fault ends nobody either.
        if self.is_deaf {
            return;
        }
        let numbers: Vec<_> = self.sessions.keys().copied().collect();
        for number in numbers {
            self.with(number, |session| session.handle_timeout(now()));
            if let Some(live) = self.sessions.get(&number).filter(|live| live.session.is_empty()) {
                self.numbers.remove(&live.id);
                self.sessions.remove(&number);
            }
        }
    }

    /// Faults of HTTP requests are done where those are taken.
    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
        match (fault.service, fault.action) {
            (fault::Service::Messaging, Action::Reset | Action::Status(_)) => {
                let sockets: Vec<_> = self.sockets.keys().copied().collect();
                for socket in sockets {
                    self.drop_socket(socket);
                }
            }
            (fault::Service::Messaging, Action::Hang) => self.is_deaf = true,
            (fault::Service::Messaging, Action::Disconnect) => self.with_all(Session::disconnect_all),
            (fault::Service::Publish, Action::Unpublish) => self.with_all(Session::unpublish_all),
            (fault::Service::PublisherMedia, _) => self.request_media(MediaRequest::Block(PeerKind::Publisher)),
            (fault::Service::SubscriberMedia, _) => self.request_media(MediaRequest::Block(PeerKind::Subscriber)),
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
                    // A client that does not keep up loses its socket. What waited is among what is kept for it.
                    queue.cut();
                    self.with(number, |session| session.close_socket(now(), socket));
                }
            }
            Output::Close { socket, close } => match (self.sockets.remove(&socket), close) {
                (Some((_, queue)), Close::Overloaded) => queue.cut(),
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

/// Lets a session refuse what a fault says it has to.
fn refuse(session: &mut Session, fault: Fault) {
    match fault.action {
        Action::Status(code) => session.refuse(fault.service, Refusal::Status(code)),
        Action::Hang => session.refuse(fault.service, Refusal::Silence),
        _ => {}
    }
}
