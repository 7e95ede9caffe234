use std::fs;
use std::os::unix::fs::symlink;

use super::*;

/// Creates a directory with a file in it, and a secret beside it.
fn world() -> (tempfile::TempDir, Directory) {
    let base = tempfile::tempdir().expect("a directory");
    fs::create_dir_all(base.path().join("run/cases/a")).expect("made");
    fs::write(base.path().join("run/cases/a/samples.jsonl"), "good").expect("written");
    fs::create_dir_all(base.path().join("outside/a")).expect("made");
    fs::write(base.path().join("outside/secret"), "secret").expect("written");
    let directory = Directory::open(&base.path().join("run")).expect("opened");
    (base, directory)
}

fn reason(directory: &Directory, below: &str) -> String {
    directory.read(below, 100).expect_err("refused").to_string()
}

#[test]
fn entries_below_are_read() {
    let (_base, directory) = world();
    assert_eq!(directory.read("cases/a/samples.jsonl", 4).expect("read"), b"good");
    assert_eq!(directory.read("./cases/a/samples.jsonl", 4).expect("read"), b"good");
    assert_eq!(directory.directory("cases").expect("opened").names().expect("read"), ["a"]);
    let missing = directory.read("cases/b/samples.jsonl", 4).expect_err("missing");
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
}

#[test]
fn no_path_leads_outside() {
    let (base, directory) = world();
    let run = base.path().join("run");
    symlink(base.path().join("outside/secret"), run.join("link")).expect("a link");
    symlink("cases", run.join("inside")).expect("a link");
    symlink(base.path().join("outside"), run.join("linked")).expect("a link");
    for (below, part) in [
        ("link", "`link` is a symbolic link, not a regular file"),
        ("linked/secret", "`linked` is a symbolic link, not a directory"),
        ("inside/a/samples.jsonl", "`inside` is a symbolic link, not a directory"),
        ("../outside/secret", "`../outside/secret` leads out"),
        ("cases/../../outside/secret", "leads out"),
        ("/etc/hostname", "`/etc/hostname` leads out"),
        ("cases", "`cases` is a directory, not a regular file"),
        ("", "has a name"),
    ] {
        assert!(reason(&directory, below).contains(part), "{}", reason(&directory, below));
    }
    assert!(directory.create_directory("linked/a").is_err());
}

#[test]
fn only_regular_files_of_bounded_size_are_read() {
    let (base, directory) = world();
    nix::unistd::mkfifo(&base.path().join("run/fifo"), Mode::S_IRWXU).expect("made");
    assert_eq!(reason(&directory, "fifo"), "`fifo` is a FIFO, not a regular file");
    let _listener = std::os::unix::net::UnixListener::bind(base.path().join("run/socket")).expect("bound");
    assert_eq!(reason(&directory, "socket"), "`socket` is a socket, not a regular file");
    let too_large = directory.read("cases/a/samples.jsonl", 3).expect_err("too large").to_string();
    assert_eq!(too_large, "it has more than 3 bytes");
    let devices = Directory::open(Path::new("/dev")).expect("opened");
    assert_eq!(reason(&devices, "zero"), "`zero` is a device, not a regular file");
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_the_kernel_are_refused() {
    let process = Directory::open(&Path::new("/proc").join(std::process::id().to_string())).expect("opened");
    assert!(reason(&process, "environ").contains("/proc"), "{}", reason(&process, "environ"));
}

#[test]
fn missing_directories_are_created() {
    let (base, directory) = world();
    directory.create_directory("cases/b/c").expect("made");
    directory.create_directory("cases/b/c").expect("opened");
    assert!(base.path().join("run/cases/b/c").is_dir());
}
