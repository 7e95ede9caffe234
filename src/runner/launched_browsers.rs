//! Browsers that the run launches itself. They are kept warm, each for one case at a time, and replaced before they
//! wear out.
//!
//! One at a time, because Chrome opens a camera once for all of its pages, contexts or not. A second page would get the
//! size that the first one asked for, and so send another picture than it would alone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::{StreamExt, stream};
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, JoinSet};

use super::leased_page::{Lease, Leased, open_harness};
use precall_browser::{
    Browser, BrowserError, ContextOptions, Device, FakeDevices, LaunchOptions, Page, Restriction, launch,
    page_restrictions,
};
use precall_scenario::{BrowserKind, BrowserSpec};

/// How many pages a browser serves. What a page leaves behind in its browser must not become the trouble of the
/// hundredth case after it.
const MAX_PAGES: u32 = 50;

/// How many are kept for cases to come with other devices: each takes some 200 MB.
const MAX_IDLE: usize = 3;

/// A browser that no scenario has asked for.
const NOT_LOCATED: &str = "it was not located before the run; this is a fault of precall";

/// When the page of the next case is made: the CPUs are the case's own while it loads OpenTok.js.
const SPARE_AFTER: Duration = Duration::from_millis(600);

/// The browsers that a run launches.
#[derive(Debug, Clone)]
pub struct Launches {
    /// How each browser that a scenario asks for is launched. The devices are those of each case.
    pub options: BTreeMap<BrowserSpec, LaunchOptions>,
    /// The browser that is launched before any case begins, with its devices.
    pub first: (BrowserSpec, FakeDevices),
}

/// Browsers of the run's own.
pub(super) struct Launched {
    launches: Launches,
    versions: String,
    policies: Vec<Restriction>,
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    /// The browsers that take pages, the one used last at the end.
    warm: Vec<Warm>,
    /// How many pages are still to come for each browser and its devices. More may come: a case can be repeated.
    expected: BTreeMap<(BrowserSpec, FakeDevices), usize>,
    /// The browsers that take no more pages, and may still have some.
    retired: Vec<Arc<dyn Browser>>,
    /// Pages that no case will use. Each holds its browser until its task has ended.
    given_up: Vec<Spare>,
    closing: JoinSet<()>,
}

struct Warm {
    spec: BrowserSpec,
    devices: FakeDevices,
    browser: Arc<dyn Browser>,
    pages: u32,
    /// The case that it is used by.
    user: Weak<Lease>,
    /// The page of the next case, made while this one runs: half of what it takes to begin a case.
    spare: Option<Spare>,
}

type Spare = JoinHandle<Result<Box<dyn Page>, BrowserError>>;

impl Launched {
    /// Tells how many pages of each kind the run needs in all.
    pub(super) async fn expect(&self, pages: impl IntoIterator<Item = (BrowserSpec, FakeDevices)>) {
        let mut pool = self.pool.lock().await;
        for page in pages {
            *pool.expected.entry(page).or_default() += 1;
        }
    }

    /// Lets a browser take no further page.
    pub(super) async fn retire(&self, browser: &Arc<dyn Browser>) {
        self.pool.lock().await.retire(|warm| Arc::ptr_eq(&warm.browser, browser));
    }

    /// Returns the versions of the browsers, joined by commas.
    pub(super) fn versions(&self) -> &str {
        &self.versions
    }

    /// Returns the version of a browser; `None` for one that was not asked for before the run.
    pub(super) fn version_of(&self, spec: &BrowserSpec) -> Option<&str> {
        Some(&self.launches.options.get(spec)?.version)
    }

    /// Returns precall's own program, where it is not this one.
    pub(super) fn supervisor(&self) -> Option<PathBuf> {
        self.launches.options.values().find_map(|launch| launch.supervisor.clone())
    }

    /// Returns the policies that restrict what pages do in Chrome.
    pub(super) fn policies(&self) -> &[Restriction] {
        &self.policies
    }

    pub(super) async fn open(launches: Launches) -> Result<Self, BrowserError> {
        let of_chrome = launches.options.values().find(|launch| launch.kind == BrowserKind::Chrome);
        let policies = of_chrome.map(|launch| page_restrictions(&launch.version)).unwrap_or_default();
        let mut versions: Vec<_> = launches.options.values().map(|launch| launch.version.as_str()).collect();
        versions.sort_unstable();
        versions.dedup();
        let (versions, (spec, devices)) = (versions.join(", "), launches.first.clone());
        let launched = Self { launches, versions, policies, pool: Mutex::default() };
        let warm = launched.launch(&spec, devices).await?;
        launched.pool.lock().await.warm.push(warm);
        Ok(launched)
    }

    pub(super) async fn prepare(&self, mut wanted: Vec<(BrowserSpec, FakeDevices)>) {
        let mut pool = self.pool.lock().await;
        for warm in pool.warm.iter().filter(|warm| warm.is_idle()) {
            if let Some(place) = wanted.iter().position(|(spec, devices)| warm.is(spec, *devices)) {
                wanted.swap_remove(place);
            }
        }
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        let launched =
            stream::iter(wanted).map(async |(spec, devices)| self.launch(&spec, devices).await).buffer_unordered(cpus);
        let mut launched = std::pin::pin!(launched);
        while let Some(warm) = launched.next().await {
            match warm {
                Ok(warm) => pool.warm.push(warm),
                Err(error) => tracing::warn!(%error, "a browser could not be launched beforehand"),
            }
        }
    }

    async fn launch(&self, spec: &BrowserSpec, devices: FakeDevices) -> Result<Warm, BrowserError> {
        let options = self.launches.options.get(spec).ok_or_else(|| BrowserError::Gone(NOT_LOCATED.to_owned()))?;
        let browser = launch(LaunchOptions { devices, ..options.clone() }).await?;
        Ok(Warm { spec: spec.clone(), devices, browser, pages: 0, user: Weak::new(), spare: None })
    }

    pub(super) async fn new_page(
        &self,
        spec: &BrowserSpec,
        devices: FakeDevices,
        is_alone: bool,
        options: ContextOptions,
    ) -> Result<Leased, BrowserError> {
        let mut pool = self.pool.lock().await;
        if is_alone {
            let browser = self.launch(spec, devices).await?.browser;
            pool.retired.push(Arc::clone(&browser));
            drop(pool);
            let page = open_harness(&*browser, options).await?;
            return Ok(Leased { page, browser, _lease: None });
        }
        pool.retire(|warm| warm.browser.is_gone() || warm.pages >= MAX_PAGES);
        let mut warm = match pool.warm.iter().rposition(|warm| warm.is_idle() && warm.is(spec, devices)) {
            Some(place) => pool.warm.remove(place),
            None => {
                // The browsers that were used longest ago make room.
                let idle = pool.warm.iter().filter(|warm| warm.is_idle()).count();
                let mut surplus = (idle + 1).saturating_sub(MAX_IDLE);
                pool.retire(|warm| {
                    let is_due = surplus > 0 && warm.is_idle();
                    surplus -= usize::from(is_due);
                    is_due
                });
                self.launch(spec, devices).await?
            }
        };
        let is_followed = pool.is_followed(spec, devices);
        let lease = Arc::new(Lease);
        warm.user = Arc::downgrade(&lease);
        warm.pages += 1;
        let browser = Arc::clone(&warm.browser);
        // A context has the proxy that it was made with.
        let spare = match warm.spare.take_if(|_| options.proxy.is_none()) {
            Some(late) if !late.is_finished() => {
                late.abort();
                pool.given_up.push(late);
                None
            }
            spare => spare,
        };
        pool.warm.push(warm);
        pool.close_unused();
        drop(pool);
        let page = match spare {
            Some(spare) => adopt(spare, &options).await,
            None => None,
        };
        let page = match page {
            Some(page) => page,
            None => open_harness(&*browser, options.clone()).await?,
        };
        // In Firefox the page that was made last is in front, and the others are throttled.
        if spec.kind == BrowserKind::Chrome && is_followed {
            self.make_spare(&browser, options.origin).await;
        }
        Ok(Leased { page, browser, _lease: Some(lease) })
    }

    /// Lets a browser that still takes a page make it soon.
    async fn make_spare(&self, browser: &Arc<dyn Browser>, origin: String) {
        let mut pool = self.pool.lock().await;
        let warm = pool.warm.iter_mut().find(|warm| Arc::ptr_eq(&warm.browser, browser));
        if let Some(warm) = warm.filter(|warm| warm.spare.is_none() && warm.pages < MAX_PAGES) {
            let browser = Arc::clone(browser);
            let options = ContextOptions { origin, camera: true, microphone: true, proxy: None };
            warm.spare = Some(tokio::spawn(async move {
                tokio::time::sleep(SPARE_AFTER).await;
                open_harness(&*browser, options).await
            }));
        }
    }

    pub(super) async fn close(&self) {
        let mut pool = self.pool.lock().await;
        pool.retire(|_| true);
        for spare in std::mem::take(&mut pool.given_up) {
            // It was aborted, or made a page that ends with the browser.
            let _ = spare.await;
        }
        pool.close_unused();
        while pool.closing.join_next().await.is_some() {}
    }
}

/// A spare page, with what a case's context allows; `None` when it is no good.
async fn adopt(spare: Spare, options: &ContextOptions) -> Option<Box<dyn Page>> {
    let page = spare.await.ok()?.ok()?;
    for (device, is_granted) in [(Device::Camera, options.camera), (Device::Microphone, options.microphone)] {
        if !is_granted {
            page.set_permission(device, &options.origin, false).await.ok()?;
        }
    }
    Some(page)
}

impl Warm {
    /// Returns whether it is the browser that is asked for, with these devices.
    fn is(&self, spec: &BrowserSpec, devices: FakeDevices) -> bool {
        self.spec == *spec && self.devices == devices
    }

    fn is_idle(&self) -> bool {
        self.user.strong_count() == 0
    }
}

impl Pool {
    /// Notes that a page is made, and returns whether another one of its kind is expected.
    fn is_followed(&mut self, spec: &BrowserSpec, devices: FakeDevices) -> bool {
        let Some(left) = self.expected.get_mut(&(spec.clone(), devices)) else { return false };
        *left = left.saturating_sub(1);
        *left > 0
    }

    fn retire(&mut self, mut is_due: impl FnMut(&Warm) -> bool) {
        let (retired, warm): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.warm).into_iter().partition(|warm| is_due(warm));
        self.warm = warm;
        for Warm { browser, spare, .. } in retired {
            self.given_up.extend(spare.inspect(JoinHandle::abort));
            self.retired.push(browser);
        }
    }

    /// Ends the browsers without a page.
    fn close_unused(&mut self) {
        self.given_up.retain(|spare| !spare.is_finished());
        for browser in std::mem::take(&mut self.retired) {
            // A browser in use is also held by its page's lease or by the task of its spare page.
            match Arc::strong_count(&browser) {
                1 => drop(self.closing.spawn(async move { browser.close().await })),
                _ => self.retired.push(browser),
            }
        }
        while self.closing.try_join_next().is_some() {}
    }
}
