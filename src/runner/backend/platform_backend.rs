//! What a case needs of the platform that it runs on.

use futures::future::{BoxFuture, ready};

use crate::cloud::SessionCredentials;
use crate::page::RelayOnly;
use precall_browser::BrowserProxy;
use precall_netem::PathCounters;
use precall_platform::credentials::SessionId;
use precall_platform::{PartEnded, PlatformEvent};
use precall_results::{FirewallResult, Signalling};

/// The platform of one case, with a session on it. Dropped, everything of it that is on this host ends.
pub(in crate::runner) trait PlatformBackend: Send + Sync {
    /// Returns the API key, the session and the token of the client under test.
    fn admission(&self) -> &SessionCredentials;

    /// Returns the IP proxy that the SDK uses; `None` if it uses none.
    fn proxy_url(&self) -> Option<&str>;

    /// Returns the origins of signalling requests and WebSockets; `None` where they are not known in advance.
    fn signalling_origins(&self) -> Option<Vec<String>> {
        None
    }

    /// Returns the HTTP proxy that the browser uses; `None` if it uses none.
    fn browser_proxy(&self) -> Option<BrowserProxy> {
        None
    }

    /// Returns whether media is restricted to a relay, and to which.
    fn relay(&self) -> RelayOnly;

    /// Returns the URL pattern of signalling that passes no link, in the syntax of Chrome's network conditions; `None`
    /// if all of it passes one.
    fn unlinked_signalling(&self) -> Option<String>;

    /// Returns the session on a remote platform; `None` on a local one, whose sessions end with it.
    fn remote_session(&self) -> Option<&SessionId> {
        None
    }

    /// Begins the tests: the times in the scenario count from now.
    fn begin(&self);

    /// Waits for the next event of the platform; forever, where the platform reports none.
    ///
    /// The future fails when a part of the platform that is on this host has ended unexpectedly.
    fn next_event(&mut self) -> BoxFuture<'_, Result<PlatformEvent, PartEnded>>;

    /// Returns what the links have done to media so far; `None` without links.
    fn counters(&self) -> BoxFuture<'_, Option<PathCounters>>;

    /// Returns whether media is carried by a TCP stream, which loses no packets.
    fn is_stream(&self) -> bool {
        false
    }

    /// Returns what was counted of signalling so far; `None` where signalling does not pass this host.
    fn signalling(&self) -> BoxFuture<'_, Option<Signalling>> {
        Box::pin(ready(None))
    }

    /// Returns what the case's firewall has dropped so far; `None` without a firewall.
    fn firewall(&self) -> Option<FirewallResult> {
        None
    }

    /// Ends the sessions of a local platform.
    fn stop(&self) {}
}
