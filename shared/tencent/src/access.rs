//! Who we are to Tencent Cloud, and where its API is.

use net::Secret;
use url::Url;

/// Where accounts of China are served.
const ENDPOINT: &str = "https://monitor.tencentcloudapi.com/";

/// A key of a sub-account, and the address of the API of Cloud Monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub(crate) secret_id: String,
    pub(crate) secret_key: Secret,
    pub(crate) endpoint: Url,
}

/// A key or an address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// A key that could not stand in a header.
    #[error("`secret_id` holds something else than letters and digits: copy it again")]
    SecretId,
    /// An address that is none.
    #[error(
        "`endpoint` is no address: leave it out, or give `https://monitor.intl.tencentcloudapi.com` for an international account"
    )]
    Endpoint,
}

impl Access {
    /// A key, and the address of the API, that of accounts of China unless another is given.
    pub fn new(secret_id: &str, secret_key: &str, endpoint: Option<&str>) -> Result<Self, AccessError> {
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if secret_id.is_empty() || !secret_id.bytes().all(is_id) {
            return Err(AccessError::SecretId);
        }
        let endpoint = Url::parse(endpoint.unwrap_or(ENDPOINT)).map_err(|_| AccessError::Endpoint)?;
        let is_bare = endpoint.path() == "/" && endpoint.query().is_none() && endpoint.username().is_empty();
        if !is_bare || endpoint.host_str().is_none() || !matches!(endpoint.scheme(), "http" | "https") {
            return Err(AccessError::Endpoint);
        }
        Ok(Self { secret_id: secret_id.to_owned(), secret_key: Secret::new(secret_key), endpoint })
    }

    /// The host as it stands in the request and is signed.
    pub(crate) fn host(&self) -> String {
        let host = self.endpoint.host_str().unwrap_or_default();
        self.endpoint.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_sent_is_refused_and_the_key_does_not_print() {
        let refused = |id: &str, endpoint: Option<&str>| Access::new(id, "key", endpoint).unwrap_err();
        assert_eq!(refused("", None), AccessError::SecretId);
        assert_eq!(refused("id\r\nx: y", None), AccessError::SecretId);
        for endpoint in ["monitor.example.com", "https://m.example.com/v3", "https://u@m.example.com"] {
            assert_eq!(refused("id", Some(endpoint)), AccessError::Endpoint, "{endpoint}");
        }
        let access = Access::new("AKIDexample", "h1dden", None).unwrap();
        assert_eq!(access.host(), "monitor.tencentcloudapi.com");
        assert!(!format!("{access:?}").contains("h1dden"));
    }
}
