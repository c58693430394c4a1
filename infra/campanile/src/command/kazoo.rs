//! KAZOO's side of `campanile install`, `check` and `uninstall`: its secret, its client, and the printing of planned changes.

mod access;
mod carrying_out;
mod check;
mod hooks;
mod install;
mod secret;
mod uninstall;

pub(super) use check::Check;
pub(super) use install::Install;
pub(super) use uninstall::Uninstall;
