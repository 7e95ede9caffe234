//! The binary framing of the messaging WebSocket, one frame a WebSocket message.
//!
//! ```text
//! u32 length of what follows | u16 zero | u8 type
//! u8 count, then addresses:  u16 length, UTF-8
//! u8 count, then headers:    u16 length, key, u16 length, value
//! payload: the rest
//! ```
//! Numbers are big endian.

use std::fmt;

use crate::limits::MAX_FRAME_BYTES;

/// The type of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameKind {
    /// The client subscribes to an address.
    Subscribe = 0,
    /// The client ends its subscription to an address.
    Unsubscribe = 1,
    /// A raptor message in the payload.
    Message = 2,
    /// The first frame of a client.
    Connect = 3,
    /// The client leaves.
    Disconnect = 4,
    /// Keepalive from the client.
    Ping = 7,
    /// The answer to a ping.
    Pong = 8,
    /// The answer to a message, matched by the header `TRANSACTION-ID`.
    Status = 9,
}

impl FrameKind {
    fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Subscribe,
            1 => Self::Unsubscribe,
            2 => Self::Message,
            3 => Self::Connect,
            4 => Self::Disconnect,
            7 => Self::Ping,
            8 => Self::Pong,
            9 => Self::Status,
            _ => return None,
        })
    }
}

/// A frame of the Rumor protocol.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The type of the frame.
    pub kind: FrameKind,
    /// The addresses that the frame is sent to.
    pub addresses: Vec<String>,
    /// Key and value, in order.
    pub headers: Vec<(String, String)>,
    /// The payload, usually a Raptor message as JSON.
    pub payload: Vec<u8>,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame has more than [`MAX_FRAME_BYTES`].
    #[error("the frame is larger than {MAX_FRAME_BYTES} bytes")]
    TooLarge,
    /// The frame ends early.
    #[error("the frame ends early")]
    Truncated,
    /// Its length field disagrees with its size.
    #[error("the frame's length field does not match its size")]
    WrongLength,
    /// A type that does not exist.
    #[error("unknown frame type {0}")]
    UnknownKind(u8),
    /// An address or header that is not UTF-8.
    #[error("an address or a header is not UTF-8")]
    NotUtf8,
}

impl Frame {
    /// Returns a frame with neither addresses, headers nor payload.
    pub fn new(kind: FrameKind) -> Self {
        Self { kind, addresses: Vec::new(), headers: Vec::new(), payload: Vec::new() }
    }

    /// Adds an address.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// Adds a header.
    pub fn header(mut self, key: &str, value: impl Into<String>) -> Self {
        self.headers.push((key.to_owned(), value.into()));
        self
    }

    /// Sets the payload.
    pub fn payload(mut self, payload: impl Into<Vec<u8>>) -> Self {
        self.payload = payload.into();
        self
    }

    /// Returns the first header of this name; names are compared without regard to case.
    pub fn find_header(&self, key: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    /// Returns the frame as bytes. Texts beyond the format's limits are cut: 255 addresses or headers of 65535 bytes
    /// each.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; 4];
        bytes.extend([0, 0, self.kind as u8]);
        bytes.push(clamp_u8(self.addresses.len()));
        for address in self.addresses.iter().take(255) {
            push_text(&mut bytes, address);
        }
        bytes.push(clamp_u8(self.headers.len()));
        for (key, value) in self.headers.iter().take(255) {
            push_text(&mut bytes, key);
            push_text(&mut bytes, value);
        }
        bytes.extend(&self.payload);
        let length = u32::try_from(bytes.len() - 4).unwrap_or(u32::MAX);
        bytes[..4].copy_from_slice(&length.to_be_bytes());
        bytes
    }

    /// Reads a frame of a client.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > MAX_FRAME_BYTES {
            return Err(FrameError::TooLarge);
        }
        let mut reader = FrameReader(bytes);
        let length = reader.take(4)?;
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]);
        if length as usize != bytes.len() - 4 {
            return Err(FrameError::WrongLength);
        }
        reader.take(2)?;
        let kind = reader.byte()?;
        let kind = FrameKind::from_byte(kind).ok_or(FrameError::UnknownKind(kind))?;
        let mut frame = Self::new(kind);
        for _ in 0..reader.byte()? {
            frame.addresses.push(reader.text()?);
        }
        for _ in 0..reader.byte()? {
            frame.headers.push((reader.text()?, reader.text()?));
        }
        frame.payload = reader.0.to_vec();
        Ok(frame)
    }
}

impl fmt::Debug for Frame {
    /// Formats the frame without its payload and the headers' values, since a token may be among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(key, _)| key).collect();
        f.debug_struct("Frame")
            .field("kind", &self.kind)
            .field("addresses", &self.addresses)
            .field("headers", &headers)
            .field("payload_bytes", &self.payload.len())
            .finish()
    }
}

struct FrameReader<'a>(&'a [u8]);

impl<'a> FrameReader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], FrameError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(FrameError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, FrameError> {
        Ok(self.take(1)?[0])
    }

    fn text(&mut self) -> Result<String, FrameError> {
        let length = self.take(2)?;
        let text = self.take(usize::from(u16::from_be_bytes([length[0], length[1]])))?;
        String::from_utf8(text.to_vec()).map_err(|_| FrameError::NotUtf8)
    }
}

fn clamp_u8(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let mut length = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    bytes.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(&text.as_bytes()[..length]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_ping_is_nine_bytes() {
        let bytes = [0, 0, 0, 5, 0, 0, 7, 0, 0];
        assert_eq!(Frame::new(FrameKind::Ping).encode(), bytes);
        assert_eq!(Frame::decode(&bytes), Ok(Frame::new(FrameKind::Ping)));
    }

    #[test]
    fn broken_frames_are_refused_with_their_reason() {
        let ping = Frame::new(FrameKind::Ping).encode();
        assert_eq!(Frame::decode(&[]), Err(FrameError::Truncated));
        assert_eq!(Frame::decode(&ping[..8]), Err(FrameError::WrongLength));
        assert_eq!(Frame::decode(&[0, 0, 0, 5, 0, 0, 5, 0, 0]), Err(FrameError::UnknownKind(5)));
        assert_eq!(Frame::decode(&[0, 0, 0, 5, 0, 0, 7, 1, 0]), Err(FrameError::Truncated));
        assert_eq!(Frame::decode(&[0, 0, 0, 8, 0, 0, 7, 1, 0, 1, 0xff, 0]), Err(FrameError::NotUtf8));
        assert_eq!(Frame::decode(&vec![0; MAX_FRAME_BYTES + 1]), Err(FrameError::TooLarge));
    }

    #[test]
    fn debug_shows_no_header_value() {
        let frame = Frame::new(FrameKind::Message).header("X-TB-TOKEN-AUTH", "T1==secret").payload("secret");
        assert!(!format!("{frame:?}").contains("secret"));
    }

    prop_compose! {
        fn frames()(
            kind in prop::sample::select(vec![0, 1, 2, 3, 4, 7, 8, 9]),
            addresses in prop::collection::vec(".{0,40}", 0..5),
            headers in prop::collection::vec((".{0,20}", ".{0,40}"), 0..5),
            payload in prop::collection::vec(any::<u8>(), 0..200),
        ) -> Frame {
            Frame { kind: FrameKind::from_byte(kind).expect("listed above"), addresses, headers, payload }
        }
    }

    proptest! {
        #[test]
        fn frames_round_trip(frame in frames()) {
            prop_assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Frame::decode(&bytes);
        }

        #[test]
        fn no_damage_makes_the_decoder_panic(frame in frames(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = frame.encode();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = Frame::decode(&bytes);
        }
    }
}
