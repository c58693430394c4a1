//! Cookies that only we can have made: a payload with its code, by the secret `<prefix>/session`.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use intake::Keyring;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::settings::SessionSecret;

/// Longest cookie that is looked at, in bytes.
const MOST_BYTES: usize = 4096;

/// What a sealed text is for: one is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Login,
    Session,
}

impl Purpose {
    const fn domain(self) -> &'static [u8] {
        match self {
            Self::Login => b"campanile login 1\0",
            Self::Session => b"campanile session 1\0",
        }
    }
}

/// `content` with its code, by the current key; none where there is no key.
pub(super) fn seal<T: Serialize>(
    keys: &Keyring<SessionSecret>,
    purpose: Purpose,
    content: &T,
) -> Option<String> {
    let key = key(&keys.current)?;
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(content).ok()?);
    let code = hmac::sign(&key, &of(purpose, &payload));
    Some(format!("{payload}.{}", URL_SAFE_NO_PAD.encode(code)))
}

/// What `sealed` holds, if either key made its code. It is compared in constant time.
pub(super) fn open<T: DeserializeOwned>(
    keys: &Keyring<SessionSecret>,
    purpose: Purpose,
    sealed: &str,
) -> Option<T> {
    let (payload, code) = sealed.split_once('.').filter(|_| sealed.len() <= MOST_BYTES)?;
    let code = URL_SAFE_NO_PAD.decode(code).ok()?;
    let known = keys.versions().filter_map(key);
    let is_ours =
        known.fold(false, |is_ours, key| is_ours | hmac::verify(&key, &of(purpose, payload), &code).is_ok());
    let payload = URL_SAFE_NO_PAD.decode(payload).ok().filter(|_| is_ours)?;
    serde_json::from_slice(&payload).ok()
}

fn key(secret: &SessionSecret) -> Option<hmac::Key> {
    let key = secret.key.expose();
    (!key.is_empty()).then(|| hmac::Key::new(HMAC_SHA256, key.as_bytes()))
}

fn of(purpose: Purpose, payload: &str) -> Vec<u8> {
    [purpose.domain(), payload.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use net::Secret;

    use super::*;

    fn keys(current: &str, previous: Option<&str>) -> Keyring<SessionSecret> {
        let secret = |key: &str| SessionSecret { key: Secret::new(key) };
        Keyring { current: secret(current), previous: previous.map(secret) }
    }

    #[test]
    fn what_was_sealed_is_opened_by_the_key_and_the_one_after_it_and_for_its_purpose() {
        let sealed = seal(&keys("one", None), Purpose::Session, &7).unwrap();
        let opened = |keys: &Keyring<SessionSecret>, purpose| open::<u8>(keys, purpose, &sealed);
        assert_eq!(opened(&keys("one", None), Purpose::Session), Some(7));
        assert_eq!(opened(&keys("two", Some("one")), Purpose::Session), Some(7));
        assert_eq!(opened(&keys("three", Some("two")), Purpose::Session), None);
        assert_eq!(opened(&keys("one", None), Purpose::Login), None);
        assert_eq!(seal(&keys("", None), Purpose::Session, &7), None);
    }

    #[test]
    fn what_was_changed_is_not() {
        let keys = keys("one", None);
        let sealed = seal(&keys, Purpose::Session, &"read").unwrap();
        let other = seal(&keys, Purpose::Session, &"write").unwrap();
        let (payload, _) = other.split_once('.').unwrap();
        let (_, code) = sealed.split_once('.').unwrap();
        for forged in [format!("{payload}.{code}"), payload.to_owned(), format!("{payload}."), String::new()]
        {
            assert_eq!(open::<String>(&keys, Purpose::Session, &forged), None, "{forged}");
        }
        // A key that is blank is no key, and not a blank one.
        let blank = Keyring { current: SessionSecret::default(), previous: None };
        let code = hmac::sign(&hmac::Key::new(HMAC_SHA256, b""), &of(Purpose::Session, payload));
        let forged = format!("{payload}.{}", URL_SAFE_NO_PAD.encode(code));
        assert_eq!(open::<String>(&blank, Purpose::Session, &forged), None);
    }
}
