//! A second front end: a program that plans, prepares and follows a run through `precall::job` alone, in real Chrome.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use precall::job::{
    BrowserRequest, CaseRequest, ConsumerError, Emitted, EventConsumer, Notice, Parsed, RunRequest, Stop, plan_run,
    prepare, run,
};
use precall_results::{Outcome, RunEvent};

use crate::common::Workspace;

/// Keeps the events that it takes, and fails at the end of a case if that is asked for.
struct Follower {
    events: Arc<Mutex<Vec<RunEvent>>>,
    is_faulty: bool,
}

impl EventConsumer for Follower {
    fn name(&self) -> &str {
        "the follower"
    }

    fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError> {
        self.events.lock().expect("no panic").push(emitted.event.clone());
        match emitted.event {
            RunEvent::CaseFinished { .. } if self.is_faulty => Err("the follower's client is gone".into()),
            _ => Ok(()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn run_is_followed_without_a_command_line() {
    let workspace = Workspace::new();
    let scenario = workspace.scenario("repeat = 2\n[test]\nquality = false\n[[case]]\nname = \"a\"");
    let release = Parsed::sdk("2.35.2").expect("a release");
    let cases = CaseRequest { scenarios: vec![scenario], sdks: vec![release], ..CaseRequest::default() };
    let supervisor = Some(PathBuf::from(env!("CARGO_BIN_EXE_precall")));
    let request = RunRequest {
        browsers: BrowserRequest::Local { chrome: None, firefox: None, supervisor },
        ..RunRequest::new(cases, workspace.path().join("runs"))
    };
    let (stop, notices) = (Stop::default(), Mutex::new(Vec::new()));
    let notice = |notice: Notice| notices.lock().expect("no panic").push(format!("{notice:?}"));
    let planned = plan_run(&request, &notice, &stop).await.expect("a plan");
    assert_eq!(planned.plan.cases.len(), 2);
    let prepared = prepare(request, planned, &notice, &stop).await.expect("everything is there");
    assert_eq!((prepared.remaining().len(), prepared.finished()), (2, 0));

    let (faulty, sound) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let follower = |events: &Arc<Mutex<Vec<RunEvent>>>, is_faulty| -> Box<dyn EventConsumer> {
        Box::new(Follower { events: Arc::clone(events), is_faulty })
    };
    let finished = run(prepared, vec![follower(&faulty, true), follower(&sound, false)], &stop).await.expect("a run");
    assert_eq!(finished.result.outcome, Outcome::Passed, "{:?}", finished.result.cases);
    assert!(finished.errors.is_empty(), "{:?}", finished.errors);
    assert!(finished.path.join("results.json").exists());
    finished.end();

    let (faulty, sound) = (faulty.lock().expect("no panic"), sound.lock().expect("no panic"));
    assert!(matches!(sound.first(), Some(RunEvent::RunStarted { .. })), "{sound:?}");
    assert!(matches!(sound.last(), Some(RunEvent::RunFinished { outcome: Outcome::Passed, .. })), "{sound:?}");
    let count =
        |events: &[RunEvent]| events.iter().filter(|event| matches!(event, RunEvent::CaseFinished { .. })).count();
    assert_eq!((count(&faulty), count(&sound)), (1, 2), "a consumer that fails gets no further event");
    let warned =
        sound.iter().any(|event| matches!(event, RunEvent::Warning { message } if message.contains("client is gone")));
    assert!(warned, "{sound:?}");
    let notices = notices.lock().expect("no panic").join("\n");
    assert!(notices.contains("OpenTok.js") && notices.contains("2.35.2"), "{notices}");
}
