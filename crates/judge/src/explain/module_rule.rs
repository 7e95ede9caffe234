//! The rule by which a network-test module recommends a resolution, as far as it is known. The published modules have
//! other rules than precall's own module, whose rules are those that recorded samples are checked by.

use precall_results::BuildInfo;

/// The packages whose rule is known. Both are names of the same module.
const PUBLISHED: [&str; 2] = ["opentok-network-test-js", "@vonage/video-client-network-test"];

/// The rule by which a module recommends a resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ModuleRule {
    /// The rule of precall's own module.
    Own,
    /// The classic table, with another definition of loss: the published module up to 2.x.
    Table,
    /// The sender's bandwidth estimate alone: the published module since 3.0.
    SenderEstimate,
    /// An unknown rule: that of any other package, and of builds on disk.
    Unknown,
}

impl ModuleRule {
    /// Returns the rule of a module, by its origin and its version.
    pub(super) fn of(module: &BuildInfo) -> Self {
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

    /// Returns a sentence on the rule; `None` for precall's own module, whose rule is shown in full.
    pub(super) fn describe(self) -> Option<&'static str> {
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

    /// Whether the module recommends by the classic table.
    pub(super) fn is_by_table(self) -> bool {
        matches!(self, Self::Own | Self::Table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_modules_by_package_and_version() {
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
