//! Who we are to Netdata Cloud, and where its API is.

use net::Secret;
use url::Url;

/// Where everybody is served.
const ENDPOINT: &str = "https://app.netdata.cloud/";

/// A token, and the address of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub(crate) token: Secret,
    pub(crate) endpoint: Url,
}

/// A token or an address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// A token that could not stand in a header.
    #[error("`api_token` holds something else than visible ASCII: copy it again")]
    Token,
    /// An address that is none.
    #[error("`endpoint` is no address: leave it out for Netdata Cloud itself")]
    Endpoint,
}

impl Access {
    /// A token of `scope:all`, and the address of the API, that of Netdata Cloud unless another is given.
    pub fn new(token: &str, endpoint: Option<&str>) -> Result<Self, AccessError> {
        let token = Secret::new(token);
        if !token.fits_a_header() {
            return Err(AccessError::Token);
        }
        let endpoint = Url::parse(endpoint.unwrap_or(ENDPOINT)).map_err(|_| AccessError::Endpoint)?;
        let is_bare = endpoint.path() == "/" && endpoint.query().is_none() && endpoint.username().is_empty();
        if !is_bare || endpoint.host_str().is_none() || !matches!(endpoint.scheme(), "http" | "https") {
            return Err(AccessError::Endpoint);
        }
        Ok(Self { token, endpoint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_sent_is_refused_and_the_token_does_not_print() {
        for token in ["", "to ken", "t\r\nx: y", "tökén"] {
            assert_eq!(Access::new(token, None), Err(AccessError::Token), "{token}");
        }
        for endpoint in [
            "app.netdata.cloud",
            "https://a.example.com/api",
            "https://u@a.example.com",
            "ftp://a.example.com",
        ] {
            assert_eq!(Access::new("t", Some(endpoint)), Err(AccessError::Endpoint), "{endpoint}");
        }
        let access = Access::new("h1dden", None).unwrap();
        assert!(!format!("{access:?}").contains("h1dden"));
    }
}
