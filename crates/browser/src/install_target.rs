//! What `precall browser install` is asked for.

use std::fmt;
use std::str::FromStr;

use precall_support::browser_kind::BrowserKind;

/// A browser to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallTarget {
    /// The kind of browser.
    pub kind: BrowserKind,
    /// The release. `None` for any: then a browser that is there is enough.
    pub release: Option<BrowserRelease>,
}

/// A release of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserRelease {
    /// A version: `140`, or more of its parts.
    Version(String),
    /// The newest release of a channel: `beta`.
    Channel(String),
}

impl BrowserRelease {
    /// Returns the channels of a kind of browser.
    pub const fn channels(kind: BrowserKind) -> &'static [&'static str] {
        match kind {
            BrowserKind::Chrome => &["stable", "beta", "dev", "canary"],
            BrowserKind::Firefox => &["stable", "beta", "devedition", "nightly", "esr"],
        }
    }

    /// Returns the version as browsers print it; `None` for a channel, whose version is known once it is installed.
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Version(version) => Some(version.strip_suffix("esr").unwrap_or(version)),
            Self::Channel(_) => None,
        }
    }

    /// Returns its name for the installer (`npx @puppeteer/browsers install --help`).
    pub(super) fn build(&self, kind: BrowserKind) -> String {
        match (self, kind) {
            (Self::Channel(channel), _) => channel.clone(),
            (Self::Version(version), BrowserKind::Chrome) => version.clone(),
            // Mozilla's releases are numbered with a dot at least; those with long support end in `esr`.
            (Self::Version(version), BrowserKind::Firefox) => {
                let channel = if version.ends_with("esr") { "esr" } else { "stable" };
                let (number, suffix) = version.strip_suffix("esr").map_or((&**version, ""), |number| (number, "esr"));
                let minor = if number.contains('.') { "" } else { ".0" };
                format!("{channel}_{number}{minor}{suffix}")
            }
        }
    }
}

impl fmt::Display for InstallTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.word())?;
        match &self.release {
            Some(BrowserRelease::Version(name) | BrowserRelease::Channel(name)) => write!(f, "@{name}"),
            None => Ok(()),
        }
    }
}

impl FromStr for InstallTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, release) = match text.split_once('@') {
            Some((kind, release)) => (kind, Some(release)),
            None => (text, None),
        };
        let kind = kind.parse()?;
        let release = release.map(|release| parse_release(kind, release)).transpose()?;
        Ok(Self { kind, release })
    }
}

fn parse_release(kind: BrowserKind, text: &str) -> Result<BrowserRelease, String> {
    let channels = BrowserRelease::channels(kind);
    if channels.contains(&text) {
        return Ok(BrowserRelease::Channel(text.to_owned()));
    }
    let number = match kind {
        BrowserKind::Chrome => text,
        BrowserKind::Firefox => text.strip_suffix("esr").unwrap_or(text),
    };
    let is_number = |part: &str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    // The installer knows milestones of Chrome, builds and whole versions, and takes Firefox's own numbers.
    let counts: &[usize] = if kind == BrowserKind::Chrome { &[1, 3, 4] } else { &[1, 2, 3, 4] };
    match counts.contains(&number.split('.').count()) && number.split('.').all(is_number) {
        true => Ok(BrowserRelease::Version(text.to_owned())),
        false => Err(format!(
            "write a version after the `@`, such as `{word}@140` or `{word}@140.0.1`, or a channel: {channels}",
            word = kind.word(),
            channels = channels.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_kind_and_perhaps_a_release() {
        for text in ["chrome", "firefox", "chrome@140", "chrome@140.0.7339.82", "chrome@beta", "firefox@esr"] {
            assert_eq!(text.parse::<InstallTarget>().map(|target| target.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "safari",
            "chrome@",
            "chrome@latest",
            "chrome@1.2.3.4.5",
            "chrome@140.0",
            "chrome@140esr",
            "chrome@140;ls",
            "@140",
        ] {
            assert!(text.parse::<InstallTarget>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_have_the_names_that_the_installer_knows() {
        let build = |text: &str| {
            let target: InstallTarget = text.parse().expect("a target");
            target.release.expect("a release").build(target.kind)
        };
        assert_eq!(build("chrome@140.0.7339.82"), "140.0.7339.82");
        assert_eq!(build("chrome@beta"), "beta");
        assert_eq!(build("firefox@140"), "stable_140.0");
        assert_eq!(build("firefox@140.0.2"), "stable_140.0.2");
        assert_eq!(build("firefox@128.5.0esr"), "esr_128.5.0esr");
        assert_eq!(build("firefox@nightly"), "nightly");
    }
}
