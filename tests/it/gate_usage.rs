//! What `precall gate` refuses, with exit codes and help that works, and what it says before it begins; no browser.

use crate::common::{Workspace, said};

/// Runs `precall gate` with these arguments; its exit code and all that it said.
fn gate(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String) {
    let all: Vec<_> = ["gate"].iter().chain(arguments).copied().collect();
    let output = workspace.precall(&all).output().expect("precall runs");
    (output.status.code(), said(&output))
}

#[test]
fn mistakes_on_the_command_line_are_said_with_what_would_be_right() {
    let workspace = Workspace::new();
    let npm = "npm:opentok-network-test-js@3.1.";
    let (one, two, three) = (format!("{npm}4"), format!("{npm}5"), format!("{npm}6"));
    let two_modules = ["--module", one.as_str(), "--module", two.as_str()];
    let wrong: Vec<(Vec<&str>, &str)> = vec![
        (vec!["--network", "3g"], "--from 2.34.2"),
        (vec!["--from", "2.34.2"], "--network 3g,wifi-hotel"),
        (vec!["--from", "2.34.2", "--to", "2.34.2", "--network", "3g"], "both 2.34.2"),
        (vec!["--from", "2.34.2", "--network", "3g,wifi_hotel"], "did you mean `wifi-hotel`?"),
        (vec!["--from", "2.34.2", "--network", "3g,3g"], "names 3g twice"),
        (vec!["--from", "2.34.x", "--to", "newest", "--network", "3g"], "--to"),
        (vec!["--from", "2.34.2", "--network", "3g", "--max-repeats", "3"], "6..=100"),
        (vec!["--from", "2.34.2", "--network", "3g", "--baseline", "main"], "cannot be used with"),
        (vec!["--network", "3g", "--baseline", "none"], "none"),
        (
            [&two_modules[..], &["--from", "2.34.2", "--network", "3g"]].concat(),
            "two modules and two releases; leave out --from",
        ),
        ([&two_modules[..], &["--module", three.as_str(), "--network", "3g"]].concat(), "more than two modules"),
        (vec!["--module", one.as_str(), "--module", one.as_str(), "--network", "3g"], "both modules are called 3.1.4"),
    ];
    for (arguments, part) in wrong {
        let (code, said) = gate(&workspace, &[&arguments[..], &["--dry-run"]].concat());
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

#[test]
fn mistakes_in_a_scenario_are_said_with_their_place() {
    let workspace = Workspace::new();
    let path = workspace.scenario("[gate]\nfrom = \"2.34.2\"\nto = \"2.35.2\"\nnetwork = \"wifi_hotel\"");
    let path = path.to_str().expect("UTF-8");
    for command in ["gate", "check"] {
        let output = workspace.precall(&[command, path]).output().expect("precall runs");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("test.toml:4:") && said.contains("did you mean `\"wifi-hotel\"`"), "{said}");
    }
}

#[test]
fn before_it_begins_it_says_how_long_it_takes_and_what_it_sees() {
    let workspace = Workspace::new();
    let arguments = ["--from", "2.34.2", "--to", "2.35.2", "--network", "3g,wifi-hotel", "--slots", "4", "--dry-run"];
    let (code, said) = gate(&workspace, &arguments);
    assert_eq!(code, Some(0), "{said}");
    insta::assert_snapshot!(said);
    // Nothing is begun by it.
    assert!(workspace.run_directory().is_none());
}

#[test]
fn a_scenario_has_defaults_and_flags_win() {
    let workspace = Workspace::new();
    let text = "[test]\ntimeout = \"8 s\"\n[gate]\nfrom = \"2.34.2\"\nto = \"2.35.2\"\nnetwork = [\"3g\", \"lte\"]\nmaxRepeats = 8";
    let path = workspace.scenario(text);
    let path = path.to_str().expect("UTF-8");
    let (code, said) = gate(&workspace, &[path, "--dry-run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("is 2.35.2 worse than 2.34.2?") && said.contains("8 repeats, 32 cases"), "{said}");
    let (_, said) =
        gate(&workspace, &[path, "--dry-run", "--to", "2.33.1", "--network", "cable", "--max-repeats", "6"]);
    assert!(said.contains("is 2.33.1 worse than 2.34.2?") && said.contains("6 repeats, 12 cases"), "{said}");
    assert!(said.contains("cable: unknown before the gate runs"), "nothing is known of Chrome's own picture: {said}");
}

#[test]
fn help_has_the_answers_and_their_exit_codes() {
    let workspace = Workspace::new();
    let (code, said) = gate(&workspace, &["--help"]);
    assert_eq!(code, Some(0));
    for part in [
        "0    no worse",
        "1    worse",
        "4    cannot tell",
        "precall gate --from 2.34.2 --to latest --network 3g,wifi-hotel",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}
