//! The steps that take a participant's network away: they are outages of its network.

use std::time::Duration;

use crate::call::{StepAction, StepSpec};
use precall_netem::{LinkConfig, NetworkConfig, Outage};

/// Turns `go-offline` and `go-online` into outages of the network, and returns the other steps. Without a `go-online`
/// the outage lasts until the end of the call. `steps` are in chronological order.
pub(super) fn apply(steps: Vec<StepSpec>, network: &mut NetworkConfig, call: Duration) -> Vec<StepSpec> {
    let (mut outages, mut since) = (Vec::new(), None);
    let mut note = |at: Duration, until: Duration| outages.push(Outage { at, duration: until.saturating_sub(at) });
    let (others, own): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| !is_about_network(step.action));
    for step in own {
        match (step.action, since) {
            (StepAction::GoOffline, None) => since = Some(step.at),
            (StepAction::GoOnline, Some(at)) => {
                note(at, step.at);
                since = None;
            }
            _ => {}
        }
    }
    if let Some(at) = since {
        note(at, call);
    }
    let later = network.steps.iter_mut().flat_map(|step| [&mut step.up, &mut step.down]);
    let links: Vec<&mut LinkConfig> = [&mut network.up, &mut network.down].into_iter().chain(later).collect();
    links.into_iter().for_each(|link| link.outages.extend(outages.iter().copied()));
    others
}

fn is_about_network(action: StepAction) -> bool {
    matches!(action, StepAction::GoOffline | StepAction::GoOnline)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(at: u64, action: StepAction) -> StepSpec {
        let at = Duration::from_secs(at);
        StepSpec {
            at,
            action,
            target: None,
            stream: None,
            data: None,
            element: None,
            resolution: None,
            frame_rate: None,
        }
    }

    #[test]
    fn an_outage_ends_with_its_step_or_with_the_call() {
        let steps = [
            step(3, StepAction::GoOnline),
            step(4, StepAction::GoOffline),
            step(5, StepAction::MuteAudio),
            step(7, StepAction::GoOnline),
            step(9, StepAction::GoOffline),
        ];
        let mut network = NetworkConfig::default();
        let others = apply(steps.to_vec(), &mut network, Duration::from_secs(12));
        assert_eq!(others.iter().map(|step| step.action).collect::<Vec<_>>(), [StepAction::MuteAudio]);
        let outages = [(4, 3), (9, 3)]
            .map(|(at, seconds)| Outage { at: Duration::from_secs(at), duration: Duration::from_secs(seconds) });
        assert_eq!([network.up.outages, network.down.outages], [outages.to_vec(), outages.to_vec()]);
    }
}
