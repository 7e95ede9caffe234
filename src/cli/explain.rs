//! `precall explain`.

use super::args_of_results::ExplainArguments;
use super::chosen::{Chosen, chosen};
use super::error::CliError;
use super::rescore::scenarios_of;
use super::view::view;
use crate::record::{cleaned, read_case_series, read_links, read_results, read_samples};
use precall_judge::explain::{Explanation, explain};
use precall_judge::rescore::{Specs, of_last_attempt};
use precall_report::terminal::explanation;
use precall_results::CaseResult;
use precall_results::Exit;
use precall_support::output::{eprintln, print};

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    let result = cleaned(&read_results(&arguments.run).map_err(|error| CliError::new(Exit::Usage, error))?);
    let place = arguments.run.display().to_string();
    let Chosen { cases, note } =
        chosen(&result, &arguments.case.join(" "), &place).map_err(|message| CliError::new(Exit::Usage, message))?;
    // Which table a module recommends by stands in the scenario; one that is gone had most likely the usual.
    let scenarios = scenarios_of(&arguments.run, &arguments.scenarios);
    let scenarios = match scenarios {
        Err(error) if !arguments.scenarios.is_empty() => return Err(error),
        scenarios => scenarios.unwrap_or_default(),
    };
    let specs = Specs::of(&scenarios);
    let mut texts = Vec::new();
    for case in cases {
        texts.push(explanation(&explained(arguments, case, &specs)?, view(false)));
    }
    print(texts.join("\n\n"));
    note.into_iter().for_each(eprintln);
    Ok(Exit::Passed)
}

fn explained(arguments: &ExplainArguments, case: &CaseResult, specs: &Specs<'_>) -> Result<Explanation, CliError> {
    let scoring = specs.of_case(case).map(|spec| spec.test.scoring).unwrap_or_default();
    let samples = read_samples(&arguments.run, &case.case)?;
    let links = read_links(&arguments.run, &case.case)?;
    let links: Vec<_> = links.iter().map(|link| (link.seconds, link.counters())).collect();
    let estimates = read_case_series(&arguments.run, &case.case)?.sender_estimates();
    Ok(explain(case, scoring, of_last_attempt(case, &samples), &links, &estimates))
}
