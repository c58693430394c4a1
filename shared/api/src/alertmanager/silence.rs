//! A silence in Alertmanager's shape, there and back.

use ::alert::matcher::{Matcher, Operator};
use ::alert::recurrence::Occurrence;
use ::alert::{Labels, Silence, SilenceDraft, SilenceId, SilenceState};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::alert::utc;
use super::failure::{Failure, REQUIRED, WRONG_TYPE};

/// A silence as it is listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServedSilence {
    id: SilenceId,
    status: Status,
    updated_at: String,
    matchers: Vec<ServedMatcher>,
    starts_at: String,
    ends_at: String,
    created_by: String,
    comment: String,
    annotations: Labels,
}

#[derive(Serialize)]
struct Status {
    state: SilenceState,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServedMatcher {
    name: String,
    value: String,
    is_regex: bool,
    is_equal: bool,
}

impl ServedSilence {
    /// `silence` at `now`; of one that recurs the present or next occurrence.
    pub(super) fn of(silence: &Silence, now: Timestamp) -> Self {
        let Occurrence { starts_at, ends_at } = span(silence, now);
        Self {
            id: silence.id,
            status: Status { state: silence.state(now) },
            updated_at: utc(silence.updated_at),
            matchers: silence.matchers.iter().map(ServedMatcher::of).collect(),
            starts_at: utc(starts_at),
            ends_at: utc(ends_at),
            created_by: silence.created_by.clone(),
            comment: silence.comment.clone(),
            annotations: silence.annotations.clone(),
        }
    }
}

/// From when to when `silence` covers, as Alertmanager's tools understand it.
pub(super) fn span(silence: &Silence, now: Timestamp) -> Occurrence {
    let first = Occurrence { starts_at: silence.starts_at, ends_at: silence.ends_at };
    silence.occurrence(now).unwrap_or(first)
}

impl ServedMatcher {
    fn of(matcher: &Matcher) -> Self {
        Self {
            name: matcher.name().to_owned(),
            value: matcher.value().to_owned(),
            is_regex: matcher.operator().is_regex(),
            is_equal: matcher.operator().is_positive(),
        }
    }
}

/// A silence as it is asked for, and which one shall become it.
pub(super) struct PostedSilence {
    pub(super) id: Option<SilenceId>,
    pub(super) draft: SilenceDraft,
}

impl PostedSilence {
    /// Reads a body; what breaks Alertmanager's schema has another failure than a silence that makes no sense.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Failure> {
        let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
            return Err(wrong_type("silence", "an object"));
        };
        let members = Members(&members);
        let Some(Value::Array(matchers)) = members.0.get("matchers") else {
            return Err(members.missing_or_wrong("matchers", "a list"));
        };
        let matchers = matchers.iter().map(matcher).collect::<Result<_, _>>()?;
        let id = members.optional_text("id")?.filter(|id| !id.is_empty());
        Ok(Self {
            id: id.map(parse_id).transpose()?,
            draft: SilenceDraft {
                matchers,
                starts_at: members.time("startsAt")?,
                ends_at: members.time("endsAt")?,
                recurrence: None,
                time_zone: None,
                created_by: members.text("createdBy")?.to_owned(),
                comment: members.text("comment")?.to_owned(),
                annotations: members.texts("annotations")?,
            },
        })
    }
}

/// The id of a silence in a path or body.
pub(super) fn parse_id(id: &str) -> Result<SilenceId, Failure> {
    id.parse().map_err(|error: ::alert::ParseSilenceIdError| Failure::Schema {
        code: WRONG_TYPE,
        message: error.to_string(),
    })
}

fn matcher(matcher: &Value) -> Result<Matcher, Failure> {
    let Value::Object(members) = matcher else {
        return Err(wrong_type("matchers", "a list of objects"));
    };
    let members = Members(members);
    let (name, value) = (members.text("name")?, members.text("value")?);
    let is_regex =
        members.flag("isRegex")?.ok_or_else(|| members.missing_or_wrong("isRegex", "a boolean"))?;
    let operator = Operator::of(is_regex, members.flag("isEqual")?.unwrap_or(true));
    Matcher::new(name, operator, value).map_err(|error| Failure::BadRequest(error.to_string()))
}

/// The members of an object, read with errors that name them.
struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    fn text(&self, name: &str) -> Result<&'a str, Failure> {
        self.optional_text(name)?.ok_or_else(|| self.missing_or_wrong(name, "a text"))
    }

    fn optional_text(&self, name: &str) -> Result<Option<&'a str>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(name, "a text")),
        }
    }

    /// The texts of an object, by name; none if it is not there.
    fn texts(&self, name: &str) -> Result<Labels, Failure> {
        let object = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(Labels::new()),
            Some(Value::Object(object)) => object,
            Some(_) => return Err(wrong_type(name, "an object of texts")),
        };
        // The table takes no empty names.
        let named = object.iter().filter(|(name, _)| !name.is_empty());
        let texts = named.map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
        texts.collect::<Option<_>>().ok_or_else(|| wrong_type(name, "an object of texts"))
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong_type(name, "a boolean")),
        }
    }

    fn time(&self, name: &str) -> Result<Timestamp, Failure> {
        let text = self.text(name)?;
        text.parse().map_err(|_| wrong_type(name, "a time like 2026-01-02T03:04:05Z"))
    }

    fn missing_or_wrong(&self, name: &str, kind: &str) -> Failure {
        match self.0.get(name) {
            None | Some(Value::Null) => {
                Failure::Schema { code: REQUIRED, message: format!("{name} in body is required") }
            }
            Some(_) => wrong_type(name, kind),
        }
    }
}

fn wrong_type(name: &str, kind: &str) -> Failure {
    Failure::Schema { code: WRONG_TYPE, message: format!("{name} in body must be {kind}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_that_recurs_shows_its_present_or_next_occurrence() {
        let body = br#"{"matchers":[{"name":"source","value":"netdata","isRegex":false}],
            "startsAt":"2026-03-22T01:00:00Z","endsAt":"2026-03-22T03:00:00Z","createdBy":"ada","comment":"planned"}"#;
        let once = PostedSilence::parse(body).ok().unwrap().draft;
        let draft = SilenceDraft {
            recurrence: Some("FREQ=WEEKLY;UNTIL=20260401".parse().unwrap()),
            time_zone: Some("Europe/Berlin".to_owned()),
            ..once
        };
        let silence = draft.create(SilenceId::from_chance(1), Timestamp::UNIX_EPOCH).unwrap();
        for (now, state, starts_at, ends_at) in [
            ("2026-03-22T02:00:00Z", "active", "2026-03-22T01:00:00", "2026-03-22T03:00:00"),
            ("2026-03-22T03:00:00Z", "pending", "2026-03-29T01:00:00", "2026-03-29T03:00:00"),
            ("2026-04-02T00:00:00Z", "expired", "2026-03-22T01:00:00", "2026-03-22T03:00:00"),
        ] {
            let served = ServedSilence::of(&silence, now.parse().unwrap());
            let served = serde_json::to_value(served).unwrap();
            assert_eq!(served["status"]["state"], state, "{now}");
            assert!(served["startsAt"].as_str().unwrap().starts_with(starts_at), "{now}: {served}");
            assert!(served["endsAt"].as_str().unwrap().starts_with(ends_at), "{now}: {served}");
        }
    }
}
