//! Datagrams in a stream (ICE-TCP): the stream comes in pieces of the length that the first byte says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use precall_platform::media::{FrameDecoder, MAX_DATAGRAM_BYTES, framed, unframed};

fuzz_target!(|bytes: &[u8]| {
    let Some((size, bytes)) = bytes.split_first() else { return };
    let mut decoder = FrameDecoder::default();
    for part in bytes.chunks(usize::from(*size) + 1) {
        decoder.push(part);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => {
                    let datagram = unframed(&frame);
                    assert!((1..=MAX_DATAGRAM_BYTES).contains(&datagram.len()));
                    assert_eq!(framed(datagram).as_ref(), Some(&frame));
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
});
