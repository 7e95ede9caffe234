//! What other users of the host can do while precall runs: neither read, drive nor redirect a run.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use super::{Running, SCENARIO, Signal};
use crate::common::descendants;

/// Another user.
const OTHER: u32 = 65_534;

/// What another user's shell says.
fn as_other(script: &str, argument: &Path) -> Output {
    let user = [format!("--reuid={OTHER}"), format!("--regid={OTHER}"), "--clear-groups".to_owned()];
    let command = ["sh", "-c", script, "sh"];
    Command::new("setpriv").args(user).args(command).arg(argument).current_dir("/").output().expect("setpriv runs")
}

/// The ports that some processes listen on by TCP.
fn listening(processes: &[i32]) -> BTreeSet<u16> {
    let links =
        processes.iter().flat_map(|id| std::fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten());
    let sockets: BTreeSet<String> = links
        .filter_map(|link| std::fs::read_link(link.path()).ok())
        .filter_map(|target| Some(target.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
    let ports = tables.iter().flat_map(|table| table.lines().skip(1)).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_listening = fields.get(3) == Some(&"0A") && sockets.contains(*fields.get(9)?);
        let (_, port) = fields.get(1)?.rsplit_once(':')?;
        is_listening.then(|| u16::from_str_radix(port, 16).ok()).flatten()
    });
    ports.collect()
}

/// What a port answers to a question for DevTools.
fn asked_for_devtools(port: u16) -> String {
    let mut answer = String::new();
    if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
        stream.set_read_timeout(Some(Duration::from_secs(2))).expect("set");
        let _ = write!(stream, "GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        let _ = stream.take(4096).read_to_string(&mut answer);
    }
    answer
}

#[test]
fn another_user_can_neither_read_drive_nor_redirect_a_run() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: only root can become another user");
        return;
    }
    if Command::new("setpriv").arg("--version").output().is_err() {
        println!("skipped: there is no setpriv");
        return;
    }
    // As /tmp is, with what another user has put there beforehand.
    let temporary = tempfile::tempdir().expect("a directory");
    let planted = |name: &str| temporary.path().join(name);
    std::fs::set_permissions(temporary.path(), PermissionsExt::from_mode(0o1777)).expect("its mode");
    std::fs::write(planted(".npmrc"), "registry=http://127.0.0.1:9/\n").expect("written");
    std::fs::write(planted("package.json"), "{\"workspaces\":[\"*\"]}").expect("written");
    std::os::unix::fs::symlink("/etc", planted("precall")).expect("linked");
    std::os::unix::fs::symlink("/etc", planted("precall-0")).expect("linked");
    let names = [".npmrc", "package.json", "precall", "precall-0"];
    for name in names {
        std::os::unix::fs::lchown(planted(name), Some(OTHER), Some(OTHER)).expect("root may");
    }
    let mut running = Running::start_in(temporary, SCENARIO, &[], |case| case.join("samples.jsonl").exists());
    let temporary = running.temporary.path().to_owned();

    let listed = String::from_utf8_lossy(&as_other("ls -1a \"$1\"", &temporary).stdout).into_owned();
    let own: Vec<_> = listed.lines().filter(|name| name.starts_with("precall-") && !names.contains(name)).collect();
    assert!(own.iter().any(|name| name.starts_with("precall-browser-")), "the other user sees what is there: {listed}");
    for name in own {
        let directory = temporary.join(name);
        for script in ["ls \"$1\"", "cat \"$1/browser.log\"", "ls \"$1/profile\"", "touch \"$1/planted\""] {
            let output = as_other(script, &directory);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && said.contains("ermission denied"), "{script} {name}: {said}");
        }
        let mode = directory.metadata().expect("its metadata").permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{name}");
        if name.starts_with("precall-browser-") {
            let log = directory.join("browser.log").metadata().expect("its metadata").permissions().mode() & 0o777;
            assert_eq!(log, 0o600);
        }
    }

    let precall = i32::try_from(running.child.id()).expect("a process id");
    let below: Vec<i32> = descendants(precall).into_iter().map(|(id, _)| id).collect();
    assert!(below.len() > 3, "supervisor, Chrome and its processes");
    assert_eq!(listening(&below), BTreeSet::new(), "Chrome listens by TCP");
    let of_precall = listening(&[precall]);
    assert!(!of_precall.is_empty(), "the page comes from somewhere");
    for port in of_precall {
        let answer = asked_for_devtools(port);
        assert!(!answer.contains("Debugger") && !answer.starts_with("HTTP/1.1 200"), "{port}: {answer}");
    }
    for file in ["environ", "mem", "maps"] {
        let output = as_other("cat \"$1\" | head -c 1", Path::new(&format!("/proc/{precall}/{file}")));
        assert!(output.stdout.is_empty(), "{file}");
    }

    running.signal(Signal::SIGTERM);
    running.child.wait().expect("ended");
    for name in names {
        std::fs::remove_file(temporary.join(name)).expect("it is still there");
    }
    running.nothing_is_left();
}
