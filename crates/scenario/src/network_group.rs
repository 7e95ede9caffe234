//! The groups of networks in the catalogue, with advice on their use.

use serde::Serialize;

/// A group of networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkGroup {
    /// Networks of mobile phones.
    Mobile,
    /// Wireless LANs at home and in public places.
    WiFi,
    /// Fixed lines and satellites.
    Fixed,
    /// Networks with a single impairment.
    Impairment,
    /// The presets of other tools.
    Preset,
}

impl NetworkGroup {
    /// Every group, in the order of lists.
    pub const ALL: [Self; 5] = [Self::Mobile, Self::WiFi, Self::Fixed, Self::Impairment, Self::Preset];

    /// Returns the name of the group for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mobile => "Mobile",
            Self::WiFi => "Wi-Fi",
            Self::Fixed => "Fixed lines and satellites",
            Self::Impairment => "One impairment at a time",
            Self::Preset => "Presets of other tools",
        }
    }

    /// Returns advice on which network of the group to choose.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Mobile => {
                "Use `3g` for a slow phone, `lte` for a good one, and `lte-driving` for one that moves. Take another 3G only if you know \
                 that your users have it."
            }
            Self::WiFi => {
                "Use `wifi-hotel` for a slow, shared network, and `wifi-congested` for a faster one with interference."
            }
            Self::Fixed => {
                "Use `cable` or `dsl` for a home, `bufferbloat` for a line that somebody else fills, and `satellite-leo` or \
                 `satellite-geo` for a satellite."
            }
            Self::Impairment => {
                "Use these to see what one impairment alone does. Use `loss-bursts` rather than `loss-5` for loss as real networks have it."
            }
            Self::Preset => {
                "Use these only to compare with the tool of that name. Otherwise use `3g` in place of `apple-3g`, `comcast-3g`, \
                 `devtools-slow-3g` and `loadero-3g`, and `lte` in place of the 4Gs."
            }
        }
    }

    /// Returns the group of a network of the catalogue.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "wifi-hotel" | "wifi-congested" => Self::WiFi,
            "dial" | "dsl" | "cable" | "fibre" | "bufferbloat" | "satellite-geo" | "satellite-leo" => Self::Fixed,
            "high-jitter" | "rfc8867-variable" => Self::Impairment,
            "2g" | "edge" | "3g" | "3g-slow" | "3g-fast" | "3g-emerging" | "4g" | "lte" | "lte-driving" => Self::Mobile,
            name if name.starts_with("loss-") => Self::Impairment,
            // The name of a preset begins with the name of its tool.
            _ => Self::Preset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn preset_begins_with_the_name_of_its_tool() {
        const TOOLS: [&str; 6] = ["apple-", "comcast-", "devtools-", "facebook-", "lighthouse-", "loadero-"];
        for network in catalogue() {
            let is_of_a_tool = TOOLS.iter().any(|tool| network.name.starts_with(tool));
            assert_eq!(network.group == NetworkGroup::Preset, is_of_a_tool, "{} is in no group", network.name);
        }
    }

    #[test]
    fn advice_names_existing_networks() {
        let names: Vec<_> = catalogue().into_iter().map(|network| network.name).collect();
        for group in NetworkGroup::ALL {
            for (index, name) in group.advice().split('`').enumerate().filter(|(index, _)| index % 2 == 1) {
                assert!(names.iter().any(|known| known == name), "{name} ({index}) of {}", group.title());
            }
        }
    }
}
