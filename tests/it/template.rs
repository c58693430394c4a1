//! `infra/template.yaml` and the code agree: what stands on one side only fails here.

mod actions;
mod alarms;
mod document;
mod environment;
mod expression;
mod functions;
mod metrics;
mod paths;
mod roles;
mod settings_page;
pub(crate) mod stream;
mod table;
pub(crate) mod workspace;
