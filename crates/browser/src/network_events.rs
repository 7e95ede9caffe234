//! Keeps Chrome from reporting every request of a page, which nothing here reads.
//!
//! chromiumoxide enables the DevTools Protocol's Network domain for each page, and has no option against it. Chrome
//! then describes each request, response and WebSocket frame in messages of up to 5 kB. OpenTok.js sends several
//! requests per second during a call, so a quarter of the CPU time that precall used in a call went into reading them.

use std::borrow::Cow;

use chromiumoxide::cdp::browser_protocol::network::EnableParams;

/// The command as chromiumoxide sends it: the method, and parameters that are all absent.
const METHOD: &str = "\"method\":\"Network.enable\"";
const NO_PARAMETERS: &str = "\"params\":{}}";

/// Returns the parameters with which precall itself enables the domain, for the commands that need it. The value is
/// Chrome's own default; its presence makes the command differ from chromiumoxide's.
pub(super) fn needed() -> EnableParams {
    EnableParams { max_post_data_size: Some(0), ..EnableParams::default() }
}

/// Returns the command to send to Chrome for a command of chromiumoxide. If chromiumoxide enables the Network domain,
/// that is the command to disable it, which has the same answer.
pub(super) fn without_network_events(command: &str) -> Cow<'_, str> {
    // Within a string of a parameter, each quotation mark follows a backslash.
    match command.ends_with(NO_PARAMETERS) && command.contains(METHOD) {
        true => command.replacen(METHOD, "\"method\":\"Network.disable\"", 1).into(),
        false => command.into(),
    }
}

#[cfg(test)]
mod tests {
    use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
    use chromiumoxide::types::{CallId, Method, MethodCall};
    use serde::Serialize;

    use super::*;

    fn command(parameters: impl Method + Serialize) -> String {
        let call = MethodCall {
            id: CallId::new(7),
            method: parameters.identifier(),
            session_id: Some("AB12".to_owned()),
            params: serde_json::to_value(&parameters).expect("JSON"),
        };
        serde_json::to_string(&call).expect("JSON")
    }

    #[test]
    fn only_chromiumoxides_own_command_is_replaced() {
        let of_the_library = command(EnableParams::default());
        let replaced = without_network_events(&of_the_library);
        let replaced: serde_json::Value = serde_json::from_str(&replaced).expect("JSON");
        let expected = serde_json::json!({ "id": 7, "sessionId": "AB12", "method": "Network.disable", "params": {} });
        assert_eq!(replaced, expected);
        for other in [command(needed()), command(EvaluateParams::new(of_the_library.clone()))] {
            assert_eq!(without_network_events(&other), other);
        }
    }
}
