//! The recorder of a capture.

use std::fs::File;
use std::io::{self, BufWriter};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Instant, SystemTime};

use super::datagram::ip_packet;
use super::pcapng::PcapNg;
use crate::limits::MAX_CAPTURE_PACKETS;

/// The names of the capture's interfaces, in the order of [`CapturePoint`].
const INTERFACES: [&str; 2] = ["browser side of the link", "platform side of the link"];

/// The side of a link at which a packet is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum CapturePoint {
    /// The side of the browser: the packets that it sent, and those that arrived at it.
    Browser,
    /// The side of the platform: the packets that it sent, and those that arrived at it.
    Platform,
}

/// Records packets; a thread of its own writes them. Packets for which the disk is too slow are left out, and their
/// number is logged. The file ends when this is dropped.
#[derive(Debug, Clone)]
pub struct Tap {
    seen: mpsc::SyncSender<CapturedPacket>,
    left_out: Arc<AtomicU64>,
    /// The same moment on both clocks.
    epoch: (Instant, SystemTime),
}

struct CapturedPacket {
    side: CapturePoint,
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
        let (seen, packets) = mpsc::sync_channel::<CapturedPacket>(MAX_CAPTURE_PACKETS);
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&left_out);
        std::thread::Builder::new().name("capture".to_owned()).spawn(move || {
            if let Err(error) = write(&mut file, &packets) {
                tracing::warn!(%error, "a capture ends early; check that the disk has room");
            }
            let left_out = counter.load(Ordering::Relaxed);
            if left_out > 0 {
                tracing::warn!(left_out, "a capture lacks packets, as the disk did not keep up");
            }
        })?;
        Ok(Self { seen, left_out, epoch: (Instant::now(), SystemTime::now()) })
    }

    /// Records a packet.
    pub(in crate::transport) fn see(
        &self,
        side: CapturePoint,
        at: Instant,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
    ) {
        let at = self.epoch.1 + at.saturating_duration_since(self.epoch.0);
        let seen = CapturedPacket { side, at, from, to, payload: payload.to_owned() };
        // A capture that ended early has been reported already.
        if let Err(mpsc::TrySendError::Full(_)) = self.seen.try_send(seen) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(file: &mut PcapNg<BufWriter<File>>, packets: &mpsc::Receiver<CapturedPacket>) -> io::Result<()> {
    while let Ok(first) = packets.recv() {
        for CapturedPacket { side, at, from, to, payload } in std::iter::once(first).chain(packets.try_iter()) {
            let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let interface = match side {
                CapturePoint::Browser => 0,
                CapturePoint::Platform => 1,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_beyond_the_queue_are_counted() {
        // A reader that does not come: the thread waits at the pipe, and the rest in the queue.
        let (read, write) = nix::unistd::pipe().expect("a pipe");
        let tap = Tap::new(File::from(write)).expect("a capture");
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        for _ in 0..MAX_CAPTURE_PACKETS + 10_000 {
            tap.see(CapturePoint::Browser, Instant::now(), address, address, &[0; 1000]);
        }
        assert!(tap.left_out.load(Ordering::Relaxed) > 1000);
        drop(read);
    }
}
