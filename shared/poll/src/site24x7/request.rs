//! What the schedule, or a person, asks for.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::site24x7::days::{Days, DaysError};

/// What one run is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Read what is new.
    Poll {
        /// When the schedule wanted the run, if it says so: the same however often the run is tried.
        scheduled_at: Option<Timestamp>,
    },
    /// Read the alert logs of these dates, and leave the cursor where it is.
    Backfill(Days),
}

/// An event that asks for nothing we do.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// `backfill` is there and holds no dates.
    #[error(
        "the backfill is not understood: give {{\"backfill\": {{\"from\": \"2026-11-01\", \"to\": \"2026-11-07\"}}}}"
    )]
    Backfill(#[source] serde_json::Error),
    /// The dates are none that can be read.
    #[error("the backfill is not possible")]
    Days(#[source] DaysError),
}

/// The dates of a backfill as they are written.
#[derive(Deserialize)]
struct Written {
    from: Date,
    to: Date,
}

impl Request {
    /// Reads an event: a backfill where it has one, else a poll. EventBridge says its time in `time`, a schedule with an
    /// input of its own in `scheduled_at`.
    pub fn read(event: &Value) -> Result<Self, RequestError> {
        let Some(backfill) = event.get("backfill") else {
            return Ok(Self::Poll { scheduled_at: scheduled_at(event) });
        };
        let Written { from, to } = Written::deserialize(backfill).map_err(RequestError::Backfill)?;
        Days::new(from, to).map(Self::Backfill).map_err(RequestError::Days)
    }
}

fn scheduled_at(event: &Value) -> Option<Timestamp> {
    ["scheduled_at", "time"].iter().find_map(|name| event.get(name)?.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_of_the_schedule_is_a_poll_at_its_time() {
        let at = "2026-11-21T20:05:00Z".parse().ok();
        for event in
            [json!({ "time": "2026-11-21T20:05:00Z" }), json!({ "scheduled_at": "2026-11-21T20:05:00Z" })]
        {
            assert_eq!(Request::read(&event).unwrap(), Request::Poll { scheduled_at: at });
        }
        for event in [json!({}), json!(null), json!({ "time": "soon" }), json!([1])] {
            assert_eq!(Request::read(&event).unwrap(), Request::Poll { scheduled_at: None });
        }
    }

    #[test]
    fn a_backfill_names_its_first_and_its_last_date() {
        let event = json!({ "backfill": { "from": "2026-11-01", "to": "2026-11-07" } });
        let Request::Backfill(days) = Request::read(&event).unwrap() else { panic!("a poll") };
        assert_eq!(days.iter().count(), 7);
    }

    #[test]
    fn a_backfill_that_makes_no_sense_is_an_error_with_the_remedy() {
        for backfill in [
            json!(null),
            json!("yesterday"),
            json!({ "from": "2026-11-01" }),
            json!({ "from": "1", "to": "2" }),
        ] {
            let error = Request::read(&json!({ "backfill": backfill })).unwrap_err();
            assert!(error.to_string().contains(r#"give {"backfill": {"from": "2026-11-01""#), "{error}");
        }
        let backwards = json!({ "backfill": { "from": "2026-11-07", "to": "2026-11-01" } });
        assert!(matches!(Request::read(&backwards), Err(RequestError::Days(_))));
    }
}
