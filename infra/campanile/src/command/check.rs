//! `campanile check`: whether a source still calls Campanile, destinations can be notified, and secrets are in order.

use clap::{Args, Subcommand};

use super::secrets::check::CheckSecrets;
use super::{Outcome, destinations, kazoo, netdata, site24x7, tencent};

/// Check that a source still calls Campanile, destinations can be notified, or secrets are in order; ends with 3 where not
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Kazoo(kazoo::Check),
    Netdata(netdata::Check),
    Tencent(tencent::Check),
    Site24x7(site24x7::Check),
    Destinations(destinations::Destinations),
    Secrets(CheckSecrets),
}

/// What was looked at is not as it should be, although looking went well; says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{remedy}")]
pub(super) struct Unhealthy {
    pub(super) remedy: &'static str,
}

impl Unhealthy {
    /// What the process ends with, so that a script can distinguish it from a check that failed.
    pub(super) const EXIT_CODE: u8 = 3;
}

impl Check {
    pub(super) async fn run(self) -> Outcome {
        match self.what {
            What::Kazoo(kazoo) => kazoo.run().await,
            What::Netdata(netdata) => netdata.run().await,
            What::Tencent(tencent) => tencent.run().await,
            What::Site24x7(site24x7) => site24x7.run().await,
            What::Destinations(destinations) => destinations.run().await,
            What::Secrets(secrets) => secrets.run().await,
        }
    }
}
