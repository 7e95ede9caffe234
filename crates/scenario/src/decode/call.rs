//! Decodes `[call]`.

use std::time::Duration;

use super::network::Profiles;
use super::participant::{self, Surroundings};
use crate::app::AppSpec;
use crate::call::{CallMode, CallSpec};
use crate::diagnostic::Fix;
use crate::node::{Node, NodeValue};
use crate::platform::PlatformSpec;
use crate::problems::Problems;
use crate::table::TableReader;
use crate::written::quoted;
use precall_netem::units::parse_duration;

/// The durations of a call.
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(600);
const DEFAULT: Duration = Duration::from_secs(30);

/// The most participants of a call.
const MAX_PARTICIPANTS: usize = 64;

/// Decodes the call of a case; `None` if the case runs a network test. `case` is the table of the whole case, and `app`
/// the application that its participants use.
pub(super) fn decode(
    reader: &mut TableReader<'_>,
    case: &Node,
    app: Option<AppSpec>,
    platform: &PlatformSpec,
    profiles: &Profiles,
    problems: &mut Problems,
) -> Option<CallSpec> {
    let call_at = reader.key_span("call");
    let call = reader.table("call", problems);
    let participants = reader.get("participant");
    let app_at = reader.key_span("app");
    if call.is_none() && participants.is_none() && app_at.is_none() {
        return None;
    }
    let (mut duration, mut mode, mut perception) = (None, None, None);
    if let Some(mut call) = call {
        duration = self::duration(&mut call, problems);
        mode = call.choice("mode", &[("routed", CallMode::Routed), ("relayed", CallMode::Relayed)], problems);
        perception = call.boolean("perception", problems);
        call.finish(problems);
    }
    let duration = duration.unwrap_or(DEFAULT);
    if let PlatformSpec::Cloud(_) = platform {
        let span = call_at.clone().or_else(|| app_at.clone()).unwrap_or(0..0);
        let help = "remove `platform`, or `call` and `participant`";
        problems.add(&span, "calls take place on the embedded platform", "not on this platform", help);
    }
    let named = participants.map(participant::by_name).unwrap_or_default();
    let is_app = app_at.is_some();
    let surroundings = Surroundings { case, directory: reader.directory(), platform, profiles, duration, is_app };
    let mut all: Vec<_> =
        named.iter().flat_map(|(name, node)| participant::decode(name, node, &surroundings, problems)).collect();
    if all.is_empty() {
        let help = "add [[participant]] with `name = \"alice\"` in the line below, once for each participant";
        let at = call_at.clone().or(app_at).unwrap_or(0..0);
        problems.add(&at, "the call has no participant", "nobody calls", help);
    }
    if all.len() > MAX_PARTICIPANTS {
        let span = participants.map_or(0..0, |node| node.span.clone());
        let help = "lower `count`, or remove participants";
        problems.add(&span, format!("a call has at most {MAX_PARTICIPANTS} participants"), "too many", help);
        all.truncate(MAX_PARTICIPANTS);
    }
    let mode = mode.unwrap_or_default();
    if let (CallMode::Relayed, Some(AppSpec { start: Some(_), .. })) = (mode, &app) {
        let help = "remove `mode`, and have the server create a relayed session";
        let at = call_at.clone().unwrap_or(0..0);
        problems.add(&at, "the server of the application decides how media goes", "has no effect", help);
    }
    participant::check_together(&named, &all, mode, problems);
    Some(CallSpec { duration, mode, perception: perception.unwrap_or(true), participants: all, app })
}

fn duration(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Duration> {
    let (duration, node) = reader.quantity("duration", "30 s", parse_duration, problems)?;
    if duration < SHORTEST || duration > LONGEST {
        let nearest = if duration < SHORTEST { "5 s" } else { "10 min" };
        let help = format!("write 5 s to 10 min, such as `duration = {nearest:?}`");
        let fix = Some(Fix::of(node, quoted(nearest)));
        problems.add_fixed(&node.span, "a call lasts 5 s to 10 min", "out of range", help, fix);
    }
    Some(duration.clamp(SHORTEST, LONGEST))
}

/// Returns a case whose list of participants is a table by their names, so that a case can change one of them, and a
/// matrix can have axes of one of them. A participant without a name is left in a list of its own.
pub(super) fn with_named_participants(node: &Node) -> Node {
    let mut node = node.clone();
    let NodeValue::Table(table) = &mut node.value else { return node };
    let Some((span, participants)) = table.get_mut("participant") else { return node };
    let NodeValue::Array(list) = &participants.value else { return node };
    let names: Vec<_> = list.iter().map(participant::name_of).collect();
    let are_unique = names.iter().enumerate().all(|(index, name)| name.is_some() && !names[..index].contains(name));
    if !are_unique {
        // The decoder reports what is wrong with the list.
        return node;
    }
    let named = names.into_iter().flatten().zip(list).map(|(name, node)| (name, (node.span.clone(), node.clone())));
    *participants = Node { span: span.clone(), value: NodeValue::Table(named.collect()) };
    node
}
