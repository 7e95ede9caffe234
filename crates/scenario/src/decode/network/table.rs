//! Decodes `[network]`.

use super::checks;
use super::draft::Draft;
use super::profiles::Profiles;
use crate::problems::Problems;
use crate::table::TableReader;
use precall_netem::{Backend, NetworkConfig};

/// Decodes the table `[network]`.
pub(in crate::decode) fn decode(
    mut reader: TableReader<'_>,
    profiles: &Profiles,
    problems: &mut Problems,
) -> NetworkConfig {
    let draft = Draft::read(&mut reader, |name| profiles.find(name), problems);
    let backend = reader
        .choice("backend", &[("link", Backend::Link), ("devtools", Backend::DevTools)], problems)
        .unwrap_or_default();
    let span = reader.key_span("backend").unwrap_or_else(|| reader.span().clone());
    reader.finish(problems);
    let network = NetworkConfig { backend, ..draft.checked(problems) };
    if backend == Backend::DevTools {
        checks::devtools(&network, &span, problems);
    }
    network
}
