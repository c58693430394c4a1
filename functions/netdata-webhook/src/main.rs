//! netdata-webhook.

fn main() {}
