//! An issuer's public keys (<https://www.rfc-editor.org/rfc/rfc7517>), and which of them a token is verified with.

use aws_lc_rs::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::algorithm::{Algorithm, Family};

/// Fewest bits of an RSA key.
const RSA_BITS: usize = 2048;

/// What an issuer signs with now.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug, Clone)]
struct Key {
    kid: Option<String>,
    /// The one algorithm that it is for, where it says so.
    alg: Option<String>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point.
    Ec {
        curve: String,
        point: Vec<u8>,
    },
}

/// Why no key verifies a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// None has the token's `kid`; the issuer may have a new one.
    Unknown,
    /// The one that has it is not for the token's `alg`.
    Unfit,
    /// The token has no `kid`, and not exactly one key would do.
    Ambiguous,
    /// The signature is not by that key.
    Signature,
}

impl Keys {
    /// The keys of a JWK set that can be used; others, which the issuer may have for other purposes, are left out.
    pub(super) fn read(set: &Value) -> Option<Self> {
        let keys = set.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(Key::read).collect()))
    }

    /// Whether `signature` is one of `signed` by the key that is called `kid`, or by the only one that fits.
    pub(super) fn verify(
        &self,
        (kid, algorithm): (Option<&str>, Algorithm),
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), NoKey> {
        let key = self.choose(kid, algorithm)?;
        if key.verifies(algorithm, signed, signature) { Ok(()) } else { Err(NoKey::Signature) }
    }

    fn choose(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&Key, NoKey> {
        let mut fitting = self.0.iter().filter(|key| key.fits(algorithm));
        let Some(kid) = kid else {
            return match (fitting.next(), fitting.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(NoKey::Ambiguous),
            };
        };
        let is_called = |key: &&Key| key.kid.as_deref() == Some(kid);
        let unfit = if self.0.iter().any(|key| is_called(&key)) { NoKey::Unfit } else { NoKey::Unknown };
        fitting.find(is_called).ok_or(unfit)
    }
}

impl Key {
    fn read(key: &Value) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let material = match text("kty")? {
            "RSA" => Material::rsa(bytes("n")?, bytes("e")?)?,
            "EC" => {
                let point = [vec![4], bytes("x")?, bytes("y")?].concat();
                Material::Ec { curve: text("crv")?.to_owned(), point }
            }
            _ => return None,
        };
        Some(Self { kid: text("kid").map(str::to_owned), alg: text("alg").map(str::to_owned), material })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let is_of_family = match (&self.material, algorithm.family()) {
            (Material::Rsa { .. }, Family::Rsa(_)) => true,
            (Material::Ec { curve, point }, Family::Ec { curve: wanted, coordinate_bytes, .. }) => {
                curve == wanted && point.len() == 1 + 2 * coordinate_bytes
            }
            _ => false,
        };
        is_of_family && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }

    fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        match (&self.material, algorithm.family()) {
            (Material::Rsa { n, e }, Family::Rsa(parameters)) => {
                RsaPublicKeyComponents { n, e }.verify(parameters, signed, signature).is_ok()
            }
            (Material::Ec { point, .. }, Family::Ec { verification, .. }) => {
                UnparsedPublicKey::new(*verification, point).verify(signed, signature).is_ok()
            }
            _ => false,
        }
    }
}

impl Material {
    /// A key that is long enough to be believed.
    fn rsa(n: Vec<u8>, e: Vec<u8>) -> Option<Self> {
        let significant = n.iter().skip_while(|byte| **byte == 0);
        let leading = significant.clone().next()?.leading_zeros() as usize;
        let bits = significant.count() * 8 - leading;
        let n = n.into_iter().skip_while(|byte| *byte == 0).collect();
        (bits >= RSA_BITS).then_some(Self::Rsa { n, e })
    }
}
