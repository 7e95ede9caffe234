use axum::Router;
use axum::response::{IntoResponse, Redirect};
use axum::routing::any;

use super::super::raw_credentials::CredentialSource;
use super::*;
use precall_scenario::CloudKind;
use precall_support::secrets::Secret;

fn account(api_url: String) -> Account {
    let means = AccountKind::Project(Project::opentok("100", Secret::new("s3cret")));
    Account { kind: CloudKind::OpenTok, api_url, means, place: CredentialSource::Environment }
}

/// The error of a client whose platform answers like this. The platform is a double, as a real one does not fail on
/// request.
async fn said_of(answer: axum::response::Response) -> String {
    let answer = std::sync::Mutex::new(Some(answer));
    let answer = std::sync::Arc::new(answer);
    let take = async move || answer.lock().ok().and_then(|mut answer| answer.take()).expect("asked once");
    let app = Router::new().route("/session/create", any(take));
    let app = app.route("/elsewhere", any(async || "[]"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let error = CloudClient::new().expect("a client").admit(&account(url.clone())).await.expect_err("no session");
    server.abort();
    error.to_string().replace(&url, "URL")
}

#[tokio::test]
async fn answers_without_a_session_are_errors() {
    let mut said = Vec::new();
    for (status, body) in [
        (200, "<html>a portal</html>"),
        (200, "[]"),
        (200, r#"[{"session_id":"a b"}]"#),
        (401, r#"{"title":"Unauthorized","detail":"You did not provide correct credentials."}"#),
        (403, r#"{"code":-1,"message":"\u001b[31mno T1==c2VjcmV0"}"#),
        (404, "not here"),
        (500, r#"{"message":7}"#),
    ] {
        let status = axum::http::StatusCode::from_u16(status).expect("a status");
        said.push(said_of((status, body).into_response()).await);
    }
    said.push(said_of(Redirect::temporary("/elsewhere").into_response()).await);
    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test]
async fn unanswered_request_times_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let client = CloudClient::with_limit(Duration::from_secs(1)).expect("a client");
    let error = client.admit(&account(url)).await.expect_err("no session").to_string();
    assert!(error.contains("/session/create did not answer within 1 s"), "{error}");
}

#[tokio::test]
async fn unreachable_platform_is_reported_with_its_cause() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = CloudClient::new().expect("a client").admit(&account(url)).await.expect_err("no session").to_string();
    assert!(error.contains("cannot be reached") && error.contains("refused") && error.contains("apiUrl"), "{error}");
}

#[tokio::test]
async fn https_url_uses_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let first_byte = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        tokio::io::AsyncReadExt::read_u8(&mut stream).await.expect("a byte")
    });
    let error = CloudClient::new().expect("a client").admit(&account(url)).await.expect_err("no session").to_string();
    assert!(error.contains("cannot be reached"), "{error}");
    // A handshake record (RFC 8446 section 5.1), so no token in the clear.
    assert_eq!(first_byte.await.expect("asked"), 22);
}

#[test]
fn answer_texts_are_shortened_and_cleaned() {
    let long = serde_json::json!({ "message": "x".repeat(999) }).to_string();
    assert_eq!(message_in(long.as_bytes()).chars().count(), 201);
    assert_eq!(message_in(br#"{"message":"a\u001b[31m\nb\u202e"}"#), "a\u{fffd}[31m b\u{fffd}");
    assert_eq!(message_in(b"nonsense"), "");
}
