use super::*;
use precall_support::browser_kind::BrowserKind;

const FORMATS: [&str; 2] = ["html", "junit"];

/// Writes a file below a directory.
fn write(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    std::fs::write(&path, text).expect("written");
    path
}

fn load(text: &str) -> Result<ProjectFile, String> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = write(directory.path(), PROJECT_FILE, text);
    load_project(&path, &FORMATS).map_err(|error| {
        error.render(false).replace(&directory.path().display().to_string(), "").replace(['[', ']'], "")
    })
}

#[test]
fn profile_is_laid_over_the_rest() {
    let text = "scenarios = \"gate.toml\"\nslots = 2\nreports = [\"html\"]\n[profile.ci]\nslots = 1\nrepeat = 3\n\
                reports = [\"junit=out/junit.xml\"]\nbrowser = \"firefox\"\n";
    let directory = tempfile::tempdir().expect("a directory");
    let project = load_project(&write(directory.path(), PROJECT_FILE, text), &FORMATS).expect("valid");
    let path = |name: &str| directory.path().join(name);
    let common = project.defaults(None).expect("always");
    assert_eq!((common.slots, common.repeat, &common.reports[..]), (Some(2), None, &["html".to_owned()][..]));
    let ci = project.defaults(Some("ci")).expect("a profile");
    assert_eq!((ci.slots, ci.repeat, ci.browser), (Some(1), Some(3), Some(BrowserKind::Firefox)));
    assert_eq!(ci.scenarios, [path("gate.toml")]);
    assert_eq!(ci.reports, [format!("junit={}", path("out/junit.xml").display())]);
    let error = project.defaults(Some("c")).expect_err("unknown");
    assert!(error.contains("has no profile \"c\"") && error.contains("ci"), "{error}");
}

#[test]
fn mistakes_have_places_and_advice() {
    for (text, parts) in [
        ("slot = 2\n", &["precall.toml:1:1", "unknown key `slot`", "did you mean `slots`?"][..]),
        ("[profile.ci]\nrepeats = 2\n", &["precall.toml:2:1", "did you mean `repeat`?"]),
        ("slots = 65\n", &["`slots` is out of range", "write 1 to 64"]),
        ("reports = [\"htm\"]\n", &["there is no report \"htm\"", "did you mean `\"html\"`?"]),
        ("reports = [\"html=\"]\n", &["a report has no file"]),
        ("scenarios = [1]\n", &["`scenarios` has an integer, not a string"]),
        ("browser = \"firefx\"\n", &["`browser` cannot be \"firefx\"", "firefox"]),
        ("profile = 1\n", &["`profile` is an integer, not a table"]),
        ("[profile]\nslots = 1\n", &["`profile.slots` is an integer, not a table"]),
        ("runs = 1\n", &["`runs` is an integer, not a string"]),
        ("slots = \n", &["precall.toml"]),
    ] {
        let error = load(text).expect_err(text);
        assert!(parts.iter().all(|part| error.contains(part)), "{text}\n{error}");
    }
}

#[test]
fn file_is_found_up_to_the_root_of_the_repository() {
    let base = tempfile::tempdir().expect("a directory");
    let inner = base.path().join("repository/a/b");
    std::fs::create_dir_all(&inner).expect("made");
    write(base.path(), PROJECT_FILE, "");
    assert_eq!(find_project(&inner), None, "outside of a repository, of a directory further up");
    assert_eq!(find_project(base.path()), Some(base.path().join(PROJECT_FILE)));
    std::fs::create_dir(base.path().join("repository/.git")).expect("made");
    assert_eq!(find_project(&inner), None, "above the repository");
    let found = write(&base.path().join("repository"), PROJECT_FILE, "");
    assert_eq!(find_project(&inner), Some(found));
    let nearer = write(&base.path().join("repository/a"), PROJECT_FILE, "");
    assert_eq!(find_project(&inner), Some(nearer));
}

#[test]
fn schema_has_the_keys_that_are_read() {
    let schema = super::super::project_schema();
    let keys = |schema: &serde_json::Value| schema["properties"].as_object().expect("keys").clone();
    let profile = &schema["properties"]["profile"]["additionalProperties"];
    let mut of_profile = keys(profile);
    let mut all = keys(&schema);
    assert!(all.remove("profile").is_some());
    assert_eq!(all, of_profile);
    // A wrong value of each key is found, so each key is read; and no other key is.
    for key in all.keys() {
        let error = load(&format!("{key} = 1.5\n")).expect_err(key);
        assert!(!error.contains("unknown key"), "{key}: {error}");
    }
    let error = load("nonsense = 1\n").expect_err("unknown");
    of_profile.retain(|key, _| !error.contains(&format!("`{key}`")));
    assert!(of_profile.is_empty(), "{error}");
}
