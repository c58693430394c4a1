//! Tables of the manuals, whose numbers are measured here.

use std::path::Path;

/// What a million units cost in us-east-1, in dollars.
pub(super) const WRITE: f64 = 0.625;
pub(super) const READ: f64 = 0.125;

/// An amount as the manuals write it.
pub(super) fn dollars(amount: f64) -> String {
    format!("${amount:.2}")
}

/// Every one of `rows` stands in the manual at `path`, which is where the numbers are written down.
#[track_caller]
pub(super) fn assert_rows(path: &str, rows: &[String]) {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let manual = std::fs::read_to_string(manual).unwrap();
    let missing: Vec<_> = rows.iter().filter(|row| !manual.lines().any(|line| line == *row)).collect();
    assert!(missing.is_empty(), "{path} does not say:\n{}", rows.join("\n"));
}
