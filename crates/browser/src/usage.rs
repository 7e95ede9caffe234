//! The memory and the CPU time that a page uses.

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::performance::{EnableParams, GetMetricsParams};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::browser::{PageMeter, PageUsage};
use super::error::BrowserError;
use super::health::Health;

/// Reads Chrome's performance metrics of a page.
pub(super) struct ChromeMeter {
    page: chromiumoxide::Page,
    health: Health,
    enabled: OnceCell<()>,
}

impl ChromeMeter {
    pub(super) fn new(page: chromiumoxide::Page, health: Health) -> Self {
        Self { page, health, enabled: OnceCell::new() }
    }

    /// Returns the memory and the CPU time that the page uses, garbage included.
    pub(super) async fn usage(&self) -> Result<PageUsage, BrowserError> {
        let enable = async || {
            let call = self.page.execute(EnableParams::default());
            self.health.call("Performance.enable", call).await.map(drop)
        };
        self.enabled.get_or_try_init(enable).await?;
        let call = self.page.execute(GetMetricsParams::default());
        let metrics = self.health.call("Performance.getMetrics", call).await?.result.metrics;
        let value = |name: &str| {
            let found = metrics.iter().find(|metric| metric.name == name).map(|metric| metric.value);
            let reason = || format!("it gave no {name}");
            found.ok_or_else(|| BrowserError::Refused { command: "Performance.getMetrics", reason: reason() })
        };
        let cpu_time = Duration::try_from_secs_f64(value("ProcessTime")?).unwrap_or_default();
        Ok(PageUsage { heap_bytes: value("JSHeapUsedSize")? as u64, cpu_time })
    }
}

impl PageMeter for ChromeMeter {
    fn read(&self) -> BoxFuture<'_, Result<PageUsage, BrowserError>> {
        self.usage().boxed()
    }
}
