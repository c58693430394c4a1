//! A query string, read with errors that name the parameter.

use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

use aws::Cursor;
use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::failure::Failure;

/// How many items a page has unless asked otherwise.
const DEFAULT_LIMIT: usize = 100;
/// How many items a page has at most.
const MOST: usize = 1000;

/// The parameters of a query; those that nobody reads are ignored.
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Parameters {
    /// Every word of the parameter `name`, given several times or with commas; blank ones are as if absent.
    pub(crate) fn all<T>(&self, name: &str) -> Result<Vec<T>, Failure>
    where
        T: FromStr<Err: Display>,
    {
        let values = self.0.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|word| !word.is_empty()).map(|word| read(name, word)).collect()
    }

    /// The last word of the parameter `name`.
    pub(crate) fn one<T>(&self, name: &str) -> Result<Option<T>, Failure>
    where
        T: FromStr<Err: Display>,
    {
        Ok(self.all(name)?.pop())
    }

    /// How many items are asked for.
    pub(crate) fn limit(&self) -> Result<usize, Failure> {
        match self.one("limit")? {
            None => Ok(DEFAULT_LIMIT),
            Some(limit @ 1..=MOST) => Ok(limit),
            Some(limit) => Err(Failure::BadRequest(format!("limit: `{limit}` is not between 1 and {MOST}"))),
        }
    }

    /// Where the page begins.
    pub(crate) fn cursor(&self) -> Result<Option<Cursor>, Failure> {
        self.one("cursor")
    }
}

fn read<T: FromStr<Err: Display>>(name: &str, word: &str) -> Result<T, Failure> {
    word.parse().map_err(|error| Failure::BadRequest(format!("{name}: {error}")))
}
