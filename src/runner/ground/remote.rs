//! A platform elsewhere, with a session of the case's own, or the one that the credentials name.
//!
//! Media goes there on the host's own network. A relay that takes it through a link would be opened here.

use crate::cloud::{Admission, CloudError};
use crate::runner::lab::Lab;
use crate::scenario::CloudSpec;

/// A session on a platform elsewhere.
pub struct Remote {
    proxy_url: Option<String>,
    admission: Admission,
}

impl Remote {
    pub async fn open(spec: &CloudSpec, lab: &Lab) -> Result<Self, CloudError> {
        Ok(Self { proxy_url: spec.proxy_url.clone(), admission: lab.accounts.admit(spec).await? })
    }

    pub fn admission(&self) -> &Admission {
        &self.admission
    }

    pub fn proxy_url(&self) -> Option<&str> {
        self.proxy_url.as_deref()
    }
}
