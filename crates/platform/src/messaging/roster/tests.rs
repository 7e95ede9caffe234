use super::*;
use crate::credentials::{Role, SessionId};
use crate::messaging::output::{Activity, Output};
use crate::ticket::Tickets;

/// A roster with its outputs and its time.
struct World {
    roster: Roster,
    outputs: Outputs,
    began: Instant,
    tickets: Tickets,
}

impl World {
    fn new() -> Self {
        Self {
            roster: Roster::default(),
            outputs: Outputs::default(),
            began: Instant::now(),
            tickets: Tickets::generate(),
        }
    }

    fn at(&self, seconds: u64) -> Instant {
        self.began + Duration::from_secs(seconds)
    }

    fn ticket(&self) -> Ticket {
        self.tickets.issue("1_s", "c", "token")
    }

    fn open(&mut self, seconds: u64, socket: u64, reconnect: bool) {
        let opening = Opening {
            client_socket: Some("name".to_owned()),
            ticket: Some(self.ticket()),
            reconnect,
            ..Opening::default()
        };
        self.roster.open_socket(self.at(seconds), SocketId(socket), opening, &mut self.outputs);
    }

    fn connect(&mut self, socket: u64) {
        let claims = TokenClaims::new(&SessionId::generate("100", 0), Role::Publisher, 1_000, 60);
        let now = Now { instant: self.began, unix_ms: 7 };
        let ticket = self.ticket();
        let object = self.roster.connect(now, SocketId(socket), "c", claims, &ticket, &MemoryMeter::default());
        assert_eq!(object["creationTime"], 7);
        self.roster.note_token(SocketId(socket));
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.outputs.poll()).collect()
    }
}

fn message(transaction: &str) -> Outgoing {
    Outgoing { transaction: transaction.into(), frame: transaction.as_bytes().to_vec().into() }
}

#[test]
fn a_resumed_connection_gets_unacknowledged_messages_again() {
    let mut world = World::new();
    world.open(0, 1, false);
    world.connect(1);
    for transaction in ["first", "second"] {
        world.roster.deliver("c", message(transaction), &mut world.outputs);
    }
    world.roster.acknowledge(SocketId(1), "first");
    world.outputs();
    world.open(1, 2, true);
    let sent = Output::Send { socket: SocketId(2), frame: "second".into() };
    let resumed = Output::Activity(Activity::Resumed { connection: "c".to_owned() });
    assert_eq!(world.outputs(), [Output::Close { socket: SocketId(1), close: Close::Replaced }, sent, resumed]);
    assert_eq!(world.roster.connection_of(SocketId(2)).as_deref(), Some("c"));
    assert!(!world.roster.is_anonymous(SocketId(2)) && !world.roster.note_heard(world.at(1), SocketId(1)));
}

#[test]
fn timeouts_of_sockets_and_connections_are_polled() {
    let mut world = World::new();
    assert_eq!(world.roster.poll_timeout(), None);
    world.open(0, 1, false);
    assert_eq!(world.roster.poll_timeout(), Some(world.began + TOKEN_TIMEOUT));
    world.connect(1);
    assert_eq!(world.roster.poll_timeout(), Some(world.began + IDLE_LIMIT));
    assert!(world.roster.note_heard(world.at(5), SocketId(1)));
    assert_eq!(world.roster.poll_timeout(), Some(world.at(5) + IDLE_LIMIT));
    world.roster.close_socket(world.at(6), SocketId(1));
    assert_eq!(world.roster.poll_timeout(), Some(world.at(6) + RECONNECT_GRACE));
    assert!(world.roster.handle_timeout(world.at(35), &mut world.outputs).is_empty());
    assert_eq!(world.roster.handle_timeout(world.at(36), &mut world.outputs), ["c"]);
    assert!(world.roster.disconnect("c") && !world.roster.disconnect("c") && world.roster.is_empty());
}
