//! The CSS classes of outcomes and changes.

use precall_judge::comparison::Change;
use precall_results::Outcome;

/// Returns the CSS class of an outcome.
pub(super) fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "good",
        Outcome::Failed | Outcome::Errored | Outcome::Hung => "bad",
        Outcome::Inconclusive | Outcome::Infrastructure | Outcome::Interrupted => "warn",
    }
}

/// Returns the CSS class of a change.
pub(super) fn change_class(change: Change) -> &'static str {
    match change {
        Change::Regressed => "bad",
        Change::Improved => "good",
        Change::Unchanged => "same",
        Change::Inconclusive => "warn",
    }
}
