//! What CI systems, shells, editors and other languages bring along: variables, files, names, limits.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::CASE;
use super::comparisons::{recorded_run, repeated};
use crate::common::{Workspace, recorded, said};

fn precall(workspace: &Workspace, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    workspace.precall(arguments).envs(variables.iter().copied()).output().expect("precall runs")
}

/// A copy of the recorded run, of this scenario.
fn recorded_of(workspace: &Workspace, scenario: &Path) -> String {
    let to = workspace.path().join("recorded");
    let fixture = recorded::run();
    assert!(Command::new("cp").arg("-r").arg(fixture).arg(&to).status().expect("cp runs").success());
    let plan = std::fs::read_to_string(to.join("plan.json")).expect("a plan");
    let plan = plan.replace("\"scenarios/upgrade.toml\"", &serde_json::json!(scenario).to_string());
    std::fs::write(to.join("plan.json"), plan).expect("written");
    to.display().to_string()
}

#[test]
fn a_flag_wins_over_the_environment_and_an_empty_variable_is_none() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("opentok.js"), "").expect("written");
    let path = workspace.scenario(&format!("[sdk]\npath = \"opentok.js\"\n{CASE}"));
    let path = path.to_str().expect("UTF-8");
    let elsewhere = ["run", path, "--browser", "http://127.0.0.1:1"];
    let output = precall(&workspace, &elsewhere, &[("PRECALL_CHROME", "/usr/bin/chromium")]);
    let text = said(&output);
    assert!(output.status.code() == Some(4) && text.contains("127.0.0.1:1"), "{text}");
    let both = [&elsewhere[..], &["--chrome", "/usr/bin/chromium"]].concat();
    assert_eq!(precall(&workspace, &both, &[]).status.code(), Some(2), "two flags that rule each other out");
    // The environment names a browser that is none, and the flag another.
    let output = precall(&workspace, &["run", path, "--chrome", "/no/flag"], &[("PRECALL_CHROME", "/no/variable")]);
    assert!(said(&output).contains("/no/flag") && !said(&output).contains("/no/variable"), "{}", said(&output));
    let output = precall(&workspace, &["run", path], &[("PRECALL_CHROME", "/no/variable")]);
    assert!(said(&output).contains("/no/variable"), "{}", said(&output));
    let empty: Vec<_> = [
        "PRECALL_CHROME",
        "PRECALL_CACHE_DIR",
        "PRECALL_LOG",
        "PRECALL_API_SECRET",
        "GITHUB_WORKSPACE",
        "GITHUB_STEP_SUMMARY",
        "CI",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "CLICOLOR",
    ]
    .map(|name| (name, ""))
    .into();
    let run = recorded_of(&workspace, Path::new("/nowhere/upgrade.toml"));
    for arguments in [&["run", path, "--dry-run"][..], &["check", path], &["report", &run, "--format", "github"]] {
        let wanted = precall(&workspace, arguments, &[]);
        let output = precall(&workspace, arguments, &empty);
        assert_eq!((output.status.code(), said(&output)), (Some(0), said(&wanted)), "{arguments:?}");
    }
}

#[test]
fn a_secret_that_is_empty_is_made_up() {
    let workspace = Workspace::new();
    let mut command = workspace.precall(&["platform", "--listen", "127.0.0.1:0", "--json"]);
    let mut child = command.env("PRECALL_API_SECRET", "").stdout(Stdio::piped()).spawn().expect("it starts");
    let line = BufReader::new(child.stdout.take().expect("piped")).lines().next();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let listening: serde_json::Value = serde_json::from_str(&line.expect("a line").expect("UTF-8")).expect("JSON");
    assert!(listening["apiSecret"].as_str().is_some_and(|secret| secret.len() == 32), "{listening}");
}

#[test]
fn a_job_that_is_not_parallel_has_every_case() {
    let workspace = Workspace::new();
    let path = workspace.scenario("[matrix]\nnetwork = [\"3g\", \"lte\"]");
    let list = |variables: &[(&str, &str)]| {
        let output = precall(&workspace, &["list", path.to_str().expect("UTF-8"), "--shard", "auto"], variables);
        (output.status.code(), said(&output).lines().filter(|line| line.starts_with("network=")).count())
    };
    assert_eq!(list(&[("CI_NODE_TOTAL", "1")]), (Some(0), 2));
    assert_eq!(list(&[("CI_NODE_TOTAL", "1"), ("CI_NODE_INDEX", "null")]), (Some(0), 2));
    assert_eq!(list(&[("CI_NODE_TOTAL", "2"), ("CI_NODE_INDEX", "1")]), (Some(0), 1));
    assert_eq!(list(&[("CIRCLE_NODE_TOTAL", "2"), ("CIRCLE_NODE_INDEX", "0")]), (Some(0), 1));
    for wrong in
        [&[][..], &[("CI_NODE_TOTAL", ""), ("CI_NODE_INDEX", "")], &[("CI_NODE_TOTAL", "2"), ("CI_NODE_INDEX", "0")]]
    {
        assert_eq!(list(wrong), (Some(2), 0), "{wrong:?}");
    }
}

#[test]
fn annotations_are_placed_from_the_root_of_the_repository() {
    let workspace = Workspace::new();
    // A name that has to be escaped, in an annotation and elsewhere.
    let root = workspace.path().join("my repo #1 100% ü");
    let e2e = root.join("e2e");
    std::fs::create_dir_all(&e2e).expect("made");
    std::fs::write(e2e.join("up grade, ü.toml"), "").expect("written");
    let run = recorded_of(&workspace, &e2e.join("up grade, ü.toml"));
    let report = |workspace_variable: &Path| {
        let mut command = workspace.precall(&["report", &run, "--format", "github"]);
        said(&command.current_dir(&e2e).env("GITHUB_WORKSPACE", workspace_variable).output().expect("it runs"))
    };
    assert!(report(&root).contains("::error file=e2e/up grade%2C ü.toml,line=14,"), "{}", report(&root));
    let outside = report(&workspace.path().join("recorded"));
    assert!(!outside.contains("file=") && outside.contains("100%25 ü/e2e/up grade, ü.toml, line 14)"), "{outside}");
}

#[test]
fn figures_are_told_from_the_bounds_that_they_miss() {
    let workspace = Workspace::new();
    let run = recorded_of(&workspace, Path::new("/nowhere/upgrade.toml"));
    let results = workspace.path().join("recorded/results.json");
    let text = std::fs::read_to_string(&results).expect("results");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    // As an older precall recorded a MOS of 3.796: rounded, and without its number.
    let case = &mut value["cases"][0];
    case["measured"]["quality"]["audio"]["mos"] = 3.796.into();
    let expectation = serde_json::json!({
        "expectation": {
            "metric": "audio.mos", "operator": ">=", "value": { "number": 3.8 }, "source": { "line": 1, "column": 1 }, "level": "error"
        },
        "wanted": "audio.mos >= 3.8", "got": "3.80", "passed": false
    });
    let known = case["expectations"][0].clone();
    let mut missed = known.clone();
    missed["expectation"]["metric"] = expectation["expectation"]["metric"].clone();
    missed["expectation"]["operator"] = expectation["expectation"]["operator"].clone();
    missed["expectation"]["value"] = expectation["expectation"]["value"].clone();
    missed["wanted"] = expectation["wanted"].clone();
    missed["got"] = expectation["got"].clone();
    missed["passed"] = false.into();
    missed.as_object_mut().expect("an object").remove("value");
    case["expectations"] = serde_json::json!([missed]);
    case["outcome"] = "failed".into();
    std::fs::write(&results, value.to_string()).expect("written");
    for (format, escaped) in [
        ("github", "wanted audio.mos >= 3.8, got 3.796"),
        ("junit", "wanted audio.mos &gt;= 3.8, got 3.796"),
        ("markdown", "got 3.796"),
        ("html", "3.796"),
    ] {
        let output = precall(&workspace, &["report", &run, "--format", format, "--output", "-"], &[]);
        assert!(said(&output).contains(escaped), "{format}: {}", said(&output));
        assert!(!said(&output).contains("got 3.80"), "{format}");
    }
}

#[test]
fn files_are_read_as_editors_write_them() {
    let workspace = Workspace::new();
    let write = |name: &str, bytes: &[u8]| std::fs::write(workspace.path().join(name), bytes).expect("written");
    let utf16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let check = |name: &str| {
        let output = precall(&workspace, &["check", name], &[]);
        (output.status.code(), said(&output))
    };
    write("bom.up", b"\xef\xbb\xbf0\r\n10\r\n\r\n\r\n");
    write("shared.toml", b"\xef\xbb\xbf[network]\r\ndelay = \"10 ms\"\r\n");
    write(
        "windows.toml",
        b"\xef\xbb\xbfextends = \"shared.toml\"\r\n[[case]]\r\nname = \"a\"\r\nnetwork.up.trace = \"bom.up\"\r\n",
    );
    let (code, text) = check("windows.toml");
    assert!(code == Some(0) && text.contains("valid, 1 case\n  a"), "{text}");
    // A mistake is shown where it stands, whatever stands before it.
    write("wrong.toml", b"\xef\xbb\xbfnmae = \"a\"\r\n[[case]]\r\nname = \"a\"\r\n");
    assert!(check("wrong.toml").1.contains("wrong.toml:1:1"), "{}", check("wrong.toml").1);
    write("wide.toml", &utf16("[[case]]\nname = \"a\"\n"));
    let (code, text) = check("wide.toml");
    assert!(code == Some(3) && text.contains("UTF-16") && text.contains("iconv"), "{text}");
    for (file, bytes, hint) in [
        ("wide.up", utf16("0\n10\n"), "UTF-16"),
        ("epoch.up", b"1640000000000\n1640000000012\n".to_vec(), "count from the start"),
        ("seconds.up", b"0.0\n0.012\n".to_vec(), "milliseconds"),
        ("pensieve", b"0.0 1.2\n1.0 3.4\n".to_vec(), "Pensieve"),
    ] {
        write(file, &bytes);
        write("trace.toml", format!("{CASE}network.up.trace = \"{file}\"\n").as_bytes());
        let (code, text) = check("trace.toml");
        assert!(code == Some(3) && text.contains(hint) && !text.contains("panicked"), "{file}: {text}");
    }
}

#[test]
fn what_a_message_has_pensieves_traces_converted_by_does_so() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("pensieve"), "0.0 1.2\n1.0 3.6\n2.0 1.2\n").expect("written");
    let path = workspace.scenario(&format!("{CASE}network.up.trace = \"pensieve\"\n"));
    let text = said(&precall(&workspace, &["check", path.to_str().expect("UTF-8")], &[]));
    // The help is broken into lines as wide as the terminal.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    let command =
        text.split('`').find(|part| part.starts_with("awk")).expect("a command").replace("FILE", "pensieve > mahimahi");
    let done = Command::new("sh").args(["-c", &command]).current_dir(workspace.path()).status().expect("sh runs");
    assert!(done.success(), "{command}");
    let lines = std::fs::read_to_string(workspace.path().join("mahimahi")).expect("a trace");
    // A second of 1.2 Mbit/s are 100 packets of 1500 bytes, one of 3.6 Mbit/s are 300.
    assert_eq!(lines.lines().count(), 400, "{command}");
}

#[test]
fn names_of_any_language_are_told_apart() {
    let workspace = Workspace::new();
    let list = |values: [&str; 2]| {
        let profiles: String =
            [1, 2].map(|rate| format!("[profiles.\"{}\"]\nrate = \"{rate} Mbit/s\"\n", values[rate - 1])).concat();
        let path = workspace.scenario(&format!("{profiles}[matrix]\nnetwork = [\"{}\", \"{}\"]", values[0], values[1]));
        let output = precall(&workspace, &["list", path.to_str().expect("UTF-8")], &[]);
        (output.status.code(), said(&output))
    };
    for values in [["büro", "bäro"], ["地铁", "火车"], ["кафе", "дом"], ["مقهى", "بيت"]] {
        let (code, text) = list(values);
        assert!(code == Some(0) && values.iter().all(|name| text.contains(&format!("network={name}"))), "{text}");
    }
    // What cannot be told apart is one mistake, at its place.
    let (code, text) = list(["on the train", "on_the_train"]);
    assert!(code == Some(3) && text.contains("have the id `on_the_train`") && text.contains("ids differ"), "{text}");
    assert!(!text.contains("combinations") && text.contains("test.toml:6:28"), "{text}");
    let (code, text) = list(["😀", "😁"]);
    assert!(code == Some(3) && text.matches("have the id").count() == 1 && !text.contains("combinations"), "{text}");
    let path = workspace.scenario("[[case]]\nname = \"büro-ß\"\n");
    assert_eq!(precall(&workspace, &["check", path.to_str().expect("UTF-8")], &[]).status.code(), Some(0));
}

#[test]
fn scenarios_of_one_name_are_not_mixed_up() {
    let workspace = Workspace::new();
    for directory in ["a", "b"] {
        std::fs::create_dir_all(workspace.path().join(directory)).expect("made");
        std::fs::write(workspace.path().join(directory).join("test.toml"), CASE).expect("written");
    }
    let output = precall(&workspace, &["list", "a/test.toml", "b/test.toml"], &[]);
    let text = said(&output);
    assert!(
        output.status.code() == Some(3)
            && text.contains("two scenarios have the name `test`: a/test.toml and b/test.toml"),
        "{text}"
    );
    let output = precall(&workspace, &["list", "a", "a/test.toml"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn colours_follow_the_environment() {
    let workspace = Workspace::new();
    let old = recorded_run(&workspace, "old", |run| repeated(run, 1.0));
    let new = recorded_run(&workspace, "new", |run| repeated(run, 0.8));
    let is_coloured = |variables: &[(&str, &str)]| {
        let mut command = workspace.precall(&["compare", &old, &new]);
        command.env_remove("NO_COLOR").env("TERM", "xterm").envs(variables.iter().copied());
        said(&command.output().expect("it runs")).contains('\u{1b}')
    };
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")]));
    for plain in
        [&[][..], &[("CLICOLOR_FORCE", "")], &[("CLICOLOR_FORCE", "0")], &[("NO_COLOR", "")], &[("TERM", "dumb")]]
    {
        assert!(!is_coloured(plain), "{plain:?}");
    }
}

#[test]
fn few_open_files_are_enough_or_said_to_be_too_few() {
    let workspace = Workspace::new();
    let path = workspace.scenario(CASE);
    let under = |limit: &str, arguments: &[&str]| {
        let command = workspace.precall(arguments);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")]).arg(command.get_program()).args(arguments);
        shell.current_dir(workspace.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell
    };
    let platform = ["platform", "--listen", "127.0.0.1:0", "--json"];
    let path = path.to_str().expect("UTF-8");
    for arguments in [&platform[..], &["run", path]] {
        let output = under("ulimit -n 64", arguments).output().expect("it runs");
        let text = said(&output);
        assert!(
            output.status.code() == Some(4) && text.contains("only 64 files") && text.contains("ulimit -n 1024"),
            "{text}"
        );
    }
    for arguments in [&["check", path][..], &["run", path, "--dry-run"], &["networks"], &["schema"]] {
        let output = under("ulimit -n 64", arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
    }
    // A soft limit alone is raised.
    let mut child = under("ulimit -S -n 64", &platform).spawn().expect("it starts");
    let line = BufReader::new(child.stdout.take().expect("piped")).lines().next();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(line.expect("a line").expect("UTF-8").contains("listening"));
}

#[test]
fn paths_may_hold_anything() {
    let workspace = Workspace::new();
    let directory = workspace.path().join("a b #1 100% ü");
    std::fs::create_dir_all(directory.join("runs #2")).expect("made");
    std::fs::write(directory.join("my test.toml"), CASE).expect("written");
    recorded_run(&workspace, "a b #1 100% ü/runs #2", |_| ());
    for arguments in [
        &["check", "my test.toml"][..],
        &["report", "runs #2"],
        &["report", "runs #2", "--format", "junit", "--output", "out #3/j %41.xml"],
        &["report", "runs #2", "--format", "markdown"],
        &["baseline", "save", "runs #2", "kept", "--baselines", "base lines"],
        &["compare", "base lines/kept", "runs #2", "--report", "html=c #1.html", "--json", "c %.json"],
    ] {
        let output = workspace.precall(arguments).current_dir(&directory).output().expect("it runs");
        assert!(matches!(output.status.code(), Some(0 | 4)), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains("could not"), "{arguments:?}: {}", said(&output));
    }
    for file in ["runs #2/report.html", "out #3/j %41.xml", "c #1.html", "c %.json"] {
        assert!(directory.join(file).is_file(), "{file}");
    }
}
