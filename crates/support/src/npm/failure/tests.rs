use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use super::*;

fn output(stdout: &str, stderr: &str) -> Output {
    Output { status: ExitStatus::from_raw(1 << 8), stdout: stdout.into(), stderr: stderr.into() }
}

fn failed(stdout: &str, stderr: &str) -> String {
    match failure(&output(stdout, stderr), Path::new("/project").to_owned()) {
        NpmError::Refused { code, reason } => format!("{}: {reason}", code.as_deref().unwrap_or("-")),
        other => other.to_string(),
    }
}

#[test]
fn json_output_is_the_reason() {
    let answer = r#"{"error":{"code":"ECONNREFUSED","summary":"FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9","detail":"If you are behind a proxy"}}"#;
    assert_eq!(
        failed(answer, "npm error code ECONNREFUSED\nnpm error syscall connect"),
        "ECONNREFUSED: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9"
    );
    let without_summary = r#"{"error":{"code":"E1","summary":"","detail":"two\nlines."}}"#;
    assert_eq!(failed(without_summary, ""), "E1: two lines");
}

#[test]
fn most_informative_line_of_npm_is_the_reason() {
    let lines = "npm warn x\nnpm error code EACCES\nnpm error syscall mkdir\nnpm error path /nonexistent\nnpm error errno EACCES\n\
                 npm error Error: EACCES: permission denied, mkdir '/nonexistent'\nnpm error     at x (y.js:1)";
    assert_eq!(failed("", lines), "EACCES: Error: EACCES: permission denied, mkdir '/nonexistent'");
    assert_eq!(
        failed("{broken", "npm ERR! code E404\nnpm ERR! 404 Not Found - GET http://r/x"),
        "E404: Not Found - GET http://r/x"
    );
    assert_eq!(failed("", "npm error code ENOTFOUND\nnpm error network request failed"), "ENOTFOUND: request failed");
    assert_eq!(failed("", "npm error code E1"), "E1: code E1", "better than nothing");
}

#[test]
fn crashes_and_version_managers_give_their_message() {
    let crash = "node:internal/modules/cjs/loader:1210\n  throw err;\n  ^\n\nError: Cannot find module '/nonexistent.js'\nRequire stack:\n- internal/preload\n    at a (b:1:2)\n\nNode.js v20.20.2";
    let typed = "file:///x.mjs:1\nfoo(\n^\n\nSyntaxError [ERR_X]: Unexpected token\n";
    let shim = "No version is set for command npm\nConsider adding one of the following versions\n";
    for (stderr, reason) in [
        (crash, "Error: Cannot find module '/nonexistent.js'"),
        (typed, "SyntaxError [ERR_X]: Unexpected token"),
        (shim, "No version is set for command npm"),
        ("node: --bad is not allowed in NODE_OPTIONS\n", "node: --bad is not allowed in NODE_OPTIONS"),
        (
            "Exit prior to config file resolving\ncause\nA system error occurred: uv_os_homedir returned ENOENT\n",
            "A system error occurred: uv_os_homedir returned ENOENT",
        ),
        (
            "Warning: Ignoring extra certs\nenv: 'node': No such file or directory\n",
            "env: 'node': No such file or directory",
        ),
        ("", "it printed nothing (exit status: 1)"),
    ] {
        assert_eq!(failed("", stderr), format!("npm fails in /project: {reason}"));
    }
    assert_eq!(failed("only this\n", ""), "npm fails in /project: only this");
}

#[test]
fn unwritable_cache_is_recognized() {
    let is_of_cache = |code: &str, stderr: &str| {
        let error = NpmError::Refused { code: Some(code.to_owned()), reason: String::new() };
        is_of_cache(&error, &output("", stderr))
    };
    assert!(is_of_cache("EACCES", "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /nonexistent"));
    assert!(is_of_cache("EROFS", "npm error Log files were not written due to an error writing to the directory: /h"));
    assert!(!is_of_cache("E404", "npm error Log files were not written due to an error writing to the directory: /h"));
    assert!(!is_of_cache("EACCES", "npm error syscall connect"));
}

#[test]
fn credentials_are_removed() {
    for (output, shown) in [
        (
            "request to https://user:pass@example.test/x failed, //h/:_authToken=abc",
            "request to https://example.test/x failed, [redacted]",
        ),
        ("https://user:p@ss@example.test/@opentok/client", "https://example.test/@opentok/client"),
        ("https://example.test/@opentok/client", "https://example.test/@opentok/client"),
        ("//h/:_password=abc", "[redacted]"),
    ] {
        assert_eq!(without_credentials(output), shown);
    }
}

#[test]
fn reason_is_one_line_of_bounded_length() {
    let text = presentable(&format!("a\n\u{1b}[31mb {}", "x".repeat(2 * MAX_CHARS)));
    assert!(text.starts_with("a  [31mb x") && text.chars().count() == MAX_CHARS + 1, "{text}");
}
