use serde_json::json;

use super::*;
use crate::credentials::{Role, TokenClaims};
use crate::platform::messaging::{Frame, FrameKind};
use crate::platform::relay::{RelaySecret, RelayTransport};

/// A client on a socket of its own.
struct Client {
    socket: SocketId,
    outputs: mpsc::Receiver<SocketOutput>,
}

impl Client {
    async fn open(platform: &Platform, session: &SessionId, reconnect: bool) -> Self {
        let (sender, outputs) = mpsc::channel(64);
        let name = Some("its name".to_owned());
        let socket = platform.open_socket(session.as_str(), name, reconnect, sender).await.expect("a session");
        Self { socket, outputs }
    }

    /// The method of the next message from the platform, which is acknowledged; `None` when the socket was closed.
    async fn next_method(&mut self, platform: &Platform) -> Option<String> {
        loop {
            let SocketOutput::Frame(bytes) = self.outputs.recv().await? else { continue };
            let frame = Frame::decode(&bytes).expect("a frame");
            if frame.kind == FrameKind::Message {
                let transaction = frame.find_header("TRANSACTION-ID").expect("every message has one");
                let status = Frame::new(FrameKind::Status).header("TRANSACTION-ID", transaction);
                platform.socket_input(self.socket, SocketInput::Frame(status.encode())).await;
                let message: serde_json::Value = serde_json::from_slice(&frame.payload).expect("JSON");
                return message["method"].as_str().map(str::to_owned);
            }
        }
    }
}

fn platform() -> (Platform, Project, MediaEnds) {
    let project = Project::generate();
    let (requests, request_receiver) = mpsc::unbounded_channel();
    let (event_sender, events) = mpsc::unbounded_channel();
    let (platform, happened) = Platform::start(vec![project.clone()], MediaPort { requests, events });
    (platform, project, (request_receiver, event_sender, happened))
}

/// Held, so that the platform's channels stay open.
type MediaEnds = (
    mpsc::UnboundedReceiver<crate::platform::media::MediaRequest>,
    mpsc::UnboundedSender<crate::platform::media::MediaEvent>,
    mpsc::UnboundedReceiver<PlatformEvent>,
);

#[tokio::test]
async fn what_is_said_while_a_socket_is_cut_waits_for_its_client() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let now_seconds = now().unix_ms / 1000;
    let token = TokenClaims::new(&session, Role::Publisher, now_seconds, 60).sign(&project).expect("signed");
    let mut client = Client::open(&platform, &session, false).await;
    let uri = format!("/v2/partner/{}/session/{session}/connection/c", project.api_key);
    let create = Frame::new(FrameKind::Message)
        .header("TRANSACTION-ID", "1")
        .header("X-TB-TOKEN-AUTH", token.expose())
        .payload(json!({ "method": "create", "uri": uri, "content": {} }).to_string());
    platform.socket_input(client.socket, SocketInput::Frame(create.encode())).await;
    assert_eq!(client.next_method(&platform).await.as_deref(), Some("created"));

    let reset = Fault { leg: Leg::Messaging, action: Action::Reset, at: None };
    platform.set_faults(Faults(vec![reset])).await;
    assert_eq!(client.next_method(&platform).await, None);
    let signal = ServerRequest::Signal { to: None, kind: String::new(), data: "hello".to_owned() };
    assert_eq!(platform.ask(session.as_str(), signal).await, ServerReply::Done);

    let mut back = Client::open(&platform, &session, true).await;
    assert_eq!(back.next_method(&platform).await.as_deref(), Some("signal"));
    platform.stop();
}

#[tokio::test(start_paused = true)]
async fn a_relay_is_told_of_its_faults_in_their_time() {
    let (platform, _, _ends) = platform();
    let relay = || {
        let (requests, asked) = mpsc::unbounded_channel();
        let (secret, transports) = (RelaySecret::generate(), RelayTransport::ALL.to_vec());
        (RelayPort { address: ([127, 0, 0, 1], 3478).into(), secret, transports, requests }, asked)
    };
    assert!(platform.ice_servers().is_empty());
    let (port, mut asked) = relay();
    platform.set_relay(port);
    assert_eq!(platform.ice_servers().len(), 2);
    let fault = |action, at| Fault { leg: Leg::Relay, action, at };
    platform.set_faults(Faults(vec![fault(Action::Status(486), None)])).await;
    assert_eq!(asked.try_recv(), Ok(RelayRequest::Fault(Action::Status(486))));
    // One that comes later hears of it too.
    let (port, mut asked) = relay();
    platform.set_relay(port);
    assert_eq!(asked.try_recv(), Ok(RelayRequest::Fault(Action::Status(486))));

    let eight = std::time::Duration::from_secs(8);
    platform.set_faults(Faults(vec![fault(Action::Block, Some(eight))])).await;
    let began = tokio::time::Instant::now();
    platform.begin_faults();
    assert_eq!(asked.recv().await, Some(RelayRequest::Fault(Action::Block)));
    assert_eq!(began.elapsed().as_secs(), 8);
    platform.stop();
}

#[tokio::test]
async fn a_session_that_does_not_exist_takes_no_socket() {
    let (platform, _, _ends) = platform();
    let (sender, _outputs) = mpsc::channel(1);
    assert!(platform.open_socket("1_x", None, false, sender).await.is_none());
    assert_eq!(platform.ask("1_x", ServerRequest::Streams).await, ServerReply::NotFound);
    platform.stop();
}
