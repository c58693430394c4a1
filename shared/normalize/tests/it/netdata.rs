//! netdata.
