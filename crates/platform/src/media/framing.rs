//! Datagrams in a stream: each with its length before it (RFC 4571 section 2, as ICE has it by RFC 6544 section 3).

/// The most bytes of a datagram: one on a path with Ethernet's MTU, with room to spare.
pub const MAX_DATAGRAM_BYTES: usize = 2048;

/// The bytes of a frame that are not its datagram's.
pub const FRAME_HEADER_BYTES: usize = 2;

/// A frame that is longer than any datagram of a client: what comes is something else, and cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {0} bytes in a stream of media, of which none has more than {MAX_DATAGRAM_BYTES}")]
pub struct FrameTooLong(usize);

/// Cuts a stream into frames.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: Vec<u8>,
}

impl FrameDecoder {
    /// Bytes came. All frames of them have to be taken before the next; what is left is part of one, and so bounded.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next whole frame, with its header. Those with nothing in them, which RFC 4571 allows, are passed
    /// over.
    ///
    /// # Errors
    ///
    /// When the stream is none of frames.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, FrameTooLong> {
        loop {
            let Some(header) = self.buffer.first_chunk::<FRAME_HEADER_BYTES>() else { return Ok(None) };
            let length = usize::from(u16::from_be_bytes(*header));
            if length > MAX_DATAGRAM_BYTES {
                return Err(FrameTooLong(length));
            }
            let whole = FRAME_HEADER_BYTES + length;
            if self.buffer.len() < whole {
                return Ok(None);
            }
            let frame: Vec<_> = self.buffer.drain(..whole).collect();
            if length > 0 {
                return Ok(Some(frame));
            }
        }
    }
}

/// Returns a datagram in its frame; `None` for one that is too long.
pub fn framed(datagram: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(datagram.len()).ok().filter(|length| usize::from(*length) <= MAX_DATAGRAM_BYTES)?;
    Some([&length.to_be_bytes(), datagram].concat())
}

/// Returns the content of a frame.
pub fn unframed(frame: &[u8]) -> &[u8] {
    frame.get(FRAME_HEADER_BYTES..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::any;

    use super::*;

    /// Returns the frames of a stream that arrives in these pieces.
    fn decoded(pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, FrameTooLong> {
        let (mut decoder, mut frames) = (FrameDecoder::default(), Vec::new());
        for piece in pieces {
            decoder.push(piece);
            while let Some(frame) = decoder.next_frame()? {
                frames.push(unframed(&frame).to_vec());
            }
            assert!(
                decoder.buffer.len() < FRAME_HEADER_BYTES + MAX_DATAGRAM_BYTES,
                "more than a part of a frame is kept"
            );
        }
        Ok(frames)
    }

    #[test]
    fn other_protocols_are_detected_at_once() {
        for bytes in [&b"GET / HTTP/1.1"[..], &[0x16, 3, 1, 2], &[0x08, 0x01]] {
            assert!(decoded(&[bytes]).is_err(), "{bytes:x?}");
        }
        assert_eq!(decoded(&[&[0x08, 0x00, 1]]), Ok(Vec::new()));
        assert_eq!(framed(&[0; MAX_DATAGRAM_BYTES + 1]), None);
    }

    #[test]
    fn empty_frames_are_skipped() {
        assert_eq!(decoded(&[&[0, 0, 0, 0, 0, 1, 7, 0], &[0, 0]]), Ok(vec![vec![7]]));
    }

    proptest::proptest! {
        #[test]
        fn datagrams_are_reassembled_in_order(
            datagrams in vec(vec(any::<u8>(), 1..1500), 0..20),
            cut in 1..2000usize,
        ) {
            let stream: Vec<u8> = datagrams.iter().flat_map(|datagram| framed(datagram).expect("short")).collect();
            let pieces: Vec<_> = stream.chunks(cut).collect();
            assert_eq!(decoded(&pieces), Ok(datagrams));
        }

        #[test]
        fn any_stream_ends_in_frames_or_an_error(pieces in vec(vec(any::<u8>(), 0..300), 0..50)) {
            let pieces: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
            if let Ok(frames) = decoded(&pieces) {
                assert!(frames.iter().all(|frame| (1..=MAX_DATAGRAM_BYTES).contains(&frame.len())));
            }
        }
    }
}
