//! The cost of idle sessions, and the resources that ended sessions leave behind.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use precall_platform::credentials::{Project, Role, SessionId, TokenClaims};
use precall_platform::messaging::{Frame, FrameKind};
use precall_platform::{ClientAccess, LocalPlatform, SessionOptions};
use precall_support::secrets::Secret;
use serde_json::{Value, json};
use tokio::net::{TcpStream, UdpSocket};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::client::{Client, Happening};
use super::line;

const IDLE_SESSIONS: usize = 200;
const CYCLES: usize = 1000;

pub fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(idle());
    runtime.block_on(cycles());
}

/// Measures the resident memory of `precall platform` with a client in each session.
async fn idle() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_precall"))
        .args(["platform", "--listen", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let listening: Value =
        serde_json::from_str(&lines.next().expect("a line").expect("UTF-8")).expect("its first line is JSON");
    // The output must be read while clients connect, or the process would wait.
    std::thread::spawn(move || lines.for_each(drop));
    let text = |name: &str| listening[name].as_str().expect("a text").to_owned();
    let project = Project::opentok(text("apiKey"), Secret::new(text("apiSecret")));
    let address = text("apiUrl").trim_start_matches("http://").to_owned();
    let mut sockets = Vec::new();
    for _ in 0..IDLE_SESSIONS {
        let session = create(&address, &project).await;
        sockets.push(Socket::connect(&address, &project, &session).await);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says so");
    let kib: f64 = resident.trim().trim_end_matches(" kB").parse().expect("a number");
    line(&format!("{} idle sessions, one client in each", sockets.len()), format!("{:.1} MB", kib / 1024.0), "< 60 MB");
    let _ = child.kill();
    let _ = child.wait();
}

/// Creates a session by the REST API.
async fn create(address: &str, project: &Project) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
    let token = precall_platform::credentials::server_token(project, now).expect("signed");
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "POST /session/create HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\
         Accept: application/json\r\nX-OPENTOK-AUTH: {}\r\n\r\n",
        token.expose()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("UTF-8");
    let body = answer.split("\r\n\r\n").nth(1).expect("a body");
    let body: Value =
        serde_json::from_str(&body[body.find('[').expect("a list")..=body.rfind(']').expect("a list")]).expect("JSON");
    body[0]["session_id"].as_str().expect("an id").to_owned()
}

/// Connects, publishes until the stream exists, and disconnects, repeatedly. All resources must then be as before.
async fn cycles() {
    // A listener of its own, as `precall platform` has: it has no network.
    let access = ClientAccess::Listener(SocketAddr::from(([127, 0, 0, 1], 0)));
    let platform = LocalPlatform::builder().access(access).start().await.expect("a platform");
    let address = platform.address().to_string();
    // The first cycle creates resources that stay, such as the signal driver.
    cycle(&address, &platform).await;
    settle().await;
    let before = Left::count(&platform).await;
    let began = Instant::now();
    for _ in 0..CYCLES {
        cycle(&address, &platform).await;
    }
    let each = began.elapsed() / u32::try_from(CYCLES).expect("few");
    settle().await;
    let after = Left::count(&platform).await;
    let what = format!("{CYCLES} cycles connect, publish, disconnect");
    line(&what, format!("{:.1} ms each", each.as_secs_f64() * 1e3), "");
    line("  left behind: sessions, sockets, peers", after.here(&before), "0, 0, 0");
    line("  left behind: tasks, open files", after.in_process(&before), "0, 0");
}

/// Sessions without clients are forgotten within a second.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(2500)).await;
}

struct Left {
    sessions: usize,
    sockets: usize,
    peers: usize,
    tasks: usize,
    files: usize,
}

impl Left {
    async fn count(platform: &LocalPlatform) -> Self {
        let census = platform.stats().await.expect("it runs");
        let (publishers, subscribers) = platform.peer_counts().await;
        Self {
            sessions: census.sessions,
            sockets: census.sockets,
            peers: publishers + subscribers,
            tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks(),
            files: std::fs::read_dir("/proc/self/fd").expect("Linux says so").count(),
        }
    }

    fn here(&self, before: &Self) -> String {
        let left = |now: usize, before: usize| now.saturating_sub(before);
        format!(
            "{}, {}, {}",
            left(self.sessions, before.sessions),
            left(self.sockets, before.sockets),
            left(self.peers, before.peers)
        )
    }

    fn in_process(&self, before: &Self) -> String {
        format!("{}, {}", self.tasks.saturating_sub(before.tasks), self.files.saturating_sub(before.files))
    }
}

async fn cycle(address: &str, platform: &LocalPlatform) {
    let router = platform.media_address();
    let session = platform.session(SessionOptions::default());
    let mut socket = Socket::connect(address, platform.project(), session.as_str()).await;
    let udp = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a UDP socket");
    let mut client = Client::new(Instant::now(), udp.local_addr().expect("bound"), router);
    socket.ask("create", "/stream/s", json!({ "channel": [] })).await;
    socket.message("generateoffer").await;
    let offer = client.offer();
    socket.ask("offer", "/stream/s", json!({ "sdp": offer, "type": "offer" })).await;
    let answer = socket.message("answer").await;
    client.accept_answer(answer["content"]["sdp"].as_str().expect("SDP"));
    // Media runs until the platform announces the stream, which it does once DTLS is connected.
    tokio::select! {
        _ = socket.message("created /stream/s") => {}
        () = drive(&mut client, &udp, router) => {}
    }
    socket.send(Frame::new(FrameKind::Disconnect).header("reconnect", "")).await;
    let _ = socket.stream.close(None).await;
}

async fn drive(client: &mut Client, udp: &UdpSocket, router: SocketAddr) {
    let mut buffer = vec![0; 2048];
    loop {
        let wanted = client.poll(Instant::now(), |happening| {
            if let Happening::Datagram(contents) = happening {
                let _ = udp.try_send_to(&contents, router);
            }
        });
        tokio::select! {
            received = udp.recv_from(&mut buffer) => {
                if let Ok((length, _)) = received {
                    client.handle_datagram(Instant::now(), &buffer[..length]);
                }
            }
            () = tokio::time::sleep_until(wanted.into()) => {}
        }
    }
}

/// The messaging socket of a client.
struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    uri: String,
    token: String,
    transaction: u32,
}

impl Socket {
    async fn connect(address: &str, project: &Project, session: &str) -> Self {
        let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        let mut claims = TokenClaims::new(&SessionId::generate(&project.api_key, 0), Role::Publisher, now, 3600);
        session.clone_into(&mut claims.session_id);
        let token = claims.sign(project).expect("signed");
        let url = format!("ws://{address}/messaging.precall.test:443/{session}/rumorwebsocketsv2?socketId=x&attempt=1");
        let (stream, _) = connect_async(url).await.expect("it takes WebSockets");
        let uri = format!("/v2/partner/{}/session/{session}", project.api_key);
        let mut socket = Self { stream, uri, token: token.expose().to_owned(), transaction: 0 };
        socket.send(Frame::new(FrameKind::Connect)).await;
        socket.ask("create", "/connection/c", json!({})).await;
        socket.message("created /connection/c").await;
        socket
    }

    async fn send(&mut self, frame: Frame) {
        self.stream.send(Message::binary(frame.encode())).await.expect("the socket is open");
    }

    async fn ask(&mut self, method: &str, resource: &str, content: Value) {
        self.transaction += 1;
        let message = json!({ "method": method, "uri": format!("{}{resource}", self.uri), "content": content });
        let frame = Frame::new(FrameKind::Message)
            .address("symphony")
            .header("TRANSACTION-ID", self.transaction.to_string())
            .header("X-TB-TOKEN-AUTH", self.token.clone())
            .payload(message.to_string());
        self.send(frame).await;
    }

    /// Returns the next message with this method, or with this method and end of the URI.
    async fn message(&mut self, wanted: &str) -> Value {
        loop {
            let message = self.stream.next().await.expect("the socket is open").expect("it works");
            let Message::Binary(bytes) = message else { continue };
            let frame = Frame::decode(&bytes).expect("a frame");
            if frame.kind == FrameKind::Status {
                assert_eq!(frame.find_header("STATUS"), Some("200"), "{frame:?}");
            }
            if frame.kind != FrameKind::Message {
                continue;
            }
            let message: Value = serde_json::from_slice(&frame.payload).expect("JSON");
            let said = (message["method"].as_str().unwrap_or_default(), message["uri"].as_str().unwrap_or_default());
            let (method, end) = wanted.split_once(' ').unwrap_or((wanted, ""));
            if said.0 == method && said.1.ends_with(end) {
                return message;
            }
        }
    }
}
