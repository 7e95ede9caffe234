//! Suggests the valid word that a user probably meant: one with other capitals or separators, the same words in another
//! order, a common synonym, a misspelling, or a part of a longer name.

use super::synonyms;
use super::written::quoted;

/// Returns `did you mean …?` if one word is likely, or else the valid words.
pub fn suggestion(given: &str, right: &[&str]) -> String {
    match closest(given, right) {
        Some(word) => format!("did you mean `{word}`?"),
        None => choices(&alike(given, right)),
    }
}

/// Returns the same for a value in TOML syntax, and the likely value.
pub(super) fn suggested_value(given: &str, right: &[&str]) -> (String, Option<String>) {
    match closest(given, right).map(quoted) {
        Some(value) => (format!("did you mean `{value}`?"), Some(value)),
        None => (choices(&alike(given, right)), None),
    }
}

/// Returns the valid words that share a part with the given word; all of them if there is none.
fn alike<'a>(given: &str, right: &[&'a str]) -> Vec<&'a str> {
    const MANY: usize = 8;
    let given = words(given);
    let shares = |word: &&&str| words(word).iter().any(|part| given.contains(part));
    let alike: Vec<_> = right.iter().filter(shares).copied().collect();
    if alike.is_empty() || right.len() <= MANY { right.to_vec() } else { alike }
}

/// Returns a list of the valid words.
pub(super) fn choices(right: &[&str]) -> String {
    let list = right.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    format!("there are {list}")
}

/// Returns the likely word, if there is exactly one.
pub(super) fn closest<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    same_words(given, right)
        .or_else(|| synonym(given, right))
        .or_else(|| slip(given, right))
        .or_else(|| slip(&sorted(&words(given)), right))
        .or_else(|| part(given, right))
}

/// Returns the word that has the same parts, regardless of separators, order and capitals.
fn same_words<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let joined = words(given).concat();
    let sorted_given = sorted(&words(given));
    let is_same = |word: &&&str| words(word).concat() == joined;
    let is_reordered = |word: &&&str| sorted(&words(word)) == sorted_given;
    right.iter().find(is_same).or_else(|| right.iter().find(is_reordered)).copied()
}

/// Returns the word that is a synonym.
fn synonym<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let spoken = words(given);
    let (last, above) = spoken.split_last()?;
    // `delayMs`, `rate_kbps`: the unit belongs in the value.
    let without_unit = if UNITS.contains(&last.as_str()) { above.concat() } else { String::new() };
    let names = [spoken.concat(), without_unit];
    let find = |meaning: &str| right.iter().find(|word| words(word).concat() == meaning).copied();
    let names = names.iter().filter(|name| !name.is_empty());
    names.flat_map(|name| find(name).or_else(|| synonyms::of(name).find_map(find))).next()
}

/// Units, which are not names.
const UNITS: [&str; 12] =
    ["ms", "s", "sec", "secs", "seconds", "kbps", "mbps", "kbit", "mbit", "percent", "pct", "milliseconds"];

/// The largest number of wrong letters in a misspelling.
const MOST_SLIPS: usize = 3;

/// Returns the word of which the given one is a misspelling: at most a third of the letters differ, and no digit.
fn slip<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let given = given.to_lowercase();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let distance = |word: &str| {
        let word = word.to_lowercase();
        let sorted_word = sorted(&words(&word));
        strsim::damerau_levenshtein(&given, &word).min(strsim::damerau_levenshtein(&given, &sorted_word))
    };
    right
        .iter()
        .filter(|word| digits(word) == digits(&given))
        .map(|word| (distance(word), *word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| *distance <= MOST_SLIPS && *distance * 3 <= word.chars().count().max(3))
        .map(|(_, word)| word)
}

/// Returns the only word that contains all parts of the given one, or whose parts it contains.
fn part<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let given = words(given);
    // One or two letters are too short to be a part.
    if given.concat().chars().count() < 3 {
        return None;
    }
    let only = |is: &dyn Fn(&[String]) -> bool| {
        let mut found = right.iter().filter(|word| is(&words(word)));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    only(&|word| given.iter().all(|part| word.contains(part)))
        .or_else(|| only(&|word| word.iter().all(|part| given.contains(part))))
}

/// Returns the parts of a name in lower case: `packetLoss`, `packet_loss` and `packet-loss` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for letter in name.chars() {
        let begins = !last.is_alphanumeric() || (letter.is_uppercase() && last.is_lowercase());
        if letter.is_alphanumeric() {
            if begins || words.is_empty() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
        last = letter;
    }
    words
}

fn sorted(words: &[String]) -> String {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORKS: [&str; 8] =
        ["wifi-hotel", "wifi-home", "3g", "3g-slow", "devtools-slow-3g", "lte", "lte-driving", "loss-10"];
    const KEYS: [&str; 8] = ["rate", "delay", "jitter", "loss", "queue", "up", "profile", "jitterCorrelation"];
    const METRICS: [&str; 6] = [
        "audio.mos",
        "audio.packetLossRatio",
        "video.packetLossRatio",
        "video.frameRate",
        "video.bitrate",
        "link.roundTripTime",
    ];

    #[test]
    fn likely_word_is_found() {
        for (given, right, wanted) in [
            ("hotel-wifi", &NETWORKS[..], Some("wifi-hotel")),
            ("hotel wifi", &NETWORKS, Some("wifi-hotel")),
            ("HotelWifi", &NETWORKS, Some("wifi-hotel")),
            ("hotel-wfi", &NETWORKS, Some("wifi-hotel")),
            ("Wi-Fi hotel", &NETWORKS, Some("wifi-hotel")),
            ("hotel", &NETWORKS, Some("wifi-hotel")),
            ("slow-3g", &NETWORKS, Some("3g-slow")),
            ("3gslow", &NETWORKS, Some("3g-slow")),
            ("3G", &NETWORKS, Some("3g")),
            ("4g", &NETWORKS, Some("lte")),
            ("wifi", &NETWORKS, None),
            ("loss-20", &NETWORKS, None),
            ("5g", &NETWORKS, None),
            ("latency", &KEYS, Some("delay")),
            ("latencyMs", &KEYS, Some("delay")),
            ("delay_ms", &KEYS, Some("delay")),
            ("bandwidth", &KEYS, Some("rate")),
            ("maxBandwidth", &KEYS, Some("rate")),
            ("kbps", &KEYS, Some("rate")),
            ("speed", &KEYS, Some("rate")),
            ("packet_loss", &KEYS, Some("loss")),
            ("packetLoss", &KEYS, Some("loss")),
            ("packet-loss-ratio", &KEYS, Some("loss")),
            ("uplink", &KEYS, Some("up")),
            ("colour", &KEYS, None),
            ("audio.moss", &METRICS, Some("audio.mos")),
            ("video.fps", &METRICS, Some("video.frameRate")),
            ("audio.packetLoss", &METRICS, Some("audio.packetLossRatio")),
            ("audio.loss", &METRICS, Some("audio.packetLossRatio")),
            ("rtt", &METRICS, Some("link.roundTripTime")),
            ("packetLossRatio", &METRICS, None),
            ("", &METRICS, None),
        ] {
            assert_eq!(closest(given, right), wanted, "{given}");
        }
    }

    #[test]
    fn likely_word_needs_no_list() {
        assert_eq!(suggestion("dealy", &KEYS[..3]), "did you mean `delay`?");
        assert_eq!(suggestion("colour", &KEYS[..3]), "there are `rate`, `delay`, `jitter`");
    }

    proptest::proptest! {
        #[test]
        fn valid_word_is_its_own_suggestion(at in 0_usize..8) {
            proptest::prop_assert_eq!(closest(NETWORKS[at], &NETWORKS), Some(NETWORKS[at]));
            proptest::prop_assert_eq!(closest(&NETWORKS[at].to_uppercase(), &NETWORKS), Some(NETWORKS[at]));
        }

        #[test]
        fn arbitrary_text_does_not_panic(given in "\\PC{0,20}") {
            let _ = suggestion(&given, &NETWORKS);
        }
    }
}
