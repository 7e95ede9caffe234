//! Runs in a store: a server for S3 with signatures that AWS' own library makes as well, a web server that takes `PUT`,
//! and a run that loses its machine.

mod nightly;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::child_server::{ChildServer, free_port};
use crate::common::{Workspace, debian, pypi, recorded, said};

/// A server for S3.
const MOTO: &str = "moto[server]==5.2.2";

/// Makes a bucket, as an administrator does.
const ADMINISTRATOR: &str = "import boto3, sys\n\
    to = dict(endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='x')\n\
    boto3.client('s3', **to).create_bucket(Bucket='results')\n";

/// Signs the requests of a log again, as AWS' own library does at the time that each of them names, and prints how many
/// there are. The server itself checks no signature in a URL.
const SIGN_AGAIN: &str = "import datetime, re, sys, urllib.parse as u\n\
    import botocore.auth as auth\n\
    from botocore.awsrequest import AWSRequest\n\
    from botocore.credentials import Credentials\n\
    endpoint, key, secret, count = sys.argv[1], sys.argv[2], sys.argv[3], 0\n\
    for method, target in re.findall(r'\"(GET|PUT) (\\S+X-Amz-Signature\\S+) HTTP', sys.stdin.read()):\n    \
    path, query = target.split('?', 1)\n    \
    path = u.quote(u.unquote(path))\n    \
    given = dict(u.parse_qsl(query))\n    \
    now = datetime.datetime.strptime(given['X-Amz-Date'], '%Y%m%dT%H%M%SZ').replace(tzinfo=datetime.timezone.utc)\n    \
    auth.get_current_datetime = lambda *_, **__: now\n    \
    request = AWSRequest(method, endpoint + path)\n    \
    expires = int(given['X-Amz-Expires'])\n    \
    auth.S3SigV4QueryAuth(Credentials(key, secret), 's3', 'us-east-1', expires=expires).add_auth(request)\n    \
    own = dict(u.parse_qsl(request.url.split('?', 1)[1]))\n    \
    assert own['X-Amz-Date'] == given['X-Amz-Date'], (own, given)\n    \
    assert own['X-Amz-Signature'] == given['X-Amz-Signature'], (method, path)\n    \
    count += 1\n\
    print(count)\n";

/// A web server in the foreground, as any user. `PUT` makes the directories that are missing.
const NGINX: &str = "daemon off; master_process off; pid nginx.pid; error_log stderr; events {}\n\
    http { access_log off; client_body_temp_path body; proxy_temp_path other; fastcgi_temp_path other;\n\
    uwsgi_temp_path other; scgi_temp_path other; client_max_body_size 0;\n\
    server { listen 127.0.0.1:PORT; root files;\n\
    location / { dav_methods PUT; create_full_put_path on; }\n\
    location /locked/ { return 403 'no entry'; }\n\
    location /secret/ { if ($http_authorization != 'Bearer letmein') { return 401; } dav_methods PUT;\n\
    create_full_put_path on; } } }\n";

/// nginx on this port, with its files below a workspace, and the directory of these files.
fn nginx(workspace: &Workspace, port: u16) -> Option<(ChildServer, PathBuf)> {
    let mut nginx = debian::program("nginx", "nginx")?;
    let home = workspace.path().join("nginx");
    let files = home.join("files");
    std::fs::create_dir_all(&files).expect("made");
    std::fs::write(home.join("nginx.conf"), NGINX.replace("PORT", &port.to_string())).expect("written");
    nginx.arg("-p").arg(&home).args(["-c", "nginx.conf", "-e", "stderr"]).stdout(Stdio::null()).stderr(Stdio::null());
    Some((ChildServer::start(nginx, port), files))
}

/// Runs precall with these further variables.
fn precall(workspace: &Workspace, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    workspace.precall(arguments).envs(variables.iter().copied()).output().expect("precall runs")
}

/// The results of the only run below a directory.
fn results(base: &Path) -> Value {
    let runs = std::fs::read_dir(base).expect("runs").flatten().filter(|run| run.path().join("plan.json").exists());
    let runs: Vec<_> = runs.collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    let text = std::fs::read_to_string(runs[0].path().join("results.json")).expect("results");
    serde_json::from_str(&text).expect("JSON")
}

fn text_of(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Stores the recorded run, and reads it from there again.
fn goes_there_and_back(workspace: &Workspace, address: &str, variables: &[(&str, &str)]) -> Output {
    let run = recorded::run();
    let (there, back) = (workspace.path().join("there"), workspace.path().join("back"));
    let stored =
        precall(workspace, &["merge", text_of(&run), "--output", text_of(&there), "--store", address], variables);
    // Two of its cases failed.
    assert_eq!(stored.status.code(), Some(1), "{}", said(&stored));
    assert!(said(&stored).contains("stored: "), "{}", said(&stored));
    let temporary = workspace.path().join("temporary");
    std::fs::create_dir(&temporary).expect("made");
    let arguments = ["merge", address, "--output", text_of(&back), "--wait", "1 s"];
    let read = workspace.precall(&arguments).envs(variables.iter().copied()).env("TMPDIR", &temporary).output();
    let read = read.expect("precall runs");
    assert_eq!(read.status.code(), Some(1), "{}", said(&read));
    assert_eq!(results(&there)["cases"], results(&back)["cases"]);
    let parts = std::fs::read_dir(&temporary).expect("a directory").count();
    assert_eq!(parts, 0, "the parts are removed");
    stored
}

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A server for S3 with a bucket `results`.
struct Moto {
    endpoint: String,
    log: PathBuf,
    _server: ChildServer,
}

impl Moto {
    fn start(workspace: &Workspace) -> Option<Self> {
        let port = free_port();
        let mut moto = pypi::program(MOTO, "moto_server")?;
        let log = workspace.path().join("moto.log");
        moto.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null());
        moto.stderr(File::create(&log).expect("a file"));
        let server = ChildServer::start(moto, port);
        let endpoint = server.url("");
        let mut administrator = pypi::script(MOTO, ADMINISTRATOR).expect("as before");
        let made = administrator.arg(&endpoint).output().expect("Python runs");
        assert!(made.status.success(), "{}", said(&made));
        Some(Self { endpoint, log, _server: server })
    }

    /// Returns how many requests were signed with these keys: all that were.
    fn signed_with(&self, key: &str, secret: &str) -> usize {
        let mut again = pypi::script(MOTO, SIGN_AGAIN).expect("as before");
        again.args([&self.endpoint, key, secret]).stdin(File::open(&self.log).expect("a log"));
        let signed = again.output().expect("Python runs");
        assert!(signed.status.success(), "{}", said(&signed));
        String::from_utf8_lossy(&signed.stdout).trim().parse().expect("a number")
    }
}

#[test]
fn a_bucket_keeps_a_run() {
    let workspace = Workspace::new();
    let Some(moto) = Moto::start(&workspace) else { return };
    let variables =
        [("AWS_ENDPOINT_URL", moto.endpoint.as_str()), ("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", SECRET)];
    let stored = goes_there_and_back(&workspace, "s3://results/nightly/7/0", &variables);
    assert!(said(&stored).contains("stored: s3://results/nightly/7/0"), "{}", said(&stored));
    assert!(!said(&stored).contains(SECRET));
    let none = precall(&workspace, &["merge", "s3://results/8/0"], &variables);
    assert_eq!(none.status.code(), Some(2), "{}", said(&none));
    assert!(said(&none).contains("there is no run in s3://results/8/0"), "{}", said(&none));
    // Each file was written and read, and so were the lists.
    let count = moto.signed_with(KEY, SECRET);
    assert!(count > 60, "{count} requests");
}

#[test]
fn a_web_server_keeps_a_run() {
    let workspace = Workspace::new();
    let Some((server, files)) = nginx(&workspace, free_port()) else { return };
    let address = server.url("/nightly/7");
    let stored = goes_there_and_back(&workspace, &address, &[]);
    assert!(said(&stored).contains(&format!("stored: {}", server.url(""))), "{}", said(&stored));
    // The files are those of the run, under their own names.
    let own = recorded::run();
    let case = std::fs::read_dir(own.join("cases")).expect("cases").flatten().next().expect("a case").file_name();
    let file = Path::new("cases").join(case).join("result.json");
    let read = |path: PathBuf| -> Value {
        serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
    };
    assert_eq!(read(files.join("nightly/7").join(&file)), read(own.join(&file)));

    for (path, status) in [("/locked/7", 403), ("/secret/7", 401)] {
        let refused = precall(&workspace, &["merge", text_of(&own), "--store", &server.url(path)], &[]);
        // The run failed, too, and that is worse.
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains(&format!("answered {status} to PUT of ")), "{}", said(&refused));
    }
    let token = [("PRECALL_STORE_TOKEN", "letmein")];
    let taken = precall(&workspace, &["merge", text_of(&own), "--store", &server.url("/secret/7")], &token);
    assert_eq!(taken.status.code(), Some(1), "{}", said(&taken));
    assert!(files.join("secret/7/results.json").is_file());

    // A file that is not what its list says.
    std::fs::write(files.join("nightly/7").join(&file), "{}").expect("written");
    let damaged = precall(&workspace, &["merge", &address], &[]);
    assert_eq!(damaged.status.code(), Some(4), "{}", said(&damaged));
    assert!(said(&damaged).contains("is not what its list says"), "{}", said(&damaged));
    // A list that leads elsewhere.
    let hostile = r#"{ "run": "../../elsewhere", "files": {} }"#;
    std::fs::write(files.join("nightly/7/files.json"), hostile).expect("written");
    let refused = precall(&workspace, &["merge", &address], &[]);
    assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
    assert!(said(&refused).contains("no plain name"), "{}", said(&refused));
}

#[test]
fn a_store_that_is_away_is_found_before_anything_runs() {
    let workspace = Workspace::new();
    let scenario = workspace.scenario("[[case]]\nname = \"a\"");
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}/7");
    let away = precall(&workspace, &["run", text_of(&scenario), "--store", &address], &[]);
    assert_eq!(away.status.code(), Some(4), "{}", said(&away));
    assert!(said(&away).contains(&format!("http://127.0.0.1:{port} was not reached")), "{}", said(&away));
    assert!(!workspace.path().join("runs").exists(), "a run was begun");
    for (wrong, words) in [("s3:/results", "no address"), ("env:PRECALL_NO_SUCH", "is not set")] {
        let refused = precall(&workspace, &["run", text_of(&scenario), "--store", wrong], &[]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains(words), "{}", said(&refused));
    }
}

/// Cases that take a few seconds each.
const SHORT: &str =
    "repeat = 3\n[test]\nquality = false\n[expect]\nconnectivity.success = true\n[[case]]\nname = \"a\"";

/// Waits until the first case of a run is in the store: the list is written last.
fn await_first_case(files: &Path) {
    let end = Instant::now() + Duration::from_secs(90);
    while !files.join("7/cases/a,repeat=1/files.json").exists() {
        assert!(Instant::now() < end, "no case is stored");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_run_that_loses_its_machine_is_resumed_on_another() {
    let (one, other) = (Workspace::new(), Workspace::new());
    let Some((server, files)) = nginx(&one, free_port()) else { return };
    let address = server.url("/7");
    let arguments = ["run", "test.toml", "--slots", "1", "--store", address.as_str()];
    one.scenario(SHORT);
    let mut child = one.precall(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("precall runs");
    await_first_case(&files);
    child.kill().expect("killed");
    child.wait().expect("ended");
    // Nothing is left of the machine. A file of the store was about to be replaced.
    std::fs::remove_dir_all(one.path().join("runs")).expect("removed");
    std::fs::write(files.join("7/events.jsonl"), "").expect("written");

    other.scenario(SHORT);
    let waiting = precall(&other, &["merge", &address, "--wait", "1 s", "--output", "merged"], &[]);
    assert_eq!(waiting.status.code(), Some(4), "{}", said(&waiting));
    assert!(said(&waiting).contains("was not over in time"), "{}", said(&waiting));
    let resumed = precall(&other, &arguments, &[]);
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
    assert!(said(&resumed).contains("of 3 cases ended before"), "{}", said(&resumed));
    assert_eq!(other.results()["cases"].as_array().map(Vec::len), Some(3));
    let merged = precall(&other, &["merge", &address, "--wait", "1 s", "--output", "merged"], &[]);
    assert_eq!(merged.status.code(), Some(0), "{}", said(&merged));
    assert_eq!(results(&other.path().join("merged"))["cases"], other.results()["cases"]);

    // The address is taken.
    other.scenario(&SHORT.replace("repeat = 3", "repeat = 1"));
    let taken = precall(&other, &arguments, &[]);
    assert_eq!(taken.status.code(), Some(2), "{}", said(&taken));
    assert!(said(&taken).contains("has the run of another scenario"), "{}", said(&taken));
}
