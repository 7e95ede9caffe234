//! Chooses the backend of a case.

use super::local::LocalBackend;
use super::platform_backend::PlatformBackend;
use super::remote::RemoteBackend;
use crate::runner::case_error::CaseError;
use crate::runner::test_bed::TestBed;
use precall_scenario::PlatformSpec;
use precall_scenario::plan::Case;

/// Prepares the platform that the scenario names for a case, with a session and credentials for one client.
pub(in crate::runner) async fn open_backend(case: &Case, bed: &TestBed) -> Result<Box<dyn PlatformBackend>, CaseError> {
    Ok(match &case.spec.platform {
        PlatformSpec::Embedded(spec) => Box::new(LocalBackend::open(case, spec, bed).await?),
        PlatformSpec::Cloud(spec) => Box::new(RemoteBackend::open(case, spec, bed).await?),
    })
}
