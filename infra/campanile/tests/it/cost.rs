//! What operations cost in DynamoDB's units, to the unit: of what a source says, of what a destination is notified, and of a
//! minute in which nothing happens. One unit more fails, and so does a manual that says anything else.

mod keeper;
mod manual;
mod meter;
mod notifications;
mod sources;
