//! What people see and hear in calls, held against what was planted: delays, and rates that cost quality.

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

mod alone {
    use super::*;

    /// Every figure is there, and plausible.
    #[test]
    fn delays_and_similarity_of_a_call_are_measured() {
        let workspace = Workspace::new();
        let seen = &received(&workspace, &call(24, "640x360", "", ""))[0];
        assert!(seen.video("unreadFramesRatio") <= 0.001, "{:#}", seen.video);
        assert!(seen.video("missingFramesRatio") <= 0.5, "{:#}", seen.video);
        assert!((0.0..0.5).contains(&seen.video("endToEndDelay")), "{:#}", seen.video);
        assert!((0.5..1.0).contains(&seen.video("similarity")), "{:#}", seen.video);
        assert!((0.0..0.5).contains(&seen.audio_delay()), "{:#}", seen.audio);
        // Its scale ends at 4.64, and Chrome's own processing of a microphone costs a part of it.
        let quality = seen.audio["mosLqo"].as_f64().unwrap_or_else(|| panic!("no quality: {:#}", seen.audio));
        assert!((2.0..4.65).contains(&quality), "{quality}");
        // Speech has pauses, and what is heard has those of the microphone.
        let share =
            |figure: &str| seen.audio[figure].as_f64().unwrap_or_else(|| panic!("no {figure}: {:#}", seen.audio));
        let (spoken, heard) = (share("microphoneSilenceRatio"), share("silenceRatio"));
        assert!((0.02..0.9).contains(&spoken) && (spoken - heard).abs() < 0.3, "{spoken} spoken, {heard} heard");
        let clipped = [share("microphoneClippedSamplesRatio"), share("clippedSamplesRatio")];
        assert!(clipped.iter().all(|share| *share < 0.001), "{clipped:?}");
    }
}

mod nightly {
    use super::*;
    use crate::common::stage::wrapped_opentok_js;

    /// Elements play the sound of a stream 120 ms later than its picture. Chrome lets through the sound of a remote
    /// stream only while an element plays it, so one does so muted.
    const LATE_SOUND: &str = "
{
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  const late = (stream) => {
    const muted = new Audio();
    muted.muted = true;
    set.call(muted, stream);
    muted.play();
    const context = new AudioContext();
    const delay = new DelayNode(context, { delayTime: 0.12 });
    const out = context.createMediaStreamDestination();
    context.createMediaStreamSource(stream).connect(delay).connect(out);
    return new MediaStream([...stream.getVideoTracks(), ...out.stream.getAudioTracks()]);
  };
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    get,
    set(stream) {
      const isLate = stream instanceof MediaStream && stream.getAudioTracks().length > 0;
      set.call(this, isLate ? late(stream) : stream);
    },
  });
}";

    /// Sound that comes 120 ms after its picture is found: bob's page plays it late, behind everything that Chrome
    /// does to play both together.
    #[test]
    fn sound_behind_its_picture_is_found() {
        let workspace = Workspace::new();
        let seen = [("plain.js", ""), ("late.js", LATE_SOUND)].map(|(name, wrapper)| {
            wrapped_opentok_js(workspace.path(), name, wrapper);
            received(&workspace, &call(20, "640x360", &format!("sdk.path = \"{name}\""), "")).remove(0)
        });
        let [plain, late] = seen.each_ref().map(|seen| (seen.video("endToEndDelay") - seen.audio_delay()) * 1e3);
        // Web Audio takes some milliseconds of its own.
        let found = plain - late;
        assert!((100.0..165.0).contains(&found), "lip sync of {plain} ms becomes {late} ms");
    }

    #[test]
    fn what_is_switched_off_is_absent() {
        let off = call(5, "640x360", "", "").replace("[call]", "[call]\nperception = false");
        let seen = &received(&Workspace::new(), &off)[0];
        assert!(seen.video["endToEndDelay"].is_null() && seen.audio["endToEndDelay"].is_null(), "{:#}", seen.video);
    }

    /// The numbers of frames survive small pictures and strong compression, and none is taken for another: a frame
    /// that was would have a delay that is a multiple of 33 ms off.
    #[test]
    fn the_numbers_of_frames_are_read_at_low_rates() {
        for (size, rate, most) in [("640x360", "500 kbit/s", 0.001), ("320x180", "150 kbit/s", 0.01)] {
            let workspace = Workspace::new();
            let case = format!("[[case]]\nname = \"low\"\nnetwork.up.rate = \"{rate}\"\n");
            let seen = &received(&workspace, &call(25, size, "", &case))[0];
            assert!(seen.video("unreadFramesRatio") <= most, "{size}: {:#}", seen.video);
            assert!(seen.delays.len() > 150, "{size}: {}", seen.delays.len());
            for delay in &seen.delays {
                assert!((0.0..3_000.0).contains(delay), "{size}: {delay} ms");
            }
        }
    }

    /// A planted delay is found: in the delay of the picture and of the sound without their time in the jitter
    /// buffers, which is another thing that Chrome measures itself and that varies by tens of milliseconds. Frames
    /// are presented when the screen is drawn anew, every 16.7 ms, so the picture is exact to one such interval. A
    /// moment in which the host is busy fills the jitter buffers for a while, so the medians of three calls are
    /// compared.
    #[test]
    fn planted_delays_are_found() {
        const CALLS: usize = 3;
        let planted = [0.0, 50.0, 120.0, 200.0];
        let case = |(delay, call): (f64, usize)| {
            format!("[[case]]\nname = \"d{delay}-{call}\"\nnetwork.down.delay = \"{delay} ms\"\n")
        };
        let cases: String = planted.iter().flat_map(|delay| (0..CALLS).map(|call| (*delay, call))).map(case).collect();
        let workspace = Workspace::new();
        let seen = received(&workspace, &call(20, "640x360", "", &cases));
        let on_the_way = |seen: &Received| {
            let buffered = |track: &Value| track["jitterBufferDelay"].as_f64().expect("a delay");
            let picture = seen.video("endToEndDelay") - buffered(&seen.video);
            (picture * 1e3, (seen.audio_delay() - buffered(&seen.audio)) * 1e3)
        };
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let medians: Vec<_> = seen
            .chunks(CALLS)
            .map(|calls| {
                let (pictures, sounds) = calls.iter().map(on_the_way).unzip();
                (median(pictures), median(sounds))
            })
            .collect();
        for (planted, (picture, sound)) in planted.iter().zip(&medians).skip(1) {
            let (picture, sound) = (picture - medians[0].0, sound - medians[0].1);
            println!("{planted} ms: the picture {picture:.1} ms, the sound {sound:.1} ms");
            assert!((picture - planted).abs() <= 10.0 + 16.7, "{planted} ms: the picture {picture} ms");
            assert!((sound - planted).abs() <= 10.0, "{planted} ms: the sound {sound} ms");
        }
    }

    /// The more packets of the sound are lost, the worse the speech.
    #[test]
    fn the_quality_of_speech_falls_with_loss() {
        let case =
            |(index, loss): (usize, &&str)| format!("[[case]]\nname = \"l{index}\"\nnetwork.up.loss = \"{loss}\"\n");
        let cases: String = ["0 %", "10 %", "30 %"].iter().enumerate().map(case).collect();
        let workspace = Workspace::new();
        let seen = received(&workspace, &call(42, "320x180", "", &cases));
        let qualities: Vec<f64> = seen.iter().map(|seen| seen.audio["mosLqo"].as_f64().expect("a quality")).collect();
        println!("MOS-LQO {qualities:?}");
        assert!(qualities.is_sorted_by(|one, other| one > other), "{qualities:?}");
    }

    /// Logs of each publisher whether the browser cancels the echo of its microphone.
    const ECHO: &str = "
{
  const init = OT.initPublisher;
  OT.initPublisher = (...options) => {
    const publisher = init.apply(OT, options);
    const settings = () => publisher.getAudioSource().getSettings();
    publisher.once('streamCreated', () => console.error(`cancels echo: ${settings().echoCancellation}`));
    return publisher;
  };
}";

    /// The browser is asked for it, and leaves the sound of alice's microphone as it is: also of one that she publishes
    /// by a step. Bob's is processed.
    #[test]
    fn sound_is_not_processed_where_a_participant_says_so() {
        let workspace = Workspace::new();
        wrapped_opentok_js(workspace.path(), "echo.js", ECHO);
        let scenario = "sdk.path = \"echo.js\"\n[call]\nduration = \"12 s\"\n\
            [[participant]]\nname = \"alice\"\npublish.audioProcessing = false\n\
            step = [{ at = \"3 s\", do = \"unpublish\" }, { at = \"5 s\", do = \"publish\" }]\n\
            [[participant]]\nname = \"bob\"\n";
        let (output, _) = workspace.run(scenario, &[]);
        let text = said(&output);
        let run = workspace.run_directory().expect("a run");
        let lines = std::fs::read_to_string(run.join("cases/call/console.jsonl")).expect("a console");
        let of = |name: &str| -> Vec<&str> {
            let own = lines.lines().filter(|line| line.contains(&format!("\"participant\":\"{name}\"")));
            own.filter_map(|line| Some(line.split_once("cancels echo: ")?.1.split('"').next().unwrap_or_default()))
                .collect()
        };
        assert_eq!((of("alice"), of("bob")), (vec!["false", "false"], vec!["true"]), "{lines}\n{text}");
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
