use super::*;

fn explained(mode: FailureMode, log: &str) -> (String, String) {
    let failure = StartFailure { chrome: Path::new("/opt/chrome"), mode, log, open_files: Some(65_536), policies: &[] };
    match failure.explain() {
        BrowserError::Launch { reason, fix, .. } => (reason, fix),
        other => panic!("{other}"),
    }
}

/// Chromium 156 without user namespaces: harmless lines first, then the cause.
const NO_SANDBOX: &str = "/usr/bin/chromium: 9: [: 25276059648: unexpected operator
[1:2:1128/203519.889:ERROR:dbus/bus.cc:405] Failed to connect to the bus: Failed to connect to socket /run/dbus/x: No such file or directory
[0101/000000.000000:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are running on Ubuntu 23.10+ …
#0 0x5581c8d5b4a2 base::debug::CollectStackTrace()
Received signal 6
  r8: 0000000000000000  r9: 00007ffc
[end of stack trace]
";

#[test]
fn known_causes_are_quoted_with_their_fix() {
    let library = "/opt/chrome: error while loading shared libraries: libnss3.so: cannot open shared object file: No such file or directory";
    for (log, line, help) in [
        (library, "error while loading shared libraries: libnss3.so", "the package that has libnss3.so"),
        (NO_SANDBOX, "it printed: No usable sandbox!", "PRECALL_NO_SANDBOX=1"),
        (
            "[1:1:0/0:ERROR:content/x.cc:103] Running as root without --no-sandbox is not supported. See https://crbug.com/638180.",
            "it printed: Running as root without --no-sandbox is not supported",
            "user namespaces",
        ),
        ("Opening in existing browser session.\n", "existing browser session", "a snap"),
        ("[1:1:0/0:FATAL:p.cc:315] Socket path too long: /a/SingletonSocket.", "Socket path too long", "TMPDIR"),
        (
            "[1:1:0/0:ERROR:r.cc:1] Remote debugging pipe file descriptors are not open.",
            "descriptors are not open",
            "file descriptors 3 and 4",
        ),
        ("[1:1:0/0:ERROR:f.cc:1] write: No space left on device (28)", "No space left", "make room"),
        (
            "chrome_crashpad_handler: --database is required\nTry 'chrome_crashpad_handler --help' for more information.\n",
            "--database is required",
            "set HOME",
        ),
        ("[1:1:0/0:ERROR:ozone.cc:1] Missing X server or $DISPLAY", "Missing X server", "--headless=new"),
    ] {
        let (reason, fix) = explained(FailureMode::Exit(127), log);
        assert!(reason.contains(line) && reason.contains("exit code 127"), "{reason}");
        assert!(fix.contains(help), "{fix}");
    }
}

#[test]
fn the_most_informative_line_is_quoted_for_unknown_causes() {
    let reason = |log: &str| explained(FailureMode::Exit(133), log).0;
    let fatal = "[1:1:0/0:FATAL:a.cc:1] First.\n[1:1:0/0:ERROR:b.cc:1] Second.\n[end of stack trace]\n";
    assert_eq!(reason(fatal), "it ended at once (exit code 133, SIGTRAP); it printed: First");
    assert!(reason("[1:1:0/0:ERROR:b.cc:1] Second.\nlast\n").ends_with("it printed: Second"));
    assert!(reason("first\nlast words\n  r8: 0000000000000000  r9: 00007ffc\n").ends_with("it printed: last words"));
    assert_eq!(reason("[1:1:0/0:ERROR:dbus/bus.cc:405] Failed\n"), "it ended at once (exit code 133, SIGTRAP)");
    assert_eq!(reason("\u{1b}[2J\u{7}x").chars().filter(|c| c.is_control()).count(), 0);
}

#[test]
fn a_silent_chrome_is_explained_by_its_surroundings() {
    let explained = |open_files, policies: &[Restriction]| {
        let chrome = Path::new("/opt/chrome");
        let failure = StartFailure { chrome, mode: FailureMode::Exit(133), log: "", open_files, policies };
        failure.explain().to_string()
    };
    assert!(explained(Some(64), &[]).contains("only 64 files"));
    assert!(explained(None, &[]).contains("/opt/chrome --headless=new"));
    let policy = Restriction {
        file: "/etc/p.json".into(),
        policy: "RemoteDebuggingAllowed".to_owned(),
        value: "false".to_owned(),
    };
    assert!(
        explained(Some(64), &[policy])
            .contains("a policy may prevent it: /etc/p.json sets RemoteDebuggingAllowed to false")
    );
}

#[test]
fn a_failing_version_request_is_explained() {
    let of_version = |log: &str| {
        let chrome = Path::new("/opt/chrome");
        StartFailure { chrome, mode: FailureMode::Exit(127), log, open_files: None, policies: &[] }.of_version()
    };
    let library =
        of_version("/opt/chrome: error while loading shared libraries: libgbm.so.1: cannot open shared object file");
    assert!(library.contains("libgbm.so.1: cannot open") && library.contains("; install the package"), "{library}");
    assert_eq!(of_version("whatever"), "`--version` fails (exit code 127); it printed: whatever");
}

#[test]
fn a_foreign_profile_and_a_silent_pipe_have_different_reasons() {
    let (reason, fix) = explained(FailureMode::OtherProfile, "");
    assert!(reason.contains("profile is not where precall put it") && fix.contains("a snap"), "{reason}; {fix}");
    let silent = explained(FailureMode::NoAnswer { seconds: 30 }, "").0;
    assert_eq!(silent, "it did not answer on its debugging pipe within 30 s");
}

proptest::proptest! {
    #[test]
    fn arbitrary_text_does_not_panic(log in "(\\[|\\] |:FATAL:|.cc|error while loading shared libraries: |\n|.){0,60}") {
        explained(FailureMode::Exit(1), &log);
    }
}
