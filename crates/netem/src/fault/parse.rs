//! The text form of a fault: `reset`, `status 503`, `delay 3 s`, `hang at 8 s`.

use std::time::Duration;

use super::model::{Action, Fault, Service};
use crate::units::{UnitError, parse_duration};

/// Parses the fault of a service.
///
/// # Errors
///
/// Returns the reason why the text is not a fault of this service, and advice on the correct form.
pub fn parse_fault(service: Service, text: &str) -> Result<Fault, UnitError> {
    let (what, at) = match text.split_once(" at ") {
        Some((what, at)) => (what, Some(parse_duration(at).map_err(|error| error.within(&format!("{what} at "), ""))?)),
        None => (text, None),
    };
    let (word, rest) = what.trim().split_once(' ').unwrap_or((what.trim(), ""));
    if !service.actions().contains(&word) {
        return Err(unknown(service, text, word));
    }
    let action = match (word, rest.trim()) {
        ("status", code) => Action::Status(status(service, code)?),
        ("delay", time) => Action::Delay(delay(text, time)?),
        (_, rest) if !rest.is_empty() => {
            return Err(UnitError::new(format!("nothing may follow {word:?}"), choices(service)));
        }
        ("reset", _) => Action::Reset,
        ("hang", _) => Action::Hang,
        ("block", _) => Action::Block,
        ("disconnect", _) => Action::Disconnect,
        (_, _) => Action::Unpublish,
    };
    if at.is_none() && matches!(action, Action::Disconnect | Action::Unpublish) {
        return Err(UnitError::corrected(format!("{word:?} needs a time"), format!("{word} at 8 s")));
    }
    Ok(Fault { service, action, at })
}

/// Parses an error status. Raptor uses the codes of HTTP; TURN has codes of its own in the same range.
fn status(service: Service, text: &str) -> Result<u16, UnitError> {
    let code = text.parse().ok().filter(|code| (400..600).contains(code));
    code.ok_or_else(|| UnitError::new(format!("{text:?} is not an error status"), choices(service)))
}

/// Parses the duration of a delay. `text` is the whole fault, for the suggestion in the error.
fn delay(text: &str, time: &str) -> Result<Duration, UnitError> {
    parse_duration(time).map_err(|error| match text.split_once(time).filter(|_| !time.is_empty()) {
        Some((before, after)) => error.within(before, after),
        None => error,
    })
}

/// Returns the error for an unknown action, with the likely one. A common mistake is a status without the word
/// `status`.
fn unknown(service: Service, text: &str, word: &str) -> UnitError {
    let reason = format!("`{}` cannot {word:?}", service.as_str());
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
    match service.actions().iter().find(|action| **action == known) {
        _ if is_status && service.actions().contains(&"status") => {
            UnitError::corrected(reason, format!("status {word}{after}"))
        }
        Some(action) => UnitError::corrected(reason, format!("{action}{after}")),
        None => UnitError::new(reason, choices(service)),
    }
}

/// Returns the accepted forms, as advice.
fn choices(service: Service) -> String {
    let forms = service.actions().iter().map(|word| match *word {
        "status" if service == Service::Relay => "\"status 486\"".to_owned(),
        "status" => "\"status 503\"".to_owned(),
        "delay" => "\"delay 3 s\"".to_owned(),
        word @ ("disconnect" | "unpublish") => format!("\"{word} at 8 s\""),
        word => format!("{word:?}"),
    });
    format!("write {}, followed by \"at 8 s\" for a later start", forms.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_parsed() {
        let read = |service, text| {
            parse_fault(service, text).map(|fault| (fault.action, fault.at)).map_err(|error| error.to_string())
        };
        assert_eq!(read(Service::Api, "reset"), Ok((Action::Reset, None)));
        assert_eq!(read(Service::Api, "status 503"), Ok((Action::Status(503), None)));
        let eight = Some(Duration::from_secs(8));
        assert_eq!(read(Service::Messaging, "hang at 8 s"), Ok((Action::Hang, eight)));
        assert_eq!(read(Service::Publish, "unpublish at 8 s"), Ok((Action::Unpublish, eight)));
        assert_eq!(read(Service::Logging, "delay 300 ms"), Ok((Action::Delay(Duration::from_millis(300)), None)));
        assert_eq!(read(Service::PublisherMedia, "block at 8 s"), Ok((Action::Block, eight)));
        assert_eq!(read(Service::Relay, "status 486"), Ok((Action::Status(486), None)));
        assert_eq!(read(Service::Relay, "hang at 8 s"), Ok((Action::Hang, eight)));
    }

    #[test]
    fn errors_name_the_correct_form() {
        for (service, text, expected) in [
            (Service::Api, "explode", "write \"reset\", \"hang\", \"status 503\", \"delay 3 s\""),
            (Service::Api, "status 200", "not an error status"),
            (Service::Api, "status", "not an error status"),
            (Service::Api, "reset 5", "nothing may follow"),
            (Service::Api, "hang at noon", "noon"),
            (Service::Messaging, "disconnect", "needs a time"),
            (Service::PublisherMedia, "reset", "write \"block\""),
            (Service::Relay, "reset", "write \"status 486\", \"hang\", \"block\""),
        ] {
            let error = parse_fault(service, text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in "\\PC*") {
            for service in Service::ALL {
                let _ = parse_fault(service, &text);
            }
        }
    }
}
