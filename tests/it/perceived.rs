//! What people see and hear in calls, held against what was planted: delays, lip sync, loss of quality.

use crate::common::{Workspace, said};
use serde_json::Value;

/// A call in which bob sees and hears alice's film and speech. `bob` are further keys of his, `cases` the cases.
fn call(seconds: u32, size: &str, bob: &str, cases: &str) -> String {
    format!(
        "[call]\nduration = \"{seconds} s\"\n\
         [[participant]]\nname = \"alice\"\npublish.resolution = \"{size}\"\nsubscribe = \"none\"\n\
         camera = {{ picture = \"detailed\", resolution = \"1280x720\" }}\nmicrophone.sound = \"speech\"\n\
         [[participant]]\nname = \"bob\"\npublish = false\n{bob}\n{cases}"
    )
}

/// What bob received of alice in a case.
struct Received {
    video: Value,
    audio: Value,
    /// The delays of all frames, in milliseconds.
    delays: Vec<f64>,
}

impl Received {
    fn video(&self, figure: &str) -> f64 {
        self.video[figure].as_f64().unwrap_or_else(|| panic!("no {figure} in {:#}", self.video))
    }

    fn audio_delay(&self) -> f64 {
        self.audio["endToEndDelay"].as_f64().unwrap_or_else(|| panic!("no delay in {:#}", self.audio))
    }
}

/// Runs a scenario, one case after another, and returns what bob received in each.
fn received(workspace: &Workspace, scenario: &str) -> Vec<Received> {
    let (output, results) = workspace.run(scenario, &["--slots", "1"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let run = workspace.run_directory().expect("a run");
    let cases = results["cases"].as_array().expect("cases");
    let one = |case: &Value| {
        let name = case["case"].as_str().expect("a name");
        let file = run.join("cases").join(name).join("subscriptions.jsonl");
        let lines = std::fs::read_to_string(file).expect("subscriptions");
        let delays = lines.lines().flat_map(|line| {
            let sample: Value = serde_json::from_str(line).expect("JSON");
            sample["perceived"]["delays"].as_array().cloned().unwrap_or_default()
        });
        let participants = case["call"]["participants"].as_array().expect("participants");
        let bob = participants.iter().find(|one| one["name"] == "bob").expect("bob");
        let subscription = &bob["subscriptions"][0];
        Received {
            video: subscription["video"].clone(),
            audio: subscription["audio"].clone(),
            delays: delays.filter_map(|delay| delay.as_f64()).collect(),
        }
    };
    cases.iter().map(one).collect()
}

mod nightly {
    use super::*;

    /// The numbers of frames survive small pictures and strong compression, and none is taken for another: a frame that
    /// was would have a delay that is a multiple of 33 ms off.
    #[test]
    fn the_numbers_of_frames_are_read_at_low_rates() {
        for (size, rate, most) in [("640x360", "500 kbit/s", 0.001), ("320x180", "150 kbit/s", 0.01)] {
            let workspace = Workspace::new();
            let case = format!("[[case]]\nname = \"low\"\nnetwork.up.rate = \"{rate}\"\n");
            let seen = &received(&workspace, &call(25, size, "", &case))[0];
            assert!(seen.video("unreadFramesRatio") <= most, "{size}: {:#}", seen.video);
            assert!(seen.delays.len() > 300, "{size}: {}", seen.delays.len());
            for delay in &seen.delays {
                assert!((0.0..3_000.0).contains(delay), "{size}: {delay} ms");
            }
        }
    }

    /// A planted delay is found. Frames are presented when the screen is drawn anew, every 16.7 ms, so the delay of the
    /// picture is that of the network within one such interval, and that of the sound within 10 ms.
    #[test]
    fn planted_delays_are_found() {
        let planted = [0.0, 50.0, 120.0, 200.0];
        let case = |delay: &f64| format!("[[case]]\nname = \"d{delay}\"\nnetwork.down.delay = \"{delay} ms\"\n");
        let cases: String = planted.iter().map(case).collect();
        let workspace = Workspace::new();
        let seen = received(&workspace, &call(20, "640x360", "", &cases));
        let none = (seen[0].video("endToEndDelay"), seen[0].audio_delay());
        for (planted, seen) in planted.iter().zip(&seen).skip(1) {
            let picture = (seen.video("endToEndDelay") - none.0) * 1e3;
            let sound = (seen.audio_delay() - none.1) * 1e3;
            assert!((picture - planted).abs() <= 10.0 + 16.7, "{planted} ms: the picture {picture} ms");
            assert!((sound - planted).abs() <= 10.0, "{planted} ms: the sound {sound} ms");
        }
    }

    /// A planted lip-sync error is found. The sound is held back in bob's browser, in a stream of its own: Chrome would
    /// hold back the picture of the same stream as well.
    #[test]
    fn a_planted_lip_sync_error_is_found() {
        let workspace = Workspace::new();
        let script = workspace.path().join("hold-back.js");
        std::fs::write(
            script,
            "export default async function () {\n\
             \x20 const { setRemoteDescription } = RTCPeerConnection.prototype;\n\
             \x20 RTCPeerConnection.prototype.setRemoteDescription = async function (description) {\n\
             \x20   const sdp = description.sdp.replace(/(m=audio[^]*?a=msid:)\\S+/, '$1sound');\n\
             \x20   await setRemoteDescription.call(this, { type: description.type, sdp });\n\
             \x20   const sound = this.getReceivers().filter(({ track }) => track.kind === 'audio');\n\
             \x20   for (const receiver of sound) receiver.jitterBufferTarget = 240;\n\
             \x20 };\n}\n",
        )
        .expect("written");
        let bob = |script: &str| {
            format!(
                "subscribe = \"none\"\n{script}\n[[participant.step]]\nat = \"3 s\"\ndo = \"subscribe\"\ntarget = \"alice\"\n"
            )
        };
        let as_it_is = &received(&workspace, &call(20, "640x360", &bob(""), ""))[0];
        let held_back = &received(&workspace, &call(20, "640x360", &bob("script = \"hold-back.js\""), ""))[0];
        let lag = |seen: &Received| seen.video("endToEndDelay") - seen.audio_delay();
        let planted = held_back.audio_delay() - as_it_is.audio_delay();
        assert!(planted >= 0.12, "{planted} s: {:#}", held_back.audio);
        let found = lag(as_it_is) - lag(held_back);
        assert!((found - planted).abs() <= 0.02, "{found} s of {planted} s");
    }

    /// The less the network carries, the less the picture is like the film.
    #[test]
    fn the_similarity_falls_with_the_rate() {
        let rates = ["3 Mbit/s", "1 Mbit/s", "400 kbit/s", "150 kbit/s"];
        let case =
            |(index, rate): (usize, &&str)| format!("[[case]]\nname = \"r{index}\"\nnetwork.up.rate = \"{rate}\"\n");
        let cases: String = rates.iter().enumerate().map(case).collect();
        let workspace = Workspace::new();
        let seen = received(&workspace, &call(20, "640x360", "", &cases));
        let similarities: Vec<f64> = seen.iter().map(|seen| seen.video("similarity")).collect();
        assert!(similarities.is_sorted_by(|one, other| one > other), "{similarities:?}");
    }
}
