//! `precall platform` as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc;

use precall_platform::credentials::{Project, server_token};
use precall_support::secrets::Secret;
use serde_json::Value;

use super::Workspace;

/// A running platform. It ends when this is dropped, also after a failed test.
pub struct Running {
    child: Child,
    /// The further lines of its output. They are read at all times, so that the platform never waits for a reader.
    pub lines: mpsc::Receiver<String>,
    /// The first line of its output.
    pub listening: Value,
}

/// Starts a platform on a free port with JSON lines.
pub fn start(workspace: &Workspace, more: &[&str]) -> Running {
    let mut arguments = vec!["platform", "--json"];
    if !more.contains(&"--listen") {
        arguments.extend(["--listen", "127.0.0.1:0"]);
    }
    arguments.extend(more);
    started(workspace.precall(&arguments))
}

/// Starts a platform by this command, whose options make it listen on a free port with JSON lines.
pub fn started(mut command: std::process::Command) -> Running {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let line = lines.next().expect("a line").expect("UTF-8");
    let listening: Value = serde_json::from_str(&line).expect("JSON");
    let (sender, further) = mpsc::channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    Running { child, lines: further, listening }
}

impl Running {
    /// Returns the value of this field in the first line.
    pub fn text(&self, name: &str) -> String {
        self.listening[name].as_str().expect("a text").to_owned()
    }

    /// Sends a request with these headers, and returns the whole answer.
    pub fn ask(&self, request: &str, headers: &[(&str, &str)]) -> String {
        let url = self.text("apiUrl");
        let host = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("it listens");
        let mut text = format!("{request} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            text += &format!("Host: {host}\r\n");
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{text}\r\n").as_bytes()).expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("UTF-8");
        answer
    }

    /// Returns a server's token of the platform's project.
    pub fn token(&self) -> String {
        let project = Project::opentok(self.text("apiKey"), Secret::new(self.text("apiSecret")));
        let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        server_token(&project, now).expect("signed").expose().to_owned()
    }

    /// Returns the peak of its resident memory so far, in MB.
    pub fn peak_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says so");
        let kib: f64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        kib / 1024.0
    }

    /// Ends the platform with Ctrl-C, and returns its exit code.
    pub fn end(mut self) -> i32 {
        self.interrupt()
    }

    /// Ends the platform with Ctrl-C, and returns the unread lines of its output.
    pub fn end_with_lines(mut self) -> Vec<String> {
        assert_eq!(self.interrupt(), 0);
        self.lines.iter().collect()
    }

    fn interrupt(&mut self) -> i32 {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("it runs");
        self.child.wait().expect("it ends").code().expect("a code")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A process that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
