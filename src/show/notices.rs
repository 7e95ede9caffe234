//! Notes on a plan before it runs: the module under test when it was not chosen, and warnings.

use crate::job::Plan;
use precall_judge::warnings::Warning;
use precall_scenario::ModuleSpec;
use precall_scenario::plan::Case;
use precall_support::output::eprintln;

/// Returns a note on the module under test if neither the scenario nor the command line chooses one. People who use the
/// published module may take it for theirs.
pub fn module_note(cases: &[Case]) -> Option<String> {
    let runs_test = |case: &Case| case.spec.call.is_none();
    let is_default = |case: &Case| {
        runs_test(case) && case.module == ModuleSpec::BuiltIn && case.spec.places.get("test.module").is_none()
    };
    let has_axis = |case: &Case| case.axes.contains_key("module");
    cases.iter().any(|case| is_default(case) && !has_axis(case)).then(|| {
        "network test: precall's built-in module (the published one: --module npm:opentok-network-test-js)".to_owned()
    })
}

/// Prints the notes on a plan on standard error.
pub fn print_notes(plan: &Plan) {
    if let Some(note) = module_note(&plan.cases) {
        eprintln(note);
    }
    print_warnings(&plan.warnings);
}

/// Prints each warning as a line on standard error, with its file and line where it has them.
pub fn print_warnings(warnings: &[Warning]) {
    for warning in warnings {
        eprintln(format_args!("warning: {warning}"));
    }
}
