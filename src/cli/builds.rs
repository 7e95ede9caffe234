//! Fetching what the cases run, and saying so.

use std::collections::BTreeMap;

use super::error::CliError;
use super::planning::is_tag;
use crate::runner::Builds;
use crate::sdk::Resolver;
use precall_scenario::plan::Case;
use precall_scenario::{ModuleSpec, SdkSpec};
use precall_support::output::eprintln;

/// The builds of some cases.
pub(super) struct Resolved {
    pub builds: Builds,
    /// The release that each tag meant, by `package@tag`.
    pub tags: BTreeMap<String, String>,
}

/// Finds the builds of every case, each once; a tag that is in `tags` means what it says there.
pub(super) async fn resolve(
    cases: &[Case],
    resolver: &Resolver,
    tags: &BTreeMap<String, String>,
    quiet: bool,
) -> Result<Resolved, CliError> {
    let say = |what: &str, version: &str, source: &str| {
        if !quiet {
            eprintln(format_args!("{what} {version} ({source})"));
        }
    };
    let mut resolved = Resolved { builds: Builds::default(), tags: BTreeMap::new() };
    let pinned = |package: &str, version: &str| tags.get(&format!("{package}@{version}")).cloned();
    for case in cases {
        let spec = &case.spec.sdk;
        if !resolved.builds.sdks.contains_key(spec) {
            let wanted = match spec {
                SdkSpec::Npm { package, version } => SdkSpec::Npm {
                    version: pinned(package, version).unwrap_or_else(|| version.clone()),
                    package: package.clone(),
                },
                SdkSpec::Path(_) => spec.clone(),
            };
            let sdk = resolver.sdk(&wanted).await?;
            say("OpenTok.js", &sdk.version, &sdk.source);
            if let SdkSpec::Npm { package, version } = spec
                && is_tag(version)
            {
                resolved.tags.insert(format!("{package}@{version}"), sdk.version.clone());
            }
            resolved.builds.sdks.insert(spec.clone(), sdk);
        }
        if !resolved.builds.modules.contains_key(&case.module) {
            let wanted = match &case.module {
                ModuleSpec::Npm { package, version } => ModuleSpec::Npm {
                    version: pinned(package, version).unwrap_or_else(|| version.clone()),
                    package: package.clone(),
                },
                other => other.clone(),
            };
            let module = resolver.network_test(&wanted).await?;
            if case.module != ModuleSpec::BuiltIn {
                say("network test", &module.version, &module.source);
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
