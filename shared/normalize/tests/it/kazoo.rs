//! kazoo.
