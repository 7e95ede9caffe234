//! The service of the platform that an HTTP request is for.

use precall_netem::fault::Leg;

/// Returns the service that a path below the platform's base URL belongs to; `None` for the REST API and for unknown paths.
pub(crate) fn http_service(path: &str) -> Option<Leg> {
    let (host, rest) = path.trim_start_matches('/').split_once('/')?;
    match host {
        "config.opentok.com" => Some(Leg::Config),
        "anvil.opentok.com" => Some(Leg::Api),
        "hlg.tokbox.com" => Some(Leg::Logging),
        _ => rest.ends_with("/rumorwebsocketsv2").then_some(Leg::Messaging),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_is_a_service() {
        assert_eq!(http_service("/config.opentok.com/project/1/config.json"), Some(Leg::Config));
        assert_eq!(http_service("/anvil.opentok.com/session/1_x"), Some(Leg::Api));
        assert_eq!(http_service("/messaging.precall.test/1_x/rumorwebsocketsv2"), Some(Leg::Messaging));
        assert_eq!(http_service("/hlg.tokbox.com/prod/logging/ClientEvent"), Some(Leg::Logging));
        assert_eq!(http_service("/elsewhere/x"), None);
    }
}
