//! The captures that a run writes, read back.

use std::path::Path;

/// What a pcapng file holds, by its interface: the browser's side of the link, and the platform's.
#[derive(Debug, Default)]
pub struct Capture {
    /// How many packets.
    pub packets: [u64; 2],
    /// How many of them are RTP or RTCP (RFC 7983), straight in UDP.
    pub media: [u64; 2],
}

impl Capture {
    /// Of a case, in a run's directory.
    pub fn of(run: &Path, case: &str) -> Self {
        const ENHANCED_PACKET: u32 = 6;
        let file = std::fs::read(run.join("cases").join(case).join("media.pcapng")).expect("a capture");
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
        let (mut at, mut capture) = (0, Self::default());
        while at < file.len() {
            if word(at) == ENHANCED_PACKET {
                let interface = word(at + 8) as usize;
                // Behind the headers of the block, of IPv4 and of UDP.
                let first = file[at + 28 + 20 + 8];
                capture.packets[interface] += 1;
                capture.media[interface] += u64::from((128..192).contains(&first));
            }
            at += word(at + 4) as usize;
        }
        capture
    }

    /// Whether it holds what the links counted; packets go on while the counters are read for the last time.
    pub fn holds(&self, counters: &serde_json::Value) -> bool {
        let count = |way: &str, what: &str| counters[way][what].as_u64().unwrap_or_default();
        let counted = [
            count("up", "packetsIn") + count("down", "packetsOut"),
            count("up", "packetsOut") + count("down", "packetsIn"),
        ];
        self.packets.iter().zip(counted).all(|(seen, counted)| (counted..counted + 200).contains(seen))
    }
}
