//! The memory and the CPU time that a page uses.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::performance::{EnableParams, GetMetricsParams};
use chromiumoxide::cdp::js_protocol::heap_profiler::CollectGarbageParams;
use chromiumoxide::cdp::js_protocol::runtime::GetHeapUsageParams;

use super::browser::PageUsage;
use super::chrome_page::ChromePage;
use super::error::BrowserError;

impl ChromePage {
    /// Collects garbage, and returns the memory and the CPU time that the page uses.
    ///
    /// # Errors
    ///
    /// Like every command, and if this version of Chrome does not report the CPU time.
    pub async fn usage(&self) -> Result<PageUsage, BrowserError> {
        let collect = self.page.execute(CollectGarbageParams::default());
        self.health.call("HeapProfiler.collectGarbage", collect).await?;
        let heap = self.health.call("Runtime.getHeapUsage", self.page.execute(GetHeapUsageParams::default())).await?;
        self.health.call("Performance.enable", self.page.execute(EnableParams::default())).await?;
        let metrics =
            self.health.call("Performance.getMetrics", self.page.execute(GetMetricsParams::default())).await?;
        let cpu_seconds = metrics.result.metrics.iter().find(|metric| metric.name == "ProcessTime");
        let cpu_time = cpu_seconds.and_then(|metric| Duration::try_from_secs_f64(metric.value).ok());
        let cpu_time = cpu_time.ok_or_else(|| BrowserError::Refused {
            command: "Performance.getMetrics",
            reason: "it gave no ProcessTime".to_owned(),
        })?;
        Ok(PageUsage { heap_bytes: heap.used_size as u64, cpu_time })
    }
}
