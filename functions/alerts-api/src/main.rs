//! alerts-api.

fn main() {}
