//! Stores that go away, pods that are evicted, and keys that come from elsewhere.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::*;

#[test]
fn a_store_that_goes_away_stops_no_case_and_gets_the_rest_later() {
    let workspace = Workspace::new();
    let port = free_port();
    let Some((server, files)) = nginx(&workspace, port) else { return };
    let address = server.url("/7");
    workspace.scenario(SHORT);
    let run = workspace
        .precall(&["run", "test.toml", "--slots", "1", "--store", &address])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("precall runs");
    await_first_case(&files);
    drop(server);
    let output = run.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    let text = said(&output);
    assert!(text.contains("3 passed") && text.contains("the run is not whole in the store"), "{text}");
    let directory = workspace.run_directory().expect("a run");
    assert!(text.contains("precall run --resume runs/") && text.contains("--store URL"), "{text}");

    let (_server, files) = nginx(&workspace, port).expect("as before");
    assert!(!files.join("7/results.json").exists());
    let again = precall(&workspace, &["run", "--resume", text_of(&directory), "--store", &address], &[]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    let merged = precall(&workspace, &["merge", &address, "--output", "merged"], &[]);
    assert_eq!(merged.status.code(), Some(0), "{}", said(&merged));
    assert_eq!(results(&workspace.path().join("merged"))["cases"], workspace.results()["cases"]);
}

/// Kubernetes ends a pod that it evicts with SIGTERM, and gives it 30 s.
#[test]
fn an_evicted_pod_loses_nothing_that_had_ended() {
    let (one, other) = (Workspace::new(), Workspace::new());
    let Some((server, files)) = nginx(&one, free_port()) else { return };
    let address = server.url("/7");
    let arguments = ["run", "test.toml", "--slots", "1", "--store", address.as_str()];
    one.scenario(SHORT);
    let pod = one.precall(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("precall runs");
    await_first_case(&files);
    let told = Instant::now();
    let id = Pid::from_raw(i32::try_from(pod.id()).expect("an id"));
    kill(id, Signal::SIGTERM).expect("signalled");
    let output = pod.wait_with_output().expect("ended");
    assert!(told.elapsed() < Duration::from_secs(30), "{:?}", told.elapsed());
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    let run = one.run_directory().expect("a run");
    let ended = (1..=3).filter(|number| {
        let case = format!("cases/a,repeat={number}");
        // One that was interrupted has a result as well, and is not complete.
        let result = std::fs::read_to_string(run.join(&case).join("result.json")).unwrap_or_default();
        let has_ended = serde_json::from_str::<Value>(&result).is_ok_and(|result| result["outcome"] == "passed");
        assert!(!has_ended || files.join("7").join(&case).join("files.json").exists(), "{case} is not stored");
        has_ended
    });
    let ended = ended.count();
    assert!((1..3).contains(&ended), "{ended} cases had ended");
    std::fs::remove_dir_all(one.path().join("runs")).expect("removed");

    other.scenario(SHORT);
    let resumed = precall(&other, &arguments, &[]);
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
    assert!(said(&resumed).contains(&format!("{ended} of 3 cases ended before")), "{}", said(&resumed));
    let merged = precall(&other, &["merge", &address, "--wait", "1 s", "--output", "merged"], &[]);
    assert_eq!(merged.status.code(), Some(0), "{}", said(&merged));
    assert_eq!(results(&other.path().join("merged"))["cases"], other.results()["cases"]);
}

/// Keys of a profile, and those of a role for a pod with a web identity: the token service gives them.
#[test]
fn a_bucket_takes_the_keys_of_a_profile_and_of_a_role() {
    let workspace = Workspace::new();
    let Some(moto) = Moto::start(&workspace) else { return };
    let keys = workspace.path().join("credentials");
    let text = format!(
        "[default]\naws_access_key_id = x\naws_secret_access_key = x\n\n\
         [nightly]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    );
    std::fs::write(&keys, text).expect("written");
    let run = recorded::run();
    let out = workspace.path().join("out");
    let store = |address: &str, variables: &[(&str, &str)]| {
        let arguments = ["merge", text_of(&run), "--output", text_of(&out), "--store", address];
        let mut command = workspace.precall(&arguments);
        // Nothing of who runs the tests.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
            command.env_remove(name);
        }
        command.env("HOME", workspace.path());
        command.env("AWS_ENDPOINT_URL", &moto.endpoint).env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(variables.iter().copied()).output().expect("precall runs")
    };
    let stored =
        store("s3://results/profile", &[("AWS_PROFILE", "nightly"), ("AWS_SHARED_CREDENTIALS_FILE", text_of(&keys))]);
    assert_eq!(stored.status.code(), Some(1), "{}", said(&stored));
    let count = moto.signed_with(KEY, SECRET);
    assert!(count > 30, "{count} requests");

    let token = workspace.path().join("token");
    std::fs::write(&token, "eyJhbGciOiJub25lIn0.e30.").expect("written");
    let role =
        [("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/results"), ("AWS_WEB_IDENTITY_TOKEN_FILE", text_of(&token))];
    let stored = store("s3://results/role", &role);
    assert_eq!(stored.status.code(), Some(1), "{}", said(&stored));
    let log = std::fs::read_to_string(&moto.log).expect("a log");
    let by_role: Vec<_> = log.lines().filter(|line| line.contains("/results/role/")).collect();
    assert!(by_role.len() > 30, "{} requests", by_role.len());
    for line in by_role {
        assert!(line.contains("X-Amz-Security-Token=") && line.contains("X-Amz-Credential=ASIA"), "{line}");
    }

    std::fs::remove_file(&token).expect("it was there");
    let refused = store("s3://results/role", &role);
    // Two of its cases failed, which says more than that the run is not stored.
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("the web identity gives no keys for S3"), "{}", said(&refused));
}
