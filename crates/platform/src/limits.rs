//! The limits on what clients can make a platform hold, with and without a token. `docs/src/reference/platform.md`
//! lists these limits for users.
//!
//! A limit is generous to real clients: several times what OpenTok.js was seen to need, or a limit of OpenTok's own.
//! Input beyond a limit is refused, or ends the client that sent it; it never delays another client. Queues that
//! precall alone fills, such as the requests to a running task, have no limit of their own.

use std::time::Duration;

/// The most bytes of a frame from a client: the largest session description that OpenTok.js was seen to send has under
/// 20 kB.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;

/// The most bytes of an HTTP request's body. What clients log has a few kB, and what server SDKs send has less.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The most bytes of an HTTP request's head: twice the limit of Node.js, so that two tokens of several kB fit.
pub const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The time limit of a request's head, of its body, and of the pause between two requests on a connection. It is the
/// default of nginx (`client_header_timeout`, `client_body_timeout`).
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The most HTTP connections of a listener. WebSockets do not count. A further connection takes the
/// place of the one that has been idle for longest.
pub const MAX_HTTP_CONNECTIONS: usize = 512;

/// The longest time in which a client has to request a tunnel from its proxy, and to begin TLS in it. Chrome gives up
/// TLS after 30 s.
pub const TUNNEL_TIMEOUT: Duration = Duration::from_secs(30);

/// The most connections of a signalling endpoint: Chrome has at most 256 sockets in a pool (`max_sockets_per_pool`).
pub const MAX_SIGNALLING_CONNECTIONS: usize = 256;

/// How long a WebSocket may be open before its client has shown a token. Clients do so in their second frame.
pub const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// The most WebSockets of a platform. Each is an open file, and a process may have 1024 of them by default.
pub const MAX_SOCKETS: usize = 1024;

/// The most WebSockets in one session. The largest interactive sessions of OpenTok's customers have some hundred
/// clients.
pub const MAX_SESSION_SOCKETS: usize = 512;

/// The most WebSockets from one address. Loopback addresses are exempt: they are those of every client on this host,
/// and of a TLS front.
pub const MAX_ADDRESS_SOCKETS: usize = 256;

/// The most connections in one session, including those whose clients may still reconnect.
pub const MAX_CONNECTIONS: usize = 1024;

/// The most streams that one connection publishes.
pub const MAX_CONNECTION_STREAMS: usize = 32;

/// The most streams in one session, of which each is a peer of the media router and costs some tens of kB.
pub const MAX_STREAMS: usize = 256;

/// The most subscriptions that one connection has.
pub const MAX_CONNECTION_SUBSCRIBERS: usize = 256;

/// The most subscriptions in one session: thirty clients that all see one another have 870.
pub const MAX_SUBSCRIBERS: usize = 1024;

/// The most messages that are kept for a client until it acknowledges them, and the most frames that wait for a client
/// that reads slowly. The two limits are equal because all frames that wait when a socket closes are sent again on the
/// next one.
pub const MAX_WAITING_FRAMES: usize = 256;

/// The most bytes of these messages and frames. A frame that is larger waits alone.
pub const MAX_WAITING_BYTES: usize = 1024 * 1024;

/// The most bytes that wait for all clients together, each counted for each client. Beyond that the client for which
/// most bytes wait is disconnected.
pub const MAX_HELD_BYTES: usize = 32 * 1024 * 1024;

/// The most bytes of frames from clients that wait for the platform.
pub const MAX_INPUT_BYTES: usize = 8 * 1024 * 1024;

/// How many transactions of a connection are remembered. A client sends again only what was in flight.
pub const MAX_TRANSACTIONS: usize = 256;

/// The most bytes of a transaction's id; a UUID has 36.
pub const MAX_TRANSACTION_BYTES: usize = 128;

/// The most bytes of the URI of a message. With the ids of a session, a stream and a subscriber it has under 300.
pub const MAX_URI_BYTES: usize = 1024;

/// The most bytes of a client's name for its socket; a UUID has 36.
pub const MAX_SOCKET_NAME_BYTES: usize = 128;

/// The most bytes of a signal's type: the limit of OpenTok's REST API and of its clients.
pub const MAX_SIGNAL_TYPE_BYTES: usize = 128;

/// The most bytes of a signal's data: the limit of OpenTok's REST API and of its clients.
pub const MAX_SIGNAL_DATA_BYTES: usize = 8 * 1024;

/// The most that the description of a stream weighs (see `weight`): OpenTok.js's weigh under 4 kB.
pub const MAX_STREAM_WEIGHT: usize = 16 * 1024;

/// The most that the tags of an offer weigh, by which a client knows its answer: they are an id and a number.
pub const MAX_TAGS_WEIGHT: usize = 2 * 1024;

/// The most events that wait for the receiver of a platform's events. Further events are dropped and counted.
pub const MAX_WAITING_EVENTS: usize = 1024;

/// The most bytes of a text in an event. An origin, a path or a reason is cut after that.
pub const MAX_EVENT_TEXT_BYTES: usize = 512;

/// The most bytes of each text that a client logs: the names of steps, such as `Connect` and `Attempt`.
pub const MAX_LOGGED_BYTES: usize = 64;

/// How many requests wait for the media router. While it has no room, no further input of clients is taken.
pub const MAX_MEDIA_REQUESTS: usize = 64;

/// The most allocations of a relay. Each is a socket, and a process may have 1024 open files by default. A browser
/// makes two (UDP and TCP) for each of its interfaces and peer connections.
pub const MAX_ALLOCATIONS: usize = 256;

/// The most allocations of one user of a relay: half of all, so that no user can take every one. Session info makes
/// each client a user.
pub const MAX_USER_ALLOCATIONS: usize = 128;

/// The most allocations from one address; loopback addresses are exempt, as for [`MAX_ADDRESS_SOCKETS`].
pub const MAX_ADDRESS_ALLOCATIONS: usize = 128;

/// The most TCP connections to a relay, and to the media router; a further one replaces the oldest
/// that has not been used yet.
pub const MAX_MEDIA_CONNECTIONS: usize = 256;

/// How many times as long as a request an answer by UDP may be before the client has shown that its address is its own:
/// the factor of QUIC (RFC 9000, section 8).
pub const MAX_AMPLIFICATION: usize = 3;

/// How many packets wait to be written to a capture, some 24 MB. A disk that does not keep up loses packets.
pub const MAX_CAPTURE_PACKETS: usize = 16 * 1024;
