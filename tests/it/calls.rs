//! Calls as scenarios: several participants in real browsers, with real OpenTok.js, each on a network of its own.

use crate::common::{Workspace, said};
use serde_json::Value;

/// The oldest release that is supported.
const FIRST_RELEASE: &str = "2.18.2";

/// Runs a scenario that has to pass, and returns the call of its only case.
fn passed(scenario: &str) -> (Workspace, Value) {
    let workspace = Workspace::new();
    let (output, results) = workspace.run(scenario, &[]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let call = results["cases"][0]["call"].clone();
    (workspace, call)
}

fn participant<'a>(call: &'a Value, name: &str) -> &'a Value {
    let all = call["participants"].as_array().expect("participants");
    all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {call:#}"))
}

/// Returns what a participant received of the camera of another.
fn received<'a>(call: &'a Value, name: &str, publisher: &str) -> &'a Value {
    let all = participant(call, name)["subscriptions"].as_array().expect("subscriptions");
    all.iter().find(|one| one["publisher"] == publisher).unwrap_or_else(|| panic!("no {publisher} in {call:#}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Two participants that publish and subscribe for a few seconds. Nothing is expected that a busy host would change.
fn pair(alice: &str, bob: &str, more: &str) -> String {
    format!(
        "[call]\nduration = \"8 s\"\n{more}\n[[participant]]\nname = \"alice\"\n{alice}\n\
         [[participant]]\nname = \"bob\"\n{bob}\n\
         [expect]\nalice.bob.events.streamCreated = 1\nbob.alice.events.streamCreated = 1\nerrors = 0\n"
    )
}

mod alone {
    use super::*;
    use crate::common::case;

    /// The figures of a call, against a second way of counting; one of its participants has the first release.
    #[test]
    fn the_call_of_the_ready_scenario_passes_and_both_ways_of_counting_agree() {
        let workspace = Workspace::new();
        let began = std::time::Instant::now();
        let first = format!("name = \"bob\"\nsdk = \"{FIRST_RELEASE}\"");
        let scenario = include_str!("../../scenarios/call.toml").replace("name = \"bob\"", &first);
        let (output, results) = workspace.run(&scenario, &["--report", "html"]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
        let call = &case(&results, "call")["call"];
        for (name, publisher) in [("alice", "bob"), ("bob", "alice")] {
            let video = &received(call, name, publisher)["video"];
            // Some frames are decoded too late to be presented.
            let presented = number(&video["presentedFrameRate"]) + number(&video["droppedFrameRate"]);
            let decoded = number(&video["frameRate"]);
            assert!((decoded - presented).abs() <= decoded * 0.02, "{name}: {decoded} and {presented} in {video:#}");
            let (frozen, seen) = (number(&video["freezeRatio"]), number(&video["presentedFreezeRatio"]));
            assert!((frozen - seen).abs() <= 0.02, "{name}: {frozen} and {seen}");
            let audio = &received(call, name, publisher)["audio"];
            assert!(number(&audio["level"]) > 0.0, "{audio:#}");
        }
        let run = workspace.run_directory().expect("a run");
        let html = std::fs::read_to_string(run.join("report.html"));
        assert!(html.expect("a report").contains("bob ← alice: bitrate"));
        // The verdict follows from the records alone.
        let again = workspace.precall(&["rescore", run.to_str().expect("UTF-8")]).output().expect("it runs");
        assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    }
}

mod nightly {
    use super::*;

    #[test]
    fn a_moderator_mutes_and_removes_others() {
        let (_, call) = passed(include_str!("../../scenarios/moderation.toml"));
        assert_eq!(participant(&call, "carol")["subscriptions"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_routed_call_with_the_first_release_and_vonages_client() {
        let first = format!("sdk = \"{FIRST_RELEASE}\"");
        let vonage = "sdk = { package = \"@vonage/client-sdk-video\", version = \"latest\" }";
        let (_, call) = passed(&pair(&first, vonage, ""));
        assert_eq!(participant(&call, "alice")["sdk"]["version"], FIRST_RELEASE);
        assert_ne!(participant(&call, "bob")["sdk"]["version"], FIRST_RELEASE);
    }

    #[test]
    fn a_page_that_is_reloaded_or_closed_leaves_no_ghost() {
        let scenario = "[call]\nduration = \"11 s\"\n[[participant]]\nname = \"alice\"\n\
            step = [{ at = \"3 s\", do = \"reload\" }, { at = \"8 s\", do = \"close\" }]\n\
            [[participant]]\nname = \"bob\"\npublish = false\n\
            [expect]\nbob.alice.events.streamCreated = 2\nbob.alice.events.streamDestroyed = 2\n\
            bob.alice.streamDestroyedReason = \"clientDisconnected\"\n";
        passed(scenario);
    }

    #[test]
    fn a_script_has_its_say_and_an_error_can_be_expected() {
        let workspace = Workspace::new();
        let script = "export default async function ({ session, participant, barrier, check, measure, mark }) {\n\
            mark('joined');\n await barrier('both');\n measure('connections', session.connections.length());\n\
            check('is connected', session.isConnected());\n check(participant, participant !== 'bob');\n}\n";
        std::fs::write(workspace.path().join("call.js"), script).expect("written");
        let scenario = "[call]\nduration = \"7 s\"\n[[participant]]\nname = \"alice\"\nscript = \"call.js\"\npublish = false\n\
            [[participant]]\nname = \"bob\"\nscript = \"call.js\"\nrole = \"subscriber\"\n\
            [expect]\nbob.errors = \">= 1\"\nalice.errors = 0\n";
        let (output, results) = workspace.run(scenario, &[]);
        let text = said(&output);
        assert!(text.contains("bob: the check \"bob\" failed"), "{text}");
        assert!(!text.contains("session.publish"), "an error that is expected is no reason: {text}");
        let errors = &participant(&results["cases"][0]["call"], "bob")["errors"];
        assert!(errors.as_array().expect("errors").iter().any(|one| one["call"] == "session.publish"), "{errors}");
        let lines = std::fs::read_to_string(workspace.run_directory().expect("a run").join("cases/call/call.jsonl"));
        let lines = lines.expect("lines");
        assert!(lines.contains(r#""what":"measure","detail":"connections","value":2.0"#), "{lines}");
    }

    #[test]
    fn a_relayed_call_with_the_first_release_and_the_newest() {
        let first = format!("sdk = \"{FIRST_RELEASE}\"");
        let (_, call) = passed(&pair(&first, "", "mode = \"relayed\""));
        // Media went past the platform.
        for name in ["alice", "bob"] {
            assert_eq!(participant(&call, name)["network"]["counters"]["up"]["packetsIn"], 0, "{call:#}");
        }
    }

    #[test]
    fn participants_have_networks_and_firewalls_of_their_own() {
        let scenario = "[call]\nduration = \"10 s\"\n[[participant]]\nname = \"slow\"\n\
            network = { delay = \"100 ms\", up.rate = \"300 kbit/s\" }\n\
            camera = { picture = \"detailed\", resolution = \"640x480\" }\n\
            [[participant]]\nname = \"walled\"\nfirewall.udp = \"blocked\"\n[[participant]]\nname = \"near\"\n\
            [expect]\nwalled.media.candidateType = \"relay\"\nnear.media.candidateType = \"!= relay\"\nerrors = 0\n";
        let (_, call) = passed(scenario);
        let measured = |name: &str| participant(&call, name)["network"]["measured"].clone();
        assert!(number(&measured("slow")["roundTripTime"]) >= 0.2, "{call:#}");
        assert!(number(&measured("near")["roundTripTime"]) < 0.2, "{call:#}");
        assert!(number(&measured("slow")["up"]["peakRate"]) <= 310_000.0, "{call:#}");
    }

    #[test]
    fn a_screen_is_shared_beside_a_camera() {
        let (_, call) = passed(include_str!("../../scenarios/screen-share.toml"));
        assert_eq!(participant(&call, "bob")["receivedVideoTracks"], 2);
    }

    #[test]
    fn a_call_reconnects_after_an_outage() {
        let (_, call) = passed(include_str!("../../scenarios/reconnect.toml"));
        assert_eq!(participant(&call, "bob")["subscriptions"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn releases_call_each_other() {
        let workspace = Workspace::new();
        let (output, _) = workspace.run(include_str!("../../scenarios/interop.toml"), &[]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }

    #[test]
    fn many_participants_hear_and_see_each_other() {
        let (_, call) = passed(include_str!("../../scenarios/many.toml"));
        assert_eq!(participant(&call, "guest3")["subscriptions"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn every_minor_release_is_in_a_call() {
        let workspace = Workspace::new();
        let scenario = include_str!("../../scenarios/call.toml").replace("version = \"latest\"", "");
        let scenario = format!("{scenario}\n[matrix]\nsdk = [\"all minors of >=2.18\"]\n");
        let (output, _) = workspace.run(&scenario, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}
