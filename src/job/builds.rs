//! The builds that the cases run: each is found once.

use std::collections::BTreeMap;

use super::error::JobError;
use super::notice::{Notice, Notices};
use crate::runner::Builds;
use crate::sdk::Resolver;
use precall_scenario::plan::Case;
use precall_scenario::{ModuleSpec, SdkSpec, Selection};

/// The builds of all cases of a run.
pub(super) struct Resolved {
    /// Each build, by what the cases say of it.
    pub builds: Builds,
    /// The release that each tag meant, by `package@tag`.
    pub tags: BTreeMap<String, String>,
}

/// Finds the builds of every case. A tag that is in `tags` keeps the release that it has there.
pub(super) async fn resolve(
    cases: &[Case],
    resolver: &Resolver,
    tags: &BTreeMap<String, String>,
    notices: Notices<'_>,
) -> Result<Resolved, JobError> {
    let found = |what, version: &str, source: &str| {
        notices(Notice::Build { what, version: version.to_owned(), source: source.to_owned() });
    };
    let mut resolved = Resolved { builds: Builds::default(), tags: BTreeMap::new() };
    let pinned = |package: &str, version: &str| tags.get(&format!("{package}@{version}")).cloned();
    for case in cases {
        for spec in case.spec.sdks() {
            if resolved.builds.sdks.contains_key(spec) {
                continue;
            }
            let wanted = match spec {
                SdkSpec::Npm { package, version } => SdkSpec::Npm {
                    version: pinned(package, version).unwrap_or_else(|| version.clone()),
                    package: package.clone(),
                },
                SdkSpec::Path(_) => spec.clone(),
            };
            let sdk = resolver.sdk(&wanted).await?;
            found("OpenTok.js", &sdk.version, &sdk.source);
            if let SdkSpec::Npm { package, version } = spec
                && is_tag(version)
            {
                resolved.tags.insert(format!("{package}@{version}"), sdk.version.clone());
            }
            resolved.builds.sdks.insert(spec.clone(), sdk);
        }
        // A call has no network test.
        if case.spec.call.is_none() && !resolved.builds.modules.contains_key(&case.module) {
            let wanted = match &case.module {
                ModuleSpec::Npm { package, version } => ModuleSpec::Npm {
                    version: pinned(package, version).unwrap_or_else(|| version.clone()),
                    package: package.clone(),
                },
                other => other.clone(),
            };
            let module = resolver.network_test(&wanted).await?;
            if case.module != ModuleSpec::BuiltIn {
                found("network test", &module.version, &module.source);
            }
            if let ModuleSpec::Npm { package, version } = &case.module
                && is_tag(version)
            {
                resolved.tags.insert(format!("{package}@{version}"), module.version.clone());
            }
            resolved.builds.modules.insert(case.module.clone(), module);
        }
    }
    Ok(resolved)
}

/// Whether a requested version is a tag, which can mean another release tomorrow.
pub(super) fn is_tag(version: &str) -> bool {
    matches!(Selection::parse(version), Ok(Selection::Latest))
}
