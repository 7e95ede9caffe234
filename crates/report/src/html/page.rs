//! The page of a run.

use serde::Serialize;

use super::case::CaseView;
use super::case_charts::Detail;
use super::classes::outcome_class;
use super::comparison::{ComparisonView, view as comparison_view};
use super::heat::{HeatMap, heat_map};
use super::templates::{Script, render};
use crate::ReportError;
use crate::case_repeats::group_repeats;
use crate::chart::Axes;
use crate::figures::{OUTCOMES, cases_and_duration, count, counts, not_run, outcome_reasons};
use crate::format;
use crate::joint_results::{JointResult, joint_results};
use crate::names::Names;
use crate::rows::{FigureText, RepeatsRow};
use crate::sentence::repeats_needed;
use precall_judge::comparison::Comparison;
use precall_results::Outcome;
use precall_results::{Recording, RunResult};

/// The data of the template.
#[derive(Debug, Serialize)]
pub(super) struct PageView<'a> {
    title: String,
    /// The verdict on the new one of two builds.
    verdict: Option<&'a str>,
    missed_by_old: Option<String>,
    outcome: &'static str,
    class: &'static str,
    counts: String,
    shares: Vec<Share>,
    /// When, where and with which versions it ran.
    meta: Vec<String>,
    warnings: Vec<String>,
    attention: Vec<Attention>,
    /// The number of cases that need attention but are not listed.
    attention_more: usize,
    /// The results over several cases, and those of them that need attention.
    joint_results: Vec<JointResultView>,
    missed_results: Vec<JointResultView>,
    heat: Option<HeatMap>,
    /// Each case over its repeats. Empty if no case is repeated.
    repeated: Vec<RepeatedView>,
    comparison: Option<ComparisonView>,
    cases: Vec<CaseView>,
    not_run: Vec<String>,
    /// A common legend for all charts, if there are many. Otherwise each chart has its own.
    legends: Vec<Legend>,
    is_brief: bool,
    axes: String,
    script: Script,
}

/// A segment of the bar of outcomes.
#[derive(Debug, Serialize)]
struct Share {
    outcome: &'static str,
    class: &'static str,
    count: usize,
    percent: f64,
}

/// A case that did not pass.
#[derive(Debug, Serialize)]
struct Attention {
    case: usize,
    id: String,
    name: String,
    outcome: &'static str,
    class: &'static str,
    why: String,
}

/// A result over several cases.
#[derive(Debug, Serialize)]
struct JointResultView {
    about: String,
    word: &'static str,
    class: &'static str,
    text: String,
    place: String,
}

/// A case over its repeats.
#[derive(Debug, Serialize)]
struct RepeatedView {
    class: &'static str,
    row: RepeatsRow,
    /// The figures in the order of the table's columns.
    figures: Vec<FigureText>,
}

/// The legend of one kind of chart.
#[derive(Debug, Serialize)]
struct Legend {
    title: String,
    legend: Vec<(&'static str, &'static str)>,
}

/// With more cases than this, the page is brief: charts have fewer points, and cases that passed have no console.
const MANY: usize = 150;
/// Up to this number of cases, all are expanded.
const FEW: usize = 4;
/// The largest number of cases that are listed as needing attention.
const MAX_ATTENTION: usize = 10;

/// Returns a run as one HTML file, with `comparison` as a section.
///
/// # Errors
///
/// If the template is broken.
pub fn html(run: &Recording, comparison: Option<&Comparison>) -> Result<String, ReportError> {
    render("page.html", &view(run, comparison))
}

fn view<'a>(run: &'a Recording, comparison: Option<&Comparison>) -> PageView<'a> {
    let result = &run.result;
    let names = Names::of_run(result);
    let minimum = repeats_needed(result.run.compare.level);
    let together = joint_results(result);
    let is_brief = result.cases.len() > MANY;
    let detail = if is_brief { Detail::BRIEF } else { Detail::FULL };
    let mut axes = Axes::default();
    let mut cases: Vec<_> = result
        .cases
        .iter()
        .map(|case| CaseView::of(case, &names, run.series.get(&case.case), detail, &mut axes))
        .collect();
    let legends = if is_brief { common_legends(&mut cases) } else { Vec::new() };
    let mut open = 0;
    for (number, case) in cases.iter_mut().enumerate() {
        case.number = number;
        let is_first_bad = result.cases.len() > FEW && case.class != "good" && open == 0;
        case.is_open = result.cases.len() <= FEW || is_first_bad;
        open += usize::from(is_first_bad);
    }
    let failed = result.cases.iter().enumerate().filter(|(_, case)| case.outcome != Outcome::Passed);
    let all_failed: Vec<_> = failed.collect();
    let attention = all_failed.iter().take(MAX_ATTENTION).map(|(number, case)| Attention {
        case: *number,
        id: case.case.clone(),
        name: names.case(&case.case).to_owned(),
        outcome: case.outcome.as_str(),
        class: outcome_class(case.outcome),
        why: outcome_reasons(case).join("; "),
    });
    PageView {
        title: result.run.scenario.clone(),
        verdict: result.upgrade.as_ref().map(|upgrade| upgrade.sentence.as_str()),
        missed_by_old: result
            .upgrade
            .as_ref()
            .filter(|upgrade| !upgrade.missed_by_old.is_empty())
            .map(|upgrade| upgrade.missed_by_old.join("; ")),
        outcome: result.outcome.as_str(),
        class: outcome_class(result.outcome),
        counts: counts(result),
        shares: shares(result),
        meta: meta(result),
        warnings: run.warnings.clone(),
        attention: attention.collect(),
        attention_more: all_failed.len().saturating_sub(MAX_ATTENTION),
        joint_results: together.iter().map(|one| joint_result_view(one, &names)).collect(),
        missed_results: together
            .iter()
            .filter(|one| one.is_reported())
            .map(|one| joint_result_view(one, &names))
            .collect(),
        heat: heat_map(&result.cases, minimum),
        repeated: repeated(result, &names, minimum),
        comparison: comparison.map(comparison_view),
        cases,
        not_run: not_run(result).into_iter().map(str::to_owned).collect(),
        legends,
        is_brief,
        axes: axes.definitions(),
        script: Script::default(),
    }
}

fn joint_result_view(one: &JointResult<'_>, names: &Names) -> JointResultView {
    JointResultView {
        about: one.about(names),
        word: one.word(),
        class: match (one.is_met, one.fails_the_run(), one.is_reported()) {
            (true, ..) => "good",
            (_, true, _) => "bad",
            (_, _, true) => "warn",
            _ => "same",
        },
        text: one.text.clone(),
        place: one.source.map(ToString::to_string).unwrap_or_default(),
    }
}

/// Returns each case over its repeats. Empty if no case is repeated.
fn repeated(result: &RunResult, names: &Names, minimum: Option<usize>) -> Vec<RepeatedView> {
    let cells = group_repeats(&result.cases);
    if cells.iter().all(|cell| cell.cases.len() == 1) {
        return Vec::new();
    }
    let view = |row: RepeatsRow| {
        let of_quality = [&row.audio_mos, &row.video_mos, &row.video_bitrate, &row.bitrate];
        let figures = of_quality.into_iter().chain([&row.audio_loss, &row.video_loss, &row.round_trip_time]);
        RepeatedView { class: outcome_class(row.outcome), figures: figures.cloned().collect(), row }
    };
    cells.iter().map(|cell| view(RepeatsRow::of(cell, names, minimum))).collect()
}

/// Removes the legends from all charts, and returns the longest one for each kind of chart.
fn common_legends(cases: &mut [CaseView]) -> Vec<Legend> {
    let mut legends: Vec<Legend> = Vec::new();
    for chart in cases.iter_mut().flat_map(|case| &mut case.charts) {
        let legend = std::mem::take(&mut chart.legend);
        // The charts of a call's subscriptions have the names of participants in front.
        let title = chart.title.rsplit(": ").next().unwrap_or_default();
        match legends.iter_mut().find(|known| known.title == title) {
            Some(known) if known.legend.len() < legend.len() => known.legend = legend,
            Some(_) => {}
            None => legends.push(Legend { title: title.to_owned(), legend }),
        }
    }
    legends
}

fn shares(result: &RunResult) -> Vec<Share> {
    let total = result.cases.len().max(1) as f64;
    let counted = OUTCOMES.into_iter().map(|outcome| (outcome, count(result, outcome)));
    counted
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| Share {
            outcome: outcome.as_str(),
            class: outcome_class(outcome),
            count,
            percent: (count as f64 / total * 1e4).round() / 1e2,
        })
        .collect()
}

fn meta(result: &RunResult) -> Vec<String> {
    let run = &result.run;
    let mut releases: Vec<_> = result.cases.iter().map(|case| format!("OpenTok.js {}", case.sdk.version)).collect();
    releases.sort();
    releases.dedup();
    if releases.len() > 3 {
        releases = vec![format!("{} releases of OpenTok.js", releases.len())];
    }
    let cpus = format::count(run.environment.cpus, "CPU", "CPUs");
    let started = run.started_at.parse::<jiff::Timestamp>().map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let shard = run.shard.as_ref().map(|shard| format!("shard {shard}"));
    let mut meta = vec![cases_and_duration(result), started.unwrap_or_else(|_| run.started_at.clone())];
    meta.extend(releases);
    meta.extend([run.environment.browser.clone(), format!("{}, {cpus}", run.environment.os)]);
    meta.extend(shard);
    meta.push(format!("precall {}", run.environment.precall));
    meta
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compared, recorded, repeated, with_rules};

    #[test]
    fn a_run_as_a_page() {
        let page = html(&recorded(), Some(&compared())).expect("a page");
        // The style and the script are files of their own.
        let body = page.split_once("</style>").expect("a style").1;
        let body = body.split_once("<script>").expect("a script").0;
        insta::assert_snapshot!(body);
    }

    #[test]
    fn missed_results_over_several_cases_need_attention() {
        let page = html(&with_rules(), None).expect("a page");
        let (look, rest) = page.split_once("Results over several cases").expect("a section");
        let look = look.split_once("Needs attention").expect("a section").1;
        for text in
            ["wanted median of video.mos &gt;= 3.7, got 3.20 over 6 repeats (line 31)", "bandwidth-lowers-advice"]
        {
            assert!(look.contains(text), "{look}");
        }
        assert!(!look.contains("any of video.mos") && rest.contains("any of video.mos &gt;= 3, got 6 of 6"), "{rest}");
    }

    #[test]
    fn repeats_have_a_table_of_medians() {
        let mut run = recorded();
        run.result.cases = repeated(&[400e3, 52e3, 359e3]).cases;
        run.result
            .cases
            .iter_mut()
            .for_each(|case| case.case = format!("slow-lossy,repeat={}", case.repeat.unwrap_or(1)));
        let page = html(&run, None).expect("a page");
        assert!(page.contains("median of 3, too few to compare"), "{page}");
        assert!(page.contains("359 kbit/s <small>52 to 400 kbit/s</small>"), "{page}");
        assert!(!html(&recorded(), None).expect("a page").contains("<h2>Repeats</h2>"), "nothing is repeated");
    }

    #[test]
    fn nothing_is_fetched_from_anywhere() {
        // What is in the page itself has an address that begins with `#`.
        let page = html(&recorded(), None).expect("a page").replace("url(#", "");
        for mark in ["http://", "https://", "src=", "@import", "url("] {
            assert!(!page.contains(mark), "{mark}");
        }
    }

    #[test]
    fn many_cases_share_one_legend() {
        let mut run = recorded();
        run.result.cases = std::iter::repeat_n(run.result.cases[1].clone(), MANY + 1).collect();
        let page = html(&run, None).expect("a page");
        assert_eq!(page.matches("dropped by the link</i>").count(), 1);
        assert_eq!(page.matches("aria-label=\"Packet loss\"").count(), MANY + 1);
    }

    #[test]
    fn a_run_without_cases_has_a_page() {
        let mut run = recorded();
        run.result.cases.clear();
        let page = html(&run, None).expect("a page");
        assert!(page.contains("8 not run"), "{page}");
    }
}
