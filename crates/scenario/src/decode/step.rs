//! Decodes the steps of a participant.

use std::time::Duration;

use super::publish::{frame_rate, resolution};
use crate::call::{CallRole, StepAction, StepSpec};
use crate::problems::Problems;
use crate::table::TableReader;
use precall_netem::units::parse_duration;

/// Reads a time within the call.
pub(super) fn time(
    reader: &mut TableReader<'_>,
    key: &'static str,
    duration: Duration,
    problems: &mut Problems,
) -> Option<Duration> {
    let (time, node) = reader.quantity(key, "5 s", parse_duration, problems)?;
    if time >= duration {
        let message = format!("`{key}` is after the end of the call, which lasts {} s", duration.as_secs_f64());
        let help = "write an earlier time, or a longer `duration` in [call]";
        problems.add(&node.span, message, "too late", help);
    }
    Some(time)
}

/// Decodes a step. `is_app` tells whether the participant is a page of an application.
pub(super) fn step(
    mut reader: TableReader<'_>,
    duration: Duration,
    role: CallRole,
    is_app: bool,
    problems: &mut Problems,
) -> Option<StepSpec> {
    let at = time(&mut reader, "at", duration, problems);
    if at.is_none() && reader.key_span("at").is_none() {
        problems.add(reader.span(), "a step has no time", "when?", "write `at = \"5 s\"`");
    }
    let words = StepAction::ALL.map(|action| (action.as_str(), action));
    let action = reader.choice("do", &words, problems);
    if action.is_none() && reader.key_span("do").is_none() {
        problems.add(reader.span(), "a step does nothing", "what?", "write `do = \"mute-audio\"`");
    }
    let target = reader.text("target", "bob", problems).map(|(name, node)| (name.to_owned(), node));
    let stream = reader.text("stream", "screen", problems).map(|(name, _)| name.to_owned());
    let data = reader.text("data", "hello", problems).map(|(data, _)| data.to_owned());
    let element = reader.text("element", "#mute", problems).map(|(element, _)| element.to_owned());
    let resolution = resolution(&mut reader, problems);
    let frame_rate = frame_rate(&mut reader, problems);
    if let Some(action) = action {
        let word = action.as_str();
        match &target {
            None if action.needs_target() => {
                let help = "write `target = \"bob\"` with the name of a participant";
                problems.add(reader.span(), format!("`{word}` needs a target"), "whom?", help);
            }
            Some((_, node)) if !action.takes_target() => {
                problems.add(&node.span, format!("`{word}` is about no other"), "has no effect", "remove `target`");
            }
            _ => {}
        }
        if action.needs_element() && element.is_none() {
            let help = "write `element = \"#mute\"` with a CSS selector";
            problems.add(reader.span(), format!("`{word}` needs an element"), "which?", help);
        }
        let needed = match action {
            StepAction::Type => Some(("a text", "write `data = \"hello\"`")),
            StepAction::Press => Some(("a key", "write `data = \"Enter\"`")),
            _ => None,
        };
        if let (Some((what, help)), None) = (needed, &data) {
            problems.add(reader.span(), format!("`{word}` needs {what}"), "what?", help);
        }
        if !action.is_possible(is_app) {
            let (message, help) = match is_app {
                true => ("is a step of precall's own page", "click a button of the application: `do = \"click\"`"),
                false => ("is a step in the page of an application", "write [app] as well, or use `script`"),
            };
            problems.add(reader.span(), format!("`{word}` {message}"), "not here", help);
        }
        if action.is_moderation() && !is_app && role != CallRole::Moderator {
            let help = "write `role = \"moderator\"` in the participant";
            problems.add(reader.span(), format!("only a moderator may `{word}`"), "not allowed", help);
        }
    }
    reader.finish(problems);
    let target = target.map(|(name, _)| name);
    Some(StepSpec { at: at?, action: action?, target, stream, data, element, resolution, frame_rate })
}
