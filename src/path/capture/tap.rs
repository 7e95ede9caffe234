//! Where a path's packets are taken down.

use std::fs::File;
use std::io::{self, BufWriter};
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Instant, SystemTime};

use super::datagram::ip_packet;
use super::pcapng::PcapNg;

/// The names of the capture's interfaces, in the order of [`Side`].
const INTERFACES: [&str; 2] = ["browser side of the link", "platform side of the link"];

/// The side of a link at which a packet is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Towards the browser: what it sent, and what came to it.
    Browser,
    /// Towards the platform.
    Platform,
}

/// Takes packets down; a thread of its own writes them. Dropped, the file ends.
#[derive(Debug, Clone)]
pub struct Tap {
    seen: mpsc::Sender<Seen>,
    /// The same moment on both clocks.
    epoch: (Instant, SystemTime),
}

struct Seen {
    side: Side,
    at: SystemTime,
    from: SocketAddr,
    to: SocketAddr,
    payload: Vec<u8>,
}

impl Tap {
    /// Begins a capture in a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn new(file: File) -> io::Result<Self> {
        let mut file = PcapNg::new(BufWriter::new(file), &INTERFACES)?;
        file.flush()?;
        let (seen, packets) = mpsc::channel::<Seen>();
        std::thread::Builder::new().name("capture".to_owned()).spawn(move || {
            if let Err(error) = write(&mut file, &packets) {
                tracing::warn!(%error, "a capture ends early; check that the disk has room");
            }
        })?;
        Ok(Self { seen, epoch: (Instant::now(), SystemTime::now()) })
    }

    /// Takes down a packet.
    pub fn see(&self, side: Side, at: Instant, from: SocketAddr, to: SocketAddr, payload: &[u8]) {
        let at = self.epoch.1 + at.saturating_duration_since(self.epoch.0);
        // A capture that ended early has been told of.
        let _ = self.seen.send(Seen { side, at, from, to, payload: payload.to_owned() });
    }
}

fn write(file: &mut PcapNg<BufWriter<File>>, packets: &mpsc::Receiver<Seen>) -> io::Result<()> {
    while let Ok(first) = packets.recv() {
        for Seen { side, at, from, to, payload } in std::iter::once(first).chain(packets.try_iter()) {
            let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let interface = match side {
                Side::Browser => 0,
                Side::Platform => 1,
            };
            if let Some(packet) = ip_packet(from, to, &payload) {
                file.packet(interface, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX), &packet)?;
            }
        }
        // Whatever ends precall, what was seen is there.
        file.flush()?;
    }
    Ok(())
}
