//! Installing: from the hooks an operator chooses to the changes that bring an account there.
//!
//! [`survey`] reads what the server offers and which hooks of the account are ours; [`plan`] decides,
//! without any I/O; [`apply`](crate::apply()) does it. Planning again afterwards finds nothing to do.

mod planning;
mod selection;
mod survey;
mod wanted;

pub use planning::{DisabledByPerson, Duplicates, Options, Subaccounts, plan};
pub use selection::{Selection, SelectionError};
pub use survey::{Survey, SurveyError, ours, survey};
pub use wanted::{NotOffered, Wanted, expand};
