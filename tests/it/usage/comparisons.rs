//! Runs that are compared, kept and searched.

use crate::common::{Workspace, said};

/// A run directory with the recorded result, changed by `change`.
pub fn recorded_run(workspace: &Workspace, name: &str, change: impl Fn(&mut serde_json::Value)) -> String {
    let mut run: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/results.json")).expect("a recorded result");
    change(&mut run);
    let path = workspace.path().join(name);
    std::fs::create_dir_all(&path).expect("made");
    std::fs::write(path.join("results.json"), run.to_string()).expect("written");
    name.to_owned()
}

/// Six repeats of each case, the second side's of so much of the bitrate.
pub fn repeated(run: &mut serde_json::Value, kept: f64) {
    let cases = run["cases"].as_array().expect("cases").clone();
    let repeats = (1..=6).flat_map(|repeat| cases.iter().cloned().map(move |case| (repeat, case)));
    run["cases"] = repeats
        .map(|(repeat, mut case)| {
            case["repeat"] = repeat.into();
            let bitrate = case["measured"]["quality"]["video"]["bitrate"].as_f64().expect("a bitrate");
            case["measured"]["quality"]["video"]["bitrate"] = (bitrate * kept + f64::from(repeat)).into();
            case
        })
        .collect();
}

#[test]
fn runs_are_compared_and_baselines_kept() {
    let workspace = Workspace::new();
    let old = recorded_run(&workspace, "old", |run| repeated(run, 1.0));
    let new = recorded_run(&workspace, "new", |run| repeated(run, 0.8));
    let other = recorded_run(&workspace, "other", |run| {
        repeated(run, 1.0);
        run["run"]["environment"]["cpus"] = 64.into();
    });
    let precall = |arguments: &[&str]| {
        let output = workspace.precall(arguments).output().expect("precall runs");
        (output.status.code(), said(&output))
    };
    let (code, said) = precall(&["compare", &old, &new, "--json", "comparison.json"]);
    assert!(code == Some(1) && said.contains("new is worse than old in 2 of 2 cases."), "{said}");
    let text = std::fs::read_to_string(workspace.path().join("comparison.json")).expect("a file");
    let comparison: precall_judge::comparison::Comparison = serde_json::from_str(&text).expect("a comparison");
    assert_eq!(comparison.cells.len(), 2);
    let (code, said) = precall(&["compare", &old, &new, "--minimum", "video.bitrate=50%"]);
    assert!(code == Some(0) && said.contains("new is no worse than old: nothing changed in 2 cases."), "{said}");
    let (code, said) = precall(&["compare", &old, &other]);
    assert!(code == Some(2) && said.contains("the number of CPUs (2 and 64)"), "{said}");
    assert_eq!(precall(&["compare", &old, &other, "--allow-unlike"]).0, Some(0));
    let (code, said) = precall(&["compare", &old, &new, "--report", "html"]);
    assert!(code == Some(1) && said.contains("html: new/comparison.html"), "{said}");
    let (code, said) = precall(&["compare", &old, &new, "--report", "html=out/page.html", "--json", "-"]);
    assert!(code == Some(1) && said.contains("html: out/page.html"), "{said}");
    let page = std::fs::read_to_string(workspace.path().join("out/page.html")).expect("a page");
    assert!(page.contains("<h1>new compared with old</h1>") && page.contains("video.bitrate"), "{page}");
    assert_eq!(precall(&["compare", &old, &new, "--report", "html=/proc/no/file"]).0, Some(4));
    assert_eq!(precall(&["compare", &old, &new, "--report", "junit"]).0, Some(2));
    assert_eq!(precall(&["compare", &old]).0, Some(2));
    assert_eq!(precall(&["compare", &old, "--axis", "sdk=1,2"]).0, Some(2));

    assert_eq!(precall(&["baseline", "save", &old, "main"]).0, Some(0));
    assert_eq!(precall(&["baseline", "save", &new, "main"]).0, Some(2), "it is taken");
    assert!(precall(&["baseline", "show"]).1.contains("main: demo of 2026-11-24"));
    assert_eq!(precall(&["compare", "baselines/main", &new]).0, Some(1));
    // A run that was compared as it ended has that in its report.
    std::fs::copy(workspace.path().join("comparison.json"), workspace.path().join("new/comparison.json"))
        .expect("copied");
    let (code, said) = precall(&["report", &new, "--output", "-"]);
    assert!(code == Some(0) && said.contains("<h2>new compared with old</h2>"), "{said}");
    std::fs::write(workspace.path().join("new/comparison.json"), "[]").expect("written");
    let (code, said) = precall(&["report", &new, "--output", "-"]);
    assert!(code == Some(0) && said.contains("the report goes without it"), "{said}");
    let (code, said) = precall(&["baseline", "accept", &new, "main", "--report", "html"]);
    assert!(said.contains("html: new/comparison.html"), "{said}");
    assert!(code == Some(0) && said.contains("is worse than baseline main"), "{said}");
    assert_eq!(precall(&["compare", "baselines/main", &new]).0, Some(0));
    let scenario = workspace.scenario("[[case]]\nname = \"a\"");
    let (code, said) = precall(&["run", scenario.to_str().expect("UTF-8"), "--baseline", "none"]);
    assert!(code == Some(2) && said.contains("there are main"), "{said}");
}

#[test]
fn a_search_needs_two_releases_in_their_order_and_cases() {
    let workspace = Workspace::new();
    let scenario = workspace
        .scenario("[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\nsdk.package = \"@vonage/client-sdk-video\"");
    let scenario = scenario.to_str().expect("UTF-8");
    let bisect = |arguments: &[&str]| {
        let output = workspace.precall(&[&["bisect"], arguments].concat()).output().expect("precall runs");
        (output.status.code(), said(&output))
    };
    let ends = ["--good", "2.27.6", "--bad", "2.35.2"];
    let (code, said) = bisect(&[scenario, "--good", "2.35.2", "--bad", "2.27.6"]);
    assert!(
        code == Some(2) && said.contains("2.35.2 is not older than the bad release 2.27.6; exchange --good and --bad"),
        "{said}"
    );
    let (code, said) = bisect(&[scenario, "--good", "latest", "--bad", "2.27.6"]);
    assert!(code == Some(2) && said.contains("write a release: `2.27.6`"), "{said}");
    assert_eq!(bisect(&[&ends[..], &["none.toml"]].concat()).0, Some(3));
    let (code, said) = bisect(&[&ends[..], &[scenario, "--case", "c"]].concat());
    assert!(code == Some(2) && said.contains("no case looks like c"), "{said}");
    let (code, said) = bisect(&[&ends[..], &[scenario, "--figure", "mos"]].concat());
    assert!(code == Some(2) && said.contains("there are audio.mos"), "{said}");
    let (code, said) = bisect(&[&ends[..], &[scenario]].concat());
    assert!(code == Some(2) && said.contains("@opentok/client and @vonage/client-sdk-video"), "{said}");
    let (code, said) = bisect(&[scenario, "--case", "a", "--good", "2.27.5555", "--bad", "2.35.2"]);
    assert!(code == Some(2) && said.contains("2.27.5555 or 2.35.2 is no release of @opentok/client"), "{said}");
}
