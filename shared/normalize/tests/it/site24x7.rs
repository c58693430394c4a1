//! site24x7.
