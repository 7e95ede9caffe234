//! How a network-test module recommends a resolution, as far as that is known: the published modules do it in another way than the one
//! inside precall, whose rules are what recorded samples are held against.

use precall_results::BuildInfo;

/// Packages whose rule is known. Both names are of one module.
const PUBLISHED: [&str; 2] = ["opentok-network-test-js", "@vonage/video-client-network-test"];

/// How a module recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ModuleRule {
    /// As precall does: it is precall's own module.
    Own,
    /// By the classic table, with a loss that is counted in another way: the published module up to 2.x.
    Table,
    /// By the sender's estimate alone: the published module from 3.0 on.
    SenderEstimate,
    /// In a way that is not known: any other package, and builds on disk.
    Unknown,
}

impl ModuleRule {
    /// The rule of a module, by where it came from and its version.
    pub fn of(module: &BuildInfo) -> Self {
        let package = module.source.strip_prefix("npm ");
        let major = module.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        match (package, major) {
            _ if module.source == "built-in" => Self::Own,
            (Some(package), Some(major)) if PUBLISHED.contains(&package) => {
                if major < 3 {
                    Self::Table
                } else {
                    Self::SenderEstimate
                }
            }
            _ => Self::Unknown,
        }
    }

    /// What is known of it, in a sentence; nothing of precall's own, whose rule is written out.
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::Table => Some(
                "the module's own rule is this table too, but its loss is a mean over ever longer parts of the test, not the loss of the \
                 last five seconds",
            ),
            Self::SenderEstimate => Some(
                "the module's own rule is another: the largest size of which the sender's estimate (availableOutgoingBitrate) in the last \
                 second covers 75 % of its rate; received bitrate and loss do not count",
            ),
            Self::Unknown => Some("the module's own rule is not known to precall"),
        }
    }

    /// Whether the classic table is what it recommends by.
    pub fn is_by_table(self) -> bool {
        matches!(self, Self::Own | Self::Table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_modules_are_known_by_package_and_version() {
        let of = |source: &str, version: &str| {
            ModuleRule::of(&BuildInfo { version: version.to_owned(), source: source.to_owned(), integrity: None })
        };
        assert_eq!(of("built-in", "0.1.0"), ModuleRule::Own);
        assert_eq!(of("npm opentok-network-test-js", "2.5.0"), ModuleRule::Table);
        assert_eq!(of("npm opentok-network-test-js", "3.1.6"), ModuleRule::SenderEstimate);
        assert_eq!(of("npm @vonage/video-client-network-test", "5.1.0"), ModuleRule::SenderEstimate);
        assert_eq!(of("npm opentok-network-test-js", "next"), ModuleRule::Unknown);
        assert_eq!(of("npm something-else", "3.0.0"), ModuleRule::Unknown);
        assert_eq!(of("../my-module/dist", "3.1.6"), ModuleRule::Unknown, "a build on disk may hold anything");
    }
}
