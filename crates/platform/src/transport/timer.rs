//! A timer finer than the millisecond of tokio's, for packets that leave on time.

use std::time::Instant;

/// A timer for one moment at a time.
///
/// On Linux it is a `timerfd(2)`: the kernel's high-resolution timers, in the same poll as the socket. On other
/// systems, and where no `timerfd` is available, it is tokio's timer.
#[derive(Debug)]
pub(super) struct Timer {
    #[cfg(target_os = "linux")]
    precise: Option<linux::Precise>,
}

impl Timer {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            precise: linux::Precise::new()
                .inspect_err(|error| tracing::warn!(%error, "no timerfd: packets leave up to 1 ms late"))
                .ok(),
        }
    }

    /// Waits until `at`, for ever without one. May be dropped and called again at any time.
    pub(super) async fn wait(&mut self, at: Option<Instant>) {
        let Some(at) = at else { return std::future::pending().await };
        #[cfg(target_os = "linux")]
        if let Some(precise) = &mut self.precise {
            match precise.wait(at).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "the timerfd broke: packets leave up to 1 ms late");
                    self.precise = None;
                }
            }
        }
        tokio::time::sleep_until(at.into()).await;
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::{AsFd, AsRawFd, RawFd};
    use std::time::{Duration, Instant};

    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// tokio needs the number of a file, which `nix` gives by another trait.
    #[derive(Debug)]
    struct Descriptor(TimerFd);

    impl AsRawFd for Descriptor {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    #[derive(Debug)]
    pub(super) struct Precise {
        timer: AsyncFd<Descriptor>,
        /// The moment that the timer is set to; `None` when it is off.
        at: Option<Instant>,
    }

    impl Precise {
        pub(super) fn new() -> io::Result<Self> {
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC)?;
            // SAFETY: the descriptor owns its file, which stays open and keeps its number until tokio drops it.
            #[expect(unsafe_code, reason = "tokio has no safe way to register a timer")]
            let timer = unsafe { AsyncFd::register_with_interest(Descriptor(timer), Interest::READABLE) }?;
            Ok(Self { timer, at: None })
        }

        pub(super) async fn wait(&mut self, at: Instant) -> io::Result<()> {
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if self.at != Some(at) {
                let expiration = Expiration::OneShot(TimeSpec::from_duration(left.max(Duration::from_nanos(1))));
                self.timer.get_ref().0.set(expiration, TimerSetTimeFlags::empty())?;
                self.at = Some(at);
            }
            loop {
                let mut guard = self.timer.readable().await?;
                // The timer may be readable because of an earlier setting; the kernel clears that when the timer is set
                // again.
                if Instant::now() >= at {
                    self.at = None;
                    guard.clear_ready();
                    return Ok(());
                }
                guard.clear_ready();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_timer_expires_no_earlier_than_set() {
        let mut timer = Timer::new();
        for microseconds in [0, 300, 1_700, 20_000] {
            let at = Instant::now() + Duration::from_micros(microseconds);
            timer.wait(Some(at)).await;
            assert!(Instant::now() >= at);
        }
    }

    #[tokio::test]
    async fn a_timer_can_be_set_again() {
        let mut timer = Timer::new();
        let now = Instant::now();
        for milliseconds in [50, 1, 30, 2] {
            let late = tokio::time::timeout(Duration::ZERO, timer.wait(Some(now + Duration::from_secs(60)))).await;
            assert!(late.is_err());
            let at = Instant::now() + Duration::from_millis(milliseconds);
            tokio::time::timeout(Duration::from_secs(10), timer.wait(Some(at))).await.expect("it comes");
            assert!(Instant::now() >= at);
        }
        assert!(tokio::time::timeout(Duration::from_millis(5), timer.wait(None)).await.is_err());
    }
}
