//! Faults that a release may have, planted into the newest one: the unmodified bundle, with a wrapper around `OT` after
//! it. Comparisons and bisections of calls have to find them.

use crate::common::stage::wrapped_opentok_js;
use crate::common::{Workspace, said};

/// Alice leaves before the end. All that is expected is what a release without a fault does.
const CALL: &str = r#"
repeat = 6
[call]
duration = "6 s"
[[participant]]
name = "alice"
publish = { resolution = "320x240", frameRate = 15 }
step = { at = "4 s", do = "leave" }
[[participant]]
name = "bob"
publish = false
[expect]
bob.alice.events.streamCreated = 1
bob.alice.events.streamDestroyed = 1
"#;

/// Sessions lose the event that tells the end of a stream.
const LOST_EVENT: &str = "
{
  const { initSession } = OT;
  OT.initSession = function (...all) {
    const session = initSession.apply(this, all);
    const { on } = session;
    session.on = function (handlers, ...more) {
      if (typeof handlers !== 'object') return on.call(this, handlers, ...more);
      const { streamDestroyed, ...others } = handlers;
      return on.call(this, others, ...more);
    };
    return session;
  };
}";

/// Sessions subscribe twice to each stream.
const DOUBLED_SUBSCRIBE: &str = "
{
  const { initSession } = OT;
  OT.initSession = function (...all) {
    const session = initSession.apply(this, all);
    const { subscribe } = session;
    session.subscribe = function (stream, ...more) {
      subscribe.call(this, stream, document.body.appendChild(document.createElement('div')), { insertMode: 'append' });
      return subscribe.call(this, stream, ...more);
    };
    return session;
  };
}";

/// The first frame comes 300 ms later.
const LATE_FRAME: &str = "
{
  const { initSession } = OT;
  OT.initSession = function (...all) {
    const session = initSession.apply(this, all);
    const { subscribe } = session;
    session.subscribe = function (...more) {
      const until = performance.now() + 300;
      while (performance.now() < until);
      return subscribe.apply(this, more);
    };
    return session;
  };
}";

/// Compares a build with a fault and one without, and returns the answer.
fn compared(fault: &str) -> String {
    let workspace = Workspace::new();
    let builds = [
        wrapped_opentok_js(workspace.path(), "plain.js", ""),
        wrapped_opentok_js(workspace.path(), "faulty.js", fault),
    ];
    let [plain, faulty] = builds.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let (output, _) = workspace.run(CALL, &["--sdk", plain, "--sdk", faulty]);
    let run = workspace.run_directory().expect("a run");
    let arguments = ["compare", run.to_str().expect("UTF-8"), "--axis", "sdk=plain.js,faulty.js"];
    let answer = workspace.precall(&arguments).output().expect("precall runs");
    let text = said(&answer);
    assert_eq!(answer.status.code(), Some(1), "{text}\n{}", said(&output));
    text
}

#[test]
fn a_lost_event_is_found() {
    let text = compared(LOST_EVENT);
    assert!(text.contains("share of failed cases rises from 0 % to 100 %"), "{text}");
}

#[test]
fn a_doubled_subscription_is_found() {
    let text = compared(DOUBLED_SUBSCRIBE);
    assert!(text.contains("number of received video tracks rises from 1.0 to 2.0"), "{text}");
}

#[test]
fn a_first_frame_that_comes_later_is_found() {
    let text = compared(LATE_FRAME);
    assert!(text.contains("time to the first frame rises from"), "{text}");
}

#[test]
fn the_build_with_the_fault_is_found() {
    let workspace = Workspace::new();
    for name in ["1.js", "2.js"] {
        wrapped_opentok_js(workspace.path(), name, "");
    }
    for name in ["3.js", "4.js"] {
        wrapped_opentok_js(workspace.path(), name, DOUBLED_SUBSCRIBE);
    }
    let path = workspace.scenario(CALL);
    let (path, figure) = (path.to_str().expect("UTF-8"), "receivedVideoTracks");
    let arguments = ["bisect", path, "--figure", figure, "--builds", "1.js", "2.js", "3.js", "4.js"];
    let output = workspace.precall(&arguments).output().expect("precall runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("receivedVideoTracks: regressed in 3.js; 2.js is the last release before"), "{text}");
}
