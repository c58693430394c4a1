//! The certificates of a webhook in its settings: who we are, and whom we trust.

use net::{Certificates, Secret};

use crate::settings::Fields;

/// Reads `client_certificate`, `client_key` and `ca_certificate`; none if there is neither.
pub(super) fn read(fields: &mut Fields) -> Option<Certificates> {
    let certificate = fields.secret("client_certificate");
    let key = fields.secret("client_key");
    let authorities = fields.text("ca_certificate");
    let mistakes = fields.mistakes();
    let check = |pem: Option<&str>| pem.map_or(Ok(()), Certificates::check_certificates);
    note(fields, "client_certificate", check(certificate.as_ref().map(Secret::expose)));
    note(fields, "ca_certificate", check(authorities.as_deref()));
    note(fields, "client_key", key.as_ref().map_or(Ok(()), |key| Certificates::check_key(key.expose())));
    let identity = read_identity(fields, certificate, key);
    let has_identity = identity.is_some();
    let certificates =
        (has_identity || authorities.is_some()).then(|| Certificates::new(identity, authorities))?;
    if has_identity && fields.mistakes() == mistakes {
        note(fields, "client_key", certificates.check_pair());
    }
    Some(certificates)
}

fn read_identity(
    fields: &mut Fields,
    certificate: Option<Secret>,
    key: Option<Secret>,
) -> Option<(Secret, Secret)> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => return Some((certificate, key)),
        (None, None) => {}
        (Some(_), None) => {
            fields.mistake("client_key", "is missing: give the key of client_certificate");
        }
        (None, Some(_)) => {
            fields.mistake("client_certificate", "is missing: give the certificate of client_key");
        }
    }
    None
}

fn note(fields: &mut Fields, name: &str, checked: Result<(), net::PemMistake>) {
    match checked {
        Ok(()) => {}
        Err(net::PemMistake::Pair) => {
            fields.mistake(name, "does not fit client_certificate: give the pair that belongs together");
        }
        Err(mistake) => fields.mistake(name, mistake.to_string()),
    }
}
