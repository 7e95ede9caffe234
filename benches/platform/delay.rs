//! The delay of a packet from a publisher's socket to a subscriber's, over real UDP sockets.

use std::io::IoSliceMut;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use precall_netem::NetworkConfig;
use precall_platform::MediaPort;
use precall_platform::media::{AccessId, MediaEvent, MediaRequest, RtpVideoCodec};
use precall_platform::transport::MediaEndpoint;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::{Notify, mpsc};

use super::client::{Client, Happening, INTERVAL};
use super::line;

const PUBLISHERS: usize = 25;
/// The number of publishers that send half of 100,000 packets a second together: each sends 113.6.
const SUBSCRIBERS: usize = 18;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_secs(5);

pub fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime for the path");
    let (path, mut port) = runtime.block_on(MediaEndpoint::open(&NetworkConfig::default(), 0)).expect("a UDP path");
    let clients = runtime.block_on(clients(path.address(), &mut port));
    let connected = Arc::new(AtomicUsize::new(0));
    // The clients have a thread, and so a core, of their own.
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime for the clients").block_on(drive_all(clients, connected, path.address()))
    });
    let (sent, mut delays_us) = thread.join().expect("the clients run");
    delays_us.sort_unstable();
    let quantile = |share: f64| delays_us.get((delays_us.len() as f64 * share) as usize).copied().unwrap_or(u32::MAX);
    let rate = delays_us.len() as f64 / MEASURED.as_secs_f64();
    let arrived = delays_us.len() as f64 / (sent * SUBSCRIBERS) as f64;
    let what = format!("added delay at {rate:.0} packets/s over UDP");
    line(&format!("{what}, median"), format!("{:.2} ms", f64::from(quantile(0.5)) / 1e3), "");
    line(&format!("{what}, p99"), format!("{:.2} ms", f64::from(quantile(0.99)) / 1e3), "< 1 ms");
    line("  of those packets arrived", format!("{:.2} %", arrived * 100.0), "> 99.9 %");
}

/// A WebRTC endpoint with its socket.
struct Ready {
    client: Client,
    socket: UdpSocket,
    /// Signals a publisher that it may send.
    turn: Option<Arc<Notify>>,
}

async fn clients(router: SocketAddr, port: &mut MediaPort) -> Vec<Ready> {
    let mut ready = Vec::new();
    for index in 0..PUBLISHERS {
        let (mut client, socket) = client(router);
        let stream = index.to_string();
        let request = MediaRequest::Publish {
            stream: stream.clone(),
            offer: client.offer(),
            video_codec: RtpVideoCodec::Vp8,
            access: AccessId::default(),
        };
        port.requests.send(request).await.expect("the path runs");
        client.accept_answer(&said(port).await);
        ready.push(Ready { client, socket, turn: Some(Arc::default()) });
        for index in 0..SUBSCRIBERS {
            let (mut client, socket) = self::client(router);
            let subscriber = format!("{stream}.{index}");
            let request = MediaRequest::Subscribe {
                subscriber: subscriber.clone(),
                stream: stream.clone(),
                audio_fallback: false,
                access: AccessId::default(),
            };
            port.requests.send(request).await.expect("the path runs");
            let sdp = client.answer(&said(port).await);
            port.requests.send(MediaRequest::Answer { subscriber, sdp }).await.expect("the path runs");
            ready.push(Ready { client, socket, turn: None });
        }
    }
    ready
}

fn client(router: SocketAddr) -> (Client, UdpSocket) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a UDP socket");
    socket.set_nonblocking(true).expect("a socket can be asked to return at once");
    setsockopt(&socket, sockopt::ReceiveTimestampns, &true).expect("Linux stamps datagrams");
    let address = socket.local_addr().expect("a bound socket has an address");
    (Client::new(Instant::now(), address, router), socket)
}

async fn said(port: &mut MediaPort) -> String {
    loop {
        match port.events.recv().await.expect("the path runs") {
            MediaEvent::Answer { sdp, .. } | MediaEvent::Offer { sdp, .. } => return sdp,
            MediaEvent::Failed { reason, .. } => panic!("{reason}"),
            MediaEvent::Connected { .. } | MediaEvent::Fallback { .. } => {}
        }
    }
}

/// Returns the number of packets that were sent during the measurement, and the delay of each that arrived, in
/// microseconds.
async fn drive_all(ready: Vec<Ready>, connected: Arc<AtomicUsize>, router: SocketAddr) -> (usize, Vec<u32>) {
    let all = ready.len();
    let (finished, mut results) = mpsc::unbounded_channel();
    let turns = ready.iter().filter_map(|ready| ready.turn.clone()).collect();
    let pacer = tokio::spawn(pace(turns));
    for ready in ready {
        tokio::spawn(drive(ready, Arc::clone(&connected), all, router, finished.clone()));
    }
    drop(finished);
    let (mut sent, mut delays) = (0, Vec::new());
    while let Some((more_sent, more_delays)) = results.recv().await {
        sent += more_sent;
        delays.extend(more_delays);
    }
    pacer.abort();
    (sent, delays)
}

/// Signals the publishers in turn, at even intervals. tokio's own timers have a resolution of a millisecond, and
/// would let three publishers send at once.
async fn pace(turns: Vec<Arc<Notify>>) {
    let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK).expect("Linux has timers");
    let distance = TimeSpec::from_duration(INTERVAL / u32::try_from(turns.len()).expect("few"));
    timer.set(Expiration::Interval(distance), TimerSetTimeFlags::empty()).expect("it can be set");
    // SAFETY: the descriptor owns its file, which stays open and keeps its number until tokio drops it.
    #[expect(unsafe_code, reason = "tokio has no safe way to register a timer")]
    let timer = unsafe { AsyncFd::register_with_interest(Descriptor(timer), Interest::READABLE) };
    let timer = timer.expect("it can be waited for");
    let mut turns = turns.iter().cycle();
    loop {
        let mut guard = timer.readable().await.expect("the runtime runs");
        let mut expired = [0; 8];
        // After a late wake-up several signals are due, so that the rate stays as configured.
        if nix::unistd::read(&guard.get_inner().0, &mut expired).is_ok() {
            turns.by_ref().take(u64::from_ne_bytes(expired) as usize).for_each(|turn| turn.notify_one());
        }
        guard.clear_ready();
    }
}

/// tokio needs the number of a file, which `nix` gives by another trait.
struct Descriptor(TimerFd);

impl AsRawFd for Descriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

async fn drive(
    Ready { mut client, socket, turn }: Ready,
    connected: Arc<AtomicUsize>,
    all: usize,
    router: SocketAddr,
    finished: mpsc::UnboundedSender<(usize, Vec<u32>)>,
) {
    let socket = tokio::net::UdpSocket::from_std(socket).expect("it is nonblocking");
    let mut buffer = vec![0; 2048];
    let (mut sent, mut delays) = (0, Vec::new());
    let mut is_counted = false;
    let mut began: Option<Instant> = None;
    let mut is_turn = false;
    let mut received_at = 0;
    loop {
        let now = Instant::now();
        if client.is_connected && !is_counted {
            is_counted = true;
            connected.fetch_add(1, Ordering::Relaxed);
        }
        if began.is_none() && connected.load(Ordering::Relaxed) == all {
            began = Some(now);
        }
        let is_measured = began.is_some_and(|at| (WARM_UP..WARM_UP + MEASURED).contains(&(now - at)));
        if began.is_some_and(|at| now - at > WARM_UP + MEASURED + Duration::from_millis(300)) {
            let _ = finished.send((sent, delays));
            return;
        }
        if std::mem::take(&mut is_turn) && began.is_some() {
            client.send(now, if is_measured { unix_ns() } else { 0 });
            sent += usize::from(is_measured);
        }
        let wanted = client.poll(now, |happening| match happening {
            Happening::Datagram(contents) => {
                let _ = socket.try_send_to(&contents, router);
            }
            Happening::Packet(packet) => {
                let stamp = Client::stamp(&packet);
                if stamp > 0 {
                    delays.push(u32::try_from(received_at.max(stamp).saturating_sub(stamp) / 1000).unwrap_or(u32::MAX));
                }
            }
        });
        let until = wanted.min(now + Duration::from_millis(50));
        tokio::select! {
            biased;
            () = notified(turn.as_deref()) => is_turn = true,
            Ok(()) = socket.readable() => {
                if let Ok((length, at)) = socket.try_io(Interest::READABLE, || receive(&socket, &mut buffer)) {
                    received_at = at;
                    client.handle_datagram(Instant::now(), &buffer[..length]);
                }
            }
            () = tokio::time::sleep_until(until.into()) => {}
        }
    }
}

async fn notified(turn: Option<&Notify>) {
    match turn {
        Some(turn) => turn.notified().await,
        None => std::future::pending().await,
    }
}

fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_nanos()).expect("before 2554")
}

/// A datagram, and the time at which the kernel received it.
fn receive(socket: &tokio::net::UdpSocket, buffer: &mut [u8]) -> std::io::Result<(usize, u64)> {
    let mut control = nix::cmsg_space!(TimeSpec);
    let mut parts = [IoSliceMut::new(buffer)];
    let message =
        recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut control), MsgFlags::MSG_DONTWAIT)?;
    let mut at = unix_ns();
    for part in message.cmsgs()? {
        if let ControlMessageOwned::ScmTimestampns(time) = part {
            at = u64::try_from(time.tv_sec() * 1_000_000_000 + time.tv_nsec()).unwrap_or(at);
        }
    }
    Ok((message.bytes, at))
}
