//! A fault as people write it: `reset`, `status 503`, `delay 3 s`, `hang at 8 s`.

use std::time::Duration;

use super::model::{Action, Fault, Leg};
use crate::units::{UnitError, parse_duration};

/// Reads the fault of a leg.
///
/// # Errors
///
/// What is wrong, with what would be right.
pub fn parse_fault(leg: Leg, text: &str) -> Result<Fault, UnitError> {
    let (what, at) = match text.split_once(" at ") {
        Some((what, at)) => (what, Some(parse_duration(at).map_err(|error| error.within(&format!("{what} at "), ""))?)),
        None => (text, None),
    };
    let (word, rest) = what.trim().split_once(' ').unwrap_or((what.trim(), ""));
    if !leg.actions().contains(&word) {
        return Err(unknown(leg, text, word));
    }
    let action = match (word, rest.trim()) {
        ("status", code) => Action::Status(status(leg, code)?),
        ("delay", time) => Action::Delay(delay(text, time)?),
        (_, rest) if !rest.is_empty() => {
            return Err(UnitError::new(format!("nothing may follow {word:?}"), choices(leg)));
        }
        ("reset", _) => Action::Reset,
        ("hang", _) => Action::Hang,
        ("block", _) => Action::Block,
        ("disconnect", _) => Action::Disconnect,
        (_, _) => Action::Unpublish,
    };
    if at.is_none() && matches!(action, Action::Disconnect | Action::Unpublish) {
        return Err(UnitError::mended(format!("{word:?} needs a time"), format!("{word} at 8 s")));
    }
    Ok(Fault { leg, action, at })
}

/// A status that is a refusal. Raptor's are those of HTTP; TURN's are a kind of their own in the same range.
fn status(leg: Leg, text: &str) -> Result<u16, UnitError> {
    let code = text.parse().ok().filter(|code| (400..600).contains(code));
    code.ok_or_else(|| UnitError::new(format!("{text:?} is no status that refuses"), choices(leg)))
}

/// The time of a delay, in the text of the whole fault.
fn delay(text: &str, time: &str) -> Result<Duration, UnitError> {
    parse_duration(time).map_err(|error| match text.split_once(time).filter(|_| !time.is_empty()) {
        Some((before, after)) => error.within(before, after),
        None => error,
    })
}

/// What is wrong with the first word, and which one may be meant: a status is often written without its word.
fn unknown(leg: Leg, text: &str, word: &str) -> UnitError {
    let reason = format!("`{}` cannot {word:?}", leg.as_str());
    let after = &text.trim_start()[word.len()..];
    let lower = word.trim_end_matches(':').to_lowercase();
    let known = match lower.as_str() {
        "http" | "code" | "error" => "status",
        "timeout" | "stall" => "hang",
        "drop" | "blocked" | "off" => "block",
        "slow" | "latency" | "wait" => "delay",
        "close" | "abort" => "reset",
        other => other,
    };
    let is_status = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    match leg.actions().iter().find(|action| **action == known) {
        _ if is_status && leg.actions().contains(&"status") => {
            UnitError::mended(reason, format!("status {word}{after}"))
        }
        Some(action) => UnitError::mended(reason, format!("{action}{after}")),
        None => UnitError::new(reason, choices(leg)),
    }
}

/// What can be written.
fn choices(leg: Leg) -> String {
    let forms = leg.actions().iter().map(|word| match *word {
        "status" if leg == Leg::Relay => "\"status 486\"".to_owned(),
        "status" => "\"status 503\"".to_owned(),
        "delay" => "\"delay 3 s\"".to_owned(),
        word @ ("disconnect" | "unpublish") => format!("\"{word} at 8 s\""),
        word => format!("{word:?}"),
    });
    format!("write {}, with \"at 8 s\" behind it for later", forms.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_as_people_write_them() {
        let read =
            |leg, text| parse_fault(leg, text).map(|fault| (fault.action, fault.at)).map_err(|error| error.to_string());
        assert_eq!(read(Leg::Api, "reset"), Ok((Action::Reset, None)));
        assert_eq!(read(Leg::Api, "status 503"), Ok((Action::Status(503), None)));
        let eight = Some(Duration::from_secs(8));
        assert_eq!(read(Leg::Messaging, "hang at 8 s"), Ok((Action::Hang, eight)));
        assert_eq!(read(Leg::Publish, "unpublish at 8 s"), Ok((Action::Unpublish, eight)));
        assert_eq!(read(Leg::Logging, "delay 300 ms"), Ok((Action::Delay(Duration::from_millis(300)), None)));
        assert_eq!(read(Leg::PublisherMedia, "block at 8 s"), Ok((Action::Block, eight)));
        assert_eq!(read(Leg::Relay, "status 486"), Ok((Action::Status(486), None)));
        assert_eq!(read(Leg::Relay, "hang at 8 s"), Ok((Action::Hang, eight)));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        for (leg, text, said) in [
            (Leg::Api, "explode", "write \"reset\", \"hang\", \"status 503\", \"delay 3 s\""),
            (Leg::Api, "status 200", "no status that refuses"),
            (Leg::Api, "status", "no status that refuses"),
            (Leg::Api, "reset 5", "nothing may follow"),
            (Leg::Api, "hang at noon", "noon"),
            (Leg::Messaging, "disconnect", "needs a time"),
            (Leg::PublisherMedia, "reset", "write \"block\""),
            (Leg::Relay, "reset", "write \"status 486\", \"hang\", \"block\""),
        ] {
            let error = parse_fault(leg, text).expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            for leg in Leg::ALL {
                let _ = parse_fault(leg, &text);
            }
        }
    }
}
