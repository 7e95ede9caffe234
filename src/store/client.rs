//! Reads and writes objects of a store.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Response, StatusCode};

use super::address::{ObjectAccess, StoreAddress};
use super::credentials::S3Credentials;
use super::error::StoreError;
use crate::http::{HttpClients, causes, refusal_text};
use precall_support::environment;

/// How long a store has for one object.
const LIMIT: Duration = Duration::from_secs(300);
/// The variable with a token for the `Authorization` header, as `Bearer`.
const TOKEN: &str = "PRECALL_STORE_TOKEN";

/// A client for one run in a store.
#[derive(Debug, Clone)]
pub struct StoreClient {
    http: HttpClients,
    address: StoreAddress,
    token: Option<HeaderValue>,
    /// For a bucket of S3.
    keys: Option<S3Credentials>,
}

impl StoreClient {
    /// Returns a client. It trusts the certificates that the system trusts, and uses its proxy.
    ///
    /// # Errors
    ///
    /// When the system has no certificates, or the token cannot stand in a header.
    pub fn new(address: &StoreAddress) -> Result<Self, StoreError> {
        let http = HttpClients::new(LIMIT).map_err(StoreError::NoClient)?;
        let token = match environment::text(TOKEN).filter(|_| !address.is_in_bucket()) {
            Some(token) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
                    .map_err(|_| StoreError::BadToken(TOKEN))?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        let keys = address.is_in_bucket().then(S3Credentials::new).transpose().map_err(StoreError::NoClient)?;
        Ok(Self { http, address: address.clone(), token, keys })
    }

    /// Returns the store as people read it.
    pub fn address(&self) -> &StoreAddress {
        &self.address
    }

    /// Writes an object, in place of the one of that name.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or does not take it.
    pub(super) async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), StoreError> {
        let content = bytes::Bytes::from(content);
        let response = self.request(ObjectAccess::Write, name, Some(content)).await?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(self.refused("PUT", name, response).await),
        }
    }

    /// Reads an object of at most so many bytes. `None` if there is none of that name.
    ///
    /// # Errors
    ///
    /// When the store does not answer, does not give it, or gives more.
    pub(super) async fn get(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut response = self.request(ObjectAccess::Read, name, None).await?;
        match response.status() {
            StatusCode::NOT_FOUND => return Ok(None),
            status if !status.is_success() => return Err(self.refused("GET", name, response).await),
            _ => {}
        }
        let mut content = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => content.extend_from_slice(&chunk),
                Ok(None) => return Ok(Some(content)),
                Err(error) => return Err(self.unreachable(causes(&error.without_url()))),
            }
            if content.len() as u64 > most {
                return Err(self.damaged(name, format!("has more than {most} bytes")));
            }
        }
    }

    async fn request(
        &self,
        access: ObjectAccess,
        name: &str,
        content: Option<bytes::Bytes>,
    ) -> Result<Response, StoreError> {
        let keys = match &self.keys {
            Some(keys) => keys.current().await.map_err(|reason| StoreError::NoKeys { reason })?,
            None => None,
        };
        let request = |clients: &HttpClients| {
            // Signed anew each time: a signature ends.
            let url = self.address.url_of(name, access, keys.as_ref());
            let method = if access == ObjectAccess::Write { Method::PUT } else { Method::GET };
            let mut request = clients.client_for(url.as_str()).request(method, url);
            if let Some(token) = &self.token {
                request = request.header(AUTHORIZATION, token.clone());
            }
            match &content {
                Some(content) => request.body(content.clone()),
                None => request,
            }
        };
        self.http.send(request).await.map_err(|reason| self.unreachable(reason))
    }

    /// Returns the error about an object that is not what belongs there.
    pub(super) fn damaged(&self, name: &str, reason: String) -> StoreError {
        StoreError::Damaged { address: self.address.to_string(), name: name.to_owned(), reason }
    }

    fn unreachable(&self, reason: String) -> StoreError {
        StoreError::Unreachable { address: self.address.to_string(), reason }
    }

    async fn refused(&self, method: &'static str, name: &str, response: Response) -> StoreError {
        let status = response.status().as_u16();
        let missing = match &self.keys {
            Some(keys) => keys.missing().await,
            None => None,
        };
        // S3 says so of an object that is not there, to those who may not list the bucket.
        let is_hidden = status == 403 && method == "GET" && self.keys.is_some();
        let hint = match missing {
            Some(reason) => format!("; the request was not signed: {reason}"),
            None if is_hidden => "; they need s3:ListBucket as well as s3:GetObject".to_owned(),
            None => String::new(),
        };
        StoreError::Refused {
            address: self.address.to_string(),
            method,
            name: name.to_owned(),
            status,
            message: refusal_text(response).await,
            hint,
        }
    }
}
