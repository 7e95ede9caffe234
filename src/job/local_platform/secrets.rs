//! The secrets of `precall platform`: its API secret, and the key of its application.

use std::path::Path;

use super::request::PlatformRequest;
use crate::cloud::read_private;
use crate::job::JobError;
use precall_platform::credentials::{Project, RsaKeyPair};
use precall_support::environment;
use precall_support::secrets::Secret;

/// The environment variable that holds the API secret.
const SECRET_VARIABLE: &str = "PRECALL_API_SECRET";

/// Returns the API secret: of the file, of the environment, or a new one.
pub(super) fn api_secret(request: &PlatformRequest) -> Result<Secret, JobError> {
    let secret = match (&request.api_secret_file, environment::text(SECRET_VARIABLE)) {
        (Some(file), _) => read(file, "--api-secret-file")?.trim().to_owned(),
        (None, Some(secret)) => secret,
        (None, None) => uuid::Uuid::new_v4().simple().to_string(),
    };
    if secret.is_empty() {
        let message = format!("the API secret is empty; put one into {SECRET_VARIABLE} or a file, or give none");
        return Err(request_error(message));
    }
    Ok(Secret::new(secret))
}

/// Returns the Vonage application to host, if one is requested.
pub(super) fn application(request: &PlatformRequest) -> Result<Option<Project>, JobError> {
    let Some(id) = &request.application_id else { return Ok(None) };
    if *id == request.api_key {
        return Err(request_error("the application's id and the API key have to differ"));
    }
    Ok(Some(Project::vonage(id, key_pair(request.private_key_file.as_deref())?)))
}

fn key_pair(file: Option<&Path>) -> Result<RsaKeyPair, JobError> {
    match file {
        Some(file) if file.exists() => RsaKeyPair::from_pem(&read(file, "--private-key-file")?)
            .map_err(|error| request_error(format!("{}: {error}", file.display()))),
        Some(file) => {
            let pair = generate()?;
            write_private(file, pair.private_pem().expose())
                .map_err(|error| request_error(format!("{}: {error}", file.display())))?;
            Ok(pair)
        }
        None => generate(),
    }
}

fn generate() -> Result<RsaKeyPair, JobError> {
    RsaKeyPair::generate().map_err(|error| JobError::LocalPlatform(error.to_string()))
}

/// Writes a file that only its owner can read.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())
}

/// Returns the text of a file with a secret. Refuses a file that other users can read, since its readers can act as its
/// owner.
fn read(file: &Path, named_by: &str) -> Result<String, JobError> {
    read_private(file, named_by).map_err(request_error)
}

/// Checks that no other user can read a file with a secret.
pub(super) fn check_private(file: &Path, named_by: &str) -> Result<(), JobError> {
    read(file, named_by).map(drop)
}

fn request_error(message: impl std::fmt::Display) -> JobError {
    JobError::Request(message.to_string())
}
