//! precall as a whole: the program as people run it, the platform with real OpenTok.js, and what documents promise. One
//! binary, since each would link everything. `.config/nextest.toml` schedules by module: tests in a module `nightly`
//! run at night, those in a module `alone` have the host to themselves.

mod apps;
mod architecture;
mod bisect;
mod browsers;
mod builds;
mod calls;
mod chrome;
mod clients;
mod cloud;
mod common;
mod comparison;
mod demo;
mod deploy;
mod documents;
mod elsewhere;
mod environment;
mod faults;
mod firefox;
mod firewalls;
mod gate;
mod gate_usage;
mod hostile;
mod hostile_clients;
mod html_report;
mod hygiene;
mod job;
mod line_test;
mod media;
mod networks;
mod nightly;
mod platform;
mod relay;
mod reports;
mod runs;
mod scenarios;
mod schema;
mod score_vectors;
mod serve;
mod servers;
mod statistics_vectors;
mod upgrade;
mod usage;
mod workflows;
mod writes;
