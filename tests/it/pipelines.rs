//! The action and the gates in `deploy/` that are no workflows: the scripts of their steps run here, in a repository
//! made for the test, and programs of others read every file of a CI system.

mod action;
mod formats;
mod gates;
