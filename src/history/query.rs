//! Questions to the index.

use rusqlite::{Row, named_params};

use super::error::IndexError;
use super::index::RunIndex;
use precall_judge::history::{FlakyCase, GroupBy, PastRun, RunState, Trend, TrendValue, trends};
use precall_results::Metric;

/// Which values a trend has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrendFilter {
    /// Only runs of the scenario with this name.
    pub scenario: Option<String>,
    /// Only runs of this branch.
    pub branch: Option<String>,
    /// Only cases whose id contains this text.
    pub cell: Option<String>,
}

/// The name of a case over all runs: that of its scenario, and its id without its release where it has one.
const CELL: &str = "CASE result.cell WHEN '' THEN run.scenario ELSE run.scenario || ': ' || result.cell END";

impl RunIndex {
    /// Returns the latest runs, the latest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn runs(&self, scenario: Option<&str>, limit: usize) -> Result<Vec<PastRun>, IndexError> {
        let text = "SELECT directory, state, scenario, started_at, seconds, outcome, cases, passed, flaky, browser,
                           precall, note, branch, calibration
                    FROM run
                    WHERE :scenario IS NULL OR scenario = :scenario
                    ORDER BY CASE started_at WHEN '' THEN directory ELSE replace(replace(started_at, '-', ''), ':', '') END
                        DESC, directory DESC
                    LIMIT :limit";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.query(text, named_params! { ":scenario": scenario, ":limit": limit }, past_run)
    }

    /// Returns the trend of a metric in every cell.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn trends(&self, metric: Metric, by: GroupBy, filter: &TrendFilter) -> Result<Vec<Trend>, IndexError> {
        let group = match by {
            GroupBy::Release => "result.sdk",
            GroupBy::Run => "run.directory",
            // The day of RFC 3339.
            GroupBy::Date => "substr(run.started_at, 1, 10)",
            GroupBy::Branch => "run.branch",
        };
        let text = format!(
            "SELECT {CELL}, {group}, run.directory, figure.value
                    FROM figure
                    JOIN result ON result.id = figure.result
                    JOIN run ON run.id = result.run
                    WHERE figure.metric = :metric
                      AND (:scenario IS NULL OR run.scenario = :scenario)
                      AND (:branch IS NULL OR run.branch = :branch)
                      AND (:cell IS NULL OR instr(result.cell, :cell) > 0)
                    ORDER BY run.started_at, run.directory, result.id"
        );
        let parameters = named_params! {
            ":metric": metric.as_str(),
            ":scenario": filter.scenario,
            ":branch": filter.branch,
            ":cell": filter.cell,
        };
        let mut values = self.query(&text, parameters, |row| {
            Ok(TrendValue { cell: row.get(0)?, group: row.get(1)?, run: row.get(2)?, value: row.get(3)? })
        })?;
        if by == GroupBy::Release {
            // The sort is stable: the values of a release stay in the order of their runs.
            values.sort_by_cached_key(|value| release_order(&value.group));
        }
        Ok(trends(metric, &values))
    }

    /// Returns the cases whose repeats did not agree, those that disagreed most often first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn flaky(&self, scenario: Option<&str>) -> Result<Vec<FlakyCase>, IndexError> {
        // A release has to fail or pass as a whole: two that differ are a regression, and not flaky.
        let text = format!(
            "SELECT name, SUM(cases), SUM(failed), SUM(flaky),
                           COUNT(DISTINCT CASE WHEN mixed THEN directory END),
                           MAX(CASE WHEN flaky > 0 OR mixed THEN directory END)
                    FROM (SELECT {CELL} AS name,
                                 run.directory AS directory, COUNT(*) AS cases, SUM(result.failed) AS failed,
                                 SUM(result.flaky) AS flaky,
                                 SUM(result.failed) BETWEEN 1 AND COUNT(*) - 1 AS mixed
                          FROM result JOIN run ON run.id = result.run
                          WHERE :scenario IS NULL OR run.scenario = :scenario
                          GROUP BY run.id, result.cell, result.sdk)
                    GROUP BY name
                    HAVING SUM(flaky) > 0 OR SUM(mixed) > 0
                    ORDER BY (SUM(flaky) + SUM(mixed)) * 1.0 / SUM(cases) DESC, name"
        );
        self.query(&text, named_params! { ":scenario": scenario }, |row| {
            Ok(FlakyCase {
                cell: row.get(0)?,
                cases: row.get(1)?,
                failed: row.get(2)?,
                flaky: row.get(3)?,
                mixed_runs: row.get(4)?,
                last_run: row.get(5)?,
            })
        })
    }

    fn query<T>(
        &self,
        text: &str,
        parameters: &[(&str, &dyn rusqlite::ToSql)],
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, IndexError> {
        let rows = || -> rusqlite::Result<Vec<T>> {
            self.connection.prepare_cached(text)?.query_map(parameters, |row| read(row))?.collect()
        };
        rows().map_err(|error| IndexError::Database { path: self.path.clone(), error })
    }
}

/// Returns the key by which releases are sorted. What is no version comes first, by its text.
fn release_order(release: &str) -> (Option<semver::Version>, String) {
    (semver::Version::parse(release).ok(), release.to_owned())
}

fn past_run(row: &Row<'_>) -> rusqlite::Result<PastRun> {
    Ok(PastRun {
        run: row.get(0)?,
        state: state(&row.get::<_, String>(1)?),
        scenario: row.get(2)?,
        started_at: row.get(3)?,
        seconds: row.get(4)?,
        outcome: row.get::<_, Option<String>>(5)?.and_then(|word| serde_json::from_value(word.into()).ok()),
        cases: row.get(6)?,
        passed: row.get(7)?,
        flaky: row.get(8)?,
        browser: row.get(9)?,
        is_calibration: row.get(13)?,
        precall: row.get(10)?,
        note: row.get(11)?,
        branch: row.get(12)?,
    })
}

fn state(word: &str) -> RunState {
    let states = [RunState::Finished, RunState::Unfinished];
    states.into_iter().find(|state| state.as_str() == word).unwrap_or(RunState::Unreadable)
}
