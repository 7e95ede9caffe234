//! Where a run is kept.

use std::fmt;
use std::time::Duration;

use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Url;

use precall_support::environment;
use precall_support::secrets::redact_address;

/// The scheme of an address in a bucket of S3.
const S3: &str = "s3";
/// The region of S3 without `AWS_REGION`.
const DEFAULT_REGION: &str = "us-east-1";
/// How long a signed URL is valid: longer than a request may take.
const SIGNATURE_LIFE: Duration = Duration::from_secs(600);

/// The address of one run in a store. Its text has no user, no query and no key: those can be secrets.
#[derive(Clone)]
pub struct StoreAddress {
    place: Box<Place>,
}

#[derive(Clone)]
enum Place {
    /// Any server that takes `PUT`.
    Http(Url),
    S3 {
        bucket: Bucket,
        /// The beginning of all keys, without slashes at its ends. Empty for the whole bucket.
        prefix: String,
    },
}

/// What is done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObjectAccess {
    Read,
    Write,
}

impl StoreAddress {
    /// Reads an address: `https://host/path`, `s3://bucket/path`, or `env:NAME` for the address in that environment
    /// variable. The region and the endpoint of S3 come from the variables that other clients read.
    ///
    /// # Errors
    ///
    /// When it is no such address, or a variable is missing. The text repeats nothing of the address.
    pub fn read(text: &str) -> Result<Self, String> {
        Self::read_with(text, environment::text)
    }

    fn read_with(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let text = environment::text_or_named(text, "the address", &variable)?;
        let wrong = || "it is no address that begins with https://, http:// or s3://".to_owned();
        let url = Url::parse(text.trim()).ok().filter(Url::has_host).ok_or_else(wrong)?;
        redact_address(&url);
        let place = match url.scheme() {
            "http" | "https" => Place::Http(url),
            S3 => s3(&url, variable)?,
            _ => return Err(wrong()),
        };
        Ok(Self { place: Box::new(place) })
    }

    /// Returns whether a text is meant as an address, and not as a path.
    pub fn is_meant(text: &str) -> bool {
        ["http://", "https://", "s3://", environment::OF_ENVIRONMENT].iter().any(|prefix| text.starts_with(prefix))
    }

    /// Returns whether this is in a bucket of S3. Its server learns from the signature in the URL who asks, and others
    /// from a header.
    pub(super) fn is_in_bucket(&self) -> bool {
        matches!(*self.place, Place::S3 { .. })
    }

    /// Returns the URL of an object. `name` is relative, with slashes between its parts. In a bucket the URL is signed
    /// with the keys; without keys it serves for a public bucket alone.
    pub(super) fn url_of(&self, name: &str, access: ObjectAccess, keys: Option<&Credentials>) -> Url {
        match &*self.place {
            Place::Http(url) => {
                let mut url = url.clone();
                // A URL with a host always has a path.
                if let Ok(mut path) = url.path_segments_mut() {
                    path.pop_if_empty().extend(name.split('/'));
                }
                url
            }
            Place::S3 { bucket, prefix } => {
                let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
                match access {
                    ObjectAccess::Read => bucket.get_object(keys, &key).sign(SIGNATURE_LIFE),
                    ObjectAccess::Write => bucket.put_object(keys, &key).sign(SIGNATURE_LIFE),
                }
            }
        }
    }
}

/// Returns a place in a bucket. A custom endpoint gets the bucket in the path: its certificate names one host.
fn s3(url: &Url, variable: impl Fn(&str) -> Option<String>) -> Result<Place, String> {
    let name = url.host_str().unwrap_or_default().to_owned();
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = region.unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let custom = variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL"));
    let style = if custom.is_some() || name.contains('.') { UrlStyle::Path } else { UrlStyle::VirtualHost };
    let endpoint = custom.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
    let endpoint = Url::parse(&endpoint)
        .map_err(|_| "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is no URL such as https://host:9000".to_owned())?;
    let bucket = Bucket::new(endpoint, style, name, region)
        .map_err(|error| format!("the bucket and its endpoint make no URL: {error}"))?;
    if variable("AWS_ACCESS_KEY_ID").is_some() != variable("AWS_SECRET_ACCESS_KEY").is_some() {
        return Err("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set; set both or none".to_owned());
    }
    let parts: Vec<_> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    Ok(Place::S3 { bucket, prefix: parts.join("/") })
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.place {
            Place::Http(url) => write!(formatter, "{}", url.origin().ascii_serialization()),
            Place::S3 { bucket, prefix, .. } => {
                write!(formatter, "{S3}://{}", bucket.name())?;
                if prefix.is_empty() { Ok(()) } else { write!(formatter, "/{prefix}") }
            }
        }
    }
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an address in an environment with these variables.
    fn read(text: &str, variables: &[(&str, &str)]) -> Result<StoreAddress, String> {
        let value = |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        StoreAddress::read_with(text, value)
    }

    #[test]
    fn an_address_is_a_url_of_a_server_or_of_a_bucket() {
        for wrong in ["", "results/0", "ftp://host/", "file:///etc/passwd", "s3://", "env:NONE"] {
            let error = read(wrong, &[]).expect_err(wrong);
            assert!(!error.contains("passwd"), "{error}");
        }
        assert!(read("s3://b/p", &[("AWS_ACCESS_KEY_ID", "k")]).is_err_and(|error| error.contains("set both")));
        assert!(read("env:STORE", &[("STORE", "https://h/p")]).is_ok());
    }

    #[test]
    fn names_are_below_the_address() {
        let url = |text: &str, name: &str| read(text, &[]).expect(text).url_of(name, ObjectAccess::Read, None);
        assert_eq!(url("http://h:1/runs/0/", "cases/a b/x").as_str(), "http://h:1/runs/0/cases/a%20b/x");
        assert_eq!(url("http://h:1/runs?key=K", "plan.json").as_str(), "http://h:1/runs/plan.json?key=K");
        let s3 = url("s3://bucket/nightly/0/", "cases/sdk=2.35.2/x");
        assert_eq!(s3.host_str(), Some("bucket.s3.us-east-1.amazonaws.com"));
        assert_eq!(s3.path(), "/nightly/0/cases/sdk%3D2.35.2/x");
    }

    #[test]
    fn a_custom_endpoint_and_a_name_with_dots_have_the_bucket_in_the_path() {
        let url = |text: &str, variables: &[(&str, &str)]| {
            read(text, variables).expect(text).url_of("plan.json", ObjectAccess::Write, None).to_string()
        };
        let endpoint = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")];
        assert!(url("s3://bucket/0", &endpoint).starts_with("http://127.0.0.1:9000/bucket/0/plan.json"));
        let dots = url("s3://my.bucket", &[("AWS_REGION", "eu-west-1")]);
        assert!(dots.starts_with("https://s3.eu-west-1.amazonaws.com/my.bucket/plan.json"), "{dots}");
    }

    #[test]
    fn an_address_shows_no_secret() {
        let s3 = read("s3://bucket/0", &[]).expect("an address");
        let http = read("https://me:hidden@h/hidden?sig=hidden", &[]).expect("an address");
        assert_eq!(format!("{s3} {s3:?} {http} {http:?}"), "s3://bucket/0 s3://bucket/0 https://h https://h");
        // The key itself is part of a signed URL, and the secret is not.
        let url = s3.url_of("plan.json", ObjectAccess::Write, Some(&Credentials::new("AKIA1", "hidden")));
        assert!(url.as_str().contains("AKIA1") && !url.as_str().contains("hidden"), "{url}");
    }
}
