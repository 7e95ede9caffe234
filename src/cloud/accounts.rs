//! The accounts of a run.

use std::collections::HashMap;

use super::account::{Account, SessionCredentials};
use super::client::CloudClient;
use super::error::{CloudError, CredentialError};
use super::resolve::resolve_account;
use precall_scenario::CloudSpec;

/// The accounts that the cases of a run need, by what their scenario says. Empty where all of them run on the embedded
/// platform.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    accounts: HashMap<CloudSpec, Account>,
    /// Made when it is first needed: it reads the system's certificates.
    client: tokio::sync::OnceCell<CloudClient>,
}

impl Accounts {
    /// Looks for the credentials of all of these.
    ///
    /// # Errors
    ///
    /// When some are missing.
    pub fn find<'a>(clouds: impl IntoIterator<Item = &'a CloudSpec>) -> Result<Self, CredentialError> {
        let mut accounts = HashMap::new();
        for cloud in clouds {
            if !accounts.contains_key(cloud) {
                accounts.insert(cloud.clone(), resolve_account(cloud)?);
            }
        }
        Ok(Self { accounts, client: tokio::sync::OnceCell::new() })
    }

    /// Returns all accounts, each once.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// Lets a client of this platform into a session.
    ///
    /// # Errors
    ///
    /// When the platform creates none.
    pub async fn admit(&self, cloud: &CloudSpec) -> Result<SessionCredentials, CloudError> {
        let account = self.accounts.get(cloud).ok_or(CloudError::NoAccount)?;
        self.client().await?.admit(account).await
    }

    /// Asks each platform for a session, to learn before anything starts whether it would give one.
    ///
    /// # Errors
    ///
    /// When one would not.
    pub async fn check(&self) -> Result<(), CloudError> {
        for cloud in self.accounts.keys() {
            self.admit(cloud).await?;
        }
        Ok(())
    }

    async fn client(&self) -> Result<&CloudClient, CloudError> {
        self.client.get_or_try_init(async || CloudClient::new()).await
    }
}
