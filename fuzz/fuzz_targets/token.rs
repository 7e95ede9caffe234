//! Tokens: T1 and JWT, of clients and of servers. None opens anything that was not signed here.
#![no_main]

use libfuzzer_sys::fuzz_target;
use precall_platform::credentials::{Project, SessionId, TokenClaims, verify_server_token};
use precall_support::secrets::Secret;

fuzz_target!(|text: &str| {
    let project = Project::opentok("100", Secret::new("a secret that nobody guesses"));
    let session_id = SessionId::generate("100", 0);
    assert!(TokenClaims::verify(text, &project, session_id.as_str(), 1000).is_err());
    assert!(verify_server_token(text, &project, 1000).is_err());
});
