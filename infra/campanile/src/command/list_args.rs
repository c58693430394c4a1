//! What every list has: which part of it is asked for, how it is shown, and who is asked.

use alert::Clock as _;
use aws::SystemClock;
use clap::Args;
use comfy_table::Table;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::Outcome;
use super::output_format::OutputFormat;
use super::page::{Listing, Part};
use super::server::{Server, ServerError};

/// A list
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    pub(super) form: OutputFormat,
    #[command(flatten)]
    pub(super) server: Server,
}

impl ListArgs {
    /// Shows the items called `name` of the list at `path`, as the table that `table` makes of them now, or says `nothing`.
    pub(super) async fn show<T: DeserializeOwned>(
        &self,
        (path, name): (&str, &'static str),
        query: &[(&str, String)],
        nothing: &str,
        table: fn(&[T], Timestamp) -> Table,
    ) -> Outcome<Listing> {
        let listing = self.listing((path, name), query).await?;
        self.form.show_list(&listing, nothing, |rows| table(rows, SystemClock.now()))?;
        Ok(listing)
    }

    /// The items called `name` of the list at `path`, not shown yet.
    pub(super) async fn listing(
        &self,
        (path, name): (&str, &'static str),
        query: &[(&str, String)],
    ) -> Result<Listing, ServerError> {
        self.server.list(path, name, query, &self.part).await
    }
}

/// Each of `words` as the parameter `name`.
pub(super) fn parameters(
    name: &'static str,
    words: &[String],
) -> impl Iterator<Item = (&'static str, String)> {
    words.iter().map(move |word| (name, word.clone()))
}
