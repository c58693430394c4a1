//! What a sender presents, in all the places where it may stand.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use http::request::Parts;
use normalize::netdata::subject_has_common_name;
use percent_encoding::percent_decode_str;
use subtle::Choice;

use crate::request::ClientCertificate;
use crate::{CertificateRule, Keyring, OwnMembers, SourceSecret};

/// Every credential of one request.
pub(crate) struct Presented {
    tokens: Vec<String>,
    pairs: Vec<(String, String)>,
    certificate: Option<ClientCertificate>,
}

impl Presented {
    /// Collects from `Authorization`, `X-API-Key`, the path's last segment behind `/<source>/`, the query's
    /// `token` and the TLS client certificate that the gateway verified.
    pub(crate) fn by(parts: &Parts, source: &str) -> Self {
        let mut presented = Self { tokens: Vec::new(), pairs: Vec::new(), certificate: None };
        for value in parts.headers.get_all(http::header::AUTHORIZATION) {
            presented.authorization(value.to_str().unwrap_or_default());
        }
        let keys = parts.headers.get_all("x-api-key").iter().filter_map(|value| value.to_str().ok());
        presented.tokens.extend(keys.map(str::to_owned));
        presented.tokens.extend(path_token(parts.uri.path(), source));
        presented.tokens.extend(query_token(parts.uri.query().unwrap_or_default()));
        // As those of the secret are: a blank proves nothing.
        presented.tokens.iter_mut().for_each(|token| *token = token.trim().to_owned());
        presented.certificate = parts.extensions.get::<ClientCertificate>().cloned();
        presented
    }

    fn authorization(&mut self, value: &str) {
        let Some((scheme, credentials)) = value.trim().split_once(' ') else {
            return;
        };
        let credentials = credentials.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            self.tokens.push(credentials.to_owned());
        } else if scheme.eq_ignore_ascii_case("basic") {
            self.pairs.extend(basic_pair(credentials));
        }
    }

    /// Whether the secret admits this sender: by a token or pair of any valid version, under the rules of the current one.
    pub(crate) fn satisfies<T: OwnMembers>(&self, keyring: &Keyring<SourceSecret<T>>) -> bool {
        let known = keyring.versions().map(|secret| self.has_token_of(secret) | self.has_pair_of(secret));
        let known = known.fold(Choice::from(0), |any, known| any | known);
        match keyring.current.own.client_certificate() {
            Some(rule) if rule.required => {
                let alone = keyring.current.tokens.is_empty() && keyring.current.basic.is_empty();
                self.has_certificate(rule) && (alone || bool::from(known))
            }
            Some(rule) => bool::from(known) | self.has_certificate(rule),
            None => known.into(),
        }
    }

    fn has_token_of<T>(&self, secret: &SourceSecret<T>) -> Choice {
        let pairs =
            self.tokens.iter().flat_map(|token| secret.tokens.iter().map(move |known| known.matches(token)));
        pairs.fold(Choice::from(0), |any, equal| any | equal)
    }

    fn has_pair_of<T>(&self, secret: &SourceSecret<T>) -> Choice {
        let equal = |(username, password): &(String, String)| {
            let known = secret
                .basic
                .iter()
                .map(|pair| pair.username.matches(username) & pair.password.matches(password));
            known.fold(Choice::from(0), |any, equal| any | equal)
        };
        self.pairs.iter().map(equal).fold(Choice::from(0), |any, equal| any | equal)
    }

    fn has_certificate(&self, rule: &CertificateRule) -> bool {
        let subject = self.certificate.as_ref().map(|certificate| certificate.subject_dn.as_str());
        subject.is_some_and(|subject| subject_has_common_name(subject, &rule.common_name))
    }
}

fn basic_pair(credentials: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(credentials).or_else(|_| STANDARD_NO_PAD.decode(credentials)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((username.trim().to_owned(), password.trim().to_owned()))
}

/// The segment behind the source's own, percent-decoded; whatever stage or prefix stands before it.
fn path_token(path: &str, source: &str) -> Option<String> {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let last = segments.next().filter(|segment| !segment.is_empty())?;
    (segments.next() == Some(source)).then(|| percent_decode_str(last).decode_utf8_lossy().into_owned())
}

fn query_token(query: &str) -> Option<String> {
    let pair = query_pairs(query).find(|pair| is_token_pair(pair))?;
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
}

/// `query` without the parameter `token`, to be kept and read as part of the event.
pub fn without_token(query: &str) -> String {
    if !query_pairs(query).any(is_token_pair) {
        return query.to_owned();
    }
    let kept: Vec<_> = query_pairs(query).filter(|pair| !is_token_pair(pair)).collect();
    kept.join("&")
}

/// Pairs of a raw query; KAZOO appends `?` and its own pairs to a query that is already there.
fn query_pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split(['&', '?']).filter(|pair| !pair.is_empty())
}

fn is_token_pair(pair: &str) -> bool {
    form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(name, _)| name == "token")
}
