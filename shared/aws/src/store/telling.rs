//! What the notifier keeps: deliveries, what each destination knows of each alert, and how each destination fares.
//!
//! A [`Delivery`] is one message for one destination. A [`Course`] is what one destination was told of one alert, with
//! the queue of deliveries that wait there: the first of the queue alone has an entry in the index of what is due, and
//! the transaction that finishes it hands that entry to the next. So messages of one alert keep their order, and no
//! crash can leave a queue that nobody looks at.

mod attempt;
mod bell;
mod course;
mod delivery;
mod destination;
mod due;
mod enrollment;
mod lessons;
mod listing;

pub use attempt::Turn;
pub use bell::Bell;
pub use course::Course;
pub use delivery::{Delivery, DeliveryId, DeliveryState, ParseDeliveryIdError, UnknownDeliveryState};
pub use destination::{DestinationState, DestinationStates, Suspension};
pub use enrollment::{Enrollment, Plan};
pub use listing::{DeliveryFilter, DeliveryPage};
