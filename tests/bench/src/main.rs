//! The benchmark: every webhook's release binary beside hello world, behind a runtime API, over DynamoDB and Secrets
//! Manager with TLS on loopback. Prints the table of `docs/performance.md`.
//!
//! `cargo lambda build --release && cargo lambda build --release -p hello && cargo run --release -p bench`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot be taken ends the run"
)]

mod cloud;
mod process;
mod report;
mod runtime_api;
mod subject;
mod tls;
mod webhook;

use std::path::PathBuf;

use subject::Subject;
use webhook::Webhook;

/// Starts of each function; the median counts.
const STARTS: usize = 9;
/// Warm invocations of each function.
const INVOCATIONS: usize = 1000;

#[tokio::main]
async fn main() {
    let packages = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/lambda".to_owned()));
    let cloud = cloud::Cloud::start().await;
    println!("{}", report::machine());
    println!("{}", report::HEAD);
    let hello = Subject { binary: packages.join("hello/bootstrap"), webhook: Webhook::hello() };
    println!("{}", report::row(&hello.measure(&cloud, STARTS, INVOCATIONS).await));
    for webhook in Webhook::all() {
        let subject = Subject { binary: packages.join(webhook.function).join("bootstrap"), webhook };
        println!("{}", report::row(&subject.measure(&cloud, STARTS, INVOCATIONS).await));
    }
}
