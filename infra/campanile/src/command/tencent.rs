//! Tencent's side of `campanile install`, `check` and `uninstall`: its secret, its API, and the printing of changes.

mod access;
mod changes;
mod check;
mod install;
mod uninstall;

pub(super) use check::Check;
pub(super) use install::Install;
pub(super) use uninstall::Uninstall;
