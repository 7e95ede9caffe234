//! The refusals: their status, and the reason in JSON that each of them has.

use super::*;

/// A request that is refused with this status. `SESSION` is the path of the session.
const REFUSED: [(u16, &str, &str, &str); 38] = [
    // Unknown paths, typing errors among them.
    (404, "GET", "/", ""),
    (404, "GET", "/v2/projects/100", ""),
    (404, "POST", "/session/creat", ""),
    (404, "GET", "/v2/project/100/archives", ""),
    (404, "POST", "/v2/project/100/archive/a/stopp", ""),
    (404, "GET", "SESSION", ""),
    (404, "GET", "SESSION/streams", ""),
    (404, "POST", "SESSION/stream/0a1b2c3d-0000-4000-8000-000000000001/unmute", ""),
    (404, "GET", "/elsewhere/x", ""),
    // Unknown objects.
    (404, "GET", "SESSION/stream/unknown", ""),
    (404, "PUT", "SESSION/stream/unknown", r#"{"layoutClassList":[]}"#),
    (404, "PUT", "SESSION/stream", r#"{"items":[{"id":"unknown","layoutClassList":["a"]}]}"#),
    (404, "POST", "SESSION/stream/unknown/mute", ""),
    (404, "DELETE", "SESSION/connection/unknown", ""),
    (404, "POST", "SESSION/connection/unknown/signal", r#"{"data":"a"}"#),
    (404, "GET", "/v2/project/100/session/1_unknown/stream", ""),
    (404, "POST", "/v2/project/100/session/1_unknown/mute", r#"{"active":true}"#),
    (404, "GET", "/v2/project/7/session/1_x/stream", ""),
    // Methods.
    (405, "GET", "/session/create", ""),
    (405, "DELETE", "SESSION/stream", ""),
    (405, "PATCH", "SESSION/mute", ""),
    (405, "PATCH", "/v2/project/100/archive", ""),
    // Features that the platform does not provide.
    (501, "GET", "/v2/project/100/archive?count=10", ""),
    (501, "POST", "/v2/project/100/archive/a/stop", ""),
    (501, "POST", "/v2/project/100/broadcast", "{}"),
    (501, "POST", "/v2/project/100/captions", "{}"),
    (501, "POST", "/v2/project/100/dial", "{}"),
    (501, "DELETE", "/v2/project/100/render/a", ""),
    (501, "POST", "/v2/project/100/connect", "{}"),
    (501, "POST", "SESSION/play-dtmf", r#"{"digits":"1"}"#),
    (501, "GET", "/v2/project/", ""),
    (501, "POST", "/session/create", "e2ee=true&p2p.preference=disabled"),
    // Bodies.
    (400, "POST", "/session/create", "p2p.preference=never"),
    (400, "POST", "SESSION/signal", r#"{"data":{"a":1}}"#),
    (400, "POST", "SESSION/mute", r#"{"active":"perhaps"}"#),
    (400, "PUT", "SESSION/stream", r#"{"items":null}"#),
    (400, "POST", "SESSION/mute", "active=true"),
    (400, "GET", "SESSION/stream/%FF", ""),
];

#[tokio::test]
async fn refusals_have_a_status_and_a_reason() {
    let mut world = World::new(opentok()).await;
    for (status, method, path, body) in REFUSED {
        let path = path.replace("SESSION", &world.path(""));
        for path in [path.clone(), format!("{path}/").replace("//", "/"), format!("/api.opentok.com{path}")] {
            // A slash behind a query belongs to the query.
            if path.contains('?') && path.ends_with('/') {
                continue;
            }
            let answer = world.ask(method, &path, body).await;
            assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text);
            let json = answer.json();
            let message = json["message"].as_str().expect("a message");
            assert!(json["code"] == status && message.len() > 10, "{method} {path}: {json}");
        }
    }
    let happened = world.happened();
    let told = |event: PlatformEvent| happened.contains(&event);
    assert!(told(PlatformEvent::UnknownPath("/session/creat".to_owned())));
    assert!(told(PlatformEvent::NotProvided("POST /v2/project/100/dial".to_owned())));
    assert!(told(PlatformEvent::NotProvided("POST /session/create with e2ee".to_owned())));
    world.platform.stop();
}

#[tokio::test]
async fn a_refused_method_lists_the_allowed_ones() {
    let world = World::new(opentok()).await;
    let answer = world.ask("DELETE", &world.path("/stream"), "").await.json();
    assert_eq!(answer["message"], "this path takes GET, HEAD, PUT");
    world.platform.stop();
}

#[tokio::test]
async fn an_oversized_body_is_refused_in_json() {
    let world = World::new(opentok()).await;
    let signal =
        |kind: usize, data: usize| format!(r#"{{"type":"{}","data":"{}"}}"#, "k".repeat(kind), "d".repeat(data));
    let path = world.path("/signal");
    assert_eq!(world.ask("POST", &path, &signal(128, 8192)).await.status, 204);
    for body in [signal(129, 0), signal(0, 8193), signal(0, 1 << 20)] {
        assert_eq!(world.ask("POST", &path, &body).await.json()["code"], 413);
    }
    world.platform.stop();
}

#[tokio::test]
async fn requests_without_credentials_are_refused() {
    let mut world = World::new(opentok()).await;
    let path = world.path("/stream");
    let expired = server_token(&world.project, now_seconds() - 301).expect("signed");
    let client = TokenClaims::new(&world.session, Role::Moderator, now_seconds(), 60);
    let client = client.sign_jwt(&world.project).expect("signed");
    let other = server_token(&Project::opentok("100", Secret::new("other")), now_seconds()).expect("signed");
    for (headers, reason) in [
        (vec![], "No credentials: the X-OPENTOK-AUTH or Authorization header is missing"),
        (vec![("X-OPENTOK-AUTH", "T1==x")], "Invalid token format"),
        (vec![("X-OPENTOK-AUTH", expired.expose())], "Token expired"),
        (vec![("X-OPENTOK-AUTH", client.expose())], "Token is not valid for this request"),
        (vec![("X-OPENTOK-AUTH", other.expose())], "Invalid token signature"),
        (vec![("X-TB-PARTNER-AUTH", "100:wrong")], "Invalid token signature"),
    ] {
        for path in [path.as_str(), "/v2/project/100/archive"] {
            let answer = world.ask_with("GET", path, &headers, "").await;
            assert_eq!(answer.json(), serde_json::json!({ "code": 403, "message": reason }), "{path}");
        }
    }
    let refused = world.happened().iter().filter(|event| matches!(event, PlatformEvent::TokenRefused(_))).count();
    assert_eq!(refused, 12);
    let bearer = format!("Bearer {}", server_token(&world.project, now_seconds()).expect("signed").expose());
    for headers in [("Authorization", bearer.as_str()), ("X-TB-PARTNER-AUTH", "100:s3cret")] {
        assert_eq!(world.ask_with("GET", &path, &[headers], "").await.status, 200);
    }
    world.platform.stop();
}

#[tokio::test]
async fn a_session_with_archiving_is_reported_as_not_provided() {
    let mut world = World::new(opentok()).await;
    let answer = world.ask("POST", "/session/create", "archiveMode=always").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = world.happened().iter().any(
        |event| matches!(event, PlatformEvent::NotProvided(what) if what.starts_with("the archive of session 1_")),
    );
    assert!(told);
    world.platform.stop();
}

#[tokio::test]
async fn servers_of_both_project_types_are_authenticated() {
    let projects = [opentok(), vonage()];
    let (platform, ends) = platform_of(projects.to_vec());
    let session = platform.create_session(&projects[0], relayed());
    let client = Client::open(&platform, &session, "", "", false).await;
    let mut world = World { platform, project: opentok(), session, client, ends };
    for project in projects {
        world.project = project;
        let answer = world.ask("POST", "/session/create", "").await;
        assert!(answer.status == 200 && answer.text.contains(&world.project.api_key), "{}", answer.text);
    }
    world.platform.stop();
}
