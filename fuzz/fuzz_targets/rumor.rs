//! Frames of the messaging leg: no bytes make the decoder panic, and what it reads it writes again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use precall_platform::messaging::Frame;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = Frame::decode(bytes) {
        assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
    }
});
