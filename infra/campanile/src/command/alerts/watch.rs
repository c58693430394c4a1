//! `campanile alerts --watch`: the list, again and again, in its place on a terminal and by its changes in a pipe.

use std::fmt::Write;
use std::time::Duration;

use alert::Clock as _;
use aws::SystemClock;
use intake::chain;
use jiff::Timestamp;
use tokio::time::sleep;

use super::super::output;
use super::super::output_format::OutputFormat;
use super::super::page::Listing;
use super::super::server::ServerError;
use super::super::table::written;
use super::super::terminal::Screen;
use super::super::terminal_text::sanitize_for_terminal;
use super::super::{Outcome, remark, say};
use super::Alerts;
use super::rows::{Row, counted, shown, worst_first};

/// What was seen at the last look that succeeded.
#[derive(Default)]
struct Seen {
    rows: Vec<Row>,
    at: Option<Timestamp>,
    /// What was last printed into a pipe.
    printed: Option<String>,
    trouble: Option<String>,
}

impl Alerts {
    /// Looks every so many seconds, until Ctrl-C or until nobody reads any more.
    pub(super) async fn watch(&self, seconds: u64) -> Outcome {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Ok(()),
            outcome = self.look_again(Duration::from_secs(seconds)) => outcome,
        }
    }

    async fn look_again(&self, pause: Duration) -> Outcome {
        let screen = Screen::attached();
        let mut seen = Seen::default();
        while !output::is_refused() {
            match self.listing().await {
                Ok(listing) => self.take(&mut seen, &listing, screen.is_some())?,
                Err(error) if seen.at.is_some() && error.may_pass() => {
                    seen.is_in_trouble(&error, screen.is_some());
                }
                Err(error) => return Err(error.into()),
            }
            if let Some(screen) = &screen {
                screen.draw(&seen.head(), &self.body(&seen));
            }
            sleep(pause).await;
        }
        Ok(())
    }

    fn take(&self, seen: &mut Seen, listing: &Listing, is_on_screen: bool) -> Outcome {
        let is_json = self.reading.form.is_json();
        seen.rows = listing.rows()?;
        (seen.at, seen.trouble) = (Some(SystemClock.now()), None);
        let current = if is_json { listing.json()? } else { signature(&seen.rows) };
        if !is_on_screen && seen.printed.as_ref() != Some(&current) {
            if is_json {
                OutputFormat::show_json(&current);
            } else {
                say(format!("{}\n{}\n", seen.head(), self.body(seen)));
            }
            seen.printed = Some(current);
        }
        Ok(())
    }

    fn body(&self, seen: &Seen) -> String {
        if seen.rows.is_empty() {
            return self.nothing().to_owned();
        }
        let form = &self.reading.form;
        form.fitted(shown(&seen.rows, SystemClock.now(), form.look()))
    }
}

impl Seen {
    /// When that was, and how many there are.
    fn head(&self) -> String {
        let at = self.at.map(written).unwrap_or_default();
        let mut head = format!("{at}  {}", counted(&self.rows));
        if let Some(trouble) = &self.trouble {
            let _ = write!(head, "  NOT CURRENT: {trouble}");
        }
        head
    }

    /// What was seen stays, and is said to be old.
    fn is_in_trouble(&mut self, error: &ServerError, is_on_screen: bool) {
        let trouble = sanitize_for_terminal(&chain(error));
        if !is_on_screen && self.trouble.as_ref() != Some(&trouble) {
            remark(format!("campanile: {trouble}"));
        }
        self.trouble = Some(trouble);
    }
}

/// What of `rows` is worth printing when it changes: how long ago something was is not.
fn signature(rows: &[Row]) -> String {
    let mut signature = String::new();
    for row in worst_first(rows) {
        let value = row.value.as_deref().unwrap_or_default();
        let parts = [&row.fingerprint, &row.severity, row.state(), value, &row.title];
        let _ = writeln!(signature, "{parts:?} {}", row.condition_since);
    }
    signature
}
