//! Destination types as they are met.
