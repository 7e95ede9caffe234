//! Where credentials may go. A scenario can have any author, and names its platform; the owner of the credentials has
//! to agree.

use url::{Origin, Url};

use super::error::CredentialError;
use super::raw_credentials::{CredentialSource, Field, RawCredentials};
use crate::http::is_on_this_host;
use precall_scenario::CloudSpec;

/// Refuses a platform that the credentials are not for. They are for the cloud of their kind, unless their owner names
/// another platform beside them. Clients' tokens go to its proxy, which is as good as the platform.
///
/// # Errors
///
/// When the scenario sends them to another platform, or without encryption to another host.
pub(super) fn check(cloud: &CloudSpec, given: &RawCredentials, asks_api: bool) -> Result<(), CredentialError> {
    let of = |field| given.get(field).map(|url| url.expose().to_owned());
    let api_url = of(Field::ApiUrl).unwrap_or_else(|| cloud.kind.default_api_url().to_owned());
    let meant: Vec<_> = std::iter::once(api_url.clone()).chain(of(Field::ProxyUrl)).collect();
    if asks_api {
        check_one(Field::ApiUrl, &cloud.api_url, std::slice::from_ref(&api_url), given)?;
    }
    cloud.proxy_url.as_ref().map_or(Ok(()), |url| check_one(Field::ProxyUrl, url, &meant, given))
}

fn check_one(field: Field, url: &str, meant: &[String], given: &RawCredentials) -> Result<(), CredentialError> {
    let refused = |problem: String, fix: String| CredentialError::OtherDestination {
        place: given.place.to_string(),
        problem,
        fix,
    };
    let there = format!("{url} (`{}` in [platform])", field.key());
    if !url.starts_with("https:") && !is_on_this_host(url) {
        let fix = "write it with https; only this host gets credentials without".to_owned();
        return Err(refused(format!("would go to {there} without encryption"), fix));
    }
    if !meant.iter().any(|meant| origin(meant).is_some_and(|origin| Some(origin) == self::origin(url))) {
        let name = match &given.place {
            CredentialSource::Environment => format!("set {}={url}", field.variable()),
            CredentialSource::File(_) => format!("write `{} = \"{url}\"` there", field.key()),
        };
        let problem = format!("are for {}, and the scenario sends them to {there}", meant.join(" and "));
        return Err(refused(problem, format!("if they are to go there, {name}")));
    }
    Ok(())
}

/// Scheme, host and port: a path below them is the same server's.
fn origin(url: &str) -> Option<Origin> {
    Url::parse(url).ok().map(|url| url.origin()).filter(Origin::is_tuple)
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_scenario::CloudKind;

    const CLOUD: &str = "https://api.opentok.com";

    fn checked(api_url: &str, proxy_url: Option<&str>, given: &[(Field, &str)]) -> Result<(), String> {
        let cloud = CloudSpec {
            kind: CloudKind::OpenTok,
            api_url: api_url.to_owned(),
            proxy_url: proxy_url.map(str::to_owned),
            credentials_file: None,
        };
        let given = given.iter().map(|(field, text)| (*field, (*text).to_owned()));
        check(&cloud, &RawCredentials::new(CredentialSource::Environment, given), true)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn credentials_go_to_their_own_platform() {
        let on_premise = (Field::ApiUrl, "https://opentok.example:8443/base");
        let local = (Field::ApiUrl, "http://127.0.0.1:8080");
        let proxy = (Field::ProxyUrl, "https://proxy.example");
        for (api_url, proxy_url, given) in [
            (CLOUD, None, &[][..]),
            ("https://api.opentok.com:443/v2", None, &[]),
            (CLOUD, Some(CLOUD), &[]),
            ("https://opentok.example:8443/", None, &[on_premise]),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"), &[local]),
            (CLOUD, Some("https://proxy.example/x"), &[proxy]),
        ] {
            assert_eq!(checked(api_url, proxy_url, given), Ok(()), "{api_url} {proxy_url:?}");
        }
    }

    #[test]
    fn other_destinations_are_refused() {
        let plain = (Field::ApiUrl, "http://opentok.example");
        let mut said = Vec::new();
        for (api_url, proxy_url, given) in [
            ("http://127.0.0.1:18996", None, &[][..]),
            ("http://api.opentok.com", None, &[]),
            ("https://api.opentok.com.evil.example", None, &[]),
            ("https://video.api.vonage.com", None, &[]),
            (CLOUD, Some("https://evil.example"), &[]),
            (CLOUD, None, &[(Field::ApiUrl, "https://opentok.example")]),
            ("http://opentok.example", None, &[plain]),
        ] {
            said.push(checked(api_url, proxy_url, given).expect_err("refused"));
        }
        insta::assert_snapshot!(said.join("\n"));
    }
}
