//! The releases of a package in an npm registry, and the one that npm would install.

use std::collections::BTreeSet;

use semver::Version;
use serde_json::Value;

use super::error::SdkError;
use super::integrity::Published;
use precall_support::npm::{AllowedReleases, Npm, NpmError};
use precall_support::package::is_release;

/// How many releases an error names.
const NAMED: usize = 5;

/// A release as the registry has it.
pub(super) struct Release {
    pub version: Version,
    pub published: Published,
}

/// The members that [`release`] asks the registry for.
const FIELDS: [&str; 4] = ["version", "dist.integrity", "dist.shasum", "time"];

/// The release that npm would install for a version or a tag.
pub(super) async fn release(npm: &Npm, package: &str, version: &str) -> Result<Release, SdkError> {
    let what = format!("{package}@{version}");
    // The settings are wanted in any case; npm takes as long to start as to answer.
    let (answer, _) = tokio::join!(npm.view(&what, &FIELDS), npm.settings());
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Err(failure(npm, error, package, version).await),
    };
    if answer.is_null() {
        return Err(unknown_version(npm, package, version).await);
    }
    let found = version_of(&answer).map_err(|reason| unexpected(npm, &what, reason))?;
    if Version::parse(version).is_ok_and(|wanted| wanted != found) {
        return Err(unexpected(npm, &what, format!("its version is {found}")));
    }
    let (found, answer) = match npm.allowed(package, answer.get("time").unwrap_or(&Value::Null)).await {
        Some(allowed) if !allowed.has(&found) => older(npm, package, version, &found, &allowed).await?,
        _ => (found, answer),
    };
    let text = |key: &str| answer.get(key).and_then(Value::as_str);
    let published = Published::new(text("dist.integrity"), text("dist.shasum"));
    let registry = npm.settings().await.registry(package);
    match published {
        Ok(published) => Ok(Release { version: found, published }),
        Err(reason) => Err(SdkError::NoIntegrity { what: format!("{package}@{found}"), registry, reason }),
    }
}

/// The release of a package that npm would install without a version, and the registry that has it.
///
/// # Errors
///
/// When npm cannot be run, or gets no such release.
pub async fn latest(npm: &Npm, package: &str) -> Result<(Version, String), SdkError> {
    let release = release(npm, package, "latest").await?;
    Ok((release.version, npm.settings().await.registry(package)))
}

/// The release of a package that a version or a tag means.
///
/// # Errors
///
/// When there is none, npm cannot be run, or it cannot reach its registry.
pub async fn find(npm: &Npm, package: &str, version: &str) -> Result<Version, SdkError> {
    release(npm, package, version).await.map(|release| release.version)
}

/// Returns the release that npm installs for a tag whose release is too young: the newest one before it that is not too
/// young, and preferably one that is not deprecated.
async fn older(
    npm: &Npm,
    package: &str,
    wanted: &str,
    tagged: &Version,
    allowed: &AllowedReleases,
) -> Result<(Version, Value), SdkError> {
    let too_young = |newest: Vec<Version>| SdkError::TooYoung {
        package: package.to_owned(),
        version: tagged.to_string(),
        limit: allowed.limit.to_string(),
        newest: listed(&newest),
    };
    let range = format!("{package}@<={tagged}");
    // With one field alone npm answers in another form.
    let answer = npm.view(&range, &["name", "version", "deprecated"]).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Err(failure(npm, error, package, wanted).await),
    };
    let found = objects(&answer);
    let all: BTreeSet<_> = found.iter().filter_map(|object| version_of(object).ok()).collect();
    let newest = allowed.newest(&all, NAMED);
    if Version::parse(wanted).is_ok() {
        return Err(too_young(newest));
    }
    let is_deprecated = |version: &Version| {
        let version = version.to_string();
        found.iter().any(|object| object["version"] == *version && object["deprecated"].as_str().is_some())
    };
    let candidates = allowed.newest(&all, usize::MAX);
    let chosen = candidates.iter().find(|version| !is_deprecated(version)).or(candidates.first()).cloned();
    let chosen = chosen.ok_or_else(|| too_young(Vec::new()))?;
    tracing::info!("{package}@{wanted} is {tagged}, which npm's setting {} does not allow: {chosen}", allowed.limit);
    let what = format!("{package}@{chosen}");
    match npm.view(&what, &FIELDS).await {
        Ok(answer) if version_of(&answer).as_ref() == Ok(&chosen) => Ok((chosen, answer)),
        Ok(_) => Err(unexpected(npm, &what, format!("it has no {chosen}, which it listed"))),
        Err(error) => Err(failure(npm, error, package, wanted).await),
    }
}

/// The releases of a package in a range, in npm's own syntax: those that npm's settings allow, without previews.
///
/// # Errors
///
/// When npm cannot be run, cannot reach its registry, or when its settings allow none of those that there are.
pub async fn releases(npm: &Npm, package: &str, range: &str) -> Result<BTreeSet<Version>, SdkError> {
    let what = format!("{package}@{range}");
    let (answer, settings) = tokio::join!(npm.view(&what, &["version"]), npm.settings());
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => match failure(npm, error, package, range).await {
            // A range with nothing in it is an answer.
            SdkError::UnknownVersion { .. } => return Ok(BTreeSet::new()),
            error => return Err(error),
        },
    };
    // npm prints one version as a text, several as a list, and none as nothing.
    let texts = match answer {
        Value::Array(values) => values,
        other => vec![other],
    };
    let versions = texts.iter().filter_map(|text| Version::parse(text.as_str()?).ok());
    let all: BTreeSet<_> = versions.filter(|version| version.pre.is_empty()).collect();
    let (Some(youngest), true) = (all.last(), settings.has_age_limit(package)) else { return Ok(all) };
    let times = match npm.view(package, &["time"]).await {
        Ok(times) => times,
        Err(error) => return Err(failure(npm, error, package, range).await),
    };
    let Some(allowed) = npm.allowed(package, &times).await else { return Ok(all) };
    let kept: BTreeSet<_> = all.iter().filter(|version| allowed.has(version)).cloned().collect();
    if kept.is_empty() {
        return Err(SdkError::TooYoung {
            package: package.to_owned(),
            version: youngest.to_string(),
            limit: allowed.limit.to_string(),
            newest: listed(&[]),
        });
    }
    Ok(kept)
}

/// The error for what npm said about a version, a tag or a range of a package.
pub(super) async fn failure(npm: &Npm, error: NpmError, package: &str, version: &str) -> SdkError {
    let what = format!("{package}@{version}");
    match error {
        NpmError::Missing { .. } | NpmError::Broken { .. } | NpmError::NoDirectory(_) => SdkError::NoNpm(error),
        error if error.is(&["E404", "ETARGET", "ENOVERSIONS"]) => {
            let registry = npm.settings().await.registry(package);
            match npm.view(package, &["versions"]).await {
                Ok(versions) => unknown(package, version, &versions, registry),
                Err(known) if known.is(&["E404"]) => {
                    SdkError::UnknownPackage { package: package.to_owned(), registry, reason: known.to_string() }
                }
                // What was said first says more.
                Err(_) => SdkError::Unreachable { what, registry, reason: error.to_string() },
            }
        }
        error => {
            let registry = npm.settings().await.registry(package);
            SdkError::Unreachable { what, registry, reason: error.to_string() }
        }
    }
}

async fn unknown_version(npm: &Npm, package: &str, version: &str) -> SdkError {
    let registry = npm.settings().await.registry(package);
    let versions = npm.view(package, &["versions"]).await.unwrap_or(Value::Null);
    unknown(package, version, &versions, registry)
}

/// The error of a registry that has no such release, with some that it has.
fn unknown(package: &str, version: &str, versions: &Value, registry: String) -> SdkError {
    let versions = match versions {
        Value::Array(versions) => versions.as_slice(),
        one => std::slice::from_ref(one),
    };
    let known: BTreeSet<_> = versions.iter().filter_map(|text| Version::parse(text.as_str()?).ok()).collect();
    let newest: Vec<_> = known.into_iter().rev().filter(|version| version.pre.is_empty()).take(NAMED).collect();
    SdkError::UnknownVersion {
        package: package.to_owned(),
        version: version.to_owned(),
        newest: listed(&newest),
        registry,
    }
}

fn unexpected(npm: &Npm, what: &str, reason: String) -> SdkError {
    SdkError::UnexpectedAnswer { what: what.to_owned(), program: npm.program.clone(), reason }
}

/// The version in an answer. It goes into file names and into npm's arguments, so it is nothing else.
fn version_of(answer: &Value) -> Result<Version, String> {
    let text = answer.get("version").and_then(Value::as_str).ok_or("it names no version")?;
    let version = Version::parse(text).map_err(|error| format!("its version is {text:?}, which is none: {error}"))?;
    if !is_release(&version) {
        return Err(format!("its version is {text:?}, which npm takes for a file"));
    }
    Ok(version)
}

/// npm prints one release as an object, and several as a list.
fn objects(answer: &Value) -> Vec<&Value> {
    match answer {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn listed(versions: &[Version]) -> String {
    match versions {
        [] => "none".to_owned(),
        versions => versions.iter().map(Version::to_string).collect::<Vec<_>>().join(", "),
    }
}
