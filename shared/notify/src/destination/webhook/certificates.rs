//! The certificates of a webhook: who we are, and whom we trust.

use reqwest::{Certificate, Client, ClientBuilder};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::secret::Secret;
use crate::settings::Fields;

/// PEM texts, each parsed once so that a mistake shows when the settings are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Certificates {
    identity: Option<Identity>,
    authorities: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    certificate: Secret,
    key: Secret,
}

impl Certificates {
    /// Reads `client_certificate`, `client_key` and `ca_certificate`.
    pub(super) fn read(fields: &mut Fields) -> Self {
        let certificate = fields.secret("client_certificate");
        let key = fields.secret("client_key");
        let authorities = fields.text("ca_certificate");
        let mistakes = fields.mistakes();
        check_certificates(fields, "client_certificate", certificate.as_ref().map(Secret::expose));
        check_certificates(fields, "ca_certificate", authorities.as_deref());
        if key.as_ref().is_some_and(|key| PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).is_err()) {
            fields.mistake(
                "client_key",
                "holds no private key: paste the PEM text, from -----BEGIN to -----END",
            );
        }
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                fields.mistake("client_key", "is missing: give the key of client_certificate");
                None
            }
            (None, Some(_)) => {
                fields.mistake("client_certificate", "is missing: give the certificate of client_key");
                None
            }
        };
        let certificates = Self { identity, authorities };
        let is_readable = fields.mistakes() == mistakes;
        if is_readable && certificates.has_identity() && certificates.apply_to(Client::builder()).is_err() {
            fields.mistake(
                "client_key",
                "does not fit client_certificate: give the pair that belongs together",
            );
        }
        certificates
    }

    /// Has `builder` present the client certificate, and trust the configured authorities alone, where they are set.
    pub(crate) fn apply_to(&self, mut builder: ClientBuilder) -> reqwest::Result<Client> {
        if let Some(Identity { certificate, key }) = &self.identity {
            let pem = format!("{}\n{}", key.expose(), certificate.expose());
            builder = builder.identity(reqwest::Identity::from_pem(pem.as_bytes())?);
        }
        if let Some(pem) = &self.authorities {
            builder = builder.tls_certs_only(Certificate::from_pem_bundle(pem.as_bytes())?);
        }
        builder.build()
    }

    pub(super) const fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// Whether requests need a TLS configuration of their own.
    pub(crate) const fn are_set(&self) -> bool {
        self.identity.is_some() || self.authorities.is_some()
    }

    /// Whether authorities of their own take the place of the public ones.
    pub(crate) const fn have_authorities(&self) -> bool {
        self.authorities.is_some()
    }
}

fn check_certificates(fields: &mut Fields, name: &str, pem: Option<&str>) {
    let Some(pem) = pem else { return };
    let mut certificates = CertificateDer::pem_slice_iter(pem.as_bytes()).peekable();
    if certificates.peek().is_none() || certificates.any(|certificate| certificate.is_err()) {
        fields.mistake(name, "holds no certificate: paste the PEM text, from -----BEGIN to -----END");
    }
}
