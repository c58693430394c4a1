//! How an answer is shown: as a table for people, or as the API's JSON for scripts.

use clap::Args;
use comfy_table::Table;
use serde::de::DeserializeOwned;

use super::page::Listing;
use super::terminal_text::sanitize_json_for_terminal;
use super::{Outcome, remark, say};

/// How to show what is answered
#[derive(Debug, Args)]
pub(super) struct OutputFormat {
    /// The API's JSON instead of a table, for scripts
    #[arg(long)]
    json: bool,
    /// How wide a table may be; as wide as the terminal unless given, and as wide as it likes into a file
    #[arg(long, value_name = "NUMBER")]
    columns: Option<u16>,
}

impl OutputFormat {
    /// Whether JSON is asked for.
    pub(super) const fn is_json(&self) -> bool {
        self.json
    }

    /// Shows `listing` as the table that `table` makes of its rows, or says `nothing` where it has none.
    pub(super) fn show_list<T: DeserializeOwned>(
        &self,
        listing: &Listing,
        nothing: &str,
        table: impl FnOnce(&[T]) -> Table,
    ) -> Outcome {
        if self.json {
            Self::show_json(&listing.json()?);
        } else {
            self.show_rows(&listing.rows()?, nothing, table);
        }
        if listing.next_cursor.is_some() {
            remark("there is more: raise --limit, or narrow the list");
        }
        Ok(())
    }

    /// Shows the table that `table` makes of `rows`, or says `nothing` where there are none.
    pub(super) fn show_rows<T>(&self, rows: &[T], nothing: &str, table: impl FnOnce(&[T]) -> Table) {
        if rows.is_empty() { say(nothing) } else { self.show_table(table(rows)) }
    }

    /// Shows JSON of the API as it came.
    pub(super) fn show_json(json: &str) {
        say(sanitize_json_for_terminal(json));
    }

    /// Shows `table` within the width that there is.
    pub(super) fn show_table(&self, mut table: Table) {
        if let Some(columns) = self.columns {
            table.set_width(columns);
        }
        say(table.trim_fmt());
    }
}
