//! The two cookies: one while somebody is away to sign in, and one for whoever came back.

use http::{HeaderMap, HeaderValue, header};

/// A cookie's name, without what stands before it where there is TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    Login,
    Session,
}

/// Whether cookies go over TLS alone. On this machine there is none, and a browser would drop such a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Tls,
    ThisMachine,
}

impl Cookie {
    const fn name(self, transport: Transport) -> &'static str {
        match (self, transport) {
            (Self::Login, Transport::Tls) => "__Host-login",
            (Self::Session, Transport::Tls) => "__Host-session",
            (Self::Login, Transport::ThisMachine) => "login",
            (Self::Session, Transport::ThisMachine) => "session",
        }
    }

    /// The issuer sends the browser back from another site, which a strict cookie would not survive.
    const fn same_site(self) -> &'static str {
        match self {
            Self::Login => "Lax",
            Self::Session => "Strict",
        }
    }

    /// What has a browser keep `value` for so many seconds; none for 0.
    pub(super) fn set(self, transport: Transport, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if transport == Transport::Tls { "; Secure" } else { "" };
        let (name, same_site) = (self.name(transport), self.same_site());
        let text =
            format!("{name}={value}; Path=/{secure}; HttpOnly; SameSite={same_site}; Max-Age={seconds}");
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// What has a browser forget it.
    pub(super) fn forget(self, transport: Transport) -> Option<HeaderValue> {
        self.set(transport, "", 0)
    }

    /// Every value of it among `headers`: whoever can set one for the parent domain cannot hide ours.
    pub(super) fn values(self, transport: Transport, headers: &HeaderMap) -> impl Iterator<Item = &str> {
        let name = self.name(transport);
        let headers = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let pairs = headers.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_says_what_browsers_shall_do_with_it() {
        let set = |cookie: Cookie, transport| cookie.set(transport, "v", 600).unwrap();
        assert_eq!(
            set(Cookie::Login, Transport::Tls),
            "__Host-login=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
        );
        assert_eq!(
            set(Cookie::Session, Transport::Tls),
            "__Host-session=v; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=600"
        );
        assert_eq!(
            set(Cookie::Session, Transport::ThisMachine),
            "session=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=600"
        );
    }

    #[test]
    fn all_values_of_one_name_are_found() {
        let headers = HeaderMap::from_iter([
            (header::COOKIE, HeaderValue::from_static("a=1; __Host-session=x; session=y")),
            (header::COOKIE, HeaderValue::from_static("__Host-session=z.z==; __Host-session")),
        ]);
        let values = |transport| Cookie::Session.values(transport, &headers).collect::<Vec<_>>();
        assert_eq!(values(Transport::Tls), ["x", "z.z=="]);
        assert_eq!(values(Transport::ThisMachine), ["y"]);
    }
}
