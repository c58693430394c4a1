//! campanile.

fn main() {}
