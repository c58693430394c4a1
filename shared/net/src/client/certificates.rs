//! The certificates of one server: who we are there, and whom we trust.

use reqwest::{Certificate, Client, ClientBuilder, Identity};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::Secret;

/// PEM texts, each parsed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    identity: Option<(Secret, Secret)>,
    authorities: Option<String>,
}

/// What is wrong with a PEM text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PemMistake {
    /// There is no certificate in it.
    #[error("holds no certificate: paste the PEM text, from -----BEGIN to -----END")]
    Certificate,
    /// There is no private key in it.
    #[error("holds no private key: paste the PEM text, from -----BEGIN to -----END")]
    Key,
    /// Both are well, but not of each other.
    #[error("does not fit the certificate: give the pair that belongs together")]
    Pair,
}

impl Certificates {
    /// Presents `identity`, a certificate and its key, and trusts `authorities` instead of the public ones, where given.
    pub const fn new(identity: Option<(Secret, Secret)>, authorities: Option<String>) -> Self {
        Self { identity, authorities }
    }

    /// Whether `pem` holds certificates.
    pub fn check_certificates(pem: &str) -> Result<(), PemMistake> {
        let mut certificates = CertificateDer::pem_slice_iter(pem.as_bytes()).peekable();
        let is_none = certificates.peek().is_none() || certificates.any(|certificate| certificate.is_err());
        if is_none { Err(PemMistake::Certificate) } else { Ok(()) }
    }

    /// Whether `pem` holds a private key.
    pub fn check_key(pem: &str) -> Result<(), PemMistake> {
        PrivateKeyDer::from_pem_slice(pem.as_bytes()).map(|_| ()).map_err(|_| PemMistake::Key)
    }

    /// Whether certificate and key belong together, as far as TLS knows before it connects.
    pub fn check_pair(&self) -> Result<(), PemMistake> {
        let built = self.apply_to(Client::builder()).and_then(ClientBuilder::build);
        built.map(|_| ()).map_err(|_| PemMistake::Pair)
    }

    /// Whether a client certificate is presented.
    pub const fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    pub(super) const fn has_authorities(&self) -> bool {
        self.authorities.is_some()
    }

    pub(super) fn apply_to(&self, mut builder: ClientBuilder) -> reqwest::Result<ClientBuilder> {
        if let Some((certificate, key)) = &self.identity {
            let pem = format!("{}\n{}", key.expose(), certificate.expose());
            builder = builder.identity(Identity::from_pem(pem.as_bytes())?);
        }
        if let Some(pem) = &self.authorities {
            builder = builder.tls_certs_only(Certificate::from_pem_bundle(pem.as_bytes())?);
        }
        Ok(builder)
    }
}
