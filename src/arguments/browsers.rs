//! The arguments that are about browsers, and where they find precall.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use url::Url;

use crate::job::BrowserRequest;
use precall_scenario::BrowserKind;
use precall_support::environment;
use precall_support::secrets::redact_address;

#[derive(Debug, Clone, Args)]
pub(crate) struct BrowserArguments {
    /// Run this browser instead of the one that PRECALL_CHROME names, or of the first one found.
    #[arg(long, value_name = "PATH")]
    pub chrome: Option<PathBuf>,
    /// Run this Firefox where a scenario asks for Firefox, instead of the one that PRECALL_FIREFOX names, or of the
    /// first one found.
    #[arg(long, value_name = "PATH")]
    pub firefox: Option<PathBuf>,
}

impl BrowserArguments {
    /// A browser of this host.
    pub fn request(&self) -> BrowserRequest {
        BrowserRequest::Local { chrome: self.chrome_path(), firefox: self.firefox_path(), supervisor: None }
    }

    /// The Firefox that is named, by the flag or else by the environment.
    pub fn firefox_path(&self) -> Option<PathBuf> {
        self.firefox.clone().or_else(|| environment::variable("PRECALL_FIREFOX").map(PathBuf::from))
    }

    /// The Chrome that is named, by the flag or else by the environment.
    pub fn chrome_path(&self) -> Option<PathBuf> {
        self.chrome.clone().or_else(|| environment::variable("PRECALL_CHROME").map(PathBuf::from))
    }
}

/// An address that a page can be loaded from: with a number, and not all of them at once.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr =
        text.parse().map_err(|_| "write an address and a port, such as `127.0.0.1:8080`".to_owned())?;
    match address.ip().is_unspecified() {
        true => Err(format!("{} is no address that a browser can call; name the one that it reaches", address.ip())),
        false => Ok(address),
    }
}

/// The browser that `--browser` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedBrowser {
    /// A browser of this host.
    Kind(BrowserKind),
    /// A remote browser, by the address of its DevTools.
    Remote(String),
}

/// A kind of browser, or the address of one, which can be in a variable: `env:NAME`.
pub(super) fn named_browser(text: &str) -> Result<NamedBrowser, String> {
    let text = environment::text_or_named(text, "the address of a browser", environment::text)?;
    text.parse().map(NamedBrowser::Kind).or_else(|_| devtools(&text).map(NamedBrowser::Remote))
}

/// Reads the address of a browser's DevTools, whose secrets are redacted from now on.
fn devtools(text: &str) -> Result<String, String> {
    let url =
        Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "ws" | "wss") && url.has_host());
    if let Some(url) = &url {
        redact_address(url);
    }
    url.map(|_| text.to_owned()).ok_or_else(|| {
        "write `chrome` or `firefox` for a browser of this host, or the address of a remote Chrome's DevTools: `http://host:9222`, \
         `ws://host:9222/devtools/browser/…`, or with TLS `wss://host/?token=…`, also as `env:NAME`"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreachable_addresses_are_refused() {
        assert!(address("127.0.0.1:80").is_ok() && address("[::1]:0").is_ok() && address("192.0.2.7:80").is_ok());
        assert!(address("0.0.0.0:80").is_err() && address("nonsense").is_err());
        let addresses =
            ["http://127.0.0.1:9222", "ws://grid:4444/devtools?x=1", "https://grid", "wss://me:pw@grid/?token=x"];
        assert!(addresses.iter().all(|address| devtools(address).is_ok()));
        assert_eq!(named_browser("firefox"), Ok(NamedBrowser::Kind(BrowserKind::Firefox)));
        assert!(named_browser("safari").is_err());
        assert!(named_browser("env:PRECALL_NO_SUCH_VARIABLE").is_err_and(|error| error.contains("is not set")));
        assert!(devtools("127.0.0.1:9222").is_err() && devtools("ftp://grid").is_err());
    }
}
