//! What a list is asked for: states, matchers, receivers.

use std::convert::Infallible;

use ::alert::Labels;
use ::alert::matcher::{Matcher, MatcherError, Operator, all_match};
use axum::extract::FromRequestParts;
use http::request::Parts;

use super::RECEIVER;
use super::failure::{Failure, WRONG_TYPE};
use crate::alerts::MOST_FILTERS;

/// The parameters of a query; those that nobody reads are ignored.
pub(super) struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

/// Which receivers are meant.
pub(super) struct Receivers {
    name: Option<Matcher>,
    /// Any one of these is enough.
    matchers: Vec<Matcher>,
}

impl Query {
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a state is asked for, which it is unless refused; an empty value refuses nothing.
    pub(super) fn wants(&self, state: &str) -> Result<bool, Failure> {
        match self.all(state).last().unwrap_or_default() {
            "" | "true" | "1" | "t" | "T" | "TRUE" | "True" => Ok(true),
            "false" | "0" | "f" | "F" | "FALSE" | "False" => Ok(false),
            other => {
                let other: String = other.chars().take(64).collect();
                let message = format!("{state} in query is `{other}`: use true or false");
                Err(Failure::Schema { code: WRONG_TYPE, message })
            }
        }
    }

    /// The matchers of `filter`.
    pub(super) fn filter(&self) -> Result<Filter, Failure> {
        Ok(Filter(self.matchers("filter")?))
    }

    /// The receivers asked for by name and by matchers; an empty name asks for all.
    pub(super) fn receivers(&self) -> Result<Receivers, Failure> {
        let name = self.all("receiver").last().filter(|name| !name.is_empty());
        let name = name.map(|name| Matcher::new("name", Operator::Regex, name)).transpose();
        let name = name.map_err(|error| bad_matcher("receiver", &error))?;
        Ok(Receivers { name, matchers: self.matchers("receiver_matchers")? })
    }

    /// The matchers of `parameter`, of which each stands by itself.
    pub(super) fn matchers(&self, parameter: &str) -> Result<Vec<Matcher>, Failure> {
        if self.all(parameter).nth(MOST_FILTERS).is_some() {
            return Err(Failure::BadRequest(format!("{parameter}: give {MOST_FILTERS} of them at most")));
        }
        let matchers = self.all(parameter).map(str::parse);
        matchers.collect::<Result<_, _>>().map_err(|error| bad_matcher(parameter, &error))
    }
}

impl Receivers {
    /// Whether the one receiver there is is among them.
    pub(super) fn admit_ours(&self) -> bool {
        let is_ours = |matcher: &Matcher| matcher.matches(&[("name".to_owned(), RECEIVER.to_owned())].into());
        self.name.as_ref().is_none_or(is_ours)
            && (self.matchers.is_empty() || self.matchers.iter().any(is_ours))
    }
}

/// Matchers of which all must hold.
pub(super) struct Filter(Vec<Matcher>);

impl Filter {
    /// Whether an alert with these served labels is asked for.
    pub(super) fn admits(&self, labels: &Labels) -> bool {
        all_match(&self.0, labels)
    }
}

fn bad_matcher(parameter: &str, error: &MatcherError) -> Failure {
    Failure::BadRequest(format!("{parameter}: {error}"))
}
