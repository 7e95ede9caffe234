//! Chooses the backend of a case.

use super::local::LocalBackend;
use super::platform_backend::PlatformBackend;
use super::remote::RemoteBackend;
use crate::runner::lab::Lab;
use precall_scenario::PlatformSpec;
use precall_scenario::plan::Case;

/// Prepares the platform that the scenario names for a case, with a session and credentials for one client.
pub(in crate::runner) async fn open_backend(case: &Case, lab: &Lab) -> Result<Box<dyn PlatformBackend>, anyhow::Error> {
    Ok(match &case.spec.platform {
        PlatformSpec::Embedded(spec) => Box::new(LocalBackend::open(case, spec, lab).await?),
        PlatformSpec::Cloud(spec) => Box::new(RemoteBackend::open(case, spec, lab).await?),
    })
}
