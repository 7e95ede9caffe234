//! Networks as a text on a command line: a name, or the keys of `[network]`.

use std::path::Path;

use super::catalogue::named_network;
use super::load::parse;
use precall_netem::NetworkConfig;

/// Returns the network of a text: the name of a network of the catalogue, or keys of `[network]` as in a scenario, such
/// as `delay = "40 ms", up.rate = "1 Mbit/s"`.
///
/// # Errors
///
/// Returns a sentence that says what is wrong, with the advice of scenario files.
pub fn network_of(text: &str) -> Result<NetworkConfig, String> {
    if !text.contains('=') {
        return named_network(text).map(|named| named.network);
    }
    // One line: a text cannot add keys beside the network.
    let text = text.replace(['\n', '\r'], " ");
    let scenario = format!("network = {{ {text} }}\n[[case]]\nname = \"network\"\n");
    match parse(&scenario, Path::new("--network")) {
        Ok(mut scenario) if scenario.cases.len() == 1 => Ok(scenario.cases.remove(0).network),
        Ok(_) => Err("it is more than a network".to_owned()),
        Err(error) => {
            let first = error.diagnostics().first().map(|one| format!("{}; {}", one.message, one.help));
            Err(first.unwrap_or_else(|| "it is not a network".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_has_a_name_or_keys() {
        assert_eq!(network_of("3g"), named_network("3g").map(|named| named.network));
        let own = network_of("delay = \"40 ms\", up.rate = \"1 Mbit/s\", loss = \"2 %\"").expect("a network");
        assert_eq!(own.up.rate.map(|rate| rate.bits_per_second()), Some(1_000_000));
        assert_eq!((own.down.rate, own.down.delay.as_millis()), (None, 40));
    }

    #[test]
    fn mistakes_are_explained() {
        for (text, error) in [
            ("5g-x", "there is no network \"5g-x\""),
            ("delay = \"40\"", "write"),
            ("dely = \"40 ms\"", "did you mean"),
            ("delay = \"1 ms\" }\nseed = 3 #", ""),
        ] {
            let found = network_of(text).expect_err(text);
            assert!(found.contains(error), "{text}: {found}");
        }
    }
}
