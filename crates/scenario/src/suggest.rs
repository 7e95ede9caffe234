//! Which of the right words a wrong one means: other capitals or separators, words in another order, a common synonym, a slip
//! of a letter, or a part of the whole name.

use super::synonyms;
use super::written::quoted;

/// `did you mean …?` where the word leaves no doubt, or the words that would be right.
pub fn suggestion(given: &str, right: &[&str]) -> String {
    match closest(given, right) {
        Some(word) => format!("did you mean `{word}`?"),
        None => choices(&alike(given, right)),
    }
}

/// The same of a value, as TOML writes it; and that value, if there is no doubt.
pub(super) fn suggested_value(given: &str, right: &[&str]) -> (String, Option<String>) {
    match closest(given, right).map(quoted) {
        Some(value) => (format!("did you mean `{value}`?"), Some(value)),
        None => (choices(&alike(given, right)), None),
    }
}

/// Of many words those that share one with the given word, if there are some.
fn alike<'a>(given: &str, right: &[&'a str]) -> Vec<&'a str> {
    const MANY: usize = 8;
    let given = words(given);
    let shares = |word: &&&str| words(word).iter().any(|part| given.contains(part));
    let alike: Vec<_> = right.iter().filter(shares).copied().collect();
    if alike.is_empty() || right.len() <= MANY { right.to_vec() } else { alike }
}

/// The words that would be right.
pub(super) fn choices(right: &[&str]) -> String {
    let list = right.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    format!("there are {list}")
}

/// The word that is meant, if there is no doubt.
pub(super) fn closest<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    same_words(given, right)
        .or_else(|| synonym(given, right))
        .or_else(|| slip(given, right))
        .or_else(|| slip(&sorted(&words(given)), right))
        .or_else(|| part(given, right))
}

/// The same words, however they are joined, ordered and capitalised.
fn same_words<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let joined = words(given).concat();
    let sorted_given = sorted(&words(given));
    let is_same = |word: &&&str| words(word).concat() == joined;
    let is_reordered = |word: &&&str| sorted(&words(word)) == sorted_given;
    right.iter().find(is_same).or_else(|| right.iter().find(is_reordered)).copied()
}

/// What a synonym stands for here.
fn synonym<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let spoken = words(given);
    let (last, above) = spoken.split_last()?;
    // `delayMs`, `rate_kbps`: the unit belongs into the value.
    let without_unit = if UNITS.contains(&last.as_str()) { above.concat() } else { String::new() };
    let names = [spoken.concat(), without_unit];
    let find = |meaning: &str| right.iter().find(|word| words(word).concat() == meaning).copied();
    let names = names.iter().filter(|name| !name.is_empty());
    names.flat_map(|name| find(name).or_else(|| synonyms::of(name).find_map(find))).next()
}

/// Words that are units and no names.
const UNITS: [&str; 12] =
    ["ms", "s", "sec", "secs", "seconds", "kbps", "mbps", "kbit", "mbit", "percent", "pct", "milliseconds"];

/// More wrong letters are another word, however long it is.
const MOST_SLIPS: usize = 3;

/// A slip of the pen: up to a third of the letters are wrong. Another number is no slip.
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

/// The only word that has all of the given ones in it, or whose own are all among them.
fn part<'a>(given: &str, right: &[&'a str]) -> Option<&'a str> {
    let given = words(given);
    // One or two letters are no word of anybody's.
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

/// The words of a name, in small letters: `packetLoss`, `packet_loss` and `packet-loss` have the same two.
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
    fn the_word_that_is_meant_is_found() {
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
    fn a_sure_hit_needs_no_list() {
        assert_eq!(suggestion("dealy", &KEYS[..3]), "did you mean `delay`?");
        assert_eq!(suggestion("colour", &KEYS[..3]), "there are `rate`, `delay`, `jitter`");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_right_means_itself(at in 0_usize..8) {
            proptest::prop_assert_eq!(closest(NETWORKS[at], &NETWORKS), Some(NETWORKS[at]));
            proptest::prop_assert_eq!(closest(&NETWORKS[at].to_uppercase(), &NETWORKS), Some(NETWORKS[at]));
        }

        #[test]
        fn no_text_panics(given in "\\PC{0,20}") {
            let _ = suggestion(&given, &NETWORKS);
        }
    }
}
