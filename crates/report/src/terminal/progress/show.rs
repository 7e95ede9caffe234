//! Shows the progress of a run on standard error.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::board::{Board, ExpectedDurations, Importance, Line};
use crate::terminal::wrap::indented;
use precall_results::RunEvent;
use precall_support::environment::is_ci;
use precall_support::output::{eprintln, is_live_terminal, stderr_width};
use precall_support::text::Printable;

/// The shortest time between two redraws: each case has a statistic every second, and the lines must not flicker.
const INTERVAL: Duration = Duration::from_millis(100);

/// How much of a run is shown while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// A line for each slot and a total, redrawn in place.
    Live,
    /// A line for each step.
    Lines,
    /// A line for each finished case.
    Summary,
    /// A line only for each problem.
    Quiet,
}

impl Verbosity {
    /// Returns the verbosity for `--quiet` and for the destination of standard error: a terminal, the log of a CI job
    /// (if `CI` is set), or a file. A terminal without cursor control (`TERM=dumb`) counts as a file.
    pub fn choose(is_quiet: bool) -> Self {
        if is_quiet {
            Self::Quiet
        } else if is_ci() {
            Self::Summary
        } else if is_live_terminal() {
            Self::Live
        } else {
            Self::Lines
        }
    }

    fn shows(self, kind: Importance) -> bool {
        let least = match self {
            Self::Lines => Importance::Step,
            Self::Live | Self::Summary => Importance::Info,
            Self::Quiet => Importance::Problem,
        };
        kind >= least
    }
}

/// Shows a run on standard error while it runs.
pub struct Progress {
    verbosity: Verbosity,
    board: Board,
    began: Instant,
    live: Option<LiveDisplay>,
}

struct LiveDisplay {
    all: MultiProgress,
    /// One bar for each slot, and the total's at the end.
    bars: Vec<ProgressBar>,
    drawn: Option<Instant>,
}

impl Progress {
    /// Creates the display for a run with this expected duration, of which `ended_before` cases have finished already.
    pub fn new(verbosity: Verbosity, expected: ExpectedDurations, ended_before: usize) -> Self {
        let live = LiveDisplay { all: MultiProgress::new(), bars: Vec::new(), drawn: None };
        Self {
            verbosity,
            board: Board::new(expected, ended_before),
            began: Instant::now(),
            live: (verbosity == Verbosity::Live).then_some(live),
        }
    }

    /// Shows the change that an event makes.
    pub fn show(&mut self, event: &RunEvent) {
        let now = self.began.elapsed();
        if let Some(Line { kind, text }) = self.board.take(event, now)
            && self.verbosity.shows(kind)
        {
            match &self.live {
                // The terminal may be gone already.
                Some(live) => drop(live.all.println(indented(text.as_str(), stderr_width(), 0).trim_end())),
                None => eprintln(text),
            }
        }
        if let Some(live) = &mut self.live {
            if matches!(event, RunEvent::RunFinished { .. }) {
                live.bars.drain(..).for_each(|bar| bar.finish_and_clear());
            } else if live.drawn.is_none_or(|drawn| drawn.elapsed() >= INTERVAL) {
                live.draw(self.board.lines(now, stderr_width()));
            }
        }
    }
}

impl LiveDisplay {
    fn draw(&mut self, lines: Vec<String>) {
        self.drawn = Some(Instant::now());
        let style = || ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        while self.bars.len() < lines.len() {
            self.bars.push(self.all.add(ProgressBar::new_spinner().with_style(style())));
        }
        for (bar, line) in self.bars.iter().zip(lines) {
            bar.set_message(Printable::line(&line).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_verbosity_shows_more_lines() {
        let shown = |verbosity: Verbosity| {
            [Importance::Step, Importance::Info, Importance::Problem]
                .into_iter()
                .filter(|kind| verbosity.shows(*kind))
                .count()
        };
        let all = [Verbosity::Lines, Verbosity::Live, Verbosity::Summary, Verbosity::Quiet];
        assert_eq!(all.map(shown), [3, 2, 2, 1]);
        assert!(Verbosity::Quiet.shows(Importance::Problem));
    }
}
