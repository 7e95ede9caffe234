use super::*;
use crate::credentials::{Role, RsaKeyPair, SessionId};
use precall_support::secrets::Secret;

fn opentok() -> Project {
    Project::opentok("12345", Secret::new("s3cret"))
}

fn vonage() -> Project {
    Project::vonage("6b1c", RsaKeyPair::generate().expect("a key"))
}

fn claims() -> TokenClaims {
    let mut claims = TokenClaims::new(&SessionId::generate("12345", 0), Role::Publisher, 1_000, 60);
    claims.connection_data = "name=Zoë & co".to_owned();
    claims.layout_classes = vec!["focus".to_owned(), "full".to_owned()];
    claims
}

/// The same claims in each form that a project of this kind has.
fn forms(project: &Project) -> Vec<Token> {
    vec![claims_of(project).sign(project).expect("signed"), claims_of(project).sign_jwt(project).expect("signed")]
}

fn claims_of(project: &Project) -> TokenClaims {
    TokenClaims { session_id: format!("1_{}", project.api_key), ..claims() }
}

#[test]
fn a_token_is_accepted_for_its_own_session() {
    assert!(claims().sign(&opentok()).expect("signed").expose().starts_with("T1=="));
    for project in [opentok(), vonage()] {
        let claims = claims_of(&project);
        for token in forms(&project) {
            assert_eq!(TokenClaims::verify(token.expose(), &project, &claims.session_id, 1_059), Ok(claims.clone()));
        }
    }
}

#[test]
fn invalid_tokens_are_refused_with_a_reason() {
    let other_pair = RsaKeyPair::generate().expect("a key");
    for (project, other_key) in
        [(opentok(), Project::opentok("12345", Secret::new("other"))), (vonage(), Project::vonage("6b1c", other_pair))]
    {
        let session = claims_of(&project).session_id;
        let other_project = Project { api_key: "1".to_owned(), ..project.clone() };
        for token in forms(&project) {
            let verify = |project: &Project, session: &str, now| {
                TokenClaims::verify(token.expose(), project, session, now).expect_err("refused")
            };
            assert_eq!(verify(&other_key, &session, 1_000), TokenError::BadSignature);
            assert_eq!(verify(&other_project, &session, 1_000), TokenError::WrongProject);
            assert_eq!(verify(&project, "1_other", 1_000), TokenError::WrongSession);
            assert_eq!(verify(&project, &session, 1_060), TokenError::Expired);
        }
    }
}

#[test]
fn other_texts_are_malformed_tokens() {
    for garbage in ["", "T1==", "T1==!", "T1==YWJj", "eyJhbGciOiJIUzI1NiJ9.e30.x", "T1==cGFydG5lcl9pZD0xMjM0NTo="] {
        for project in [opentok(), vonage()] {
            let error = TokenClaims::verify(garbage, &project, "1_x", 1_000).expect_err("refused");
            assert_eq!(error, TokenError::Malformed, "{garbage}");
        }
    }
}

#[test]
fn token_formats_are_told_apart() {
    for project in [opentok(), vonage()] {
        for token in forms(&project) {
            assert!(has_token_form(token.expose()));
        }
    }
    for other in ["", "hunter2", "T1==with a space", "eyJ", "eyJhbGciOiJIUzI1NiJ9.e30"] {
        assert!(!has_token_form(other), "{other}");
    }
}

#[test]
fn the_algorithm_is_the_projects_own() {
    // The well-known attack: a token signed with HS256 and the public key as its secret, or not signed at all.
    let project = vonage();
    let forged = Project::opentok("6b1c", Secret::new(project_public_key(&project)));
    let token = claims_of(&project).sign_jwt(&forged).expect("signed");
    let session = claims_of(&project).session_id;
    assert!(TokenClaims::verify(token.expose(), &project, &session, 1_000).is_err());
    let unsigned =
        "eyJhbGciOiJub25lIn0.eyJhcHBsaWNhdGlvbl9pZCI6IjZiMWMiLCJleHAiOjk5OTk5OTk5OTksInNlc3Npb25faWQiOiIxXzZiMWMifQ.";
    assert!(TokenClaims::verify(unsigned, &project, &session, 1_000).is_err());
}

fn project_public_key(project: &Project) -> String {
    let SigningKey::RsaKeyPair(pair) = &project.key else { panic!("a key pair") };
    String::from_utf8_lossy(pair.public_der()).into_owned()
}

#[test]
fn server_tokens_are_accepted_for_rest() {
    for project in [opentok(), vonage()] {
        let token = server_token(&project, 1_000).expect("signed");
        assert_eq!(verify_server_token(token.expose(), &project, 1_000), Ok(()));
        assert_eq!(verify_server_token(token.expose(), &project, 1_300), Err(TokenError::Expired));
        let client = claims_of(&project).sign_jwt(&project).expect("signed");
        assert_eq!(verify_server_token(client.expose(), &project, 1_000), Err(TokenError::WrongScope));
        let t1 = claims().sign(&opentok()).expect("signed");
        assert!(verify_server_token(t1.expose(), &project, 1_000).is_err());
    }
}

/// Returns the claims of a JWT without verifying its signature.
fn said_by(token: &Token) -> serde_json::Value {
    use base64::Engine;
    let payload = token.expose().split('.').nth(1).expect("a payload");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn a_jwt_has_the_claims_that_the_cloud_requires() {
    let names = |claims: &serde_json::Value| claims.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let server = said_by(&server_token(&opentok(), 1_000).expect("signed"));
    assert_eq!(names(&server), ["exp", "iat", "iss", "ist", "jti"]);
    assert_eq!((&server["iss"], &server["ist"]), (&"12345".into(), &"project".into()));
    let server = said_by(&server_token(&vonage(), 1_000).expect("signed"));
    assert_eq!(names(&server), ["application_id", "exp", "iat", "jti"]);
    let client = said_by(&claims_of(&vonage()).sign(&vonage()).expect("signed"));
    assert_eq!((&client["application_id"], &client["sub"]), (&"6b1c".into(), &"video".into()));
    assert_eq!((&client["scope"], &client["role"]), (&"session.connect".into(), &"publisher".into()));
    assert_eq!(client["acl"], serde_json::json!({ "paths": { "/session/**": {} } }));
    assert_eq!((&client["iat"], &client["exp"]), (&1_000.into(), &1_060.into()));
}

mod times;

proptest::proptest! {
    #[test]
    fn no_text_makes_the_check_panic(token in "(T1==|eyJ)?.{0,200}") {
        let _ = TokenClaims::verify(&token, &opentok(), "1_x", 0);
        let _ = verify_server_token(&token, &opentok(), 0);
    }
}
