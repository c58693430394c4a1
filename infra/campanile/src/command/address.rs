//! The address of Campanile, as a person types it.

use std::ffi::OsStr;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use clap::builder::{TypedValueParser, ValueParserFactory};
use clap::error::ErrorKind;
use clap::{Arg, Command};
use reqwest::Url;

/// An absolute http or https URL without a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(Url);

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressError {
    #[error("write an address like http://127.0.0.1:9000 or https://alerts.example.com")]
    Syntax,
    #[error("leave the user name and password out: a token is given apart from the address")]
    Credential,
    #[error("leave out what begins with `?` or `#`: a token is given apart from the address")]
    Query,
}

impl Address {
    /// The address as a URL.
    pub(super) const fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// The same without `folder` as the last part of its path.
    pub(super) fn without(&self, folder: &str) -> Self {
        let mut url = self.0.clone();
        let path = url.path().trim_end_matches('/');
        if let Some(base) = path.strip_suffix(folder).filter(|base| base.ends_with('/')) {
            let base = base.to_owned();
            url.set_path(&base);
        }
        Self(url)
    }

    /// The URL of `path`, and the query behind its first `?`.
    pub(super) fn at(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url: Url = text.trim().parse().map_err(|_| AddressError::Syntax)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(AddressError::Syntax);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credential);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query);
        }
        Ok(Self(url))
    }
}

/// Reads an address, and quotes none that is refused: it may hold a credential.
#[derive(Debug, Clone, Copy)]
pub(super) struct AddressParser;

impl ValueParserFactory for Address {
    type Parser = AddressParser;

    fn value_parser() -> AddressParser {
        AddressParser
    }
}

impl TypedValueParser for AddressParser {
    type Value = Address;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        text: &OsStr,
    ) -> Result<Address, clap::Error> {
        let address = text.to_str().ok_or(AddressError::Syntax).and_then(str::parse);
        address.map_err(|error: AddressError| {
            let argument = argument.map_or_else(String::new, |argument| format!(" for '{argument}'"));
            let refusal = format!("invalid value{argument}: {error}\n");
            clap::Error::raw(ErrorKind::ValueValidation, refusal).with_cmd(command)
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_put_behind_the_base_and_its_query_stays_one() {
        let at = |base: &str, path: &str| base.parse::<Address>().unwrap().at(path).to_string();
        assert_eq!(at("http://127.0.0.1:9000", "/v1/alerts"), "http://127.0.0.1:9000/v1/alerts");
        assert_eq!(
            at(" https://a.example.com/prod/ ", "/kazoo?a=?b"),
            "https://a.example.com/prod/kazoo?a=?b"
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_to_write() {
        let mistake = |text: &str| text.parse::<Address>().unwrap_err();
        for text in ["", "127.0.0.1:9000", "localhost:9000", "ftp://a.example.com", "http://", "alerts"] {
            assert_eq!(mistake(text), AddressError::Syntax, "{text}");
        }
        assert_eq!(mistake("https://ana:secret@a.example.com"), AddressError::Credential);
        assert_eq!(mistake("https://a.example.com/?token=secret"), AddressError::Query);
    }
}
