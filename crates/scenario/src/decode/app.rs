//! Decodes `[app]`.

use super::node_below;
use crate::app::AppSpec;
use crate::diagnostic::Fix;
use crate::node::{Node, NodeValue};
use crate::platform::{Access, PlatformSpec};
use crate::problems::Problems;
use crate::suggest::closest;
use crate::table::TableReader;
use crate::template::Template;
use crate::written::quoted;

/// Variables of the environment that decide which program runs, or that precall itself sets.
const RESERVED: [&str; 3] = ["PATH", "LD_PRELOAD", "PORT"];

/// Decodes the application of a case; `None` if its pages are precall's own.
pub(super) fn decode(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<AppSpec> {
    let directory = reader.directory();
    let mut app = reader.table("app", problems)?;
    let start = app.text("start", "npm start", problems).map(|(start, _)| start.to_owned());
    let ready = url(&mut app, "ready", &AppSpec::READY_NAMES, problems);
    let url = url(&mut app, "url", &AppSpec::URL_NAMES, problems);
    if url.is_none() && app.key_span("url").is_none() {
        let help = "write `url = \"http://localhost:{port}/?room={room}&name={participant}\"`";
        problems.add(app.span(), "an application has no `url`", "which page?", help);
    }
    if let (None, Some(span)) = (&start, app.key_span("environment")) {
        let message = "`environment` is for the server that `start` starts";
        problems.add(&span, message, "has no effect", "write `start` as well, or remove `environment`");
    }
    let is_own_port = |url: &Option<Template>| url.as_ref().is_some_and(|url| url.contains("port"));
    if start.is_none() && (is_own_port(&url) || is_own_port(&ready)) {
        let help = "write the port of the server, or the command that starts it: `start = \"npm start\"`";
        problems.add(app.span(), "`{port}` is the port of a server that `start` starts", "no server", help);
    }
    let environment = environment(&mut app, problems);
    app.finish(problems);
    Some(AppSpec { start, directory: directory.to_owned(), ready, url: url?, environment })
}

/// Returns the platform of an application: its pages reach it as the production hosts of OpenTok.
pub(super) fn platform(platform: PlatformSpec, case: &Node, problems: &mut Problems) -> PlatformSpec {
    let access = node_below(case, "platform").and_then(|platform| node_below(platform, "access"));
    if let Some(Node { value: NodeValue::Text(word), span }) = access
        && word == "ip-proxy"
    {
        let message = "the pages of an application reach the platform as the production hosts of OpenTok";
        let fix = Some(Fix { span: span.clone(), text: quoted("intercept") });
        problems.add_fixed(span, message, "needs \"intercept\"", "write \"intercept\", or remove `access`", fix);
    }
    match platform {
        PlatformSpec::Embedded(embedded) => {
            PlatformSpec::Embedded(crate::EmbeddedSpec { access: Access::Intercept, ..embedded })
        }
        // The call's decoder refuses it.
        PlatformSpec::Cloud(_) => platform,
    }
}

/// Reads a URL with names in braces.
fn url(reader: &mut TableReader<'_>, key: &'static str, names: &[&str], problems: &mut Problems) -> Option<Template> {
    let (text, node) = reader.text(key, "http://localhost:{port}/", problems)?;
    let template = template(key, text, node, names, problems)?;
    // In the host a name leaves no URL: no host has such a character.
    let filled = template.fill(|name| if name == "port" { "1".to_owned() } else { "<".to_owned() });
    let parsed = url::Url::parse(&filled).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    match parsed {
        Some(url) if is_loopback(&url) => {}
        Some(_) => {
            let message = format!("{text:?} is not on this machine");
            let help = "run the server on this machine: \"http://localhost:{port}/\"; the pages reach no other host";
            problems.add(&node.span, message, "not a loopback address", help);
        }
        None => {
            let help = "write a URL such as \"http://localhost:{port}/\"";
            problems.add(&node.span, format!("{text:?} is not the URL of a page"), "not a URL", help);
        }
    }
    Some(template)
}

/// Whether a browser takes the host of a URL for this machine, and loads it without its proxy.
fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Reads the text of a key, with names in braces. Unknown names are reported.
fn template(key: &str, text: &str, node: &Node, names: &[&str], problems: &mut Problems) -> Option<Template> {
    let known = || names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ");
    match Template::parse(text, names) {
        Ok(template) => Some(template),
        Err(name) if name.is_empty() => {
            let help = format!("the names are {}", known());
            problems.add(&node.span, "a brace is not part of a name in braces", "not a name", help);
            None
        }
        Err(name) => {
            let meant = closest(&name, names);
            let meant = meant.map(|meant| quoted(&text.replace(&format!("{{{name}}}"), &format!("{{{meant}}}"))));
            let help = match &meant {
                Some(meant) => format!("write `{key} = {meant}`"),
                None => format!("the names are {}", known()),
            };
            let fix = meant.map(|meant| Fix::of(node, meant));
            problems.add_fixed(&node.span, format!("there is no `{{{name}}}`"), "not a name", help, fix);
            None
        }
    }
}

/// Reads the variables of the server's environment.
fn environment(reader: &mut TableReader<'_>, problems: &mut Problems) -> Vec<(String, Template)> {
    let Some(node) = reader.get("environment") else { return Vec::new() };
    let NodeValue::Table(table) = &node.value else {
        let help = "write `environment = { API_KEY = \"{apiKey}\" }`";
        problems.add(&node.span, "`environment` is not a table", "not a table", help);
        return Vec::new();
    };
    let mut variables = Vec::new();
    for (name, (span, node)) in table {
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty();
        if !is_name || RESERVED.contains(&name.as_str()) || name.starts_with("PRECALL_") {
            let help = "choose another name: letters, digits and `_`";
            problems.add(span, format!("`{name}` cannot be set"), "not a variable of yours", help);
            continue;
        }
        match &node.value {
            NodeValue::Text(text) => {
                let template = template(name, text, node, &AppSpec::ENVIRONMENT_NAMES, problems);
                variables.extend(template.map(|template| (name.clone(), template)));
            }
            _ => {
                let help = format!("write a string, such as `{name} = \"{{apiKey}}\"`");
                problems.add(&node.span, format!("`{name}` is {}, not a string", node.kind()), "not a string", help);
            }
        }
    }
    variables
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{Access, PlatformSpec, parse};

    const URL: &str = "http://localhost:{port}/?room={room}&who={participant}";

    fn diagnostics(text: &str) -> String {
        parse(text, Path::new("test.toml")).expect_err("wrong").render(false)
    }

    #[test]
    fn an_application_is_a_call_whose_pages_are_its_own() {
        let text = format!(
            "[app]\nstart = \"npm start\"\nurl = \"{URL}\"\nenvironment = {{ KEY = \"{{apiKey}}\" }}\n\
             [[participant]]\nname = \"alice\"\nstep = {{ at = \"3 s\", do = \"click\", element = \"#join\" }}\n"
        );
        let scenario = parse(&text, Path::new("scenarios/test.toml")).unwrap_or_else(|error| panic!("{error}"));
        let case = &scenario.cases[0];
        let PlatformSpec::Embedded(platform) = &case.platform else { panic!("{:?}", case.platform) };
        assert_eq!(platform.access, Access::Intercept);
        let app = case.call.as_ref().and_then(|call| call.app.as_ref()).expect("an application");
        assert_eq!((app.start.as_deref(), app.directory.as_path()), (Some("npm start"), Path::new("scenarios")));
        assert!(app.has_own_port());
        assert_eq!((app.environment[0].0.as_str(), app.environment[0].1.as_str()), ("KEY", "{apiKey}"));
    }

    #[test]
    fn errors_have_places_and_help() {
        let text = "[app]\nurl = \"localhost:{port}\"\nready = \"http://localhost:3000/{token\"\n\
            environment = { PATH = \"x\", \"a-b\" = \"y\", KEY = 3, OTHER = \"{apikey}\" }\n\
            [[participant]]\nname = \"alice\"\npublish = { resolution = \"640x480\" }\n\
            step = [{ at = \"1 s\", do = \"mute-audio\" }, { at = \"1 s\", do = \"click\" }, { at = \"1 s\", do = \"type\", element = \"p\" }]\n\
            [expect]\nconnectTime = \"< 1 s\"\nreconnects = 0\n";
        insta::assert_snapshot!(diagnostics(text));
        let text = "[[participant]]\nname = \"alice\"\nstep = { at = \"1 s\", do = \"click\", element = \"#a\" }\n";
        insta::assert_snapshot!("a_step_of_applications", diagnostics(text));
        insta::assert_snapshot!("no_url", diagnostics("[app]\nstart = \"npm start\"\n"));
    }
}
