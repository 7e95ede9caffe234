//! What the groups of a trend are.

/// What a trend goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupBy {
    /// The releases of OpenTok.js, from the oldest to the newest.
    #[default]
    Release,
    /// The runs, in the order in which they began.
    Run,
    /// The days (UTC) on which the runs began, in their order.
    Date,
    /// The branches from which the runs were started, in the order of their first runs. Runs without a branch are one
    /// group with an empty name.
    Branch,
}

impl GroupBy {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Release, Self::Run, Self::Date, Self::Branch];

    /// Returns the word for one group: `release`, `run`, `date` or `branch`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Run => "run",
            Self::Date => "date",
            Self::Branch => "branch",
        }
    }

    /// Returns the word for several groups.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Release => "releases",
            Self::Run => "runs",
            Self::Date => "dates",
            Self::Branch => "branches",
        }
    }

    /// Returns the choice that this word names. `None` if it names none.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == word)
    }
}
