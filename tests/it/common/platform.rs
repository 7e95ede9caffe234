//! `precall platform` as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc;

use precall_platform::credentials::{Project, server_token};
use precall_support::secrets::Secret;
use serde_json::Value;

use super::Workspace;

/// A running platform. Dropped, it ends: a test that failed leaves nothing either.
pub struct Running {
    child: Child,
    /// Its further lines. They are read whether or not anybody asks, so that it never waits for a reader.
    pub lines: mpsc::Receiver<String>,
    /// Its first line.
    pub listening: Value,
}

/// Starts it on a free port with JSON lines.
pub fn start(workspace: &Workspace, more: &[&str]) -> Running {
    let mut arguments = vec!["platform", "--json"];
    if !more.contains(&"--listen") {
        arguments.extend(["--listen", "127.0.0.1:0"]);
    }
    arguments.extend(more);
    started(workspace.precall(&arguments))
}

/// Starts it by this command, which has it listen on a free port with JSON lines.
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
    /// What its first line says under this name.
    pub fn text(&self, name: &str) -> String {
        self.listening[name].as_str().expect("a text").to_owned()
    }

    /// One request with these headers, and the whole answer.
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

    /// A server's token of its project.
    pub fn token(&self) -> String {
        let project = Project::opentok(self.text("apiKey"), Secret::new(self.text("apiSecret")));
        let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        server_token(&project, now).expect("signed").expose().to_owned()
    }

    /// The most memory that it has had so far, in MB.
    pub fn peak_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says so");
        let kib: f64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        kib / 1024.0
    }

    /// Ends it with Ctrl-C, and gives its exit code.
    pub fn end(mut self) -> i32 {
        self.interrupt()
    }

    /// Ends it with Ctrl-C, and gives the lines that nobody has read.
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
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
