//! The one HTTP client of all clients of AWS, and whom it trusts.
//!
//! A function's start would spend a third of its processor time on reading the system's 140 authorities. AWS presents
//! certificates of its own authorities, so that these five do; whoever names others (`AWS_CA_BUNDLE`, `SSL_CERT_FILE`,
//! `SSL_CERT_DIR`), or an endpoint that is not AWS's own, gets the system's store, as everybody outside of Lambda does.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// The root certificates of Amazon Trust Services, see <https://www.amazontrust.com/repository/>.
const AMAZON: [&str; 5] = [
    include_str!("trust/amazon-root-ca-1.pem"),
    include_str!("trust/amazon-root-ca-2.pem"),
    include_str!("trust/amazon-root-ca-3.pem"),
    include_str!("trust/amazon-root-ca-4.pem"),
    include_str!("trust/starfield-services-root-g2.pem"),
];

/// Variables that name other authorities or other hosts than AWS's own.
const ELSEWHERE: [&str; 6] = [
    "AWS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
];

/// The client for a function that runs in `region`, with the environment that `variable` reads.
pub(crate) fn http_client(region: &str, variable: impl Fn(&str) -> Option<String>) -> SharedHttpClient {
    let trusted = if is_amazons(region, variable) { amazon() } else { TrustStore::default() };
    let builder = Builder::new().tls_provider(Provider::rustls(CryptoMode::AwsLc));
    match TlsContext::builder().with_trust_store(trusted).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        Err(_) => builder.build_https(),
    }
}

/// Whether calls go to hosts whose certificates are Amazon's. China and isolated regions are left to the system's store.
fn is_amazons(region: &str, variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    !region.starts_with("cn-") && !region.contains("-iso") && !ELSEWHERE.into_iter().any(is_set)
}

fn amazon() -> TrustStore {
    AMAZON.iter().fold(TrustStore::empty(), |store, pem| store.with_pem_certificate(pem.as_bytes()))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn the_five_are_authorities_that_browsers_trust() {
        for pem in AMAZON {
            let lines = pem.lines().filter(|line| !line.starts_with("-----"));
            let der = STANDARD.decode(lines.collect::<String>()).unwrap();
            let mut trusted = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
            assert!(trusted.any(|root| root.as_ref() == der), "{pem}");
        }
    }

    #[test]
    fn whoever_names_authorities_or_hosts_gets_the_systems_store() {
        let only = |name: &'static str| move |asked: &str| (asked == name).then(|| "set".to_owned());
        assert!(is_amazons("eu-central-1", |_| None));
        assert!(is_amazons("us-gov-west-1", |_| Some(String::new())));
        for region in ["cn-north-1", "us-iso-east-1", "us-isob-east-1"] {
            assert!(!is_amazons(region, |_| None), "{region}");
        }
        for name in ELSEWHERE {
            assert!(!is_amazons("eu-central-1", only(name)), "{name}");
        }
    }
}
