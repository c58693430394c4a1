//! How an answer is shown: as a table for people, or as the API's JSON for scripts.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};
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
    /// Whether severities are coloured; `auto` is on a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    color: Colour,
    /// What <https://no-color.org> says.
    #[arg(long, hide = true, env = "NO_COLOR")]
    no_color: Option<String>,
}

/// When something is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

/// How a table may look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// How wide it may be; as wide as it likes where nothing is said.
    pub(super) columns: Option<u16>,
    pub(super) is_coloured: bool,
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
    pub(super) fn show_table(&self, table: Table) {
        say(self.fitted(table));
    }

    /// `table` within the width that there is.
    pub(super) fn fitted(&self, mut table: Table) -> String {
        if let Some(columns) = self.columns {
            table.set_width(columns);
        }
        table.trim_fmt()
    }

    /// How a table may look.
    pub(super) fn look(&self) -> Look {
        let is_plain = self.no_color.as_ref().is_some_and(|value| !value.is_empty());
        let is_coloured = match self.color {
            Colour::Auto => !is_plain && io::stdout().is_terminal(),
            Colour::Always => true,
            Colour::Never => false,
        };
        Look { columns: self.columns.or_else(|| Table::new().width()), is_coloured }
    }
}
