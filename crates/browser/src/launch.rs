//! How a browser is launched, and the command line of Chrome.

use std::path::PathBuf;

use super::fake_devices::FakeDevices;
use super::locate::InstalledBrowser;
use super::sandbox;
use super::supervisor::Layout;
use precall_support::browser_kind::BrowserKind;

/// The arguments that every browser needs, also a remote one. A fake camera and access to DevTools are needed as well.
pub const NEEDED_ARGUMENTS: [&str; 7] = [
    // The old headless mode and chrome-headless-shell have no fake devices.
    "--headless=new",
    // Without it, ICE gathers no candidate on a host whose only interface is loopback.
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    // Several pages run at the same time, and none of them may be treated as a background tab.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
];

/// How to launch a browser.
#[derive(Debug, Clone)]
pub struct LaunchOptions {
    /// The kind of browser.
    pub kind: BrowserKind,
    /// The path of the browser's program.
    pub program: PathBuf,
    /// The browser's version, for reports.
    pub version: String,
    /// The fake camera and microphone.
    pub devices: FakeDevices,
    /// The program that supervises the browser: a precall. `None` for the running program itself.
    pub supervisor: Option<PathBuf>,
    /// The key whose certificates the browser accepts, as the digest of its public key (SHA-256 of its SPKI, in
    /// Base64). Firefox has no such option, and accepts every certificate instead. `None` for the browser's own trust.
    pub trusted_key: Option<String>,
    /// Further arguments for the browser.
    pub extra_arguments: Vec<String>,
}

impl LaunchOptions {
    /// Returns options for a browser that was located, with the default devices and the browser's own trust.
    pub fn new(kind: BrowserKind, browser: InstalledBrowser) -> Self {
        Self {
            kind,
            program: browser.path,
            version: browser.version,
            devices: FakeDevices::default(),
            supervisor: None,
            trusted_key: None,
            extra_arguments: Vec::new(),
        }
    }

    /// Returns Chrome's arguments, with files in this directory.
    pub(super) fn arguments(&self, layout: &Layout) -> Vec<String> {
        let mut arguments: Vec<String> = NEEDED_ARGUMENTS.map(str::to_owned).to_vec();
        let of_a_test_browser = [
            // A pipe, because every user of the host could reach a port.
            "--remote-debugging-pipe",
            // A test browser must not contact other hosts.
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
            // The last two would run a page of Chrome's own beside each page, for suggestions below the address bar: a
            // process of 54 MiB and 0.7 CPU seconds each.
            "--disable-features=AimEnabled,AimServerEligibilityEnabled,AimServerRequestOnStartupEnabled,\
             AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,\
             MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PreconnectFromKeyedService,PreconnectToSearch,Translate,\
             WebUIOmniboxAimPopup,WebUIOmniboxPopup",
            "--disable-client-side-phishing-detection",
            "--disable-domain-reliability",
            "--no-pings",
            // At every start Chrome contacts servers for a signed-in account, for push messages and for one component.
            // No flag prevents that. With these URLs it contacts the discard port of the loopback interface, which
            // refuses at once.
            "--gaia-url=http://127.0.0.1:9/",
            "--component-updater=url-source=http://127.0.0.1:9/",
            "--gcm-checkin-url=http://127.0.0.1:9/",
            // A page that asks for a screen gets the tab of precall's page: nobody is there to choose one.
            "--auto-select-tab-capture-source-by-title=precall harness",
            "--no-first-run",
            // Each page has a window of its own; a first one would be a page that nobody uses.
            "--no-startup-window",
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
        // Chrome accepts this only with a profile directory of its own, which it has here.
        let trust = |digest| format!("--ignore-certificate-errors-spki-list={digest}");
        arguments.extend(self.trusted_key.as_ref().map(trust));
        arguments.extend(self.extra_arguments.iter().cloned());
        arguments
    }
}
