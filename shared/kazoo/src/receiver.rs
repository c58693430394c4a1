//! Where KAZOO is to deliver: Campanile's public address, and the token that lets a delivery in.

use std::net::IpAddr;

use net::Secret;
use url::{Host, Url};

use crate::redaction::Redaction;
use crate::uri::{HookUri, PATH};

/// Campanile's public address as KAZOO sees it, ending in `/kazoo`; it shows which hooks are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location(Url);

/// A [`Location`] together with the token that KAZOO is to show there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    location: Location,
    token: Secret,
}

/// An address or token that no hook could use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// It is no http or https URL.
    #[error("`{0}` is not an address that KAZOO can call: give it like `https://alerts.example.com`")]
    NotHttp(String),
    /// It has a user name, a password, a query or a fragment.
    #[error("the address of Campanile may have a host and a path only: take away user, query and fragment")]
    TooMuch,
    /// Its path goes on after `/kazoo`, as a hook's address does with its token.
    #[error("the address of Campanile goes on after `/kazoo`: end it there, the token is added to it")]
    Beyond,
    /// It names this very machine.
    #[error("`{0}` is refused by KAZOO as a hook's host: give the public address of Campanile")]
    Loopback(String),
    /// The token cannot stand in a path.
    #[error("the token cannot stand in an address: use letters, digits, `-`, `.`, `_` and `~` only")]
    Token,
}

impl Location {
    /// Reads the address under which Campanile is reached; `/kazoo` at its end may be left out.
    pub fn parse(text: &str) -> Result<Self, LocationError> {
        let text = text.trim();
        if text.contains('@') {
            return Err(LocationError::TooMuch);
        }
        let not_http = || LocationError::NotHttp(shown(text));
        let mut url = Url::parse(text).map_err(|_| not_http())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(not_http());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(LocationError::TooMuch);
        }
        if let Some(host) = url.host().filter(is_loopback) {
            return Err(LocationError::Loopback(host.to_string()));
        }
        let path = own_path(url.path()).ok_or(LocationError::Beyond)?;
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Whether `uri` is what we would give a hook named `hook`, whatever its token.
    pub fn owns(&self, hook: &str, uri: &HookUri) -> bool {
        self.leads_here(uri).is_some_and(|url| url.query() == Some(&query(hook)))
    }

    /// Whether `uri` is what we would give any hook, whatever its token; what a delivery adds to the query does not matter.
    pub fn receives(&self, uri: &HookUri) -> bool {
        self.leads_here(uri).is_some_and(|url| url.query().is_some_and(|query| query.starts_with("hook=")))
    }

    fn leads_here(&self, uri: &HookUri) -> Option<Url> {
        let url = Url::parse(uri.expose()).ok()?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let is_here = url.origin() == self.0.origin()
            && self.token_of(&url).is_some_and(|token| !token.is_empty() && !token.contains('/'));
        Some(url).filter(|_| is_bare && is_here)
    }

    /// Whether deliveries to it are encrypted; over plain http the token can be read on the way.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    fn token_of<'a>(&self, url: &'a Url) -> Option<&'a str> {
        url.path().strip_prefix(self.0.path())?.strip_prefix('/')
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0.as_str())
    }
}

impl Receiver {
    /// Joins the address and a token of the secret `campanile/kazoo`.
    pub fn new(location: Location, token: Secret) -> Result<Self, LocationError> {
        if is_url_safe(token.expose()) { Ok(Self { location, token }) } else { Err(LocationError::Token) }
    }

    /// The address without its token.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The address that a hook named `hook` calls.
    pub fn uri(&self, hook: &str) -> HookUri {
        HookUri::new(format!("{}/{}?{}", self.location.0, self.token.expose(), query(hook)))
    }
}

/// `path` with `/kazoo` at its end; nothing where it is further in, before what may be a token.
fn own_path(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let before = path.strip_suffix(PATH).and_then(|before| before.strip_suffix('/')).unwrap_or(path);
    (!before.split('/').any(|segment| segment == PATH)).then(|| format!("{before}/{PATH}"))
}

fn shown(address: &str) -> String {
    Redaction::default().clean(address.split(['?', '#']).next().unwrap_or_default())
}

fn query(hook: &str) -> String {
    format!("hook={hook}")
}

// KAZOO refuses the names `localhost`, 127.0.0.1 and 0.0.0.0; what means the same would never arrive either.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback() || address.is_unspecified(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback() || address.is_unspecified(),
    }
}

fn is_url_safe(token: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(token, "" | "." | "..") && token.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn receiver(address: &str, token: &str) -> Receiver {
        Receiver::new(Location::parse(address).unwrap(), Secret::new(token)).unwrap()
    }

    #[test]
    fn the_hooks_address_carries_token_and_hook() {
        for address in [
            "https://alerts.example.com",
            "https://alerts.example.com/kazoo/",
            "HTTPS://ALERTS.example.com:443/",
        ] {
            assert_eq!(
                receiver(address, "s3cr3t").uri("parking").expose(),
                "https://alerts.example.com/kazoo/s3cr3t?hook=parking"
            );
        }
        assert_eq!(
            receiver("https://x.example.com/prod", "s3cr3t").uri("parking").expose(),
            "https://x.example.com/prod/kazoo/s3cr3t?hook=parking"
        );
    }

    #[test]
    fn only_our_address_for_that_very_hook_is_ours() {
        let location = Location::parse("https://alerts.example.com/prod").unwrap();
        let owns = |uri: &str| location.owns("parking", &HookUri::new(uri));
        assert!(owns("https://alerts.example.com/prod/kazoo/old?hook=parking"));
        assert!(owns("https://alerts.example.com:443/prod/kazoo/new?hook=parking"));
        for other in [
            "https://alerts.example.com/prod/kazoo/old?hook=object",
            "https://alerts.example.com/prod/kazoo/old?hook=parking&x=1",
            "https://alerts.example.com/prod/kazoo/old",
            "https://alerts.example.com/prod/kazoo/?hook=parking",
            "https://alerts.example.com/prod/kazoo/a/b?hook=parking",
            "https://alerts.example.com/prod/kazoos/old?hook=parking",
            "https://alerts.example.com/kazoo/old?hook=parking",
            "https://alerts.example.com:8443/prod/kazoo/old?hook=parking",
            "http://alerts.example.com/prod/kazoo/old?hook=parking",
            "https://alerts.example.com.evil.example/prod/kazoo/old?hook=parking",
            "https://me@alerts.example.com/prod/kazoo/old?hook=parking",
            "nonsense",
        ] {
            assert!(!owns(other), "{other}");
        }
    }

    #[test]
    fn what_a_hook_of_ours_delivered_came_here_whichever_hook_it_is() {
        let location = Location::parse("https://alerts.example.com").unwrap();
        let receives = |uri: &str| location.receives(&HookUri::new(uri));
        assert!(receives("https://alerts.example.com/kazoo/old?hook=parking"));
        assert!(receives("https://alerts.example.com/kazoo/old?hook=parking?account_id=A"));
        assert!(!receives("https://alerts.example.com/kazoo/old"));
        assert!(!receives("https://other.example.com/kazoo/old?hook=parking"));
    }

    #[test]
    fn an_address_no_hook_could_use_is_refused_with_the_remedy() {
        let parse = |text| Location::parse(text).unwrap_err().to_string();
        let mut lines: Vec<_> = [
            "alerts.example.com",
            "ftp://alerts.example.com",
            "https://me:hunter2@alerts.example.com",
            "https://alerts.example.com/?token=hunter2",
            "https://alerts.example.com/prod/kazoo/hunter2",
            "htps://alerts.example.com/kazoo/hunter2",
            "alerts.example.com?token=hunter2",
            "http://localhost:9000",
            "http://127.0.0.1:9000/kazoo",
            "http://0.0.0.0",
            "http://[::1]:9000",
        ]
        .map(parse)
        .to_vec();
        let location = Location::parse("https://alerts.example.com").unwrap();
        lines.push(Receiver::new(location, Secret::new("hunter2/")).unwrap_err().to_string());
        assert!(!lines.join(" ").contains("hunter2"));
        insta::assert_snapshot!(lines.join("\n"), @"
        `alerts.example.com` is not an address that KAZOO can call: give it like `https://alerts.example.com`
        `ftp://alerts.example.com` is not an address that KAZOO can call: give it like `https://alerts.example.com`
        the address of Campanile may have a host and a path only: take away user, query and fragment
        the address of Campanile may have a host and a path only: take away user, query and fragment
        the address of Campanile goes on after `/kazoo`: end it there, the token is added to it
        `htps://alerts.example.com/kazoo/[redacted]` is not an address that KAZOO can call: give it like `https://alerts.example.com`
        `alerts.example.com` is not an address that KAZOO can call: give it like `https://alerts.example.com`
        `localhost` is refused by KAZOO as a hook's host: give the public address of Campanile
        `127.0.0.1` is refused by KAZOO as a hook's host: give the public address of Campanile
        `0.0.0.0` is refused by KAZOO as a hook's host: give the public address of Campanile
        `[::1]` is refused by KAZOO as a hook's host: give the public address of Campanile
        the token cannot stand in an address: use letters, digits, `-`, `.`, `_` and `~` only
        ");
    }

    #[test]
    fn a_receiver_does_not_print_its_token() {
        let receiver = receiver("https://alerts.example.com", "s3cr3t");
        assert!(!format!("{receiver:?} {:?}", receiver.uri("parking")).contains("s3cr3t"));
    }

    proptest! {
        #[test]
        fn what_we_give_a_hook_is_ours_under_any_token(
            token in "[A-Za-z0-9._~-]{3,40}",
            prefix in "(/[a-z0-9]{1,8}){0,2}",
            hook in "[a-z_]{1,20}",
        ) {
            let receiver = receiver(&format!("https://alerts.example.com{prefix}"), &token);
            prop_assert!(receiver.location().owns(&hook, &receiver.uri(&hook)));
        }

        #[test]
        fn any_text_is_an_address_or_an_error(text in ".*", hook in ".*") {
            if let Ok(location) = Location::parse(&text) {
                location.owns(&hook, &HookUri::new(text));
            }
        }
    }
}
