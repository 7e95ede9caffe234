//! The signalling of a case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use precall_netem::StreamCounters;
use precall_netem::fault::Service;

/// The signalling of a case: all requests to the embedded platform, by HTTP and by WebSocket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Signalling {
    /// The number of requests to each service.
    pub requests: BTreeMap<Service, u64>,
    /// The hosts that were refused, each with a count: tunnels that the proxy refused or wanted credentials for, and
    /// what the content security policy of the page blocked (hosts, and `inline` or `eval` for scripts).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// What the emulated network did to the connections.
    pub link_counters: StreamCounters,
}
