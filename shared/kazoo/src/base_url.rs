//! Where Crossbar is.

use std::fmt;

use url::Url;

use crate::redaction::printable;

/// The only version of Crossbar's paths there is.
const VERSION: &str = "v2";

/// The address of Crossbar, such as `https://kazoo.example.com:8443/v2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// An address that cannot be Crossbar's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It is no URL.
    #[error("{0} is not a URL: give it like `https://kazoo.example.com:8443/v2`")]
    NotAUrl(String),
    /// It has another scheme than http or https, which is also what `host:8443` reads like.
    #[error("{0} does not start with http:// or https://: give it like `https://kazoo.example.com:8443/v2`")]
    Scheme(String),
    /// It carries a user name or a password.
    #[error("the address of KAZOO carries a user name or password: give those as credentials")]
    UserInfo,
    /// It has a query or a fragment.
    #[error("{0} goes on with a query or a fragment: end it after `/v2`")]
    Query(String),
    /// Its path does not end in the version.
    #[error("{0} does not end in `/v2`: give Crossbar's own address, not that of one of its resources")]
    Path(String),
}

impl BaseUrl {
    /// Reads an address; a missing `/v2` is added and a trailing slash taken away.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let mut url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAUrl(quoted(text)))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BaseUrlError::Scheme(quoted(text)));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Query(quoted(text)));
        }
        let path = versioned(url.path()).ok_or_else(|| BaseUrlError::Path(quoted(text)))?;
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of the resource that `segments` lead to.
    pub(crate) fn resource<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }
}

fn versioned(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Some(format!("/{VERSION}"));
    }
    path.ends_with(&format!("/{VERSION}")).then(|| path.to_owned())
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str())
    }
}

/// An address as it was given, without what may be a secret: a password before an `@`, a token in a query.
fn quoted(text: &str) -> String {
    if text.contains('@') {
        return "the address".to_owned();
    }
    format!("`{}`", printable(text.split(['?', '#']).next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_too_many_and_a_version_too_few_are_put_right() {
        for text in [
            "https://kazoo.example.com:8443/v2",
            "https://kazoo.example.com:8443/v2/",
            "https://kazoo.example.com:8443",
            " https://KAZOO.example.com:8443/ ",
        ] {
            assert_eq!(
                BaseUrl::parse(text).unwrap().to_string(),
                "https://kazoo.example.com:8443/v2",
                "{text}"
            );
        }
        let proxied = BaseUrl::parse("http://proxy.example.com/crossbar/v2/").unwrap();
        assert_eq!(proxied.resource(["api_auth"]).as_str(), "http://proxy.example.com/crossbar/v2/api_auth");
    }

    #[test]
    fn an_address_that_is_not_crossbars_is_refused_with_the_remedy() {
        let refusals: Vec<_> = [
            "kazoo.example.com",
            "kazoo.example.com:8443/v2",
            "https://admin:hunter2@kazoo.example.com/v2",
            "ht!tp://admin:hunter2@kazoo.example.com/v2",
            "https://admin:hunter2?hunter2@kazoo.example.com/v2",
            "https://kazoo.example.com/v2?auth_token=hunter2",
            "kazoo.example.com/v2?auth_token=hunter2",
            "https://kazoo.example.com/v1",
            "https://kazoo.example.com/v2/accounts",
        ]
        .into_iter()
        .map(|text| BaseUrl::parse(text).unwrap_err().to_string())
        .collect();
        assert!(!refusals.join(" ").contains("hunter2"));
        insta::assert_snapshot!(refusals.join("\n"), @"
        `kazoo.example.com` is not a URL: give it like `https://kazoo.example.com:8443/v2`
        `kazoo.example.com:8443/v2` does not start with http:// or https://: give it like `https://kazoo.example.com:8443/v2`
        the address of KAZOO carries a user name or password: give those as credentials
        the address is not a URL: give it like `https://kazoo.example.com:8443/v2`
        the address is not a URL: give it like `https://kazoo.example.com:8443/v2`
        `https://kazoo.example.com/v2` goes on with a query or a fragment: end it after `/v2`
        `kazoo.example.com/v2` is not a URL: give it like `https://kazoo.example.com:8443/v2`
        `https://kazoo.example.com/v1` does not end in `/v2`: give Crossbar's own address, not that of one of its resources
        `https://kazoo.example.com/v2/accounts` does not end in `/v2`: give Crossbar's own address, not that of one of its resources
        ");
    }
}
