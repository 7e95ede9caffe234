//! The browsers of a run. Its own are kept warm, one for each kind of camera and microphone, and replaced before they wear out.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::elsewhere::Elsewhere;
use crate::browser::{Browser, BrowserError, ContextOptions, FakeDevices, LaunchOptions, Page};

/// How many pages a browser serves. What a page leaves behind in its browser must not become the trouble of the hundredth
/// case after it.
const MAX_PAGES: u32 = 50;

/// How many are kept for cases to come: each takes some 200 MB.
const MAX_WARM: usize = 3;

/// Which browsers a run has.
#[derive(Debug, Clone)]
pub enum BrowserChoice {
    /// Those that are launched this way.
    Launch(Box<LaunchOptions>),
    /// Those that run at these addresses, `ws://…` or `http://host:9222`, and go on when the run is over.
    Elsewhere(Vec<String>),
}

/// The browsers of a run.
pub(super) enum Browsers {
    Launched(Launched),
    Elsewhere(Elsewhere),
}

/// Browsers of the run's own.
pub(super) struct Launched {
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

impl BrowserChoice {
    /// Lets browsers that are launched trust whoever has a public key with this digest. Those elsewhere trust whom they trust.
    pub fn trust(&mut self, key_digest: &str) {
        if let Self::Launch(launch) = self {
            launch.trust(key_digest);
        }
    }
}

impl Browsers {
    /// Launches the first or connects to all, so that what cannot be used is known before any case begins. Pages will come from
    /// `origin`.
    pub async fn open(choice: BrowserChoice, origin: &str) -> Result<Self, BrowserError> {
        Ok(match choice {
            BrowserChoice::Launch(launch) => Self::Launched(Launched::open(*launch).await?),
            BrowserChoice::Elsewhere(addresses) => Self::Elsewhere(Elsewhere::open(&addresses, origin).await?),
        })
    }

    /// The browsers' version.
    pub fn version(&self) -> &str {
        match self {
            Self::Launched(launched) => &launched.launch.version,
            Self::Elsewhere(elsewhere) => elsewhere.version(),
        }
    }

    /// A page of its own; of the run's own browsers, in one with these devices; `is_alone`: that no other page is ever in.
    pub async fn new_page(
        &self,
        devices: FakeDevices,
        is_alone: bool,
        options: ContextOptions,
    ) -> Result<Leased, BrowserError> {
        match self {
            Self::Launched(launched) => launched.new_page(devices, is_alone, options).await,
            Self::Elsewhere(elsewhere) => elsewhere.new_page(options).await,
        }
    }

    /// Something went wrong in a browser: it takes no further page, if it is the run's own.
    pub async fn retire(&self, browser: &Arc<Browser>) {
        if let Self::Launched(launched) = self {
            launched.pool.lock().await.retire(|warm| Arc::ptr_eq(&warm.browser, browser));
        }
    }

    /// Ends the run's own and waits until nothing of them is left. No page is in use any more.
    pub async fn close(self) {
        if let Self::Launched(launched) = self {
            launched.close().await;
        }
    }
}

impl Launched {
    async fn open(launch: LaunchOptions) -> Result<Self, BrowserError> {
        let browser = Arc::new(Browser::launch(launch.clone()).await?);
        let pool = Pool { warm: vec![Warm { devices: launch.devices, browser, pages: 0 }], ..Pool::default() };
        Ok(Self { launch, pool: Mutex::new(pool) })
    }

    async fn new_page(
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

    async fn close(self) {
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
