//! TURN clients of others.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::said;

/// PyPI's release of aioice that is tested.
const PYPI_AIOICE: &str = "aioice==0.13.0";

/// Debian's package of `turnutils_uclient`.
const COTURN: &str = "coturn";

/// A TURN server as `precall platform` announces it.
pub struct Server {
    pub host: String,
    pub port: String,
    pub username: String,
    pub password: String,
    /// `udp`, `tcp` or `tls`.
    pub transport: &'static str,
}

impl Server {
    pub fn new(announced: &Value) -> Self {
        let text = |key: &str| announced[key].as_str().expect("a text").to_owned();
        let url = text("urls");
        let (scheme, rest) = url.split_once(':').expect("a scheme");
        let (address, transport) = rest.split_once("?transport=").expect("a transport");
        let (host, port) = address.rsplit_once(':').expect("a port");
        let transport = match (scheme, transport) {
            ("turns", _) => "tls",
            (_, "udp") => "udp",
            _ => "tcp",
        };
        Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.to_owned(),
            username: text("username"),
            password: text("credential"),
            transport,
        }
    }

    /// What aioice gets through it.
    pub fn by_aioice(&self) -> Value {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/turn.py");
        let mut python = Command::new("python3");
        python.arg(script).args([&self.host, &self.port, &self.username, &self.password]).arg(self.transport);
        let output = python.env("PYTHONPATH", aioice()).output().expect("python3 starts");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)))
    }

    /// Lets coturn's client send between two allocations of its own, with these arguments as well; `None` where it is
    /// not installed.
    pub fn by_coturn(&self, more: &[&str]) -> Option<bool> {
        let mut client = Command::new("turnutils_uclient");
        // One client, five messages, to and fro.
        client.args([
            "-y",
            "-m",
            "1",
            "-n",
            "5",
            "-l",
            "200",
            "-u",
            &self.username,
            "-w",
            &self.password,
            "-p",
            &self.port,
        ]);
        match self.transport {
            "udp" => {}
            "tcp" => drop(client.arg("-t")),
            _ => drop(client.args(["-t", "-S"])),
        }
        match client.args(more).arg(&self.host).output() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                println!("skipped: turnutils_uclient is not installed (Debian's package {COTURN})");
                None
            }
            output => {
                let output = output.expect("it starts");
                println!("{more:?} by {}: {}", self.transport, said(&output));
                Some(output.status.success() && said(&output).contains("Total lost packets 0 "))
            }
        }
    }
}

/// The directory that aioice is installed in.
fn aioice() -> PathBuf {
    let packages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pypi-aioice");
    if !packages.join("aioice").exists() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--target"])
            .arg(&packages);
        let output = pip.arg(PYPI_AIOICE).output().expect("python3 starts");
        assert!(output.status.success(), "pip install {PYPI_AIOICE}: {}", said(&output));
    }
    packages
}
