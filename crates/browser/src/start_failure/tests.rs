use super::*;

fn explained(ended: Ended, said: &str) -> (String, String) {
    let failure =
        StartFailure { chrome: Path::new("/opt/chrome"), ended, said, open_files: Some(65_536), policies: &[] };
    match failure.explain() {
        BrowserError::Launch { reason, fix } => (reason, fix),
        other => panic!("{other}"),
    }
}

/// What Chromium 156 says without user namespaces, after what it says on any day.
const NO_SANDBOX: &str = "/usr/bin/chromium: 9: [: 25276059648: unexpected operator
[1:2:1128/203519.889:ERROR:dbus/bus.cc:405] Failed to connect to the bus: Failed to connect to socket /run/dbus/x: No such file or directory
[0101/000000.000000:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are running on Ubuntu 23.10+ …
#0 0x5581c8d5b4a2 base::debug::CollectStackTrace()
Received signal 6
  r8: 0000000000000000  r9: 00007ffc
[end of stack trace]
";

#[test]
fn known_causes_are_told_by_their_line_with_what_helps() {
    let library = "/opt/chrome: error while loading shared libraries: libnss3.so: cannot open shared object file: No such file or directory";
    for (said, line, help) in [
        (library, "error while loading shared libraries: libnss3.so", "the package that has libnss3.so"),
        (NO_SANDBOX, "it said: No usable sandbox!", "PRECALL_NO_SANDBOX=1"),
        (
            "[1:1:0/0:ERROR:content/x.cc:103] Running as root without --no-sandbox is not supported. See https://crbug.com/638180.",
            "it said: Running as root without --no-sandbox is not supported",
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
        let (reason, fix) = explained(Ended::Exit(127), said);
        assert!(reason.contains(line) && reason.contains("exit code 127"), "{reason}");
        assert!(fix.contains(help), "{fix}");
    }
}

#[test]
fn of_all_else_the_most_telling_line_is_chosen() {
    let reason = |said: &str| explained(Ended::Exit(133), said).0;
    let fatal = "[1:1:0/0:FATAL:a.cc:1] First.\n[1:1:0/0:ERROR:b.cc:1] Second.\n[end of stack trace]\n";
    assert_eq!(reason(fatal), "it ended at once (exit code 133, SIGTRAP); it said: First");
    assert!(reason("[1:1:0/0:ERROR:b.cc:1] Second.\nlast\n").ends_with("it said: Second"));
    assert!(reason("first\nlast words\n  r8: 0000000000000000  r9: 00007ffc\n").ends_with("it said: last words"));
    assert_eq!(reason("[1:1:0/0:ERROR:dbus/bus.cc:405] Failed\n"), "it ended at once (exit code 133, SIGTRAP)");
    assert_eq!(reason("\u{1b}[2J\u{7}x").chars().filter(|c| c.is_control()).count(), 0);
}

#[test]
fn a_chrome_that_says_nothing_is_explained_by_what_surrounds_it() {
    let explained = |open_files, policies: &[Restriction]| {
        let chrome = Path::new("/opt/chrome");
        let failure = StartFailure { chrome, ended: Ended::Exit(133), said: "", open_files, policies };
        failure.explain().to_string()
    };
    assert!(explained(Some(64), &[]).contains("only 64 files"));
    assert!(explained(None, &[]).contains("/opt/chrome --headless=new"));
    let policy = Restriction {
        file: "/etc/p.json".into(),
        policy: "RemoteDebuggingAllowed".to_owned(),
        value: "false".to_owned(),
    };
    assert!(explained(Some(64), &[policy]).contains("a policy? /etc/p.json sets RemoteDebuggingAllowed to false"));
}

#[test]
fn a_chrome_that_cannot_tell_its_version_is_explained_as_well() {
    let of_version = |said: &str| {
        let chrome = Path::new("/opt/chrome");
        StartFailure { chrome, ended: Ended::Exit(127), said, open_files: None, policies: &[] }.of_version()
    };
    let library =
        of_version("/opt/chrome: error while loading shared libraries: libgbm.so.1: cannot open shared object file");
    assert!(library.contains("libgbm.so.1: cannot open") && library.contains("; install the package"), "{library}");
    assert_eq!(of_version("whatever"), "`--version` fails (exit code 127); it said: whatever");
}

#[test]
fn a_profile_that_is_elsewhere_and_a_pipe_without_an_answer_are_told_apart() {
    let (reason, fix) = explained(Ended::OtherProfile, "");
    assert!(reason.contains("profile is not where precall put it") && fix.contains("a snap"), "{reason}; {fix}");
    let silent = explained(Ended::NoPipe { seconds: 30 }, "").0;
    assert_eq!(silent, "it did not answer on its debugging pipe within 30 s");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(said in "(\\[|\\] |:FATAL:|.cc|error while loading shared libraries: |\n|.){0,60}") {
        explained(Ended::Exit(1), &said);
    }
}
