use super::*;
use crate::credentials::{Role, TokenClaims};
use crate::limits::{MAX_HELD_BYTES, MAX_WAITING_BYTES, MAX_WAITING_FRAMES};
use crate::relay::{RelaySecret, TurnTransport};
use crate::socket_queue::socket_queue;
use crate::testing::{Client, MediaEnds, platform_of};

fn platform() -> (PlatformHandle, Project, MediaEnds) {
    let project = Project::generate();
    let (platform, ends) = platform_of(vec![project.clone()]);
    (platform, project, ends)
}

#[tokio::test]
async fn messages_wait_for_a_client_whose_socket_broke() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let now_seconds = Now::read().unix_seconds();
    let token = TokenClaims::new(&session, Role::Publisher, now_seconds, 60).sign(&project).expect("signed");
    let mut client = Client::connect(&platform, &session, token.expose(), "c").await;

    let reset = Fault { service: Service::Messaging, action: Action::Reset, at: None };
    platform.set_faults(Faults(vec![reset])).await;
    assert_eq!(client.next_message().await, None);
    let signal = ServerRequest::Signal { to: None, kind: String::new(), data: "hello".to_owned() };
    assert_eq!(platform.server_request(session.as_str(), signal).await, ServerReply::Done);

    let mut back = Client::reopen(&platform, &session, token.expose(), "c").await;
    assert_eq!(back.next_message().await.expect("a message")["method"], "signal");
    platform.stop();
}

#[tokio::test(start_paused = true)]
async fn relay_faults_are_passed_on_in_time() {
    let (platform, _, _ends) = platform();
    let relay = || {
        let (requests, asked) = mpsc::unbounded_channel();
        let (secret, transports) = (RelaySecret::generate(), TurnTransport::ALL.to_vec());
        let address = ([127, 0, 0, 1], 3478).into();
        (RelayPort { address, tls_address: None, secret, transports, requests }, asked)
    };
    assert!(platform.ice_servers().is_empty());
    let (port, mut asked) = relay();
    platform.set_relay(port);
    assert_eq!(platform.ice_servers().len(), 2);
    let fault = |action, at| Fault { service: Service::Relay, action, at };
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
async fn an_unknown_session_refuses_sockets() {
    let (platform, _, _ends) = platform();
    let (queue, _outputs) = socket_queue();
    assert!(platform.open_socket("1_x", Opening::default(), queue).await.is_none());
    assert_eq!(platform.server_request("1_x", ServerRequest::Streams).await, ServerReply::NotFound);
    platform.stop();
}

#[tokio::test]
async fn a_slow_client_receives_waiting_messages_on_its_next_socket() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let token =
        TokenClaims::new(&session, Role::Publisher, Now::read().unix_seconds(), 60).sign(&project).expect("signed");
    let _client = Client::connect(&platform, &session, token.expose(), "c").await;
    // It reads none of them, and loses its socket.
    let sent = MAX_WAITING_FRAMES + 20;
    for number in 0..sent {
        let signal = ServerRequest::Signal { to: None, kind: String::new(), data: number.to_string() };
        assert_eq!(platform.server_request(session.as_str(), signal).await, ServerReply::Done);
    }
    assert_eq!(platform.stats().await.expect("it runs").sockets, 0);
    let mut back = Client::reopen(&platform, &session, token.expose(), "c").await;
    for number in sent - MAX_WAITING_FRAMES..sent {
        let message = back.next_message().await.expect("an open socket");
        assert_eq!(message["content"]["data"], number.to_string());
    }
    platform.stop();
}

#[tokio::test]
async fn memory_pressure_disconnects_clients_that_do_not_read() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let token =
        TokenClaims::new(&session, Role::Publisher, Now::read().unix_seconds(), 60).sign(&project).expect("signed");
    let mut innocent = Client::connect(&platform, &session, token.expose(), "innocent").await;
    let deaf = MAX_HELD_BYTES / MAX_WAITING_BYTES + 8;
    for number in 0..deaf {
        drop(Client::connect(&platform, &session, token.expose(), &format!("deaf{number}")).await);
    }
    for number in 0..MAX_WAITING_BYTES / 8192 {
        let signal = ServerRequest::Signal { to: None, kind: number.to_string(), data: "x".repeat(8192) };
        assert_eq!(platform.server_request(session.as_str(), signal).await, ServerReply::Done);
        assert_eq!(innocent.next("signal").await["content"]["type"], number.to_string());
    }
    let ServerReply::Many(left) = platform.server_request(session.as_str(), ServerRequest::Connections).await else {
        panic!("a list")
    };
    let is_left = |id: &str| left.iter().any(|connection| connection["connectionId"] == id);
    assert!(is_left("innocent"));
    assert!(left.len() < deaf && left.len() > deaf / 2, "{} of {deaf} are left", left.len());
    platform.stop();
}
