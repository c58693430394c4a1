//! One alert as it is sent. Members that are not read may be anything; the same alert comes with more of them from
//! newer versions.

use std::collections::BTreeMap;

use alert::Labels;
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::body::BodyShape;
use super::moment;
use crate::Rejection;

/// How much of a value from the body a message repeats, in characters.
const QUOTED_CHARS: usize = 64;

/// One alert, of the right types.
pub(super) struct Alert {
    /// Those that have a value: an empty label is as good as none.
    pub(super) labels: Labels,
    pub(super) annotations: Labels,
    pub(super) starts_at: Option<Timestamp>,
    pub(super) ends_at: Option<Timestamp>,
    pub(super) generator_url: Option<String>,
    /// Whether the sender calls it resolved; of a webhook's alerts only.
    pub(super) is_called_resolved: Option<bool>,
}

type Map = BTreeMap<String, Option<String>>;

impl Alert {
    /// Reads the alert at `position` of a body.
    pub(super) fn parse(alert: &RawValue, shape: BodyShape, position: usize) -> Result<Self, Rejection> {
        let members = Members::parse(alert).map_err(|_| not_an_alert(position))?;
        let member = |name| members.text(name).map_err(|_| not_an_alert(position));
        let map = |name| members.map(name).map_err(|_| not_an_alert(position));
        let time = |name| match member(name)? {
            None => Ok(None),
            Some(value) => moment::parse(&value).map_err(|_| no_time(position, name, &value)),
        };
        Ok(Self {
            labels: filled(map("labels")?.ok_or_else(|| no_labels(position))?),
            annotations: filled(map("annotations")?.unwrap_or_default()),
            starts_at: time("startsAt")?,
            ends_at: time("endsAt")?,
            generator_url: member("generatorURL")?,
            is_called_resolved: match shape {
                BodyShape::Api => None,
                BodyShape::Webhook => Some(is_resolved(members.raw("status"), position)?),
            },
        })
    }
}

/// The members of an alert as they were written; of two with one name the later counts.
struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    fn parse(alert: &'a RawValue) -> serde_json::Result<Self> {
        serde_json::from_str(alert.get()).map(Self)
    }

    fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied()
    }

    fn text(&self, name: &str) -> serde_json::Result<Option<String>> {
        self.raw(name).map_or(Ok(None), |raw| serde_json::from_str(raw.get()))
    }

    fn map(&self, name: &str) -> serde_json::Result<Option<Map>> {
        self.raw(name).map_or(Ok(None), |raw| serde_json::from_str(raw.get()))
    }
}

fn filled(map: Map) -> Labels {
    map.into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
}

fn is_resolved(status: Option<&RawValue>, position: usize) -> Result<bool, Rejection> {
    let Some(status) = status else {
        let message = format!("alert {position} has no `status`: send version 4 of Alertmanager's webhook");
        return Err(Rejection::new("missing:status", message));
    };
    match status.get() {
        r#""firing""# => Ok(false),
        r#""resolved""# => Ok(true),
        other => {
            let other = shown(other);
            let message =
                format!("the `status` of alert {position} is `{other}`: send \"firing\" or \"resolved\"");
            Err(Rejection::new("wrong_type", message))
        }
    }
}

fn not_an_alert(position: usize) -> Rejection {
    let message = format!(
        "alert {position} is no object of the known types: `labels` and `annotations` map texts to texts, \
         `startsAt`, `endsAt` and `generatorURL` are texts"
    );
    Rejection::new("wrong_type", message)
}

fn no_labels(position: usize) -> Rejection {
    Rejection::new("missing:labels", format!("alert {position} has no `labels`: send an object of them"))
}

fn no_time(position: usize, member: &str, value: &str) -> Rejection {
    let value = shown(value);
    let message =
        format!("`{member}` of alert {position} is `{value}`: send a time like 2026-01-02T03:04:05Z");
    Rejection::new("wrong_type", message)
}

fn shown(text: &str) -> String {
    text.chars().take(QUOTED_CHARS).collect()
}
