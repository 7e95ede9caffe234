//! Where progress is shown.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::board::{Board, Expected, Kind, Line};
use crate::terminal::wrap::indented;
use precall_results::RunEvent;
use precall_support::environment::is_ci;
use precall_support::output::{eprintln, is_live_terminal, stderr_width};
use precall_support::text::Printable;

/// How often a terminal is drawn at most: a statistic of each case comes every second, and lines must not flicker.
const INTERVAL: Duration = Duration::from_millis(100);

/// How much is shown of a run while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// A line for each slot and a total, drawn again and again.
    Live,
    /// A line when something changes.
    Lines,
    /// A line when a case ends.
    Ends,
    /// A line when a case ends that did not pass.
    Troubles,
}

impl Loudness {
    /// What `--quiet` asks for, and the place that standard error leads to: a terminal, the log of a CI job (`CI` says so), or a file.
    /// A terminal that cannot be drawn on (`TERM=dumb`) is a file.
    pub fn choose(is_quiet: bool) -> Self {
        if is_quiet {
            Self::Troubles
        } else if is_ci() {
            Self::Ends
        } else if is_live_terminal() {
            Self::Live
        } else {
            Self::Lines
        }
    }

    fn tells(self, kind: Kind) -> bool {
        let least = match self {
            Self::Lines => Kind::Step,
            Self::Live | Self::Ends => Kind::News,
            Self::Troubles => Kind::Trouble,
        };
        kind >= least
    }
}

/// Shows a run on standard error while it runs.
pub struct Progress {
    loudness: Loudness,
    board: Board,
    began: Instant,
    live: Option<Live>,
}

struct Live {
    all: MultiProgress,
    /// One for each slot, and the total's at the end.
    bars: Vec<ProgressBar>,
    drawn: Option<Instant>,
}

impl Progress {
    /// Of a run that is expected to take so long, and of which so many cases have ended before.
    pub fn new(loudness: Loudness, expected: Expected, ended_before: usize) -> Self {
        let live = Live { all: MultiProgress::new(), bars: Vec::new(), drawn: None };
        Self {
            loudness,
            board: Board::new(expected, ended_before),
            began: Instant::now(),
            live: (loudness == Loudness::Live).then_some(live),
        }
    }

    /// Shows what an event changes.
    pub fn show(&mut self, event: &RunEvent) {
        let now = self.began.elapsed();
        if let Some(Line { kind, text }) = self.board.take(event, now)
            && self.loudness.tells(kind)
        {
            match &self.live {
                // A terminal that went away has nobody to read it.
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

impl Live {
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
    fn the_louder_tell_more() {
        let told = |loudness: Loudness| {
            [Kind::Step, Kind::News, Kind::Trouble].into_iter().filter(|kind| loudness.tells(*kind)).count()
        };
        let all = [Loudness::Lines, Loudness::Live, Loudness::Ends, Loudness::Troubles];
        assert_eq!(all.map(told), [3, 2, 2, 1]);
        assert!(Loudness::Troubles.tells(Kind::Trouble));
    }
}
