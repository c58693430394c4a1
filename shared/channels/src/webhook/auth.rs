//! How a webhook sees that it is us: the header `Authorization`, a client certificate, a signature alone, or, where the
//! operator insists, not at all.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use net::{Certificates, Secret};

use super::signature::Signing;
use crate::settings::Fields;

/// The mode of authentication. A client certificate that is configured is presented in every mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Auth {
    /// The client certificate.
    Mtls,
    /// A user name and a password.
    Basic { username: String, password: Secret },
    /// A token.
    Bearer(Secret),
    /// The signature, or nothing at all.
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Mtls,
    Basic,
    Bearer,
    None,
}

const MODES: [(&str, Mode); 4] =
    [("mtls", Mode::Mtls), ("basic", Mode::Basic), ("bearer", Mode::Bearer), ("none", Mode::None)];

impl Auth {
    pub(super) fn read(
        fields: &mut Fields,
        certificates: Option<&Certificates>,
        signing: &Signing,
    ) -> Option<Self> {
        let mode = fields.word_or("auth", &MODES, Mode::Mtls)?;
        let auth = match mode {
            Mode::Mtls => read_mtls(fields, certificates),
            Mode::Basic => read_basic(fields),
            Mode::Bearer => read_bearer(fields),
            Mode::None => Some(read_none(fields, signing, certificates)),
        };
        refuse_unused(fields, mode);
        auth
    }

    /// The header `Authorization`, in the modes that have one.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                format!("Basic {}", BASE64_STANDARD.encode(pair))
            }
            Self::Bearer(token) => format!("Bearer {}", token.expose()),
            Self::Mtls | Self::None => return None,
        };
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// What an answer must not repeat.
    pub(super) fn secrets(&self) -> Vec<String> {
        let header = self.header();
        let credentials = header.as_ref().and_then(|value| value.to_str().ok()?.split_once(' '));
        let encoded = credentials.map(|(_, credentials)| credentials.to_owned());
        let password = match self {
            Self::Basic { password, .. } => Some(password.expose().to_owned()),
            _ => None,
        };
        encoded.into_iter().chain(password).collect()
    }
}

fn read_mtls(fields: &mut Fields, certificates: Option<&Certificates>) -> Option<Auth> {
    if !certificates.is_some_and(Certificates::has_identity) {
        let problem = "`mtls` needs client_certificate and client_key: give both, or choose basic or bearer";
        fields.mistake("auth", problem);
        return None;
    }
    Some(Auth::Mtls)
}

fn read_basic(fields: &mut Fields) -> Option<Auth> {
    let username = fields.required_text("username", "auth `basic` needs it");
    let password = fields.required_secret("password", "auth `basic` needs it");
    if username.as_ref().is_some_and(|name| name.contains(':')) {
        fields.mistake("username", "has a `:`, which Basic cannot carry: choose another");
    }
    Some(Auth::Basic { username: username?, password: password? })
}

fn read_bearer(fields: &mut Fields) -> Option<Auth> {
    let token = fields.required_secret("token", "auth `bearer` needs it")?;
    let auth = Auth::Bearer(token);
    if auth.header().is_none() {
        fields.mistake("token", "has characters that no header may have: copy it again");
        return None;
    }
    Some(auth)
}

/// Without anything to know us by, as the operator wrote it.
fn read_none(fields: &mut Fields, signing: &Signing, certificates: Option<&Certificates>) -> Auth {
    let has_identity = certificates.is_some_and(Certificates::has_identity);
    if signing.is_off() && !has_identity {
        let text = "is `none` without a signing_secret: whoever knows the URL can pretend to be Campanile; give a \
                    signing_secret, or choose mtls, basic or bearer";
        fields.warn("auth", text);
    }
    Auth::None
}

fn refuse_unused(fields: &mut Fields, mode: Mode) {
    for (name, owner, word) in [
        ("username", Mode::Basic, "basic"),
        ("password", Mode::Basic, "basic"),
        ("token", Mode::Bearer, "bearer"),
    ] {
        if mode != owner && fields.value(name).is_some() {
            fields
                .mistake(name, format!("is for auth `{word}` only: remove it, or write \"auth\":\"{word}\""));
        }
    }
}
