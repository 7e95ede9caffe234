//! The lines that describe a platform's events: for people, or as JSON for programs.

use serde_json::{Map, Value};

use precall_platform::PlatformEvent;
use precall_support::text::is_control;

/// An event with its details by name. Never holds a token.
struct Entry {
    what: &'static str,
    fields: Vec<(&'static str, String)>,
}

/// Returns the line for people: the time of day, the event, then its details. For a refused origin or host these
/// include the option that allows it.
pub fn platform_line(event: &PlatformEvent, time: &str) -> String {
    match event {
        PlatformEvent::RequestRefused { what, value, .. } => {
            let refused = line(Entry { what: "refused", fields: vec![(*what, value.clone())] }, time);
            // A line that is copied into a shell must have no side effects there.
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '/' | '-' | '_' | '[' | ']');
            let value = if value.chars().all(is_plain) { value.as_str() } else { "and its name" };
            format!("{refused}; start with --allow-{what} {value}")
        }
        event => line(entry(event), time),
    }
}

/// Returns the line as a JSON object: `time` in ISO 8601, `event`, and the details.
pub fn platform_json(event: &PlatformEvent, time: &str) -> String {
    json(entry(event), time)
}

/// Returns the line that reports this many lines as dropped because the reader was too slow; as JSON where the others
/// are.
pub fn platform_left_out(count: usize, time: &str, is_json: bool) -> String {
    let entry = Entry { what: "lines left out", fields: vec![("count", count.to_string())] };
    if is_json { json(entry, time) } else { line(entry, time) }
}

fn line(Entry { what, fields }: Entry, time: &str) -> String {
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("{name}={}", one_line(&value))).collect();
    let clock = time.split('T').nth(1).map_or(time, |clock| clock.split(['.', 'Z']).next().unwrap_or(clock));
    format!("{clock}  {what:<18}{}", fields.join(" ")).trim_end().to_owned()
}

fn json(Entry { what, fields }: Entry, time: &str) -> String {
    let mut object = Map::new();
    object.insert("time".to_owned(), Value::from(time));
    object.insert("event".to_owned(), Value::from(what.replace(' ', "-")));
    object.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))));
    Value::Object(object).to_string()
}

/// Text of a client must not begin a new line, move the cursor, or reverse the direction of a line.
fn one_line(text: &str) -> String {
    text.chars().flat_map(|c| if is_control(c) { c.escape_default().collect() } else { vec![c] }).collect()
}

fn entry(event: &PlatformEvent) -> Entry {
    let (what, fields) = event.described();
    Entry { what, fields }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_platform::messaging::Activity;

    const TIME: &str = "2026-01-02T03:04:05.678Z";

    #[test]
    fn a_refusal_is_told_with_the_flag_that_lets_it_in() {
        let refused = |what, value: &str| PlatformEvent::RequestRefused {
            what,
            value: value.to_owned(),
            reason: "why".to_owned(),
        };
        let lines = [
            platform_line(&refused("origin", "http://127.0.0.1:3097"), TIME),
            platform_line(&refused("host", "media.example:8443"), TIME),
            platform_line(&refused("origin", "null"), TIME),
            platform_line(&refused("host", "a;b\n"), TIME),
            platform_json(&refused("origin", "null"), TIME),
        ];
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn what_happened_is_one_line() {
        let activity = Activity::Disconnected { connection: "c1\n\u{1b}[2J".to_owned(), reason: "clientDisconnected" };
        let event = PlatformEvent::Session { session: "1_s".to_owned(), activity };
        insta::assert_snapshot!(platform_line(&event, TIME), @r"03:04:05  disconnected      connection=c1\n\u{1b}[2J reason=clientDisconnected session=1_s");
        insta::assert_snapshot!(platform_json(&event, TIME), @r#"{"connection":"c1\n\u001b[2J","event":"disconnected","reason":"clientDisconnected","session":"1_s","time":"2026-01-02T03:04:05.678Z"}"#);
    }
}
