//! What an issuer publishes of itself (<https://openid.net/specs/openid-connect-discovery-1_0.html>).

use net::EgressPolicy;
use serde_json::Value;
use url::Url;

/// Where an issuer does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Discovered {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) end_session_endpoint: Option<Url>,
    /// Whether the client secret goes into the body rather than into a header.
    pub(super) secret_in_body: bool,
    /// Whether every answer names the issuer, so that one without is none of its own.
    pub(super) names_itself: bool,
}

/// Why what an issuer publishes is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DiscoveryMistake {
    #[error(
        "it calls itself another issuer than the secret does: write there what its document says, byte for byte"
    )]
    OtherIssuer,
    #[error("its `{0}` is missing or no address that requests may go to")]
    Address(&'static str),
}

/// Where `issuer` publishes: one slash at its end is left out.
pub(super) fn document_of(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer))
}

impl Discovered {
    /// Reads the document of the issuer that calls itself `issuer`.
    pub(super) fn read(
        issuer: &str,
        document: &Value,
        egress: &EgressPolicy,
    ) -> Result<Self, DiscoveryMistake> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        if text("issuer") != Some(issuer) {
            return Err(DiscoveryMistake::OtherIssuer);
        }
        let address = |name: &str| egress.parse_url(text(name)?).ok();
        let needed = |name| address(name).ok_or(DiscoveryMistake::Address(name));
        let methods = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
        let takes = |method: &str| methods.is_some_and(|methods| methods.iter().any(|known| known == method));
        let names_itself = document.get("authorization_response_iss_parameter_supported");
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            end_session_endpoint: address("end_session_endpoint"),
            secret_in_body: !takes("client_secret_basic") && takes("client_secret_post"),
            names_itself: names_itself == Some(&Value::Bool(true)),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "issuer": "https://id.example.com",
            "authorization_endpoint": "https://login.example.com/authorize?tenant=1",
            "token_endpoint": "https://login.example.com/token",
            "jwks_uri": "https://login.example.com/keys",
        })
    }

    fn read(issuer: &str, document: &Value) -> Result<Discovered, DiscoveryMistake> {
        Discovered::read(issuer, document, &EgressPolicy::public())
    }

    #[test]
    fn an_issuer_is_the_one_that_is_configured_byte_for_byte() {
        assert!(read("https://id.example.com", &document()).is_ok());
        for other in
            ["https://id.example.com/", "https://ID.example.com", "https://id.example.com/{tenantid}"]
        {
            assert_eq!(read(other, &document()), Err(DiscoveryMistake::OtherIssuer), "{other}");
        }
        let common = "https://login.microsoftonline.com/common/v2.0";
        let mut published = document();
        published["issuer"] = "https://login.microsoftonline.com/{tenantid}/v2.0".into();
        assert_eq!(read(common, &published), Err(DiscoveryMistake::OtherIssuer));
        assert_eq!(document_of("https://a/"), "https://a/.well-known/openid-configuration");
        assert_eq!(document_of("https://a//"), "https://a//.well-known/openid-configuration");
        assert_eq!(document_of("https://a/realms/b"), "https://a/realms/b/.well-known/openid-configuration");
    }

    #[test]
    fn an_address_without_tls_or_inside_is_none() {
        for (name, address) in [
            ("token_endpoint", "http://login.example.com/token"),
            ("jwks_uri", "https://169.254.169.254/keys"),
            ("authorization_endpoint", "javascript:alert(1)"),
        ] {
            let mut document = document();
            document[name] = address.into();
            let refused = read("https://id.example.com", &document);
            assert_eq!(refused, Err(DiscoveryMistake::Address(name)), "{name}");
        }
    }

    #[test]
    fn the_secret_goes_into_the_body_only_where_it_must() {
        let with = |methods: Value| {
            let mut document = document();
            document["token_endpoint_auth_methods_supported"] = methods;
            read("https://id.example.com", &document).unwrap().secret_in_body
        };
        assert!(!with(json!(["client_secret_post", "client_secret_basic"])) && !with(json!(null)));
        assert!(with(json!(["client_secret_post", "private_key_jwt"])));
    }
}
