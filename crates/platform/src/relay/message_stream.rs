//! A TCP client's stream cut into messages (RFC 8656, sections 2.1 and 12.5).

use std::time::{Duration, Instant};

/// The most bytes of a message, or of a datagram that is relayed: one on a path with Ethernet's MTU, with room to
/// spare.
pub const MAX_MESSAGE_BYTES: usize = 2048;

/// How long a connection may be open without an allocation: long enough for a client's login over a slow network.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// A stream that holds no messages of the relay.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotTurn;

/// The bytes of a stream that are not a whole message yet.
#[derive(Debug)]
pub(crate) struct MessageStream {
    buffer: Vec<u8>,
    idle_since: Instant,
}

impl MessageStream {
    pub(crate) fn new(now: Instant) -> Self {
        Self { buffer: Vec::new(), idle_since: now }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next whole message, without padding.
    pub(crate) fn next_message(&mut self) -> Result<Option<Vec<u8>>, NotTurn> {
        let Some(head) = self.buffer.first_chunk::<4>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (bytes, padded) = match head[0] >> 6 {
            0 if length.is_multiple_of(4) => (length + 20, length + 20),
            1 => (length + 4, (length + 4).next_multiple_of(4)),
            _ => return Err(NotTurn),
        };
        if padded > MAX_MESSAGE_BYTES {
            return Err(NotTurn);
        }
        if self.buffer.len() < padded {
            return Ok(None);
        }
        let mut message: Vec<_> = self.buffer.drain(..padded).collect();
        message.truncate(bytes);
        Ok(Some(message))
    }

    /// Starts the idle time, since the allocation of the connection has ended.
    pub(crate) fn begin_idle(&mut self, now: Instant) {
        self.idle_since = now;
    }

    /// Returns the time at which the connection is closed unless it has an allocation by then.
    pub(crate) fn idle_until(&self) -> Instant {
        self.idle_since + IDLE_LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(bytes: &[u8]) -> MessageStream {
        let mut stream = MessageStream::new(Instant::now());
        stream.push(bytes);
        stream
    }

    #[test]
    fn messages_are_reassembled() {
        let stun: Vec<u8> = [&[0, 1, 0, 4][..], &[7; 20]].concat();
        let channel = [0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0];
        let mut stream = stream(&[]);
        let mut messages = Vec::new();
        for byte in [&stun[..], &channel, &stun].concat() {
            stream.push(&[byte]);
            messages.extend(stream.next_message().expect("messages"));
        }
        assert_eq!(messages, [stun.clone(), channel[..9].to_vec(), stun]);
        assert!(stream.buffer.is_empty());
    }

    #[test]
    fn other_protocols_are_refused_at_once() {
        for bytes in [*b"GET ", [0x80, 0, 0, 0], [0, 1, 0, 3], [0, 1, 0xff, 0xfc], [0x40, 0, 0xff, 0xff]] {
            assert_eq!(stream(&bytes).next_message(), Err(NotTurn), "{bytes:x?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_stream_ends_in_messages_or_an_error(chunks in proptest::collection::vec(proptest::collection::vec(0u8.., 0..300), 0..50)) {
            let mut stream = stream(&[]);
            for chunk in chunks {
                stream.push(&chunk);
                loop {
                    match stream.next_message() {
                        Ok(Some(message)) => assert!(message.len() <= MAX_MESSAGE_BYTES),
                        Ok(None) => break,
                        Err(NotTurn) => return Ok(()),
                    }
                }
                assert!(stream.buffer.len() < MAX_MESSAGE_BYTES);
            }
        }
    }
}
