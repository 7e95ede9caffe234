//! `precall explain`.

use super::args_of_results::ExplainArguments;
use super::error::CliError;
use super::rescore::scenarios_of;
use crate::exit::Exit;
use crate::explain::explain;
use crate::output::print;
use crate::record::{read_case_series, read_links, read_results, read_samples};
use crate::report::terminal::explanation;
use crate::rescore::{Specs, of_last_attempt};

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    let result = read_results(&arguments.run).map_err(|error| CliError::new(Exit::Usage, error))?;
    let Some(case) = result.cases.iter().find(|case| case.case == arguments.case) else {
        let some: Vec<_> = result.cases.iter().take(3).map(|case| format!("`{}`", case.case)).collect();
        let message = format!(
            "{} has no case {}; it has {}, such as {}",
            arguments.run.display(),
            arguments.case,
            result.cases.len(),
            some.join(", ")
        );
        return Err(CliError::new(Exit::Usage, message));
    };
    // Which table a module recommends by stands in the scenario; one that is gone had most likely the usual.
    let scenarios = scenarios_of(&arguments.run, &arguments.scenarios);
    let scenarios = match scenarios {
        Err(error) if !arguments.scenarios.is_empty() => return Err(error),
        scenarios => scenarios.unwrap_or_default(),
    };
    let scoring = Specs::of(&scenarios).of_case(case).map(|spec| spec.test.scoring).unwrap_or_default();
    let samples = read_samples(&arguments.run, &case.case);
    let links: Vec<_> =
        read_links(&arguments.run, &case.case).iter().map(|link| (link.seconds, link.counters())).collect();
    let estimates = read_case_series(&arguments.run, &case.case).sender_estimates();
    let explained = explain(case, scoring, of_last_attempt(case, &samples), &links, &estimates);
    print(explanation(&explained));
    Ok(Exit::Passed)
}
