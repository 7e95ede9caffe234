//! How long it takes to redact a megabyte, whatever a page writes there: `make bench`.

use std::time::Instant;

use precall_support::secrets::{Secret, redact};

const BYTES: usize = 1_000_000;

/// What is repeated: characters, and the marks by which secrets are known.
const SIGNS: [&str; 25] = [
    "a",
    "0",
    "=",
    ":",
    "\"",
    "\\",
    "%",
    " ",
    "é",
    "eyJ",
    "eyJ.",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "T1==",
    "T1%25",
    "://a:",
    "password=",
    "password=\"",
    r#"password=\""#,
    "token: a:",
    "cookie: a=",
    "Authorization: A ",
    "Bearer ",
    "ghp_",
    "s3cret-v4lu",
];

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let _secrets: Vec<_> = (0..100).map(|number| Secret::new(format!("s3cret-v4lue-{number}"))).collect();
    println!("{:<58} {:>14}   bar", "measure", "seen");
    let mut slowest = ("", 0.0);
    let statistics = include_str!("../tests/fixtures/results.json");
    for sign in SIGNS.into_iter().chain([statistics]) {
        let text = sign.repeat(BYTES / sign.len());
        let began = Instant::now();
        let clean = redact(&text);
        let milliseconds = began.elapsed().as_secs_f64() * 1e3;
        assert!(!clean.is_empty());
        let name: String = sign.chars().take(30).map(|c| if c.is_control() { ' ' } else { c }).collect();
        println!("{:<58} {milliseconds:>11.1} ms   under 50 ms", format!("redacting 1 MB of `{name}`"));
        if milliseconds > slowest.1 {
            slowest = (sign, milliseconds);
        }
    }
    println!("{:<58} {:>11.1} ms   under 50 ms", "redacting 1 MB, at most", slowest.1);
}
