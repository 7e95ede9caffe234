//! The options.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use precall::fidelity::{Legs, MeasureOptions, Network, Route, UnknownNetwork, select};
use precall_scenario::BrowserKind;

/// Measures a browser through precall's router beside the same without a router, on the same networks with the same
/// seeds.
#[derive(Debug, Parser)]
#[command(name = "fidelity", bin_name = "cargo bench --bench fidelity --")]
pub struct Arguments {
    /// The networks to measure; by default all of --list. A name that ends with `*` stands for all that begin so
    networks: Vec<String>,
    /// How many runs of each route on each network. Run n has the seed n on both routes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub runs: u32,
    /// How many pairs of runs are measured at once. On two CPUs one is safe, and two are for development
    #[arg(long, default_value_t = 1, value_parser = at_least_one)]
    pub parallel: usize,
    /// Keep every run in this file, a JSON object on each line, and measure what is not in it yet, or was on a busy
    /// host. Give another file after a change to the router
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Take runs without a router from this file too, as an earlier --out left it: they do not change with the router.
    /// What it lacks is measured and added to it
    #[arg(long, value_name = "FILE")]
    pub reference: Option<PathBuf>,
    /// Measure one route only
    #[arg(long, value_name = "ROUTE")]
    only: Option<Only>,
    /// Put the network on both legs of routed runs, publisher's and subscriber's, which share its links as in a case.
    /// By default it is on the leg under test alone
    #[arg(long)]
    shared: bool,
    /// Offer every video codec of the browser with forward error correction, instead of the VP8 that the router takes.
    /// The router takes VP8 all the same
    #[arg(long)]
    all_codecs: bool,
    /// The browser at both ends: `chrome` or `firefox`
    #[arg(long, value_name = "BROWSER", default_value = "chrome")]
    pub browser: BrowserKind,
    /// List the networks and end
    #[arg(long)]
    pub list: bool,
    /// What cargo passes
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Only {
    Reference,
    Router,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=64).contains(count)).ok_or_else(|| "give a number from 1 to 64".to_owned())
}

impl Arguments {
    /// The networks that were asked for.
    pub fn networks(&self) -> Result<Vec<Network>, UnknownNetwork> {
        select(&self.networks)
    }

    /// The routes to measure.
    pub fn routes(&self) -> Vec<Route> {
        match self.only {
            None => vec![Route::Reference, Route::Router],
            Some(Only::Reference) => vec![Route::Reference],
            Some(Only::Router) => vec![Route::Router],
        }
    }

    /// How runs of a route are made.
    pub fn options(&self, route: Route) -> MeasureOptions {
        // The reference has no legs to choose between.
        let is_shared = self.shared && route == Route::Router;
        MeasureOptions { legs: if is_shared { Legs::Shared } else { Legs::One }, all_codecs: self.all_codecs }
    }
}
