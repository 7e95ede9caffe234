//! Counts the resources that a page holds, to find leaks.

use chromiumoxide::cdp::browser_protocol::memory::GetDomCountersParams;
use chromiumoxide::cdp::js_protocol::heap_profiler::CollectGarbageParams;
use chromiumoxide::cdp::js_protocol::runtime::{
    CallFunctionOnParams, DiscardConsoleEntriesParams, EvaluateParams, GetHeapUsageParams, QueryObjectsParams,
    ReleaseObjectGroupParams, RemoteObjectId,
};

use super::chrome_page::ChromePage;
use super::error::BrowserError;

/// The object group of the objects that counting creates, so that they can be released.
const GROUP: &str = "precall";

/// The resources that a page holds after a garbage collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageResources {
    /// The size of the JavaScript heap in use, in bytes.
    pub heap_bytes: u64,
    /// The number of DOM nodes, attached to the document or not.
    pub dom_nodes: u64,
    /// The number of DOM event listeners.
    pub event_listeners: u64,
    /// The number of WebSockets that are not closed.
    pub web_sockets: u64,
    /// The number of live media tracks.
    pub live_tracks: u64,
    /// The number of peer connections that are not closed.
    pub peer_connections: u64,
}

impl ChromePage {
    /// Collects garbage, and counts the remaining resources.
    ///
    /// # Errors
    ///
    /// Like every command.
    pub async fn resources(&self) -> Result<PageResources, BrowserError> {
        let count = async |class: &str, is_left: &str| self.count(class, is_left).await;
        let web_sockets = count("WebSocket", "(one) => one.readyState < WebSocket.CLOSING").await?;
        let live_tracks = count("MediaStreamTrack", "(one) => one.readyState === 'live'").await?;
        let peer_connections = count("RTCPeerConnection", "(one) => one.signalingState !== 'closed'").await?;
        let release = self.page.execute(ReleaseObjectGroupParams::new(GROUP));
        self.health.call("Runtime.releaseObjectGroup", release).await?;
        // The console keeps a reference to every object that was written to it.
        let discard = self.page.execute(DiscardConsoleEntriesParams::default());
        self.health.call("Runtime.discardConsoleEntries", discard).await?;
        // One collection is not enough for objects that other collected objects refer to.
        for _ in 0..3 {
            let collect = self.page.execute(CollectGarbageParams::default());
            self.health.call("HeapProfiler.collectGarbage", collect).await?;
        }
        let dom = self.page.execute(GetDomCountersParams::default());
        let dom = self.health.call("Memory.getDOMCounters", dom).await?;
        let heap = self.page.execute(GetHeapUsageParams::default());
        let heap = self.health.call("Runtime.getHeapUsage", heap).await?;
        let whole = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(PageResources {
            heap_bytes: heap.used_size as u64,
            dom_nodes: whole(dom.nodes),
            event_listeners: whole(dom.js_event_listeners),
            web_sockets,
            live_tracks,
            peer_connections,
        })
    }

    /// Returns the number of objects of a class for which a JavaScript predicate is true.
    async fn count(&self, class: &str, is_left: &str) -> Result<u64, BrowserError> {
        let mut prototype = EvaluateParams::new(format!("{class}.prototype"));
        prototype.object_group = Some(GROUP.to_owned());
        let prototype = self.health.call("Runtime.evaluate", self.page.execute(prototype)).await?;
        let prototype = object_id(prototype.result.result.object_id.as_ref(), "Runtime.evaluate")?;
        let mut query = QueryObjectsParams::new(prototype);
        query.object_group = Some(GROUP.to_owned());
        let objects = self.health.call("Runtime.queryObjects", self.page.execute(query)).await?;
        let objects = object_id(objects.result.objects.object_id.as_ref(), "Runtime.queryObjects")?;
        // The query also returns the prototypes themselves, whose getters throw.
        let mut count = CallFunctionOnParams::new(format!(
            "function () {{ const isLeft = {is_left};
               return this.filter((one) => {{ try {{ return isLeft(one); }} catch {{ return false; }} }}).length; }}"
        ));
        count.object_id = Some(objects);
        count.return_by_value = Some(true);
        let counted = self.health.call("Runtime.callFunctionOn", self.page.execute(count)).await?;
        let value = counted.result.result.value.as_ref().and_then(serde_json::Value::as_u64);
        value.ok_or_else(|| refused("Runtime.callFunctionOn"))
    }
}

fn object_id(id: Option<&RemoteObjectId>, command: &'static str) -> Result<RemoteObjectId, BrowserError> {
    id.cloned().ok_or_else(|| refused(command))
}

fn refused(command: &'static str) -> BrowserError {
    BrowserError::Refused { command, reason: "it gave no object".to_owned() }
}
