//! `campanile check`: whether something outside is as it should be.

use clap::{Args, Subcommand};

use super::{Outcome, destinations};

/// Look whether something outside is as it should be
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Destinations(destinations::Destinations),
}

impl Check {
    pub(super) async fn run(self) -> Outcome {
        match self.what {
            What::Destinations(destinations) => destinations.run().await,
        }
    }
}
