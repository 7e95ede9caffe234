//! The requests of every server SDK, replayed as each sends them, and its tokens.
//!
//! `tests/vectors/server-sdks.json` has them: recorded from the SDK where it runs here, else read from its public
//! source. The table of SDKs and calls in `docs/src/guide/local-platform.md` is made of the same file.

use std::fmt::Write;

use serde_json::{Map, json};

use super::*;
use crate::credentials::testing::{signed_jwt, signed_t1};

const VECTORS: &str = include_str!("../../../../../tests/vectors/server-sdks.json");

const PLATFORM: &str = include_str!("../../../../../docs/src/guide/local-platform.md");

/// The columns of that table: its name, and the calls and tokens that it stands for.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("create", &["create routed", "create relayed"]),
    ("token", &["token", "token with all", "T1 token"]),
    ("streams", &["list streams", "get stream"]),
    ("layout classes", &["set layout classes", "update stream"]),
    ("connections", &["list connections"]),
    ("signal", &["signal all", "signal one"]),
    ("mute", &["mute stream", "mute all", "mute all but", "end mute"]),
    ("disconnect", &["disconnect"]),
];

fn sdks() -> Vec<Value> {
    serde_json::from_str(VECTORS).expect("JSON")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// Puts what a test knows in the place of `{key}`, `{session}`, `{stream}`, `{connection}`, `{now}` and `{now+60}`.
fn filled(template: &str, world: &World) -> String {
    let now = now_seconds();
    let known = [
        ("{key}", world.project.api_key.clone()),
        ("{session}", world.session.to_string()),
        ("{stream}", STREAM.to_owned()),
        ("{connection}", CONNECTION.to_owned()),
        ("{now}", now.to_string()),
    ];
    let filled = known.into_iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, &value));
    match filled.split_once("{now+").and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (seconds, after))) => {
            format!("{before}{}{after}", now + seconds.parse::<u64>().expect("a number"))
        }
        None => filled,
    }
}

/// The project of an SDK's kind.
fn project(sdk: &Value) -> Project {
    if sdk["auth"] == "vonage" { vonage() } else { opentok() }
}

async fn send(world: &World, call: &Value) -> Answer {
    let token = server_token(&world.project, now_seconds()).expect("signed");
    let own = match world.project.key {
        crate::credentials::SigningKey::Secret(_) => ("X-OPENTOK-AUTH", token.expose().to_owned()),
        crate::credentials::SigningKey::RsaKeyPair(_) => ("Authorization", format!("Bearer {}", token.expose())),
    };
    let headers: Vec<_> = call["headers"].as_object().expect("headers").iter().collect();
    let mut headers: Vec<_> = headers.into_iter().map(|(k, v)| (k.as_str(), v.as_str().expect("a value"))).collect();
    headers.push((own.0, &own.1));
    let (path, body) = (filled(text(call, "path"), world), filled(text(call, "body"), world));
    world.ask_with(text(call, "method"), &path, &headers, &body).await
}

/// Sends a call, and sees that it does what it is for.
async fn replay(sdk: &Value, call: &Value, world: &mut World) {
    let name = text(call, "call");
    world.happened();
    let answer = send(world, call).await;
    let context = format!("{}, {name}: {} {}", text(sdk, "sdk"), answer.status, answer.text);
    let wanted = if name.starts_with("signal") || name == "disconnect" { 204 } else { 200 };
    assert_eq!(answer.status, wanted, "{context}");
    let muted = |message: &Value| (message["content"]["reason"].clone(), message["content"]["active"].clone());
    match name {
        "create routed" | "create relayed" => {
            let created = world.happened().into_iter().find_map(|event| match event {
                PlatformEvent::SessionCreated { session, options } => Some((session, options.media_mode)),
                _ => None,
            });
            let (id, mode) = created.expect(&context);
            assert!(answer.text.contains(&id), "{context}");
            assert_eq!(format!("create {mode:?}").to_lowercase(), name, "{context}");
            let wants_json = call["headers"]["Accept"] == "application/json";
            assert_eq!(answer.kind.contains("json"), wants_json, "{context}");
        }
        "list streams" => {
            let wanted = json!({ "id": STREAM, "videoType": "camera", "name": "", "layoutClassList": [] });
            assert_eq!(answer.json(), json!({ "count": 1, "items": [wanted] }), "{context}");
        }
        "get stream" => assert_eq!(answer.json()["id"], STREAM, "{context}"),
        "set layout classes" | "update stream" => {
            let stream = world.ask("GET", &world.path(&format!("/stream/{STREAM}")), "").await.json();
            assert_eq!(stream["layoutClassList"], json!(["focus"]), "{context}");
        }
        "list connections" => {
            let json = answer.json();
            assert_eq!(json["items"][0]["connectionId"], CONNECTION, "{context}");
            let head = (&json["count"], &json["sessionId"]);
            assert_eq!(head, (&json!(1), &json!(world.session.as_str())), "{context}");
        }
        "signal all" | "signal one" => {
            let kind =
                if name == "signal all" || call["body"].to_string().contains("greeting") { "greeting" } else { "" };
            let content = world.client.next("signal").await["content"].clone();
            assert_eq!(content, json!({ "type": kind, "data": "hello" }), "{context}");
        }
        "mute stream" => {
            let message = world.client.next("update").await;
            assert!(message["uri"].as_str().is_some_and(|uri| uri.ends_with(STREAM)), "{context}");
            assert_eq!(answer.json()["status"], "ACTIVE", "{context}");
        }
        "mute all" => {
            assert_eq!(muted(&world.client.next("update").await), (json!("mute"), json!(true)), "{context}");
            // Then its publisher hears of it.
            world.client.next("update").await;
            let project = answer.json();
            let names: Vec<_> = project.as_object().expect("an object").keys().map(String::as_str).collect();
            assert_eq!(names, ["applicationId", "createdAt", "environment", "id", "name", "status"], "{context}");
        }
        "mute all but" => {
            let message = world.client.next("update").await;
            assert_eq!(message["content"]["exclusion"], json!([STREAM]), "{context}");
        }
        "end mute" => {
            assert_eq!(muted(&world.client.next("update").await), (json!("mute"), json!(false)), "{context}");
        }
        "disconnect" => {
            let connections = world.ask("GET", &world.path("/connection"), "").await.json();
            assert_eq!(connections["count"], 0, "{context}");
        }
        other => panic!("{other} is no call that is known here"),
    }
}

#[tokio::test]
async fn requests_of_every_server_sdk_are_understood() {
    for sdk in sdks() {
        let mut world = World::new(project(&sdk)).await;
        for call in list(&sdk, "calls") {
            replay(&sdk, call, &mut world).await;
        }
        world.platform.stop();
    }
}

/// The claims with what a test knows in them; a time stands there as a number.
fn claims(template: &Map<String, Value>, world: &World) -> Value {
    let value = |value: &Value| match value.as_str() {
        Some(text) if text.starts_with("{now") => json!(filled(text, world).parse::<u64>().expect("a number")),
        Some(text) => json!(filled(text, world)),
        None => value.clone(),
    };
    Value::Object(template.iter().map(|(name, claim)| (name.clone(), value(claim))).collect())
}

#[tokio::test]
async fn tokens_of_every_server_sdk_are_accepted() {
    for sdk in sdks() {
        let world = World::new(project(&sdk)).await;
        for template in list(&sdk, "tokens") {
            let name = format!("{}, {}", text(&sdk, "sdk"), text(template, "call"));
            let token = match &template["claims"] {
                Value::Object(template) => signed_jwt(&world.project, &claims(template, &world)),
                _ => signed_t1(&world.project, &filled(text(template, "data"), &world)),
            };
            let info = format!("/anvil.opentok.com/session/{}?extended=true", world.session);
            let info = world.ask_with("GET", &info, &[("X-OPENTOK-AUTH", &token)], "").await.json();
            assert_eq!(info[0]["session_id"], world.session.as_str(), "{name}: {info}");
            let mut client = Client::connect(&world.platform, &world.session, &token, &name).await;
            client.publish(&world.platform, &name).await;
            let streams = world.ask("GET", &world.path("/stream"), "").await.json();
            let stream = streams["items"].as_array().expect("streams").iter().find(|stream| stream["id"] == *name);
            let wanted = if template["call"] == "token" { json!([]) } else { json!(["focus", "full"]) };
            assert_eq!(stream.expect(&name)["layoutClassList"], wanted, "{name}");
        }
        world.platform.stop();
    }
}

/// The table of `docs/src/guide/local-platform.md`, a row for each SDK.
fn table() -> String {
    let mut table = format!("| server SDK | {} | how it is known |\n", COLUMNS.map(|(name, _)| name).join(" | "));
    table += &format!("|---|{}---|\n", "---|".repeat(COLUMNS.len()));
    for sdk in sdks() {
        let calls = || list(&sdk, "calls").iter().chain(list(&sdk, "tokens")).map(|call| text(call, "call"));
        let cells = COLUMNS.map(|(_, names)| if calls().any(|call| names.contains(&call)) { "✓" } else { "–" });
        let _ = writeln!(table, "| {} | {} | {} |", text(&sdk, "sdk"), cells.join(" | "), text(&sdk, "source"));
    }
    table
}

#[test]
fn the_guide_lists_the_replayed_requests() {
    let known: Vec<_> = COLUMNS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    for sdk in sdks() {
        for call in list(&sdk, "calls").iter().chain(list(&sdk, "tokens")) {
            assert!(known.contains(&text(call, "call")), "{call} is in no column");
        }
    }
    assert!(PLATFORM.contains(&table()), "docs/src/guide/local-platform.md lacks this table:\n\n{}", table());
}
