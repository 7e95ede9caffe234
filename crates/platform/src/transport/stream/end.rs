//! The ends of a connection: a client's socket, and the server's end in process.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

use crate::transport::reset_handle::ResetHandle;
use precall_netem::{Direction, Packet};

/// The most bytes that are read at once: what a TCP segment holds on Ethernet.
const SEGMENT_BYTES: usize = 1460;

/// The most bytes of a connection in flight in one direction: twice the initial window of Linux's TCP.
const WINDOW_BYTES: usize = 128 * 1024;

/// The number of a connection within its listener.
pub(super) type ConnectionNumber = u64;

/// A part of a connection's bytes that passes the links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamSegment {
    pub connection: ConnectionNumber,
    pub contents: Contents,
}

/// The content of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Contents {
    /// The connection begins: this is the SYN in the uplink, and the SYN-ACK in the downlink.
    Open,
    /// Bytes of the connection.
    Data(Vec<u8>),
    /// No more bytes come.
    End,
    /// The connection is torn down.
    Reset,
}

impl Packet for StreamSegment {
    fn size_bytes(&self) -> usize {
        match &self.contents {
            Contents::Data(bytes) => bytes.len(),
            Contents::Open | Contents::End | Contents::Reset => 0,
        }
    }
}

/// The server's end of a connection, and the handle that cuts it.
pub(in crate::transport) struct ServerEnd {
    pub stream: DuplexStream,
    pub reset: ResetHandle,
    /// Where the connection comes from.
    pub address: IpAddr,
}

/// The number of bytes of a connection that may be in flight in one direction.
#[derive(Clone)]
pub(super) struct FlowWindow(Arc<Semaphore>);

impl FlowWindow {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(WINDOW_BYTES)))
    }
}

/// The sender of the bytes that one end reads from its socket.
pub(super) struct SegmentSender {
    pub connection: ConnectionNumber,
    pub direction: Direction,
    pub segments: mpsc::Sender<(Direction, StreamSegment)>,
    pub window: FlowWindow,
}

/// The receiver of the bytes that one end writes to its socket.
pub(super) struct SegmentReceiver {
    /// As much as the window lets in, and the end.
    pub contents: mpsc::UnboundedReceiver<Contents>,
    pub window: FlowWindow,
}

/// Carries a client's end until the connection is over.
pub(super) async fn carry_client(stream: TcpStream, sender: SegmentSender, receiver: SegmentReceiver) {
    // Without it what is small waits for the answer to what was before; nothing worse.
    let _ = stream.set_nodelay(true);
    let (stream, was_reset) = carry(stream, sender, receiver, &ResetHandle::default()).await;
    if was_reset {
        // Closing a socket that must not linger resets it, where otherwise it would end in good order.
        let _ = socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO));
    }
}

/// Carries a server's end until the connection is over.
pub(super) async fn carry_server(
    stream: DuplexStream,
    reset: ResetHandle,
    sender: SegmentSender,
    receiver: SegmentReceiver,
) {
    drop(carry(stream, sender, receiver, &reset).await);
}

/// Returns the server's end, in a half for the server and one for the link.
pub(super) fn server_end(address: IpAddr) -> (ServerEnd, DuplexStream) {
    let (ours, stream) = tokio::io::duplex(SEGMENT_BYTES);
    (ServerEnd { stream, reset: ResetHandle::default(), address }, ours)
}

/// Carries both directions; gives the stream back, and whether the other end reset it.
async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    sender: SegmentSender,
    receiver: SegmentReceiver,
    reset: &ResetHandle,
) -> (S, bool) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let read = async {
        read_all(&mut reader, sender, reset).await;
        Ok::<(), ResetByPeer>(())
    };
    let ended = tokio::try_join!(read, write_all(&mut writer, receiver));
    (reader.unsplit(writer), ended.is_err())
}

/// The other end reset the connection.
struct ResetByPeer;

async fn read_all<S: AsyncRead>(reader: &mut ReadHalf<S>, sender: SegmentSender, reset: &ResetHandle) {
    let SegmentSender { connection, direction, segments, window: FlowWindow(window) } = sender;
    let mut buffer = [0; SEGMENT_BYTES];
    loop {
        // The window is never closed.
        let Ok(room) = window.acquire_many(SEGMENT_BYTES as u32).await else { return };
        let contents = match reader.read(&mut buffer).await {
            Ok(0) if reset.is_reset() => Contents::Reset,
            Ok(0) => Contents::End,
            Ok(length) => Contents::Data(buffer[..length].to_vec()),
            Err(_) => Contents::Reset,
        };
        // The bytes that were read are in flight until the other end has written them.
        room.forget();
        if let Contents::Data(bytes) = &contents {
            window.add_permits(SEGMENT_BYTES - bytes.len());
        }
        let is_last = !matches!(contents, Contents::Data(_));
        if segments.send((direction, StreamSegment { connection, contents })).await.is_err() || is_last {
            return;
        }
    }
}

async fn write_all<S: AsyncWrite>(writer: &mut WriteHalf<S>, receiver: SegmentReceiver) -> Result<(), ResetByPeer> {
    let SegmentReceiver { mut contents, window: FlowWindow(window) } = receiver;
    let mut is_broken = false;
    while let Some(contents) = contents.recv().await {
        match contents {
            Contents::Open => {}
            Contents::Data(bytes) => {
                // The reader is gone: further bytes are discarded, and bytes in the other direction still pass.
                is_broken |= writer.write_all(&bytes).await.is_err();
                window.add_permits(bytes.len());
            }
            Contents::End => {
                // An end that is gone cannot be notified.
                if !is_broken {
                    let _ = writer.shutdown().await;
                }
                return Ok(());
            }
            Contents::Reset => return Err(ResetByPeer),
        }
    }
    Ok(())
}
