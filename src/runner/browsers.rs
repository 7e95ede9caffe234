//! The browsers of a run: kept warm, one for each kind of camera and microphone, and replaced before they wear out.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::browser::{Browser, BrowserError, ContextOptions, FakeDevices, LaunchOptions, Page};

/// How many pages a browser serves. What a page leaves behind in its browser must not become the trouble of the hundredth
/// case after it.
const MAX_PAGES: u32 = 50;

/// How many are kept for cases to come: each takes some 200 MB.
const MAX_WARM: usize = 3;

/// The browsers of a run.
pub(super) struct Browsers {
    launch: LaunchOptions,
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    /// Those that take pages, the one used last at the end.
    warm: Vec<Warm>,
    /// Those that take none any more, and may still have some.
    retired: Vec<Arc<Browser>>,
    closing: JoinSet<()>,
}

struct Warm {
    devices: FakeDevices,
    browser: Arc<Browser>,
    pages: u32,
}

/// A page with a hold on its browser.
pub(super) struct Leased {
    pub page: Page,
    pub browser: Arc<Browser>,
}

impl Browsers {
    /// Launches the first, so that a browser that does not start is known before any case begins.
    pub async fn open(launch: LaunchOptions) -> Result<Self, BrowserError> {
        let browser = Arc::new(Browser::launch(launch.clone()).await?);
        let pool = Pool { warm: vec![Warm { devices: launch.devices, browser, pages: 0 }], ..Pool::default() };
        Ok(Self { launch, pool: Mutex::new(pool) })
    }

    /// The browsers' version.
    pub fn version(&self) -> &str {
        &self.launch.version
    }

    /// A page of its own, in a browser with these devices; `is_alone`: that no other page is ever in.
    pub async fn new_page(
        &self,
        devices: FakeDevices,
        is_alone: bool,
        options: ContextOptions,
    ) -> Result<Leased, BrowserError> {
        let mut pool = self.pool.lock().await;
        if is_alone {
            let browser = Arc::new(Browser::launch(LaunchOptions { devices, ..self.launch.clone() }).await?);
            pool.retired.push(Arc::clone(&browser));
            drop(pool);
            let page = browser.new_page(options).await?;
            return Ok(Leased { page, browser });
        }
        pool.retire(|warm| warm.browser.is_gone() || warm.pages >= MAX_PAGES);
        let mut warm = match pool.warm.iter().position(|warm| warm.devices == devices) {
            Some(place) => pool.warm.remove(place),
            None => {
                // The one that was used longest ago makes room.
                let surplus = (pool.warm.len() + 1).saturating_sub(MAX_WARM);
                let mut place = 0;
                pool.retire(|_| {
                    place += 1;
                    place <= surplus
                });
                let browser = Arc::new(Browser::launch(LaunchOptions { devices, ..self.launch.clone() }).await?);
                Warm { devices, browser, pages: 0 }
            }
        };
        warm.pages += 1;
        let browser = Arc::clone(&warm.browser);
        pool.warm.push(warm);
        pool.close_unused();
        drop(pool);
        let page = browser.new_page(options).await?;
        Ok(Leased { page, browser })
    }

    /// Something went wrong in a browser: it takes no further page.
    pub async fn retire(&self, browser: &Arc<Browser>) {
        self.pool.lock().await.retire(|warm| Arc::ptr_eq(&warm.browser, browser));
    }

    /// Ends them all and waits until nothing of them is left. No page is in use any more.
    pub async fn close(self) {
        let mut pool = self.pool.into_inner();
        pool.retire(|_| true);
        pool.close_unused();
        while pool.closing.join_next().await.is_some() {}
    }
}

impl Pool {
    fn retire(&mut self, mut is_due: impl FnMut(&Warm) -> bool) {
        let (retired, warm): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.warm).into_iter().partition(|warm| is_due(warm));
        self.warm = warm;
        self.retired.extend(retired.into_iter().map(|warm| warm.browser));
    }

    /// Ends those that have no page any more.
    fn close_unused(&mut self) {
        for browser in std::mem::take(&mut self.retired) {
            match Arc::try_unwrap(browser) {
                Ok(browser) => drop(self.closing.spawn(browser.close())),
                Err(browser) => self.retired.push(browser),
            }
        }
        while self.closing.try_join_next().is_some() {}
    }
}
