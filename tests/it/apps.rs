//! Applications as scenarios: their own pages and servers, unchanged, with participants in real browsers.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::npm_servers::npm_servers;
use crate::common::{Workspace, processes_with, said};
use serde_json::Value;

/// The ready scenario, with the servers of this directory.
fn sample(servers: &Path) -> String {
    include_str!("../../scenarios/app.toml").replace("../tests/servers", servers.to_str().expect("UTF-8"))
}

fn participant<'a>(results: &'a Value, name: &str) -> &'a Value {
    let all = results["cases"][0]["call"]["participants"].as_array().expect("participants");
    all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {results:#}"))
}

fn recorded(workspace: &Workspace, name: &str) -> String {
    let file = workspace.run_directory().expect("a run").join("cases/call").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The same without what a busy host would change.
fn sample_without_figures(servers: &Path) -> String {
    let lines: Vec<_> = sample(servers).lines().filter(|line| !line.starts_with("video.")).map(str::to_owned).collect();
    lines.join("\n")
}

mod alone {
    use super::*;

    #[test]
    fn the_sample_application_of_the_ready_scenario_works() {
        let workspace = Workspace::new();
        let (output, results) = workspace.run(&sample_without_figures(&npm_servers("app-opentok")), &[]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        for (name, publisher) in [("alice", "bob"), ("bob", "alice")] {
            let one = participant(&results, name);
            // The page took it from the public host, where precall has the scenario's.
            assert!(one["sdk"]["integrity"].is_string(), "{one:#}");
            assert_eq!(one["subscriptions"][0]["publisher"], publisher, "{one:#}");
            let video = &one["subscriptions"][0]["video"];
            let figure = |key: &str| video[key].as_f64().unwrap_or_else(|| panic!("no {key} in {video:#}"));
            let presented = figure("presentedFrameRate") + figure("droppedFrameRate");
            assert!((figure("frameRate") - presented).abs() <= figure("frameRate") * 0.02, "{video:#}");
        }
        let events = recorded(&workspace, "call.jsonl");
        for said in [r#""what":"mark","detail":"connected""#, r#""detail":"the message was sent","passed":true"#] {
            assert!(events.contains(said), "{said} in {events}");
        }
        assert!(recorded(&workspace, "console.jsonl").contains("listening on port"));
        // The verdict follows from the records alone.
        let run = workspace.run_directory().expect("a run");
        let again = workspace.precall(&["rescore", run.to_str().expect("UTF-8")]).output().expect("it runs");
        assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    }
}

/// A page whose server runs already, and gets its credentials in the URL.
#[test]
fn a_page_gets_its_credentials_and_its_release_without_a_server_of_precalls() {
    const PAGE: &str = "<!doctype html><script src=\"https://static.opentok.com/v2/js/opentok.min.js\"></script><script>\n\
        const query = new URLSearchParams(location.search);\n\
        const session = OT.initSession(query.get('key'), query.get('session'));\n\
        session.on('streamCreated', ({ stream }) => session.subscribe(stream));\n\
        session.connect(query.get('token'), () => session.publish(OT.initPublisher()));\n\
        const ask = (button) => confirm('Sure?') && (button.textContent = 'left');\n\
        precall.check(query.get('who'), query.get('who') !== 'bob');\n</script>\n\
        <button onclick=\"ask(this)\">Leave</button>";
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("bound");
    let port = listener.local_addr().expect("bound").port();
    let routes = axum::Router::new().route("/", axum::routing::get(async || axum::response::Html(PAGE)));
    runtime.spawn(async move { axum::serve(listener, routes).await });
    let scenario = format!(
        "sdk.version = \"2.27.6\"\n[app]\nurl = \"http://localhost:{port}/?key={{apiKey}}&session={{sessionId}}&token={{token}}&who={{participant}}\"\n\
         [call]\nduration = \"12 s\"\n[[participant]]\nname = \"alice\"\n\
         step = [{{ at = \"5 s\", do = \"click\", element = \"button\" }}, {{ at = \"6 s\", do = \"check\", element = \"button\", data = \"left\" }},\n\
         {{ at = \"11.5 s\", do = \"check\", element = \"#never\" }}]\n[[participant]]\nname = \"bob\"\n"
    );
    let workspace = Workspace::new();
    let (output, results) = workspace.run(&scenario, &[]);
    let text = said(&output);
    // The host is shared with other tests. Where it could not keep up, the case says so first.
    let case = &results["cases"][0];
    let busy = usize::from(case["outcome"] == "inconclusive");
    assert_eq!(output.status.code(), Some([1, 4][busy]), "{text}");
    // A dialog stops nothing, and a check that still waits at the end has failed.
    let reasons = ["bob: the check \"bob\" failed", "alice: the check \"#never\" failed"];
    assert!(reasons.iter().all(|reason| text.contains(reason)), "{text}");
    assert_eq!(case["reasons"].as_array().map(Vec::len), Some(2 + busy), "{text}");
    assert!(recorded(&workspace, "console.jsonl").contains("precall accepted a dialog (confirm): Sure?"));
    for name in ["alice", "bob"] {
        let one = participant(&results, name);
        assert_eq!(one["sdk"]["version"], "2.27.6", "{one:#}");
        assert!(one["subscriptions"][0]["video"]["timeToFirstFrame"].is_number(), "{one:#}");
    }
    assert!(!recorded(&workspace, "call.jsonl").contains("T1=="), "a token is recorded");
    assert!(workspace.run_directory().expect("a run").join("cases/call/screenshot.png").exists());
}

#[test]
fn a_server_that_ends_says_so_and_its_output_is_kept() {
    let scenario = "[app]\nstart = \"echo it broke >&2; exit 3\"\nurl = \"http://localhost:{port}/\"\n\
        [[participant]]\nname = \"alice\"\n";
    let workspace = Workspace::new();
    let (output, _) = workspace.run(scenario, &[]);
    let text = said(&output);
    assert_ne!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("the server of the application ended with exit code 3"), "{text}");
    assert!(recorded(&workspace, "console.jsonl").contains("it broke"));
    // A run may come from another person: what it names is not executed without a word.
    let run = workspace.run_directory().expect("a run");
    let again = ["run", "--failed", run.to_str().expect("UTF-8")];
    let output = workspace.precall(&again).output().expect("it runs");
    assert!(said(&output).contains("then give --allow-server as well"), "{}", said(&output));
    assert_eq!(workspace.run_directory(), Some(run.clone()), "nothing ran");
    let output = workspace.precall(&[&again[..], &["--allow-server"]].concat()).output().expect("it runs");
    assert!(said(&output).contains("ended with exit code 3"), "{}", said(&output));
}

/// Also when precall is killed, no process of the server is left.
#[test]
fn a_server_ends_with_precall() {
    // Nobody else sleeps for so long.
    let seconds = 100_000 + std::process::id();
    let scenario = format!(
        "[app]\nstart = \"sleep {seconds} & sleep {seconds}\"\nurl = \"http://localhost:{{port}}/\"\n\
         [[participant]]\nname = \"alice\"\n"
    );
    let workspace = Workspace::new();
    let path = workspace.scenario(&scenario);
    let mut precall = workspace.precall(&["run", path.to_str().expect("UTF-8")]);
    let mut child = precall.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let sleeping = || processes_with(&format!("sleep {seconds}")).len();
    let until = |is_good: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !is_good() {
            assert!(began.elapsed() < Duration::from_secs(30), "{} are there", sleeping());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    until(&|| sleeping() >= 2);
    child.kill().expect("killed");
    child.wait().expect("it ended");
    until(&|| sleeping() == 0);
}

mod ports {
    use super::*;

    /// Runs two cases in two slots, each with a server at this port. Returns what precall said, and which server was
    /// alive: its process, every 0.2 s.
    fn run(port: &str) -> (String, Vec<String>) {
        const SERVER: &str =
            "node -e \"require('http').createServer((_, answer) => answer.end()).listen(PORT, '127.0.0.1')\"";
        let workspace = Workspace::new();
        let log = workspace.path().join("alive");
        let server = SERVER.replace("PORT", if port == "{port}" { "process.env.PORT" } else { port });
        let scenario = format!(
            "repeat = 2\n[app]\nstart = '''while sleep 0.2; do echo $$ >> '{}'; done & exec {server}'''\n\
             url = \"http://127.0.0.1:{port}/\"\n[call]\nduration = \"5 s\"\n[[participant]]\nname = \"alice\"\n",
            log.display()
        );
        let (output, _) = workspace.run(&scenario, &["--slots", "2"]);
        let alive = std::fs::read_to_string(log).unwrap_or_default();
        (said(&output), alive.lines().map(str::to_owned).collect())
    }

    /// How often another server was alive than 0.2 s before.
    fn changes(alive: &[String]) -> usize {
        alive.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    #[test]
    fn cases_run_at_once_at_ports_of_precalls() {
        let (text, alive) = run("{port}");
        assert!(changes(&alive) > 2, "{alive:?}\n{text}");
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
        let port = taken.local_addr().expect("bound").port();
        let (text, alive) = run(&port.to_string());
        assert!(text.contains(&format!("something listens at http://127.0.0.1:{port} already")), "{text}");
        assert!(alive.is_empty(), "{alive:?}");
    }

    mod nightly {
        use super::*;

        #[test]
        fn cases_with_the_same_port_run_one_after_another() {
            let free =
                std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
            let (text, alive) = run(&free.port().to_string());
            // More than two when a case was repeated.
            let servers = alive.iter().collect::<std::collections::BTreeSet<_>>().len();
            assert!(servers >= 2 && changes(&alive) == servers - 1, "{alive:?}\n{text}");
            assert!(!text.contains("something listens"), "{text}");
        }
    }
}

mod nightly {
    use super::*;

    #[test]
    fn the_ready_scenario_passes() {
        let workspace = Workspace::new();
        let (output, _) = workspace.run(&sample(&npm_servers("app-ready")), &[]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }

    /// The same page with another server SDK, another release, a shared screen, and a line that is lost.
    #[test]
    fn an_application_shares_its_screen_reconnects_and_shows_what_failed() {
        let servers = npm_servers("app-vonage");
        let scenario = format!(
            "sdk.version = \"2.27.6\"\n[app]\nstart = \"node {}/app/vonage.js\"\n\
             ready = \"http://localhost:{{port}}/health\"\n\
             url = \"http://localhost:{{port}}/?room={{room}}&name={{participant}}\"\n\
             [app.environment]\nVONAGE_VIDEO_HOST = \"{{apiUrl}}\"\nVONAGE_APPLICATION_ID = \"{{applicationId}}\"\n\
             VONAGE_PRIVATE_KEY = \"{{privateKey}}\"\n[call]\nduration = \"45 s\"\n\
             [[participant]]\nname = \"alice\"\nstep = [\n\
             {{ at = \"1 s\", do = \"click\", element = \"#join\" }},\n\
             {{ at = \"10 s\", do = \"click\", element = \"#mute-video\" }},\n\
             {{ at = \"14 s\", do = \"click\", element = \"#mute-video\" }},\n\
             {{ at = \"16 s\", do = \"click\", element = \"#share\" }},\n\
             {{ at = \"18 s\", do = \"check\", element = \"#status\", data = \"not this\" }}]\n\
             [[participant]]\nname = \"bob\"\nstep = [\n\
             {{ at = \"1 s\", do = \"click\", element = \"#join\" }},\n\
             {{ at = \"24 s\", do = \"go-offline\" }}, {{ at = \"32 s\", do = \"go-online\" }}]\n\
             [expect]\nbob.reconnects = \">= 1\"\nalice.events.published = 2\nbob.alice.events.streamPropertyChanged = 2\n",
            servers.display()
        );
        let workspace = Workspace::new();
        let (output, results) = workspace.run(&scenario, &[]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let reasons = &results["cases"][0]["reasons"];
        assert_eq!(reasons.as_array().map(Vec::len), Some(1), "{reasons:#}\n{text}");
        assert!(text.contains("alice: the check \"#status: not this\" failed"), "{text}");
        assert!(recorded(&workspace, "accessibility.txt").contains("button Leave"));
        // Alice saw bob's video stand still while he was away.
        let frozen = participant(&results, "alice")["subscriptions"][0]["video"]["freezeRatio"].as_f64();
        assert!(frozen.is_some_and(|ratio| (0.1..0.35).contains(&ratio)), "{frozen:?}");
        let console = recorded(&workspace, "console.jsonl");
        assert!(!console.contains("PRIVATE KEY"), "{console}");
    }
}
