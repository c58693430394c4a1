//! The benchmark: every function's release binary beside hello world, behind a runtime API, over DynamoDB and Secrets
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
mod site24x7;
mod subject;
mod tls;
mod webhook;
mod workload;

use std::path::PathBuf;

use site24x7::Site24x7;
use subject::Subject;
use workload::Workload;

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
    let site24x7 = Site24x7::start().await;
    for workload in [Workload::hello()].into_iter().chain(Workload::all(&site24x7)) {
        let subject = Subject { binary: packages.join(workload.function).join("bootstrap"), workload };
        println!("{}", report::row(&subject.measure(&cloud, STARTS, INVOCATIONS).await));
    }
}
