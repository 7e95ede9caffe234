//! Decodes `burst`, `reorder`, `outage` and `blips`.

use std::str::FromStr;
use std::time::Duration;

use crate::problems::Problems;
use crate::table::TableReader;
use precall_netem::units::{Ratio, parse_duration};
use precall_netem::{Blips, BurstLoss, Outage, Reordering};

/// Decodes `burst = { p = "1 %", r = "25 %" }`.
pub(super) fn burst(mut reader: TableReader<'_>, problems: &mut Problems) -> Option<BurstLoss> {
    let p = reader.quantity("p", "1 %", Ratio::from_str, problems);
    let r = reader.quantity("r", "25 %", Ratio::from_str, problems);
    let loss_good = reader.quantity("lossGood", "0 %", Ratio::from_str, problems);
    let loss_bad = reader.quantity("lossBad", "100 %", Ratio::from_str, problems);
    let example = "burst = { p = \"1 %\", r = \"25 %\" }";
    needs(&reader, &["p", "r"], example, problems);
    reader.finish(problems);
    let ((p, _), (r, node)) = (p?, r?);
    if r == Ratio::ZERO && p > Ratio::ZERO {
        let help = "write the probability per packet of a return to the good state: \"25 %\" for bursts of 4 packets";
        problems.add(&node.span, "a link in the bad state would never leave it", "never good again", help);
    }
    let whole = Ratio::new(1.0).unwrap_or_default();
    let loss_good = loss_good.map_or(Ratio::ZERO, |(loss, _)| loss);
    Some(BurstLoss { p, r, loss_good, loss_bad: loss_bad.map_or(whole, |(loss, _)| loss) })
}

/// Decodes `reorder = { ratio = "1 %", by = "20 ms" }`.
pub(super) fn reorder(mut reader: TableReader<'_>, problems: &mut Problems) -> Option<Reordering> {
    let ratio = reader.quantity("ratio", "1 %", Ratio::from_str, problems);
    let by = reader.quantity("by", "20 ms", parse_duration, problems);
    needs(&reader, &["ratio", "by"], "reorder = { ratio = \"1 %\", by = \"20 ms\" }", problems);
    reader.finish(problems);
    let ((ratio, _), (by, node)) = (ratio?, by?);
    if by.is_zero() {
        let help = "write the additional delay of such a packet, such as \"20 ms\"";
        problems.add(&node.span, "a packet without additional delay is not overtaken", "no delay", help);
    }
    Some(Reordering { ratio, by })
}

/// Decodes `outage = { at = "10 s", for = "3 s" }`, or a list of such tables.
pub(super) fn outages(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Vec<Outage>> {
    let example = "outage = { at = \"10 s\", for = \"3 s\" }";
    let tables = reader.tables("outage", example, problems)?;
    let outages = tables.into_iter().filter_map(|mut table| {
        let at = table.quantity("at", "10 s", parse_duration, problems);
        let duration = lasting(&mut table, problems);
        needs(&table, &["at", "for"], example, problems);
        table.finish(problems);
        Some(Outage { at: at?.0, duration: duration? })
    });
    Some(outages.collect())
}

/// Decodes `blips = { every = "10 s", for = "500 ms" }`.
pub(super) fn blips(mut reader: TableReader<'_>, problems: &mut Problems) -> Option<Blips> {
    let every = reader.quantity("every", "10 s", parse_duration, problems);
    let duration = lasting(&mut reader, problems);
    needs(&reader, &["every", "for"], "blips = { every = \"10 s\", for = \"500 ms\" }", problems);
    let span = reader.span().clone();
    reader.finish(problems);
    let ((every, _), duration) = (every?, duration?);
    if duration >= every {
        let help = "write a `for` shorter than `every`; for a link that is down all the time, `loss = \"100 %\"`";
        problems.add(&span, "the outage is as long as its period, or longer", "never up", help);
    }
    Some(Blips { every, duration })
}

fn lasting(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Duration> {
    let (duration, node) = reader.quantity("for", "3 s", parse_duration, problems)?;
    if duration.is_zero() {
        problems.add(
            &node.span,
            "an outage needs a duration",
            "no duration",
            "write its duration, or remove the outage",
        );
    }
    Some(duration)
}

/// Reports required keys that are absent.
fn needs(reader: &TableReader<'_>, keys: &[&str], example: &str, problems: &mut Problems) {
    let missing: Vec<_> =
        keys.iter().filter(|key| reader.key_span(key).is_none()).map(|key| format!("`{key}`")).collect();
    if !missing.is_empty() && reader.is_table() {
        let message = format!("{} is missing", missing.join(" and "));
        problems.add(reader.span(), message, "incomplete", format!("write it as `{example}`"));
    }
}
