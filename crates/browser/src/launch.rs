//! How Chrome is started.

use std::path::PathBuf;

use super::fake_devices::FakeDevices;
use super::sandbox;
use super::supervisor::Layout;

/// What every browser has to be started with, one elsewhere too; beside a fake camera, and a way to its DevTools.
pub const NEEDED_ARGUMENTS: [&str; 7] = [
    // The old headless mode and chrome-headless-shell have no fake devices.
    "--headless=new",
    // Without it no candidate is gathered on a host whose only interface is loopback.
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    // Several pages run at once; none of them may be taken for a background tab.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
];

/// What to launch, and how.
#[derive(Debug, Clone)]
pub struct LaunchOptions {
    /// The browser's program.
    pub chrome: PathBuf,
    /// Its version, for reports.
    pub version: String,
    /// Its fake camera and microphone.
    pub devices: FakeDevices,
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

    /// The command line, for directories of its own.
    pub(super) fn arguments(&self, layout: &Layout) -> Vec<String> {
        let mut arguments: Vec<String> = NEEDED_ARGUMENTS.map(str::to_owned).to_vec();
        let of_a_test_browser = [
            // By a pipe of precall's own: a port would be every user's.
            "--remote-debugging-pipe",
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
            "--disable-features=AimEnabled,AimServerEligibilityEnabled,AimServerRequestOnStartupEnabled,\
             AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,\
             MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PreconnectFromKeyedService,PreconnectToSearch,Translate",
            "--disable-client-side-phishing-detection",
            "--disable-domain-reliability",
            "--no-pings",
            // Chrome looks for a signed-in account, for push messages and for one component at every start, and no flag stops it. With
            // these it asks loopback's discard port, which refuses at once.
            "--gaia-url=http://127.0.0.1:9/",
            "--component-updater=url-source=http://127.0.0.1:9/",
            "--gcm-checkin-url=http://127.0.0.1:9/",
            "--no-first-run",
            "--no-default-browser-check",
            "--password-store=basic",
            "--use-mock-keychain",
        ];
        arguments.extend(of_a_test_browser.map(str::to_owned));
        arguments.extend(self.devices.arguments(layout));
        arguments.push(format!("--user-data-dir={}", layout.profile().display()));
        if sandbox::is_off() {
            arguments.push("--no-sandbox".to_owned());
        }
        arguments.extend(self.extra_arguments.iter().cloned());
        arguments.push("about:blank".to_owned());
        arguments
    }
}
