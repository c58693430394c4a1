//! How settings are read: member by member, so that every mistake names the member it is in and what to write there.
//!
//! No mistake shows a value that may be a credential. Members that nobody read are mistakes.

mod fields;
mod notice;

pub use fields::{Fields, shown};
pub use notice::{Mistake, Warning};
