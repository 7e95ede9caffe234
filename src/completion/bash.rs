//! The adapter for Bash, which splits words at `=`, `:` and `@` (`COMP_WORDBREAKS`): `network=3g` is three words to it.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::{Bash, EnvCompleter};

use precall_support::environment;

/// Bash, with its words put together again before they are completed.
#[derive(Debug)]
pub(super) struct BashWords;

/// The line of clap's script that replaces the last word by the part before the cursor. Where the last word is a lone
/// `=`, that part is empty, and the `=` would be lost.
const LAST_WORD: &str = "words[COMP_CWORD]=\"$2\"";

impl EnvCompleter for BashWords {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut script = Vec::new();
        Bash.write_registration(var, name, bin, completer, &mut script)?;
        let script = String::from_utf8_lossy(&script);
        buf.write_all(script.replace(LAST_WORD, &format!("[[ -z \"$2\" ]] || {LAST_WORD}")).as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        let number = environment::text("_CLAP_COMPLETE_INDEX").and_then(|text| text.parse().ok());
        let separator = environment::text("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned());
        let (words, index) = joined(&args, number.unwrap_or(args.len().saturating_sub(1)));
        let typed = words.get(index).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
        let candidates = complete(cmd, words, index, current_dir)?;
        let values = candidates.iter().map(|candidate| candidate.get_value().to_string_lossy());
        let ends: Vec<_> = values.map(|value| last_word(&typed, &value).to_owned()).collect();
        buf.write_all(ends.join(&separator).as_bytes())
    }
}

/// Where Bash splits words that precall takes whole.
const BREAKS: [char; 3] = ['=', ':', '@'];

/// Whether Bash splits at this word, which is then one of its own.
fn is_break(word: &OsString) -> bool {
    word.to_str().is_some_and(|word| !word.is_empty() && word.chars().all(|c| BREAKS.contains(&c)))
}

/// Returns the words as they were typed, up to the one with the cursor, and the index of that one.
fn joined(words: &[OsString], index: usize) -> (Vec<OsString>, usize) {
    let mut whole: Vec<OsString> = Vec::new();
    for (at, word) in words.iter().enumerate().take(index.saturating_add(1)) {
        let follows_break = at > 0 && is_break(&words[at - 1]);
        match whole.last_mut() {
            // The program and a subcommand stand before the first word that can be a part of another.
            Some(last) if at > 1 && (is_break(word) || follows_break) => last.push(word),
            _ => whole.push(word.clone()),
        }
    }
    let last = whole.len().saturating_sub(1);
    (whole, last)
}

/// Returns the part of a candidate that replaces the last of Bash's own words.
fn last_word<'a>(typed: &str, candidate: &'a str) -> &'a str {
    let start = typed.rfind(BREAKS).map_or(0, |at| at + 1);
    match candidate.get(..start) {
        Some(before) if typed.starts_with(before) => &candidate[start..],
        _ => candidate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(words: &[&str]) -> (Vec<String>, usize) {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let (words, index) = joined(&words, words.len() - 1);
        (words.into_iter().map(|word| word.into_string().expect("UTF-8")).collect(), index)
    }

    #[test]
    fn words_are_whole_again() {
        let run = ["precall", "run", "a.toml", "--filter"];
        let with = |more: &[&'static str]| [&run[..], more].concat();
        assert_eq!(
            whole(&with(&["network", "=", "3g"])),
            (with(&["network=3g"]).into_iter().map(Into::into).collect(), 4)
        );
        assert_eq!(whole(&with(&["network", "="])).0[4], "network=");
        assert_eq!(whole(&with(&[""])).0[4], "");
        assert_eq!(whole(&with(&["network", "=", "3g", ""])).0[5], "");
        assert_eq!(whole(&["precall", "run", "--module", "npm", ":", "x"]).0[3], "npm:x");
        assert_eq!(whole(&["precall", "run", "--report", "=", "h"]).0[2], "--report=h");
    }

    #[test]
    fn bash_gets_the_part_that_it_replaces() {
        assert_eq!(last_word("network=3", "network=3g"), "3g");
        assert_eq!(last_word("network=", "network=3g"), "3g");
        assert_eq!(last_word("netw", "network="), "network=");
        assert_eq!(last_word("--report=h", "--report=html"), "html");
        assert_eq!(last_word("chrome@b", "chrome@beta"), "beta");
    }

    #[test]
    fn script_keeps_a_lone_equals_sign() {
        let mut script = Vec::new();
        BashWords.write_registration("V", "precall", "precall", "precall", &mut script).expect("memory");
        assert!(String::from_utf8_lossy(&script).contains("[[ -z \"$2\" ]] || words[COMP_CWORD]"));
    }
}
