//! Cases in a browser that an organisation manages.

use precall_browser::Restriction;
use precall_judge::verdict::Verdict;
use precall_results::Outcome;

/// This verdict, unless a policy may be what made the case fail: then it says nothing about the SDK.
pub(super) fn unless_managed(verdict: Verdict, policies: &[Restriction]) -> Verdict {
    let is_blamed =
        matches!(verdict.outcome, Outcome::Failed | Outcome::Errored | Outcome::Hung | Outcome::Infrastructure);
    let Some(policy) = policies.first().filter(|_| is_blamed) else { return verdict };
    let others = match policies.len() - 1 {
        0 => String::new(),
        count => format!(" ({count} more like it)"),
    };
    let reason = format!(
        "a policy? {policy}{others}; a browser that is managed so says nothing about the SDK: choose another with --chrome, or ask \
         who manages it"
    );
    verdict.overruled(Outcome::Infrastructure, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(outcome: Outcome, policies: &[&str]) -> Verdict {
        let verdict =
            Verdict { outcome, reasons: vec!["why".to_owned()], expectations: Vec::new(), findings: Vec::new() };
        let policies: Vec<_> = policies
            .iter()
            .map(|policy| Restriction { file: "/p.json".into(), policy: (*policy).to_owned(), value: "1".to_owned() })
            .collect();
        unless_managed(verdict, &policies)
    }

    #[test]
    fn failure_under_a_policy_is_infrastructure() {
        for outcome in [Outcome::Failed, Outcome::Errored, Outcome::Hung, Outcome::Infrastructure] {
            let verdict = judged(outcome, &["WebRtcIPHandling", "URLBlocklist"]);
            assert_eq!(verdict.outcome, Outcome::Infrastructure);
            assert!(
                verdict.reasons[0].starts_with("a policy? /p.json sets WebRtcIPHandling to 1 (1 more like it)"),
                "{verdict:?}"
            );
            assert_eq!(verdict.reasons[1], "why", "what was seen stays");
            assert_eq!(judged(outcome, &[]).outcome, outcome);
        }
    }

    #[test]
    fn other_outcomes_ignore_policies() {
        for outcome in [Outcome::Passed, Outcome::Inconclusive, Outcome::Interrupted] {
            assert_eq!(judged(outcome, &["WebRtcIPHandling"]).outcome, outcome);
        }
    }
}
