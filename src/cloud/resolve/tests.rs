use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::*;

fn cloud(kind: CloudKind, credentials_file: Option<PathBuf>) -> CloudSpec {
    CloudSpec { kind, api_url: kind.default_api_url().to_owned(), proxy_url: None, credentials_file }
}

/// With these variables.
fn with(kind: CloudKind, variables: &[(&str, &str)]) -> Result<Account, CredentialError> {
    resolve_account_in(&cloud(kind, None), |name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// With a credentials file that says this, and nothing in the environment.
fn with_file(directory: &Path, kind: CloudKind, text: &str) -> Result<Account, CredentialError> {
    let file = directory.join("credentials.toml");
    write(&file, text, 0o600);
    resolve_account_in(&cloud(kind, Some(file)), |_| None)
}

fn write(file: &Path, text: &str, mode: u32) {
    std::fs::write(file, text).expect("written");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).expect("set");
}

fn pem() -> String {
    RsaKeyPair::generate().expect("a key").private_pem().expose().to_owned()
}

const TOKEN: &str = "T1==cGFydG5lcl9pZD0xMDA=";

#[test]
fn project_is_read_from_the_environment() {
    let account = with(
        CloudKind::OpenTok,
        &[("PRECALL_API_KEY", "100"), ("PRECALL_API_SECRET", " s3cret\n"), ("PRECALL_TOKEN", "")],
    );
    let account = account.expect("an account");
    assert_eq!(account.means, AccountKind::Project(Project::opentok("100", Secret::new("s3cret"))));
    assert_eq!((account.api_key(), account.source().as_str()), ("100", "the environment"));
    assert!(!format!("{account:?}").contains("s3cret"));
}

#[test]
fn application_is_read_with_its_key_or_key_file() {
    let directory = tempfile::tempdir().expect("a directory");
    // A file is read with `\n` for every line end.
    let (pem, file) = (pem().replace("\r\n", "\n"), directory.path().join("private.key"));
    write(&file, &pem, 0o600);
    let project = AccountKind::Project(Project::vonage("6b1c", RsaKeyPair::from_pem(&pem).expect("a key")));
    let one_line = pem.replace('\n', "\\n");
    for key in [
        ("PRECALL_PRIVATE_KEY", pem.as_str()),
        ("PRECALL_PRIVATE_KEY", &one_line),
        ("PRECALL_PRIVATE_KEY_FILE", file.to_str().expect("UTF-8")),
    ] {
        let account = with(CloudKind::Vonage, &[("PRECALL_APPLICATION_ID", "6b1c"), key]).expect("an account");
        assert_eq!(account.api_key(), "6b1c");
        if key.1 != one_line {
            assert_eq!(account.means, project);
        }
        assert!(!format!("{account:?}").contains("PRIVATE KEY"));
    }
}

#[test]
fn existing_session_needs_no_secret() {
    for (kind, key) in [(CloudKind::OpenTok, "PRECALL_API_KEY"), (CloudKind::Vonage, "PRECALL_APPLICATION_ID")] {
        let variables = [(key, "100"), ("PRECALL_SESSION_ID", "1_MX4x"), ("PRECALL_TOKEN", TOKEN)];
        let AccountKind::Ready(admission) = with(kind, &variables).expect("an account").means else {
            panic!("a session")
        };
        assert_eq!((admission.session_id.as_str(), admission.token.expose()), ("1_MX4x", TOKEN));
    }
}

#[test]
fn credentials_file_equals_the_environment() {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    let account = with_file(directory, CloudKind::OpenTok, "apiKey = 100\napiSecret = \"s3cret\"\n");
    assert_eq!(
        account.expect("an account").means,
        AccountKind::Project(Project::opentok("100", Secret::new("s3cret")))
    );
    // The key's path is relative to the file.
    write(&directory.join("private.key"), &pem(), 0o400);
    let text = "applicationId = \"6b1c\"\nprivateKeyFile = \"private.key\"\n";
    assert_eq!(with_file(directory, CloudKind::Vonage, text).expect("an account").api_key(), "6b1c");
    let inline = format!("applicationId = \"6b1c\"\nprivateKey = \"\"\"\n{}\n\"\"\"\n", pem());
    assert_eq!(with_file(directory, CloudKind::Vonage, &inline).expect("an account").api_key(), "6b1c");
}

#[test]
fn a_file_says_which_platform_its_credentials_are_for() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("credentials.toml");
    let spec =
        CloudSpec { api_url: "https://opentok.example".to_owned(), ..cloud(CloudKind::OpenTok, Some(file.clone())) };
    let text = "apiKey = 100\napiSecret = \"s3cret\"\n";
    write(&file, text, 0o600);
    let error = resolve_account_in(&spec, |_| None).expect_err("refused").to_string();
    assert!(
        error.contains("are for https://api.opentok.com")
            && error.contains("`apiUrl = \"https://opentok.example\"` there"),
        "{error}"
    );
    write(&file, &format!("{text}apiUrl = \"https://opentok.example\"\n"), 0o600);
    assert!(resolve_account_in(&spec, |_| None).is_ok());
    // What the environment names is of no concern to a file.
    write(&file, text, 0o600);
    assert!(
        resolve_account_in(&spec, |name| (name == "PRECALL_API_URL").then(|| "https://opentok.example".to_owned()))
            .is_err()
    );
}

#[test]
fn errors_hold_no_secret() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    write(&path.join("open.key"), &pem(), 0o644);
    let open = path.join("open.key").display().to_string();
    let (opentok, vonage) = (CloudKind::OpenTok, CloudKind::Vonage);
    let pem = pem();
    let id = ("PRECALL_APPLICATION_ID", "6b1c");
    let mut said = vec![
        with(opentok, &[]),
        with(opentok, &[("PRECALL_API_KEY", "100")]),
        with(opentok, &[("PRECALL_API_KEY", "100"), ("PRECALL_SESSION_ID", "1_MX4x")]),
        with(opentok, &[("PRECALL_API_KEY", "1"), ("PRECALL_SESSION_ID", "1_MX4x"), ("PRECALL_TOKEN", "hunter2")]),
        with(opentok, &[("PRECALL_API_KEY", "1"), ("PRECALL_SESSION_ID", "a b"), ("PRECALL_TOKEN", TOKEN)]),
        with(vonage, &[]),
        with(vonage, &[id]),
        with(vonage, &[id, ("PRECALL_PRIVATE_KEY", "hunter2")]),
        with(vonage, &[id, ("PRECALL_PRIVATE_KEY", &pem), ("PRECALL_PRIVATE_KEY_FILE", &open)]),
        with(vonage, &[id, ("PRECALL_PRIVATE_KEY_FILE", &open)]),
        with(vonage, &[id, ("PRECALL_PRIVATE_KEY_FILE", "no/such.key")]),
        resolve_account_in(&cloud(opentok, Some(path.join("missing.toml"))), |_| None),
    ];
    for text in [
        "apiKey = \"100\"\n",
        "apiKey = \"100\"\nsecret = \"hunter2\"\n",
        "apiKey = \"100\"\napiSecret = hunter2\n",
        "apiKey = \"100\"\napiSecret = [\"hunter2\"]\n",
    ] {
        said.push(with_file(path, opentok, text));
    }
    write(&path.join("credentials.toml"), "", 0o640);
    said.push(resolve_account_in(&cloud(opentok, Some(path.join("credentials.toml"))), |_| None));
    let said: Vec<_> = said.into_iter().map(|result| result.expect_err("wrong").to_string()).collect();
    let text = said.join("\n\n").replace(&path.display().to_string(), "DIR");
    assert!(!text.contains("hunter2") && !text.contains("PRIVATE KEY-----\nM"), "{text}");
    insta::assert_snapshot!(text);
}
