//! The reader of request parameters of the REST API.
//!
//! Server SDKs encode the same parameter in several ways, and each of these holds for every field of every route: null
//! and empty text in a form mean that the field is absent (.NET and PHP write fields that were never set), booleans may
//! be text (Ruby, and every form), and an empty list stands for an empty object (PHP).

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::error;

/// The fields of a request's body, by name.
#[derive(Debug, PartialEq)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// Reads JSON. No body at all has no fields.
    ///
    /// # Errors
    ///
    /// When it is not a JSON object.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(bytes).map_err(|error| format!("the body is not JSON: {error}"))? {
            Value::Object(fields) => Ok(Self(fields)),
            Value::Null => Ok(Self(Map::new())),
            Value::Array(items) if items.is_empty() => Ok(Self(Map::new())),
            _ => Err("the body is not a JSON object".to_owned()),
        }
    }

    /// Reads a form (`application/x-www-form-urlencoded`) or JSON, whatever the content type is, over the URL's query.
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub(super) fn from_form(query: Option<&str>, headers: &HeaderMap, bytes: &[u8]) -> Result<Self, String> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.to_ascii_lowercase().starts_with("multipart/") {
            return Err(format!("the body is {kind}; send application/x-www-form-urlencoded or JSON"));
        }
        let pairs = |text: &[u8]| -> Map<String, Value> {
            // npm's `@vonage/video` writes out null: `location=null`.
            let given = form_urlencoded::parse(text).filter(|(_, value)| !value.is_empty() && value != "null");
            given.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
        };
        let is_json = kind.to_ascii_lowercase().starts_with("application/json") || bytes.trim_ascii().starts_with(b"{");
        let mut fields = pairs(query.unwrap_or_default().as_bytes());
        fields.extend(if is_json { Self::from_json(bytes)?.0 } else { pairs(bytes) });
        Ok(Self(fields))
    }

    /// Returns a field that is text; `None` when it is not given.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        match self.find(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{name}` is not a text")),
        }
    }

    /// Returns a field that is a truth value, also as text; `None` when it is not given.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        let wrong = || format!("`{name}` is not true or false");
        match self.find(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            // .NET writes `True`, and PHP's forms write 1.
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "" => Ok(None),
                "true" | "1" => Ok(Some(true)),
                "false" | "0" => Ok(Some(false)),
                _ => Err(wrong()),
            },
            Some(_) => Err(wrong()),
        }
    }

    /// Returns a field that is a list of texts; empty when it is not given.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let wrong = || format!("`{name}` is not a list of texts");
        match self.find(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Returns a field that is a list of objects.
    ///
    /// # Errors
    ///
    /// When it is something else, or not given.
    pub(super) fn items(&self, name: &str) -> Result<Vec<Self>, String> {
        let wrong = || format!("`{name}` is not a list of objects");
        let Some(Value::Array(items)) = self.find(name) else { return Err(wrong()) };
        items.iter().map(|item| item.as_object().cloned().map(Self).ok_or_else(wrong)).collect()
    }

    /// Returns the value of a field that is present. Names are compared without regard to case, as Go's server SDK
    /// begins them with a capital.
    fn find(&self, name: &str) -> Option<&Value> {
        let other_case = || self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        self.0.get(name).or_else(other_case).filter(|value| !value.is_null())
    }
}

/// A body of JSON. Answers 400 for what is none.
pub(super) struct JsonBody(pub Body);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Body::from_json(&bytes).map(Self).map_err(|reason| error(StatusCode::BAD_REQUEST, &reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Body {
        Body::from_json(text.as_bytes()).expect("a body")
    }

    fn form(text: &str) -> Body {
        Body::from_form(None, &HeaderMap::new(), text.as_bytes()).expect("a body")
    }

    #[test]
    fn absent_fields_have_several_encodings() {
        let every = ["", " ", "null", "[]", "{}", r#"{"a":null}"#];
        for body in every.map(json).into_iter().chain(["", "a=", "a", "a=null", "b=1"].map(form)) {
            assert_eq!(body.text("a"), Ok(None), "{body:?}");
            assert_eq!(body.flag("a"), Ok(None), "{body:?}");
            assert_eq!(body.texts("a"), Ok(Vec::new()), "{body:?}");
            assert!(body.items("a").is_err(), "{body:?}");
        }
    }

    #[test]
    fn booleans_have_several_encodings() {
        for text in [r#"{"a":true}"#, r#"{"a":"true"}"#, r#"{"a":"True"}"#, r#"{"A":true}"#] {
            assert_eq!(json(text).flag("a"), Ok(Some(true)), "{text}");
        }
        for text in ["a=false", "a=False", "a=0", r#"{"a":"false"}"#] {
            assert_eq!(form(text).flag("a"), Ok(Some(false)), "{text}");
        }
        for text in [r#"{"a":"yes"}"#, r#"{"a":7}"#, r#"{"a":[true]}"#] {
            assert_eq!(json(text).flag("a"), Err("`a` is not true or false".to_owned()), "{text}");
        }
    }

    #[test]
    fn a_wrong_type_is_named_in_the_error() {
        let body = json(r#"{"object":{"a":1},"number":7,"list":["a",7],"items":[{}]}"#);
        assert_eq!(body.text("object"), Err("`object` is not a text".to_owned()));
        assert_eq!(body.text("number"), Err("`number` is not a text".to_owned()));
        assert_eq!(body.texts("list"), Err("`list` is not a list of texts".to_owned()));
        assert_eq!(body.items("list"), Err("`list` is not a list of objects".to_owned()));
        assert_eq!(body.items("items").map(|items| items.len()), Ok(1));
        for text in ["7", "\"a\"", "[1]", "{", "\u{feff}{}"] {
            assert!(Body::from_json(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_are_read_from_query_form_and_json() {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, "application/json".parse().expect("a value"))]);
        let query = Some("p2p.preference=enabled&a=1");
        for body in [
            Body::from_form(query, &HeaderMap::new(), b""),
            Body::from_form(query, &HeaderMap::new(), b"a=2"),
            Body::from_form(None, &headers, br#"{"p2p.preference":"enabled"}"#),
            Body::from_form(None, &HeaderMap::new(), br#" {"p2p.preference":"enabled"}"#),
        ] {
            assert_eq!(body.expect("a body").text("p2p.preference"), Ok(Some("enabled".to_owned())));
        }
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, "multipart/form-data".parse().expect("a value"))]);
        assert!(Body::from_form(None, &headers, b"--x").is_err());
        assert!(Body::from_form(None, &HeaderMap::new(), b"{").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            let _ = Body::from_json(&bytes);
            let _ = Body::from_form(None, &HeaderMap::new(), &bytes);
        }
    }
}
