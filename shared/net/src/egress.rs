//! Where requests may go: not into our own network, unless the operator says so.
//!
//! The URL of a destination is written by whoever may edit the settings; without these rules it could make us ask
//! the instance metadata service, a neighbour in the VPC or ourselves. An address is judged where it is
//! about to be connected to, so a name that changes its address after a check gains nothing.
//!
//! The address of a source's API is another matter: it stands in the secret of that source, which is the operator's alone.

mod denied;

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

/// The networks that requests may go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressPolicy {
    allowed: Vec<IpNet>,
    scope: Scope,
}

/// What is permitted besides the networks that are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Public,
    PublicAndLoopback,
    Everything,
}

/// An address in a network that requests may not go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is in a network that requests may not go to: use a public address, or let the operator allow the network"
)]
pub struct DeniedAddress(pub IpAddr);

/// Why no request may go to a URL. Never shows more of it than its scheme and host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlMistake {
    /// It does not parse by the WHATWG's rules.
    #[error("is not a URL: give an absolute one, like https://host/path")]
    Syntax,
    /// Another scheme than `https`.
    #[error("has the scheme `{0}`: use https")]
    Scheme(String),
    /// A user name or password in front of the host.
    #[error("has a user name or password in front of the host: remove it")]
    UserInfo,
    /// A name that stands for this machine or a private network.
    #[error("has the host `{0}`, which is private by its name: use a public name")]
    PrivateName(String),
    /// An address that stands for this machine or a private network.
    #[error(transparent)]
    Address(#[from] DeniedAddress),
}

impl EgressPolicy {
    /// The public Internet only.
    pub const fn public() -> Self {
        Self { allowed: Vec::new(), scope: Scope::Public }
    }

    /// Everywhere, with and without TLS: for a system whose address is the operator's own word, such as a KAZOO in his
    /// network. Never for an address that anybody else may write.
    pub const fn anywhere() -> Self {
        Self { allowed: Vec::new(), scope: Scope::Everything }
    }

    /// Also `networks`, for a Mattermost or Rocket.Chat of one's own.
    #[must_use]
    pub fn and_networks(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.allowed.extend(networks);
        self
    }

    /// Also this machine, and without TLS: for the local bundle and tests alone.
    #[must_use]
    pub const fn and_loopback(mut self) -> Self {
        if matches!(self.scope, Scope::Public) {
            self.scope = Scope::PublicAndLoopback;
        }
        self
    }

    /// Whether requests may go without TLS.
    pub const fn permits_http(&self) -> bool {
        !matches!(self.scope, Scope::Public)
    }

    pub(crate) const fn permits_everything(&self) -> bool {
        matches!(self.scope, Scope::Everything)
    }

    /// Parses `text` as a URL that requests may go to, without its fragment. What its host resolves to is checked by
    /// [`EgressPolicy::check_address`] when it is resolved.
    pub fn parse_url(&self, text: &str) -> Result<Url, UrlMistake> {
        let mut url = Url::parse(text).map_err(|_| UrlMistake::Syntax)?;
        self.check_url(&url)?;
        url.set_fragment(None);
        Ok(url)
    }

    /// Whether a request may go to `url`, as far as is known without resolving its host.
    pub fn check_url(&self, url: &Url) -> Result<(), UrlMistake> {
        match url.scheme() {
            "https" => {}
            "http" if self.permits_http() => {}
            other => return Err(UrlMistake::Scheme(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlMistake::UserInfo);
        }
        match url.host() {
            None => Err(UrlMistake::Syntax),
            Some(Host::Domain(name)) => self.check_name(name),
            Some(Host::Ipv4(address)) => Ok(self.check_address(address.into())?),
            Some(Host::Ipv6(address)) => Ok(self.check_address(address.into())?),
        }
    }

    fn check_name(&self, name: &str) -> Result<(), UrlMistake> {
        let bare = name.strip_suffix('.').unwrap_or(name);
        let last = bare.rsplit('.').next().unwrap_or_default();
        match (last, self.scope) {
            (_, Scope::Everything) | ("localhost", Scope::PublicAndLoopback) => Ok(()),
            ("localhost" | "local" | "internal" | "", _) => Err(UrlMistake::PrivateName(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Whether a connection may be made to `address`.
    pub fn check_address(&self, address: IpAddr) -> Result<(), DeniedAddress> {
        let canonical = address.to_canonical();
        let is_allowed = self.allowed.iter().any(|network| network.contains(&canonical));
        let is_in_scope = match self.scope {
            Scope::Public => !denied::contains(canonical),
            Scope::PublicAndLoopback => canonical.is_loopback() || !denied::contains(canonical),
            Scope::Everything => true,
        };
        if is_allowed || is_in_scope { Ok(()) } else { Err(DeniedAddress(address)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_denied() {
        for text in [
            "127.0.0.1",
            "::1",
            "::",
            "::ffff:7f00:1",
            "169.254.169.254",
            "100.100.0.0",
            "0.1.2.3",
            "233.252.0.16",
            "10.0.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "198.19.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "255.255.255.255",
            "240.0.0.1",
            "fd7a:115c:a1e0::1",
            "febf:ffff::1",
            "ff02::1",
            "100::1",
            "2001:db8::1",
            "3fff::1",
            "2002:c0a8:1::1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "5f00::1",
            "::ffff:0.0.0.1",
            "::ffff:169.254.169.254",
            "fd00:ec2::254",
            "fec0::1",
            "feff:ffff::1",
            "::7f00:1",
            "::a9fe:a9fe",
            "::8.8.8.8",
            "::ffff:0:7f00:1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(EgressPolicy::public().check_address(address), Err(DeniedAddress(address)), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_allowed() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "2001:4860:4860::8888",
            "2001:1::1",
            "2606:4700::1111",
            "1::1",
            "::ffff:8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
        ] {
            assert_eq!(EgressPolicy::public().check_address(text.parse().unwrap()), Ok(()), "{text}");
        }
    }

    #[test]
    fn urls_that_lead_inside_are_refused() {
        for text in [
            "https://127.0.0.1",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]:9876",
            "https://[::ffff:7f00:1]/",
            "https://1:2@[::1]:9876",
            "https://user@hooks.slack.com/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://internal/",
            "https://[127.0.0.1]",
            "https://[::1%lo]",
            "http://hooks.slack.com/",
            "ftp://hooks.slack.com/",
            "//hooks.slack.com",
            "https://",
            "hooks.slack.com/services",
            "https://169.254.169.254/latest/meta-data",
        ] {
            assert!(EgressPolicy::public().parse_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_public_url_loses_its_fragment_and_keeps_its_query() {
        let url = EgressPolicy::public().parse_url("https://hooks.example.com/a?b=c#d").unwrap();
        assert_eq!(url.as_str(), "https://hooks.example.com/a?b=c");
    }

    #[test]
    fn the_operator_may_allow_a_network_and_no_more() {
        let policy = EgressPolicy::public().and_networks(["10.20.0.0/16".parse().unwrap()]);
        assert_eq!(policy.check_address("10.20.3.4".parse().unwrap()), Ok(()));
        assert_eq!(policy.check_address("::ffff:10.20.3.4".parse().unwrap()), Ok(()));
        assert!(policy.check_address("10.21.0.1".parse().unwrap()).is_err());
        assert!(policy.parse_url("http://10.20.3.4/hooks/x").is_err(), "TLS is still asked for");
    }

    #[test]
    fn the_local_bundle_reaches_itself_and_nothing_else_that_is_private() {
        let policy = EgressPolicy::public().and_loopback();
        assert!(policy.parse_url("http://127.0.0.1:9000/x").is_ok());
        assert!(policy.parse_url("http://localhost:9000/x").is_ok());
        assert!(policy.parse_url("https://[::1]:9000/x").is_ok());
        assert!(policy.parse_url("http://169.254.169.254/").is_err());
    }

    #[test]
    fn an_operators_own_system_may_be_anywhere_and_without_tls() {
        for policy in [EgressPolicy::anywhere(), EgressPolicy::anywhere().and_loopback()] {
            for text in
                ["http://10.0.0.1:8000/v2", "https://kazoo.internal/", "http://localhost/", "https://[::1]"]
            {
                assert!(policy.parse_url(text).is_ok(), "{text}");
            }
            assert!(policy.parse_url("ftp://10.0.0.1/").is_err());
            assert!(policy.parse_url("https://user@10.0.0.1/").is_err());
        }
    }

    #[test]
    fn an_error_shows_no_credential() {
        let error =
            EgressPolicy::public().parse_url("https://user:hidden@hooks.example.com/hidden").unwrap_err();
        assert!(!error.to_string().contains("hidden"));
    }
}
