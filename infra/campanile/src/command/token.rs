//! `campanile token`: what it takes to call a source's API.

use clap::{Args, Subcommand};

use super::{Outcome, site24x7};

/// Get what it takes to call a source's API, and put it into the source's secret
#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Site24x7(site24x7::Token),
}

impl Token {
    pub(super) async fn run(self) -> Outcome {
        match self.source {
            Source::Site24x7(site24x7) => site24x7.run().await,
        }
    }
}
