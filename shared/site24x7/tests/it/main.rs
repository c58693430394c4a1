//! The client against a stand-in for Zoho and Site24x7 that keeps the rules of both.
//!
//! Each module is `cfg(test)`, because clippy lets only such code unwrap.

#[cfg(test)]
mod calls;
#[cfg(test)]
mod check;
#[cfg(test)]
mod data_centers;
#[cfg(test)]
mod install;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod tokens;
