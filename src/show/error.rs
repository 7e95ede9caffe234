//! Errors for people: the text of a job's error, and its remedies in the words and flags of the command line.

use crate::job::{JobError, Remedy};
use precall_support::secrets::redact;
use precall_support::text::Printable;

/// Returns the text of an error, with its remedies. Empty for an interruption, which has been announced already.
pub fn error_text(error: &JobError) -> String {
    let text = match error {
        JobError::Interrupted => return String::new(),
        JobError::Scenario(error) => redact(&error.render(console::colors_enabled_stderr())),
        error => {
            let words: String = error.remedies().iter().map(|remedy| format!("; {}", remedy_words(remedy))).collect();
            // Files, npm, Chrome or a server may have written parts of the text. It holds no secret, and stays one
            // message.
            Printable::block(&redact(&format!("error: {error}{words}"))).to_string()
        }
    };
    format!("{}\n", text.trim_end())
}

/// A remedy in the words of the command line.
fn remedy_words(remedy: &Remedy) -> String {
    let text = match remedy {
        Remedy::NameScenario => "name a scenario file, or a directory of them; ready ones are in `scenarios/`",
        Remedy::CheckScenario(file) => return format!("`precall check {}` says why", file.display()),
        Remedy::AllowServer => "read `app.start` in it, and then give --allow-server as well",
        Remedy::BeginAnew => "begin a new run",
        Remedy::BeginAnewOrRestore => "begin a new run, or bring back what it said",
        Remedy::ListCases => "`precall list` has them all",
        Remedy::OtherOutput => {
            "check that the disk has room and the directory may be written, or give another with --output"
        }
        Remedy::NameRun => "name one that `precall run` made, such as `runs/20260102T030405-demo`",
        Remedy::NameFinishedRun => {
            "name a run that is over, such as `runs/20260102T030405-demo` (`precall run --resume` ends one)"
        }
        Remedy::Resume(run) => {
            return format!(
                "the cases that ended are kept, and `precall run --resume {}` runs the others",
                run.display()
            );
        }
        Remedy::ListenReachably => "give --listen an address of this host that it reaches",
        Remedy::UseRemoteBrowsers => "to listen on another address, name remote browsers with --browser",
        Remedy::LeaveOut => "leave the case out with --filter",
        Remedy::LeaveOutOrRunLocally => "leave the case out with --filter, or run it without --browser",
        Remedy::SaveBaseline => "`precall baseline save RUN NAME` keeps a run as one",
        Remedy::AcceptBaseline => "`precall baseline accept` puts a run in its place",
        Remedy::NameOldSide => {
            "name the release that is in use, such as `--from 2.34.2`, or a baseline with --baseline"
        }
        Remedy::ReleasesOrModules => "leave out --from, or one --module",
        Remedy::TwoModules => "give --module twice at most",
        Remedy::NameOtherSide => "name two that differ",
        Remedy::NameNetworks => {
            "name the networks of your users, such as `--network 3g,wifi-hotel` (`precall networks` lists them), or a scenario file"
        }
        Remedy::NameNetworkOnce => "name each network once with --network",
        Remedy::NameOneRelease => "name one release, such as 2.35.2",
        Remedy::NameBaseline(name) => return format!("name it: `--baseline {name}`"),
        Remedy::CompareTwo => {
            "give two releases (`--sdk 2.27.6 --sdk 2.35.2`), or compare with a baseline (`--baseline NAME`)"
        }
        Remedy::ExchangeEnds => "exchange --good and --bad",
        Remedy::ChooseOnePackage => "choose those of one by --case or --filter",
        Remedy::ListReleases(package) => return format!("`npm view {package} versions` lists what there is"),
        Remedy::NameSecondRun => "name a second run, or two of the values of an axis (`--axis sdk=2.27.6,2.35.2`)",
        Remedy::NameAxis(axis) => return format!("say which to compare: `--axis {axis}`"),
        Remedy::JoinAllShards => {
            "name the runs of all shards, and end those that were interrupted with `precall run --resume`"
        }
        Remedy::StrongToken => "set it to the output of `openssl rand -hex 16`, or unset it",
        Remedy::NameRuns => "name the directory with the directories of runs with --runs; `precall run` makes `runs`",
        Remedy::OtherNameOrReplace => "name another file, or replace it with --force",
        Remedy::AnswerAll => "give --gate, --sdk, --network and --ci, or --yes",
        Remedy::NameStoredRun => "name the address that `precall run --store` had, or wait for the run with --wait",
        Remedy::ResumeStored => "`precall run --store` with the same address and scenario resumes it",
        Remedy::OtherAddress => "give --store an address without a run",
        Remedy::StoreAgain(run) => {
            return format!("`precall run --resume {} --store URL` copies it again", run.display());
        }
        Remedy::OtherFile => "name a file that may be written",
        Remedy::RaiseOpenFiles => {
            "raise the limit with `ulimit -n 1024`, for a container with `--ulimit nofile=1024`, for a service with `LimitNOFILE=1024`"
        }
    };
    text.to_owned()
}
