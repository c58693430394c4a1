//! ID tokens (<https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>): read, verified, then believed.
//!
//! Claims exist only of a token whose signature was verified, and an [`Identity`] only of claims that were checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::keys::{Keys, NoKey};

/// Longest token, in bytes.
const TOKEN_BYTES: usize = 16 * 1024;
/// Longest header, in bytes.
const HEADER_BYTES: usize = 1024;
/// How far clocks may be apart.
const SKEW_SECS: f64 = 60.0;

/// A token of which nothing is known yet but how it claims to be signed.
#[derive(Debug)]
pub(super) struct Unverified<'a> {
    algorithm: Algorithm,
    kid: Option<String>,
    /// What the signature is of.
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

/// What a token whose signature is right says.
#[derive(Debug, PartialEq)]
pub(super) struct Claims(Value);

/// Whose token it has to be, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// Who signed in.
#[derive(Debug, PartialEq)]
pub(super) struct Identity {
    /// Who it is for the issuer, for good.
    pub(super) subject: String,
    /// All that the issuer says of them.
    pub(super) claims: Value,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Disbelief {
    #[error("the ID token is longer than 16 KiB")]
    TooLong,
    #[error("the ID token is not three parts in base64url")]
    Malformed,
    #[error("the header of the ID token is longer than 1 KiB")]
    HeaderTooLong,
    #[error("the header of the ID token is no JSON object with an `alg`")]
    Header,
    #[error("the ID token has `crit`, which must be understood, and is not")]
    Critical,
    #[error("the ID token is signed in a way that is not among the issuer's `algorithms`")]
    Algorithm,
    #[error("the ID token is signed with a key that the issuer does not publish")]
    UnknownKey,
    #[error("the ID token names a key that is not for the way in which it is signed")]
    UnfitKey,
    #[error("the ID token names no key, and not exactly one of the issuer's would do")]
    AmbiguousKey,
    #[error("the signature of the ID token is wrong")]
    Signature,
    #[error("the payload of the ID token is no JSON object")]
    Payload,
    #[error("the ID token is of another issuer")]
    Issuer,
    #[error("the ID token is for somebody else than us")]
    Audience,
    #[error("the ID token was given to somebody else than us")]
    AuthorizedParty,
    #[error("the ID token has expired")]
    Expired,
    #[error("the ID token is not valid yet")]
    NotYet,
    #[error("the ID token was issued in the future, or does not say when")]
    IssuedAt,
    #[error("the ID token is not the answer to this attempt to sign in")]
    Nonce,
    #[error("the token is no ID token")]
    Use,
    #[error("the ID token does not say who signed in")]
    Subject,
}

impl From<NoKey> for Disbelief {
    fn from(no_key: NoKey) -> Self {
        match no_key {
            NoKey::Unknown => Self::UnknownKey,
            NoKey::Unfit => Self::UnfitKey,
            NoKey::Ambiguous => Self::AmbiguousKey,
            NoKey::Signature => Self::Signature,
        }
    }
}

impl<'a> Unverified<'a> {
    /// Reads the form and the header of `token`, of which only `alg`, `kid` and `crit` count: a key or an address of one
    /// that stands in it is the sender's own word. `accepted` are the issuer's algorithms.
    pub(super) fn read(token: &'a str, accepted: &[Algorithm]) -> Result<Self, Disbelief> {
        if token.len() > TOKEN_BYTES {
            return Err(Disbelief::TooLong);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Disbelief::Malformed);
        };
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Disbelief::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(header).map_err(|_| Disbelief::Malformed)?;
        if bytes.len() > HEADER_BYTES {
            return Err(Disbelief::HeaderTooLong);
        }
        let fields: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| Disbelief::Header)?;
        if fields.contains_key("crit") {
            return Err(Disbelief::Critical);
        }
        let name = fields.get("alg").and_then(Value::as_str).ok_or(Disbelief::Header)?;
        let algorithm = accepted.iter().copied().find(|algorithm| algorithm.name() == name);
        let kid = match fields.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(Disbelief::Header),
        };
        Ok(Self {
            algorithm: algorithm.ok_or(Disbelief::Algorithm)?,
            kid,
            signed: &token[..header.len() + 1 + payload.len()],
            payload,
            signature,
        })
    }

    /// What the token says, if one of `keys` signed it.
    pub(super) fn verify(&self, keys: &Keys) -> Result<Claims, Disbelief> {
        keys.verify((self.kid.as_deref(), self.algorithm), self.signed.as_bytes(), &self.signature)?;
        let payload = URL_SAFE_NO_PAD.decode(self.payload).map_err(|_| Disbelief::Payload)?;
        let claims: Map<String, Value> = serde_json::from_slice(&payload).map_err(|_| Disbelief::Payload)?;
        Ok(Claims(Value::Object(claims)))
    }
}

impl Claims {
    /// Who signed in, if the token is of that issuer, for us, for now, and for this attempt.
    pub(super) fn check(self, expected: &Expected<'_>) -> Result<Identity, Disbelief> {
        let Self(claims) = self;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(expected.issuer) {
            return Err(Disbelief::Issuer);
        }
        check_audience(&claims, expected.client_id)?;
        check_times(&claims, expected.now)?;
        if text("nonce") != Some(expected.nonce) {
            return Err(Disbelief::Nonce);
        }
        // Cognito's access tokens are signed with the same keys.
        if claims.get("token_use").is_some_and(|token_use| token_use != "id") {
            return Err(Disbelief::Use);
        }
        let subject = text("sub").filter(|subject| !subject.is_empty()).ok_or(Disbelief::Subject)?.to_owned();
        Ok(Identity { subject, claims })
    }
}

fn check_audience(claims: &Value, client_id: &str) -> Result<(), Disbelief> {
    let (is_ours, several) = match claims.get("aud") {
        Some(Value::String(audience)) => (audience == client_id, false),
        Some(Value::Array(audiences)) => {
            (audiences.iter().any(|audience| audience == client_id), audiences.len() > 1)
        }
        _ => (false, false),
    };
    if !is_ours {
        return Err(Disbelief::Audience);
    }
    let party = claims.get("azp");
    if (several || party.is_some()) && party.and_then(Value::as_str) != Some(client_id) {
        return Err(Disbelief::AuthorizedParty);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "seconds of this age are exact")]
fn check_times(claims: &Value, now: Timestamp) -> Result<(), Disbelief> {
    let now = now.as_second() as f64;
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    if time("exp").is_none_or(|expiry| expiry + SKEW_SECS <= now) {
        return Err(Disbelief::Expired);
    }
    let begins = claims.get("nbf").map(Value::as_f64);
    if begins.is_some_and(|begins| begins.is_none_or(|begins| begins - SKEW_SECS > now)) {
        return Err(Disbelief::NotYet);
    }
    if time("iat").is_none_or(|issued| issued - SKEW_SECS > now) {
        return Err(Disbelief::IssuedAt);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
