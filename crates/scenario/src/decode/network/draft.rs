//! A network table before it is merged with its profile.

use std::ops::Range;
use std::time::Duration;

use super::checks;
use super::fields::Fields;
use crate::diagnostic::Fix;
use crate::problems::Problems;
use crate::table::TableReader;
use precall_netem::units::parse_duration;
use precall_netem::{Backend, NetworkConfig, NetworkStep};

/// The fields of a table, over those of its profile.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    up: Fields,
    down: Fields,
    steps: Vec<StepDraft>,
    /// The places of both directions, for errors about their combination.
    spans: [Range<usize>; 2],
    /// The place of `queue` if the table itself has one.
    queue_span: Option<Range<usize>>,
}

/// The error of an unknown name.
pub(super) struct UnknownProfile {
    pub help: String,
    /// The profile that is meant, as a TOML value; `None` if it is not clear.
    pub meant: Option<String>,
}

#[derive(Debug, Clone)]
struct StepDraft {
    at: Duration,
    span: Range<usize>,
    up: Fields,
    down: Fields,
}

impl Draft {
    /// Reads the keys of a table over the profile that it names. `find` returns a profile, or a suggestion if there is
    /// none.
    pub(super) fn read(
        reader: &mut TableReader<'_>,
        find: impl Fn(&str) -> Result<Self, UnknownProfile>,
        problems: &mut Problems,
    ) -> Self {
        let mut base = Self::default();
        if let Some((name, node)) = reader.text("profile", "3g", problems) {
            match find(name) {
                Ok(found) => base = found,
                Err(UnknownProfile { help, meant }) => {
                    let fix = meant.map(|meant| Fix::of(node, meant));
                    let message = format!("there is no profile {name:?}");
                    problems.add_fixed(&node.span, message, "unknown profile", help, fix);
                }
            }
            // The profile may be in another file or in none, so its errors are shown at its name.
            base.steps.iter_mut().for_each(|step| step.span = node.span.clone());
        }
        let both = Fields::read(reader, problems);
        let mut queue_span = reader.key_span("queue").filter(|_| both.has_queue());
        let (up, up_span) = Self::direction("up", reader, &both, &mut queue_span, problems);
        let (down, down_span) = Self::direction("down", reader, &both, &mut queue_span, problems);
        let steps = steps(reader, problems).unwrap_or(base.steps);
        Self { up: up.over(&base.up), down: down.over(&base.down), steps, spans: [up_span, down_span], queue_span }
    }

    /// Reads one direction, over the fields of both directions.
    fn direction(
        key: &'static str,
        reader: &mut TableReader<'_>,
        both: &Fields,
        queue_span: &mut Option<Range<usize>>,
        problems: &mut Problems,
    ) -> (Fields, Range<usize>) {
        let Some(mut table) = reader.table(key, problems) else { return (both.clone(), reader.span().clone()) };
        let own = Fields::read(&mut table, problems);
        *queue_span = queue_span.take().or_else(|| table.key_span("queue").filter(|_| own.has_queue()));
        let span = table.span().clone();
        table.finish(problems);
        (own.over(both), span)
    }

    /// Returns the network, and reports settings that contradict each other.
    pub(super) fn checked(self, problems: &mut Problems) -> NetworkConfig {
        let [up_span, down_span] = self.spans;
        let (up, down) = (self.up.config(), self.down.config());
        checks::link(&up, &up_span, problems);
        checks::link(&down, &down_span, problems);
        let (mut last_up, mut last_down, mut last_at) = (self.up, self.down, Duration::ZERO);
        let mut steps = Vec::new();
        for step in self.steps {
            checks::order(last_at, step.at, &step.span, problems);
            (last_up, last_down, last_at) = (step.up.over(&last_up), step.down.over(&last_down), step.at);
            let step_config = NetworkStep { at: step.at, up: last_up.config(), down: last_down.config() };
            checks::link(&step_config.up, &step.span, problems);
            checks::link(&step_config.down, &step.span, problems);
            steps.push(step_config);
        }
        let config = NetworkConfig { up, down, steps, backend: Backend::default() };
        if let Some(span) = self.queue_span {
            checks::queue(&config, &span, problems);
        }
        config
    }
}

/// Reads `[[network.step]]`. `None` if there are no steps.
fn steps(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Vec<StepDraft>> {
    let tables = reader.tables("step", "[[network.step]]", problems)?;
    let steps = tables.into_iter().filter_map(|mut table| {
        let at = table.quantity("at", "10 s", parse_duration, problems);
        if table.key_span("at").is_none() && table.is_table() {
            let help = "add its time since the start of the test: `at = \"10 s\"`";
            problems.add(table.span(), "a step has no time", "no `at`", help);
        }
        let both = Fields::read(&mut table, problems);
        let (up, _) = Draft::direction("up", &mut table, &both, &mut None, problems);
        let (down, _) = Draft::direction("down", &mut table, &both, &mut None, problems);
        let span = table.span().clone();
        table.finish(problems);
        Some(StepDraft { at: at?.0, span, up, down })
    });
    Some(steps.collect())
}

#[cfg(test)]
mod tests;
