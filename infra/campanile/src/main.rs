//! `campanile`, the operator's command; without arguments it is the local bundle.

use std::process::ExitCode;

use campanile::Command;

#[tokio::main]
async fn main() -> ExitCode {
    Command::from_arguments().run().await
}
