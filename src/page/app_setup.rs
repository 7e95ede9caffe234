//! What precall adds to the pages of an application, and the calls that it makes in them.

use serde_json::json;

use super::assets::harness_text;

/// The modules of the observer, each after those that it imports.
const MODULES: [&str; 6] = ["events.js", "reports.js", "rtc-stats.js", "frames.js", "page-steps.js", "observer.js"];

/// The script that watches the pages of an application. It runs in every document before the scripts of the page.
///
/// A page may not import from another origin, and a script that runs first is none of its modules. So the modules are
/// joined to one script, in an order in which none needs its imports.
pub(crate) fn observer_script() -> String {
    let modules = MODULES.map(|name| as_part(&harness_text(name)));
    format!("(() => {{\n'use strict';\n{}}})();\n", modules.concat())
}

/// Returns a module without its imports and exports.
fn as_part(module: &str) -> String {
    let lines = module.lines().filter(|line| !line.starts_with("import "));
    lines.map(|line| format!("{}\n", line.strip_prefix("export ").unwrap_or(line))).collect()
}

/// Returns the call by which precall's own page makes room for a page of an application, which learns nothing of it.
/// The URL may hold a token: never log it.
pub(crate) fn open_call(url: &str) -> String {
    let (name, content, url) = (json!("referrer"), json!("no-referrer"), json!(url));
    let meta = format!("Object.assign(document.createElement('meta'), {{ name: {name}, content: {content} }})");
    format!("document.head.append({meta}); location.replace({url})")
}

/// Returns the call that runs a scenario's script in a page.
pub(crate) fn script_call(url: &str, participant: &str) -> String {
    format!("void precall.run({}, {})", json!(url), json!(participant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_observer_is_one_script_without_imports() {
        let script = observer_script();
        assert!(script.contains("RTCPeerConnection") && script.contains("requestVideoFrameCallback"), "{script}");
        for line in script.lines() {
            assert!(!line.starts_with("import ") && !line.starts_with("export "), "{line}");
        }
        // Names at the top of two modules would collide.
        let names: Vec<_> = script
            .lines()
            .filter_map(|line| {
                ["const ", "let ", "function ", "async function "].iter().find_map(|word| line.strip_prefix(word))
            })
            .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').find(|name| !name.is_empty()))
            .collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
    }
}
