//! What takes bytes from strangers, each as one function of bytes that panics where a promise is broken.
//!
//! cargo-fuzz looks for such bytes (`.ci/fuzz`), and `cargo test -p fuzz` tries each target's corpus and damage to it.

mod corpus;
mod inbound;
mod outbound;
mod texts;

pub use corpus::corpus;
pub use inbound::{batches, encodings, secrets, webhooks};
pub use outbound::{addresses, answers, destinations, links};
pub use texts::{intervals, items, matchers, recurrences};

/// A function of bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its file in `fuzz_targets`.
pub const TARGETS: &[(&str, Target)] = &[
    ("webhooks", webhooks),
    ("batches", batches),
    ("encodings", encodings),
    ("secrets", secrets),
    ("matchers", matchers),
    ("recurrences", recurrences),
    ("intervals", intervals),
    ("items", items),
    ("destinations", destinations),
    ("answers", answers),
    ("links", links),
    ("addresses", addresses),
];

/// When everything comes in: targets know no clock.
const NOW: jiff::Timestamp = jiff::Timestamp::constant(1_793_534_400, 500_000_000);
