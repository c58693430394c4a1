//! The signatures that are accepted (<https://www.rfc-editor.org/rfc/rfc7518#section-3.1>), and what each needs of a key.
//!
//! `none` and the symmetric ones are not among them: nothing that names one of those can be read.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
};

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Algorithm(&'static Known);

/// How something is verified, by what kind of key.
#[derive(Debug)]
pub(super) enum Family {
    Rsa(&'static RsaParameters),
    /// On the curve of that name, of points that have so many bytes in each coordinate.
    Ec {
        verification: &'static EcdsaVerificationAlgorithm,
        curve: &'static str,
        coordinate_bytes: usize,
    },
}

#[derive(Debug)]
struct Known {
    name: &'static str,
    family: Family,
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Known {}

const fn rsa(name: &'static str, parameters: &'static RsaParameters) -> Known {
    Known { name, family: Family::Rsa(parameters) }
}

static KNOWN: [Known; 8] = [
    rsa("RS256", &RSA_PKCS1_2048_8192_SHA256),
    rsa("RS384", &RSA_PKCS1_2048_8192_SHA384),
    rsa("RS512", &RSA_PKCS1_2048_8192_SHA512),
    rsa("PS256", &RSA_PSS_2048_8192_SHA256),
    rsa("PS384", &RSA_PSS_2048_8192_SHA384),
    rsa("PS512", &RSA_PSS_2048_8192_SHA512),
    Known {
        name: "ES256",
        family: Family::Ec { verification: &ECDSA_P256_SHA256_FIXED, curve: "P-256", coordinate_bytes: 32 },
    },
    Known {
        name: "ES384",
        family: Family::Ec { verification: &ECDSA_P384_SHA384_FIXED, curve: "P-384", coordinate_bytes: 48 },
    },
];

impl Algorithm {
    /// What every issuer has.
    pub(super) const RS256: Self = Self(&KNOWN[0]);

    /// The one called `name`, in that spelling.
    pub(super) fn named(name: &str) -> Option<Self> {
        KNOWN.iter().find(|known| known.name == name).map(Self)
    }

    /// All names, for a remedy.
    pub(super) fn names() -> String {
        KNOWN.iter().map(|known| known.name).collect::<Vec<_>>().join(", ")
    }

    pub(super) const fn name(self) -> &'static str {
        self.0.name
    }

    pub(super) const fn family(self) -> &'static Family {
        &self.0.family
    }
}
