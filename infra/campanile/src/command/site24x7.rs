//! Site24x7's side of `campanile token`, `check`, `install` and `uninstall`.

mod access;
mod check;
mod hook;
mod install;
mod token;
mod uninstall;

pub(super) use check::Check;
pub(super) use install::Install;
pub(super) use token::Token;
pub(super) use uninstall::Uninstall;
