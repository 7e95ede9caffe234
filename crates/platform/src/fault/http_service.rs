//! The service of the platform that an HTTP request is for.

use precall_netem::fault::Service;

/// Returns the service that a path below the platform's base URL belongs to; `None` for the REST API and for unknown
/// paths.
pub(crate) fn http_service(path: &str) -> Option<Service> {
    let (host, rest) = path.trim_start_matches('/').split_once('/')?;
    match host {
        "config.opentok.com" => Some(Service::Config),
        "anvil.opentok.com" => Some(Service::Api),
        "hlg.tokbox.com" => Some(Service::Logging),
        _ => rest.ends_with("/rumorwebsocketsv2").then_some(Service::Messaging),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_is_a_service() {
        assert_eq!(http_service("/config.opentok.com/project/1/config.json"), Some(Service::Config));
        assert_eq!(http_service("/anvil.opentok.com/session/1_x"), Some(Service::Api));
        assert_eq!(http_service("/messaging.precall.test/1_x/rumorwebsocketsv2"), Some(Service::Messaging));
        assert_eq!(http_service("/hlg.tokbox.com/prod/logging/ClientEvent"), Some(Service::Logging));
        assert_eq!(http_service("/elsewhere/x"), None);
    }
}
