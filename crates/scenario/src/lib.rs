//! Scenario files: their format, their reader, and its diagnostics; and the plan, the list of cases that follows from
//! them.
//!
//! A scenario is a value. This crate starts no browser and no platform.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod app;
mod browser;
mod build;
mod call;
mod catalogue;
mod condition;
mod decode;
mod deprecated;
mod devices;
mod diagnostic;
mod excerpt;
mod expectation;
mod gate;
#[cfg(test)]
mod key_log;
mod label;
mod load;
mod misplaced;
mod model;
mod named_file;
mod network_group;
mod network_text;
mod node;
mod overrides;
pub mod plan;
mod platform;
mod possible;
mod problems;
mod project;
mod renamed_key;
mod schema;
mod selection;
mod sizes;
mod sources;
mod suggest;
mod synonyms;
mod syntax;
mod table;
mod template;
mod written;

pub use app::AppSpec;
pub use browser::{BrowserLack, BrowserSpec};
pub use build::{ModuleSpec, OPENTOK_PACKAGE, SdkSpec};
pub use call::{
    CallMode, CallRole, CallSpec, ParticipantSpec, PublishSpec, StepAction, StepSpec, Subscribe, VideoSource,
};
pub use catalogue::{NamedNetwork, catalogue, named_network};
pub use devices::{Camera, DeviceAccess, DevicesSpec, Picture, Sound};
pub use diagnostic::{Diagnostic, Fix, LoadError};
pub use gate::GateSpec;
pub use label::label;
pub use load::{load, load_with, parse};
pub use model::{Axis, CaseSpec, Places, Scenario, TestSpec};
pub use network_group::NetworkGroup;
pub use network_text::network_of;
pub use overrides::Overrides;
pub use platform::{
    Access, CloudKind, CloudSpec, EmbeddedSpec, PlatformSpec, RelayTransport, SessionKind, TokenKind, VideoCodec,
};
pub use precall_support::browser_kind::BrowserKind;
pub use project::{PROJECT_FILE, ProjectDefaults, ProjectFile, find_project, load_project, project_schema};
pub use renamed_key::DeprecatedKey;
pub use schema::schema;
pub use selection::{Selection, Take};
pub use suggest::suggestion;
pub use template::Template;
