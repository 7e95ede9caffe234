//! The expected duration and sensitivity of a gate.

use std::time::Duration;

use super::view::View;
use super::wrap::indented;
use crate::format;
use precall_judge::comparison::Foreseen;
use precall_support::text::listed;

/// The expected duration and sensitivity of a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct GateForecast {
    /// The two sides, as given on the command line.
    pub sides: (String, String),
    /// The name of the module under test.
    pub module: String,
    /// The number of repeats after which "no worse" can be decided first, with the number of cases and their duration.
    pub early: (u32, usize, Duration),
    /// The largest number of repeats, with the number of cases and their duration.
    pub most: (u32, usize, Duration),
    /// The longest time that each case adds if it runs again because the host was busy.
    pub again: Duration,
    /// Each cell with the smallest change that is expected to be detected in it. `None` if it cannot be predicted.
    pub cells: Vec<(String, Option<Foreseen>)>,
    /// The cells whose expected noise is too large for the answer "no worse".
    pub blurred: Vec<String>,
    /// Whether the noise is taken from an earlier run.
    pub is_by_run: bool,
}

/// Returns a gate's forecast as text.
pub fn gate_forecast(forecast: &GateForecast, view: View) -> String {
    let GateForecast { sides: (from, to), module, early, most, again, cells, blurred, is_by_run } = forecast;
    let mut text = String::new();
    let mut line = |line: String| text.push_str(&indented(&line, view.width, 0));
    line(format!("gate: is {to} worse than {from}? network test: {module}"));
    let time = |(repeats, cases, takes): (u32, usize, Duration)| {
        format!("{repeats} repeats, {}, about {}", format::count(cases, "case", "cases"), format::duration(takes))
    };
    line(format!("duration: usually {}", time(*early)));
    line(format!("          at most {}", time(*most)));
    line(format!(
        "          each case that runs again because the host was busy adds up to {}",
        format::duration(*again)
    ));
    for (name, foreseen) in cells {
        let name = if name.is_empty() { "all cases" } else { name };
        line(match foreseen {
            Some(Foreseen { bitrate, mos }) => {
                let (bitrate, mos) = ((bitrate * 100.0 - 1e-9).ceil(), (mos * 100.0 - 1e-9).ceil() / 100.0);
                format!("detects:  {name}: a drop of {bitrate:.0} % in video bitrate, or of {mos:.2} in MOS")
            }
            None => format!("detects:  {name}: unknown before the gate runs"),
        });
    }
    let source =
        if *is_by_run { "the earlier run" } else { "recorded runs with this camera; the gate itself uses its own" };
    line(format!("basis:    the noise of {source}"));
    if !blurred.is_empty() {
        line(format!(
            "warning: the figures on {} vary too much for \"no worse\" to be a likely answer: choose steadier networks, or a larger \
             relevant change, such as `--minimum video.bitrate=30%`",
            listed(blurred)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forecast_of_a_gate() {
        let seen = |bitrate, mos| Some(Foreseen { bitrate, mos });
        let forecast = GateForecast {
            sides: ("2.34.2".to_owned(), "latest".to_owned()),
            module: "built-in".to_owned(),
            early: (14, 56, Duration::from_secs(364)),
            most: (20, 80, Duration::from_secs(520)),
            again: Duration::from_secs(49),
            cells: vec![
                ("3g".to_owned(), seen(0.05, 0.1)),
                ("wifi-hotel".to_owned(), seen(0.29, 0.31)),
                ("a".to_owned(), None),
            ],
            blurred: vec!["wifi-hotel".to_owned()],
            is_by_run: false,
        };
        insta::assert_snapshot!(gate_forecast(&forecast, View::plain(80)));
    }
}
