//! The actions of participants, in chronological order.

use std::time::Duration;

use precall_scenario::{CallSpec, StepSpec};

/// Something that a participant does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParticipantAction {
    /// It joins the session.
    Join,
    /// It takes a step.
    Step(StepSpec),
}

/// What is still to come, the latest first: the time, the index of the participant, and the action.
#[derive(Debug)]
pub(super) struct CallSchedule(Vec<(Duration, usize, ParticipantAction)>);

impl CallSchedule {
    /// Returns the schedule of a call. What happens at the same time happens in the order of the scenario, and joining
    /// comes before steps.
    pub(super) fn of(call: &CallSpec) -> Self {
        let mut all = Vec::new();
        for (index, participant) in call.participants.iter().enumerate() {
            all.push((participant.join, index, ParticipantAction::Join));
            all.extend(participant.steps.iter().map(|step| (step.at, index, ParticipantAction::Step(step.clone()))));
        }
        all.sort_by_key(|(at, _, action)| (*at, matches!(action, ParticipantAction::Step(_))));
        all.reverse();
        Self(all)
    }

    /// Returns when the next action is due; `None` if there is none.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.0.last().map(|(at, ..)| *at)
    }

    /// Takes the next action.
    pub(super) fn pop(&mut self) -> Option<(usize, ParticipantAction)> {
        self.0.pop().map(|(_, index, action)| (index, action))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn actions_are_in_the_order_of_their_times() {
        let text = "[call]\n[[participant]]\nname = \"alice\"\n[[participant.step]]\nat = \"9 s\"\ndo = \"leave\"\n\
                    [[participant.step]]\nat = \"3 s\"\ndo = \"mute-audio\"\n[[participant]]\nname = \"bob\"\n\
                    join = \"3 s\"\n[[case]]\nname = \"a\"";
        let scenario = precall_scenario::parse(text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
        let mut schedule = CallSchedule::of(scenario.cases[0].call.as_ref().expect("a call"));
        let mut words = Vec::new();
        while let Some(at) = schedule.next_at() {
            let (index, action) = schedule.pop().expect("an action");
            let what = match action {
                ParticipantAction::Join => "join",
                ParticipantAction::Step(step) => step.action.as_str(),
            };
            words.push(format!("{} {index} {what}", at.as_secs()));
        }
        assert_eq!(words, ["0 0 join", "3 1 join", "3 0 mute-audio", "9 0 leave"]);
    }
}
