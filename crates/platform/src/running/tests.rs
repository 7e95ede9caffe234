use super::*;
use crate::credentials::{Role, TokenClaims};
use crate::limits::{MAX_HELD_BYTES, MAX_WAITING_BYTES, MAX_WAITING_FRAMES};
use crate::relay::{RelaySecret, RelayTransport};
use crate::socket::socket_queue;
use crate::testing::{Client, MediaEnds, platform_of};

fn platform() -> (Platform, Project, MediaEnds) {
    let project = Project::generate();
    let (platform, ends) = platform_of(vec![project.clone()]);
    (platform, project, ends)
}

#[tokio::test]
async fn what_is_said_while_a_socket_is_cut_waits_for_its_client() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let now_seconds = now().unix_ms / 1000;
    let token = TokenClaims::new(&session, Role::Publisher, now_seconds, 60).sign(&project).expect("signed");
    let mut client = Client::connect(&platform, &session, token.expose(), "c").await;

    let reset = Fault { service: fault::Service::Messaging, action: Action::Reset, at: None };
    platform.set_faults(Faults(vec![reset])).await;
    assert_eq!(client.next_message().await, None);
    let signal = ServerRequest::Signal { to: None, kind: String::new(), data: "hello".to_owned() };
    assert_eq!(platform.ask(session.as_str(), signal).await, ServerReply::Done);

    let mut back = Client::reopen(&platform, &session, token.expose(), "c").await;
    assert_eq!(back.next_message().await.expect("a message")["method"], "signal");
    platform.stop();
}

#[tokio::test(start_paused = true)]
async fn a_relay_is_told_of_its_faults_in_their_time() {
    let (platform, _, _ends) = platform();
    let relay = || {
        let (requests, asked) = mpsc::unbounded_channel();
        let (secret, transports) = (RelaySecret::generate(), RelayTransport::ALL.to_vec());
        let address = ([127, 0, 0, 1], 3478).into();
        (RelayPort { address, tls_address: None, secret, transports, requests }, asked)
    };
    assert!(platform.ice_servers().is_empty());
    let (port, mut asked) = relay();
    platform.set_relay(port);
    assert_eq!(platform.ice_servers().len(), 2);
    let fault = |action, at| Fault { service: fault::Service::Relay, action, at };
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
    let (queue, _outputs) = socket_queue();
    assert!(platform.open_socket("1_x", Opening::default(), queue).await.is_none());
    assert_eq!(platform.ask("1_x", ServerRequest::Streams).await, ServerReply::NotFound);
    platform.stop();
}

#[tokio::test]
async fn a_client_that_does_not_keep_up_gets_on_its_next_socket_what_waited_on_the_last() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let token = TokenClaims::new(&session, Role::Publisher, now().unix_ms / 1000, 60).sign(&project).expect("signed");
    let _client = Client::connect(&platform, &session, token.expose(), "c").await;
    // It reads none of them, and loses its socket.
    let sent = MAX_WAITING_FRAMES + 20;
    for number in 0..sent {
        let signal = ServerRequest::Signal { to: None, kind: String::new(), data: number.to_string() };
        assert_eq!(platform.ask(session.as_str(), signal).await, ServerReply::Done);
    }
    assert_eq!(platform.census().await.expect("it runs").sockets, 0);
    let mut back = Client::reopen(&platform, &session, token.expose(), "c").await;
    for number in sent - MAX_WAITING_FRAMES..sent {
        let message = back.next_message().await.expect("an open socket");
        assert_eq!(message["content"]["data"], number.to_string());
    }
    platform.stop();
}

#[tokio::test]
async fn where_too_much_waits_for_all_clients_those_that_read_stay() {
    let (platform, project, _ends) = platform();
    let session = platform.create_session(&project, SessionOptions::default());
    let token = TokenClaims::new(&session, Role::Publisher, now().unix_ms / 1000, 60).sign(&project).expect("signed");
    let mut innocent = Client::connect(&platform, &session, token.expose(), "innocent").await;
    let deaf = MAX_HELD_BYTES / MAX_WAITING_BYTES + 8;
    for number in 0..deaf {
        drop(Client::connect(&platform, &session, token.expose(), &format!("deaf{number}")).await);
    }
    for number in 0..MAX_WAITING_BYTES / 8192 {
        let signal = ServerRequest::Signal { to: None, kind: number.to_string(), data: "x".repeat(8192) };
        assert_eq!(platform.ask(session.as_str(), signal).await, ServerReply::Done);
        assert_eq!(innocent.next("signal").await["content"]["type"], number.to_string());
    }
    let ServerReply::Many(left) = platform.ask(session.as_str(), ServerRequest::Connections).await else {
        panic!("a list")
    };
    let is_left = |id: &str| left.iter().any(|connection| connection["connectionId"] == id);
    assert!(is_left("innocent"));
    assert!(left.len() < deaf && left.len() > deaf / 2, "{} of {deaf} are left", left.len());
    platform.stop();
}
