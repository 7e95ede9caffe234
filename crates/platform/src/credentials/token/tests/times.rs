//! Times, roles and lists in each form in which server SDKs write them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::credentials::TimeFault;
use crate::credentials::testing::{signed_jwt, signed_t1};
use crate::credentials::token_time::CLOCK_LEEWAY_SECONDS;

const NOW: u64 = 1_795_510_695;
const SESSION: &str = "1_12345";
const DAY: u64 = 24 * 3600;

/// A JWT of `opentok()` with these claims over those that each has; null takes one away.
fn jwt(claims: &Value) -> String {
    let mut body = json!({
        "iss": "12345", "ist": "project", "iat": NOW, "exp": NOW + 60, "scope": "session.connect", "session_id": SESSION,
    });
    let Value::Object(claims) = claims else { panic!("an object") };
    body.as_object_mut().expect("an object").extend(claims.clone());
    let body: Map<_, _> =
        body.as_object().expect("an object").clone().into_iter().filter(|(_, v)| *v != "absent").collect();
    signed_jwt(&opentok(), &body.into())
}

/// A T1 token of `opentok()` whose data is this.
fn t1(data: &str) -> String {
    signed_t1(&opentok(), data)
}

fn t1_with(more: &str) -> String {
    t1(&format!("session_id={SESSION}&nonce=0.5&{more}"))
}

fn verify(token: &str) -> Result<TokenClaims, TokenError> {
    TokenClaims::verify(token, &opentok(), SESSION, NOW)
}

#[test]
fn a_token_without_expiry_is_valid_for_a_day() {
    let made = NOW - DAY;
    // As PHP's server SDK writes it: null for what was not given.
    let php = json!({ "iat": made, "exp": "absent", "data": null, "expireTime": null, "connection_data": null, "role": null });
    for token in [
        jwt(&json!({ "iat": made, "exp": "absent" })),
        jwt(&json!({ "iat": made, "exp": null })),
        jwt(&php),
        t1_with(&format!("create_time={made}")),
        t1_with(&format!("create_time={made}&expire_time=")),
    ] {
        assert_eq!(verify(&token), Err(TokenError::Expired));
        assert!(TokenClaims::verify(&token, &opentok(), SESSION, NOW - 1).is_ok());
    }
    assert_eq!(verify(&jwt(&json!({ "iat": null, "exp": null }))), Err(TokenError::NoTimes));
    assert_eq!(verify(&t1_with("role=publisher")), Err(TokenError::NoTimes));
    assert!(verify(&jwt(&json!({ "iat": null }))).is_ok());
}

#[test]
fn tokens_are_valid_for_at_most_thirty_days() {
    let most = NOW + 30 * DAY;
    assert!(verify(&jwt(&json!({ "exp": most }))).is_ok());
    assert_eq!(verify(&jwt(&json!({ "exp": most + 1 }))), Err(TokenError::TooLong));
    assert_eq!(verify(&jwt(&json!({ "exp": most + 1, "iat": null }))), Err(TokenError::TooLong));
    assert!(verify(&t1_with(&format!("create_time={NOW}&expire_time={most}"))).is_ok());
    assert_eq!(verify(&t1_with(&format!("create_time={NOW}&expire_time={}", most + 1))), Err(TokenError::TooLong));
}

#[test]
fn clock_skew_is_tolerated() {
    for (ahead, wanted) in [(CLOCK_LEEWAY_SECONDS, Ok(())), (CLOCK_LEEWAY_SECONDS + 1, Err(TokenError::NotYetValid))] {
        let made = NOW + ahead;
        for token in [
            jwt(&json!({ "iat": made, "exp": made + 60 })),
            jwt(&json!({ "nbf": made })),
            t1_with(&format!("create_time={made}")),
        ] {
            assert_eq!(verify(&token).map(|_| ()), wanted, "{ahead}");
        }
        let server = jwt(&json!({ "iat": made, "exp": made + 60, "scope": null }));
        assert_eq!(verify_server_token(&server, &opentok(), NOW), wanted, "{ahead}");
    }
}

#[test]
fn an_invalid_time_refuses_the_token_with_a_reason() {
    let bad = |name, fault| Err(TokenError::BadTime { name, fault });
    let ms = NOW * 1000;
    assert_eq!(verify(&jwt(&json!({ "exp": ms }))), bad("exp", TimeFault::Milliseconds));
    assert_eq!(verify(&jwt(&json!({ "iat": ms }))), bad("iat", TimeFault::Milliseconds));
    assert_eq!(verify(&jwt(&json!({ "exp": "tomorrow" }))), bad("exp", TimeFault::NotATime));
    assert_eq!(verify(&jwt(&json!({ "exp": true }))), bad("exp", TimeFault::NotATime));
    assert_eq!(verify(&jwt(&json!({ "nbf": [] }))), bad("nbf", TimeFault::NotATime));
    let t1_at = |expire: &str| verify(&t1_with(&format!("create_time={}&expire_time={expire}", NOW - 1000)));
    // opentok-node issue 71.
    assert_eq!(t1_at(&format!("{}.6", NOW + 100)), bad("expire_time", TimeFault::Fraction));
    assert_eq!(t1_at(&(ms + 100_000).to_string()), bad("expire_time", TimeFault::Milliseconds));
    assert_eq!(t1_at("tomorrow"), bad("expire_time", TimeFault::NotATime));
    assert_eq!(verify(&t1_with(&format!("create_time={NOW}.25"))), bad("create_time", TimeFault::Fraction));
    let message = t1_at("tomorrow").expect_err("refused").to_string();
    assert_eq!(message, "Invalid token: expire_time is not a number of seconds since 1970");
    let server = jwt(&json!({ "exp": ms, "scope": null }));
    let wanted = TokenError::BadTime { name: "exp", fault: TimeFault::Milliseconds };
    assert_eq!(verify_server_token(&server, &opentok(), NOW), Err(wanted));
    let server = jwt(&json!({ "exp": null, "scope": null }));
    assert_eq!(verify_server_token(&server, &opentok(), NOW), Err(TokenError::NoExpiry));
}

#[test]
fn duplicate_fields_of_a_t1_token_are_refused() {
    let twice = t1_with(&format!("create_time={NOW}&expire_time={}&expire_time={}", NOW + 60, NOW - 60));
    assert_eq!(verify(&twice), Err(TokenError::Malformed));
}

#[test]
fn roles_and_layout_classes_are_read_in_each_encoding() {
    for (text, role) in [
        ("", Role::Publisher),
        ("publisher", Role::Publisher),
        ("subscriber", Role::Subscriber),
        ("moderator", Role::Moderator),
        ("publisheronly", Role::PublisherOnly),
    ] {
        assert_eq!(verify(&jwt(&json!({ "role": text }))).expect("good").role, role);
        assert_eq!(verify(&t1_with(&format!("create_time={NOW}&role={text}"))).expect("good").role, role);
    }
    assert_eq!(verify(&jwt(&json!({ "role": "admin" }))), Err(TokenError::UnknownRole));
    assert_eq!(verify(&jwt(&json!({ "role": ["moderator"] }))), Err(TokenError::NotText { name: "role" }));
    let both = vec!["focus".to_owned(), "full".to_owned()];
    for list in [json!("focus full"), json!("focus+full"), json!(["focus", "full"])] {
        assert_eq!(verify(&jwt(&json!({ "initial_layout_class_list": list }))).expect("good").layout_classes, both);
    }
    for list in ["focus+full", "focus%20full", "focus full", "focus%2Cfull"] {
        let token = t1_with(&format!("create_time={NOW}&initial_layout_class_list={list}"));
        assert_eq!(verify(&token).expect("good").layout_classes, both, "{list}");
    }
}

#[test]
fn base64_padding_is_optional() {
    let token = t1_with(&format!("create_time={NOW}&connection_data=a%20b%2Bc+d"));
    for token in [token.trim_end_matches('='), &token] {
        assert_eq!(verify(token).expect("good").connection_data, "a b+c d");
    }
}

/// A moment in the past in each form in which a token may state it.
fn past() -> impl Strategy<Value = (u64, Value, String)> {
    (0..NOW, 0_u32..1_000_000).prop_flat_map(|(at, part)| {
        let mut forms = vec![
            (json!(at), at.to_string()),
            (json!(format!("{at}.{part:06}")), format!("{at}.{part:06}")),
            (serde_json::from_str(&format!("{at}.{part:06}")).expect("a number"), format!("%20{at}%20")),
            (json!(at.to_string()), format!("{at}.0")),
            (json!(format!(" {at} ")), format!("{at}e0")),
        ];
        // The milliseconds of the first three years are seconds of our own time.
        if at >= 100_000_000 {
            forms.push((json!(at * 1000), (at * 1000).to_string()));
            forms.push((json!((at * 1000).to_string()), format!("{}.5", at * 1000)));
        }
        (Just(at), proptest::sample::select(forms)).prop_map(|(at, (number, text))| (at, number, text))
    })
}

proptest! {
    #[test]
    fn expired_tokens_of_every_format_are_refused((at, number, text) in past(), age in 0_u64..DAY) {
        let made = at.saturating_sub(age);
        for made in [json!(made), json!(null), json!(made.to_string())] {
            let client = jwt(&json!({ "iat": made, "exp": number }));
            prop_assert!(verify(&client).is_err(), "{client}");
            let server = jwt(&json!({ "iat": made, "exp": number, "scope": null }));
            prop_assert!(verify_server_token(&server, &opentok(), NOW).is_err(), "{server}");
        }
        for made in [format!("create_time={made}&"), String::new()] {
            let token = t1_with(&format!("{made}expire_time={text}"));
            prop_assert!(verify(&token).is_err(), "{token}");
        }
    }

    #[test]
    fn no_signed_token_makes_the_check_panic(data in "(session_id=1_12345&)?((create|expire)_time=)?.{0,80}", claims in json_value()) {
        let _ = verify(&t1(&data));
        let every = ["iat", "exp", "nbf", "role", "scope", "session_id", "connection_data", "initial_layout_class_list"];
        for name in every {
            let token = jwt(&json!({ name: claims }));
            let _ = verify(&token);
            let _ = verify_server_token(&token, &opentok(), NOW);
        }
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,20}".prop_map(Value::from),
        Just(json!(["a", 1, null])),
        Just(json!({ "a": {} })),
    ]
}
