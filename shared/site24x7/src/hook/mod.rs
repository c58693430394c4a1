//! The webhook at Site24x7 that calls us: how it should be, how it is, and how it becomes so.

mod compare;
mod find;
mod install;
mod instructions;
mod spec;
mod state;
mod uninstall;

pub use compare::{Differences, HeaderDifference};
pub use find::HookError;
pub use install::{Change, Installed, Test, install, send_test};
pub use instructions::{KeyDisplay, instructions};
pub use spec::{DEFAULT_NAME, HEADER, SpecError, WebhookSpec};
pub use state::{Activity, HookState, inspect};
pub use uninstall::{Uninstalled, uninstall};
