//! A session's requests: raptor JSON from a client that has joined. The input's lines are messages, the first word of
//! each the method, the second the resource below the session, the rest the content.
#![no_main]

use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use precall_platform::credentials::{Project, Role, SessionId, TokenClaims};
use precall_platform::messaging::{Frame, FrameKind, Opening, Session, SessionConfig, SocketId};
use precall_platform::{MemoryMeter, Now, SessionOptions, Tickets};
use precall_support::secrets::Secret;

fuzz_target!(|text: &str| {
    let project = Project::opentok("100", Secret::new("secret"));
    let session_id = SessionId::generate("100", 0);
    let token = TokenClaims::new(&session_id, Role::Moderator, 1000, 3600).sign(&project).expect("HMAC takes any key");
    let uri = format!("/v2/partner/100/session/{session_id}");
    let mut session = Session::new(SessionConfig {
        project,
        session_id: session_id.as_str().to_owned(),
        symphony_address: "symphony".to_owned(),
        options: SessionOptions::default(),
        tickets: Tickets::generate(),
        meter: MemoryMeter::default(),
    });
    let now = Now { instant: Instant::now(), unix_ms: 1_000_000 };
    let socket = SocketId(1);
    session.handle_socket_opened(
        now,
        socket,
        Opening { client_socket: Some("socket".to_owned()), ..Opening::default() },
    );
    let mut send = |number: usize, payload: &str| {
        let frame = Frame::new(FrameKind::Message)
            .header("TRANSACTION-ID", number.to_string())
            .header("X-TB-TOKEN-AUTH", token.expose())
            .payload(payload);
        session.handle_frame(now, socket, &frame.encode());
        while session.poll_output().is_some() {}
    };
    send(0, &format!(r#"{{"method":"create","uri":"{uri}/connection/c","content":{{}}}}"#));
    for (number, line) in text.lines().enumerate() {
        let mut words = line.splitn(3, ' ');
        let (method, resource) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let content = words.next().unwrap_or("{}");
        send(number + 1, &format!(r#"{{"method":"{method}","uri":"{uri}{resource}","content":{content}}}"#));
        send(number + 1, line);
    }
});
