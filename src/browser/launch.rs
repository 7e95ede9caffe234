//! How Chrome is started.

use std::path::{Path, PathBuf};

use super::camera::FakeCamera;

/// What to launch, and how.
#[derive(Debug, Clone)]
pub struct LaunchOptions {
    /// The browser's program.
    pub chrome: PathBuf,
    /// Its version, for reports.
    pub version: String,
    /// Its fake camera.
    pub camera: FakeCamera,
    /// The program to supervise the browser with: a precall. By default this one.
    pub supervisor: Option<PathBuf>,
    /// Further arguments for Chrome.
    pub extra_arguments: Vec<String>,
}

impl LaunchOptions {
    /// Trusts whoever has a public key with this digest (SHA-256 of its SPKI, in Base64), whatever its certificate.
    pub fn trust(&mut self, key_digest: &str) {
        // Chrome heeds it only with a profile directory of its own, which it has here.
        self.extra_arguments.push(format!("--ignore-certificate-errors-spki-list={key_digest}"));
    }

    /// The command line, for a profile directory of its own; `film` is what a detailed camera shows.
    pub(super) fn arguments(&self, profile: &Path, film: &Path) -> Vec<String> {
        let mut arguments: Vec<String> = [
            // The old headless mode and chrome-headless-shell have no fake devices.
            "--headless=new",
            "--remote-debugging-port=0",
            // Without it no candidate is gathered on a host whose only interface is loopback.
            "--allow-loopback-in-peer-connection",
            "--autoplay-policy=no-user-gesture-required",
            "--mute-audio",
            // Several pages run at once; none of them may be taken for a background tab.
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            // A test browser talks to nobody but its test.
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-sync",
            "--disable-breakpad",
            "--disable-crash-reporter",
            "--disable-quic",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-features=AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,\
             MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,Translate",
            "--disable-client-side-phishing-detection",
            "--disable-domain-reliability",
            "--no-pings",
            // Chrome looks for a signed-in account and for one component at every start, and no flag stops it. With these
            // it asks loopback's discard port, which refuses at once.
            "--gaia-url=http://127.0.0.1:9/",
            "--component-updater=url-source=http://127.0.0.1:9/",
            "--no-first-run",
            "--no-default-browser-check",
            "--password-store=basic",
            "--use-mock-keychain",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--use-fake-device-for-media-stream=fps={}", self.camera.frame_rate));
        if self.camera.detailed.is_some() {
            arguments.push(format!("--use-file-for-fake-video-capture={}", film.display()));
        }
        arguments.push(format!("--user-data-dir={}", profile.display()));
        if nix::unistd::geteuid().is_root() {
            // Chrome's sandbox refuses to run as root, as containers do.
            arguments.push("--no-sandbox".to_owned());
        }
        arguments.extend(self.extra_arguments.iter().cloned());
        arguments.push("about:blank".to_owned());
        arguments
    }
}
