//! An issuer that does everything wrong once.

use std::sync::LazyLock;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
    RsaKeyPair,
};
use serde_json::json;

use super::*;

/// A token by an RSA key of 1024 bits, and that key.
const SHORT_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InNob3J0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIn0.\
    Nk1vOsur7GlOtVymkfTg_RThWpWnjdMxd1aTXZrvWuyiJt1v5C4xmZpPGiFJLcmX6tmumpFQtze8sGi5NRbjGf5qliOEp16bGovDctwoMHs16US4iQZMQZBbvcD7w27U7czvEoZNMs2U4XbEpqTCxxTDAGK7luwKbVvNGxQUi4c";
const SHORT_MODULUS: &str = "sXfqYMMM9-kyCXPFu51lalASD724Ott6b5JTUwe51Mf4rNuX1TijaZ7MVREYya6_0lBs2m8tsm_USHYLTMPVqgVQy-YLpxfFLTxpasyhfroQND26wLo1M-FYFUtnSdkdXIdONJrRqw_kUYtyp26YjjTIPmZg4GE2Mc9CwDJKPtc";

const ISSUER: &str = "https://id.example.com";
const CLIENT: &str = "campanile";
const NONCE: &str = "n0nce";
const NOW: i64 = 1_800_000_000;

static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
static OTHER_RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
static EC: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The modulus of a key of 2048 bits within its DER.
fn modulus(key: &RsaKeyPair) -> &[u8] {
    &key.public_key().as_ref()[9..265]
}

fn rsa_key(kid: &str, key: &RsaKeyPair) -> Value {
    json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": encoded(modulus(key)), "e": "AQAB" })
}

fn ec_key(kid: &str) -> Value {
    let point = EC.public_key().as_ref();
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": encoded(&point[1..33]), "y": encoded(&point[33..]) })
}

fn keys(keys: &[Value]) -> Keys {
    Keys::read(&json!({ "keys": keys })).unwrap()
}

fn usual_keys() -> Keys {
    keys(&[rsa_key("one", &RSA), ec_key("two")])
}

fn usual_claims() -> Value {
    json!({ "iss": ISSUER, "aud": CLIENT, "sub": "1", "exp": NOW + 300, "iat": NOW, "nonce": NONCE, "name": "Ana" })
}

fn signed_with(
    key: &RsaKeyPair,
    encoding: &'static dyn RsaEncoding,
    header: &Value,
    claims: &Value,
) -> String {
    let signed = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", encoded(signature))
}

fn signed(header: &Value, claims: &Value) -> String {
    signed_with(&RSA, &RSA_PKCS1_SHA256, header, claims)
}

fn usual_header() -> Value {
    json!({ "alg": "RS256", "kid": "one", "typ": "JWT" })
}

fn algorithms(names: &[&str]) -> Vec<Algorithm> {
    names.iter().map(|name| Algorithm::named(name).unwrap()).collect()
}

fn believed(token: &str, keys: &Keys, accepted: &[&str]) -> Result<Identity, Disbelief> {
    let now = Timestamp::from_second(NOW).unwrap();
    let expected = Expected { issuer: ISSUER, client_id: CLIENT, nonce: NONCE, now };
    Unverified::read(token, &algorithms(accepted))?.verify(keys)?.check(&expected)
}

/// What becomes of a usual token with another header.
fn with_header(header: &Value) -> Result<Identity, Disbelief> {
    believed(&signed(header, &usual_claims()), &usual_keys(), &["RS256"])
}

/// What becomes of a usual token in which claims are others, or null for none.
fn with_claims(other: &Value) -> Result<Identity, Disbelief> {
    let mut claims = usual_claims();
    for (name, value) in other.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    believed(&signed(&usual_header(), &claims), &usual_keys(), &["RS256"])
}

#[test]
fn a_right_token_says_who_signed_in() {
    let identity = with_claims(&json!({})).unwrap();
    assert_eq!((identity.subject.as_str(), &identity.claims["name"]), ("1", &json!("Ana")));
    assert!(with_claims(&json!({ "aud": [CLIENT] })).is_ok());
    assert!(with_claims(&json!({ "aud": [CLIENT, "other"], "azp": CLIENT })).is_ok());
    assert!(with_claims(&json!({ "token_use": "id", "nbf": NOW })).is_ok());
}

#[test]
fn the_form_is_three_short_parts() {
    let token = signed(&usual_header(), &usual_claims());
    let read = |token: &str| believed(token, &usual_keys(), &["RS256"]).unwrap_err();
    assert_eq!(read(&format!("{token}.")), Disbelief::Malformed);
    assert_eq!(read(token.rsplit_once('.').unwrap().0), Disbelief::Malformed);
    assert_eq!(read(&format!("{token}=")), Disbelief::Malformed);
    assert_eq!(read(&token.replacen('.', ".\n", 1).replace('.', "..")), Disbelief::Malformed);
    assert_eq!(read(""), Disbelief::Malformed);
    let long = with_claims(&json!({ "groups": "x".repeat(TOKEN_BYTES) }));
    assert_eq!(long, Err(Disbelief::TooLong));
    let mut header = usual_header();
    header["x"] = "x".repeat(HEADER_BYTES).into();
    assert_eq!(with_header(&header), Err(Disbelief::HeaderTooLong));
    assert_eq!(with_header(&json!({ "alg": 1 })), Err(Disbelief::Header));
    assert_eq!(with_header(&json!([])), Err(Disbelief::Header));
    let no_object = signed(&usual_header(), &json!("claims"));
    assert_eq!(believed(&no_object, &usual_keys(), &["RS256"]), Err(Disbelief::Payload));
}

#[test]
fn what_must_be_understood_is_refused_and_a_key_that_a_token_brings_is_ignored() {
    let mut header = usual_header();
    header["crit"] = json!(["b64"]);
    assert_eq!(with_header(&header), Err(Disbelief::Critical));
    // Signed by a key that stands in the token.
    let brought = rsa_key("own", &OTHER_RSA);
    for header in [
        json!({ "alg": "RS256", "kid": "own", "jwk": brought, "jku": "https://evil.example/keys" }),
        json!({ "alg": "RS256", "kid": "own", "x5u": "https://evil.example/x", "x5c": ["AAAA"] }),
    ] {
        let token = signed_with(&OTHER_RSA, &RSA_PKCS1_SHA256, &header, &usual_claims());
        assert_eq!(believed(&token, &usual_keys(), &["RS256"]), Err(Disbelief::UnknownKey));
    }
    let header = json!({ "alg": "RS256", "kid": "one", "jwk": brought });
    let token = signed_with(&OTHER_RSA, &RSA_PKCS1_SHA256, &header, &usual_claims());
    assert_eq!(believed(&token, &usual_keys(), &["RS256"]), Err(Disbelief::Signature));
}

#[test]
fn the_algorithm_is_one_of_the_list_and_never_none_or_one_with_a_shared_secret() {
    for alg in ["none", "None", "HS256", "RS512", "rs256", ""] {
        assert_eq!(with_header(&json!({ "alg": alg, "kid": "one" })), Err(Disbelief::Algorithm), "{alg}");
    }
    let unsigned = format!("{}.{}.", encoded(r#"{"alg":"none"}"#), encoded(usual_claims().to_string()));
    assert_eq!(believed(&unsigned, &usual_keys(), &["RS256"]), Err(Disbelief::Algorithm));
    // The public key as a shared secret.
    let head =
        format!("{}.{}", encoded(r#"{"alg":"HS256","kid":"one"}"#), encoded(usual_claims().to_string()));
    let code = hmac::sign(&hmac::Key::new(HMAC_SHA256, modulus(&RSA)), head.as_bytes());
    let forged = format!("{head}.{}", encoded(code));
    assert_eq!(believed(&forged, &usual_keys(), &["RS256"]), Err(Disbelief::Algorithm));
    assert_eq!(Algorithm::named("none"), None);
    assert_eq!(Algorithm::named("HS256"), None);
}

#[test]
fn the_algorithm_fits_the_key() {
    let both = ["RS256", "ES256", "PS256"];
    // An elliptic signature is not tried with an RSA key, nor one padding in the place of another.
    let of = |header: &Value, keys: &Keys| believed(&signed(header, &usual_claims()), keys, &both);
    assert_eq!(of(&json!({ "alg": "ES256", "kid": "one" }), &usual_keys()), Err(Disbelief::UnfitKey));
    assert_eq!(of(&json!({ "alg": "RS256", "kid": "two" }), &usual_keys()), Err(Disbelief::UnfitKey));
    assert_eq!(of(&json!({ "alg": "PS256", "kid": "one" }), &usual_keys()), Err(Disbelief::Signature));
    let pss = signed_with(&RSA, &RSA_PSS_SHA256, &json!({ "alg": "PS256", "kid": "one" }), &usual_claims());
    assert!(believed(&pss, &usual_keys(), &both).is_ok());
    let with = |name: &str, value: &str| {
        let mut key = rsa_key("one", &RSA);
        key[name] = value.into();
        of(&usual_header(), &keys(&[key]))
    };
    assert_eq!(with("alg", "PS256"), Err(Disbelief::UnfitKey));
    assert!(with("alg", "RS256").is_ok());
    assert_eq!(with("use", "enc"), Err(Disbelief::UnknownKey));
    assert_eq!(with("kty", "oct"), Err(Disbelief::UnknownKey));
    let mut other_curve = ec_key("two");
    other_curve["crv"] = "secp256k1".into();
    let header = json!({ "alg": "ES256", "kid": "two" });
    let elliptic = {
        let signed = format!("{}.{}", encoded(header.to_string()), encoded(usual_claims().to_string()));
        let signature = EC.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", encoded(signature))
    };
    assert!(believed(&elliptic, &usual_keys(), &both).is_ok());
    assert_eq!(believed(&elliptic, &keys(&[other_curve]), &both), Err(Disbelief::UnfitKey));
    assert_eq!(believed(&elliptic, &usual_keys(), &["RS256"]), Err(Disbelief::Algorithm));
}

#[test]
fn a_key_is_found_by_its_name_or_because_it_is_the_only_one_that_fits() {
    let header = json!({ "alg": "RS256" });
    assert!(with_header(&header).is_ok(), "one RSA key beside an elliptic one");
    let two = keys(&[rsa_key("one", &RSA), rsa_key("other", &OTHER_RSA)]);
    let token = signed(&header, &usual_claims());
    assert_eq!(believed(&token, &two, &["RS256"]), Err(Disbelief::AmbiguousKey));
    assert_eq!(believed(&token, &keys(&[ec_key("two")]), &["RS256"]), Err(Disbelief::AmbiguousKey));
    assert_eq!(with_header(&json!({ "alg": "RS256", "kid": "three" })), Err(Disbelief::UnknownKey));
    assert_eq!(with_header(&json!({ "alg": "RS256", "kid": 1 })), Err(Disbelief::Header));
}

#[test]
fn a_signature_of_something_else_or_by_a_short_key_is_wrong() {
    let token = signed(&usual_header(), &usual_claims());
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let mut claims = usual_claims();
    claims["sub"] = "2".into();
    let forged = format!("{header}.{}.{signature}", encoded(claims.to_string()));
    assert_eq!(believed(&forged, &usual_keys(), &["RS256"]), Err(Disbelief::Signature));
    let short = json!({ "kty": "RSA", "kid": "short", "n": SHORT_MODULUS, "e": "AQAB" });
    assert_eq!(
        believed(SHORT_TOKEN, &keys(std::slice::from_ref(&short)), &["RS256"]),
        Err(Disbelief::UnknownKey)
    );
    // Zeros in front do not make it longer.
    let padded = encoded([vec![0; 128], URL_SAFE_NO_PAD.decode(SHORT_MODULUS).unwrap()].concat());
    let padded = json!({ "kty": "RSA", "kid": "short", "n": padded, "e": "AQAB" });
    assert_eq!(believed(SHORT_TOKEN, &keys(&[padded]), &["RS256"]), Err(Disbelief::UnknownKey));
}

#[test]
fn the_claims_are_of_this_issuer_for_us_and_for_this_attempt() {
    for (claims, reason) in [
        (json!({ "iss": "https://id.example.com/" }), Disbelief::Issuer),
        (json!({ "iss": null }), Disbelief::Issuer),
        (json!({ "iss": [ISSUER] }), Disbelief::Issuer),
        (json!({ "aud": "other" }), Disbelief::Audience),
        (json!({ "aud": ["other"] }), Disbelief::Audience),
        (json!({ "aud": null }), Disbelief::Audience),
        (json!({ "aud": [] }), Disbelief::Audience),
        (json!({ "aud": [CLIENT, "other"] }), Disbelief::AuthorizedParty),
        (json!({ "aud": [CLIENT, "other"], "azp": "other" }), Disbelief::AuthorizedParty),
        (json!({ "azp": "other" }), Disbelief::AuthorizedParty),
        (json!({ "azp": [CLIENT] }), Disbelief::AuthorizedParty),
        (json!({ "nonce": "another" }), Disbelief::Nonce),
        (json!({ "nonce": null }), Disbelief::Nonce),
        (json!({ "token_use": "access" }), Disbelief::Use),
        (json!({ "sub": "" }), Disbelief::Subject),
        (json!({ "sub": null }), Disbelief::Subject),
        (json!({ "sub": 7 }), Disbelief::Subject),
    ] {
        assert_eq!(with_claims(&claims), Err(reason), "{claims}");
    }
}

#[test]
fn the_times_are_now_within_a_minute() {
    for (claims, expected) in [
        (json!({ "exp": NOW - 59 }), None),
        (json!({ "exp": NOW - 60 }), Some(Disbelief::Expired)),
        (json!({ "exp": null }), Some(Disbelief::Expired)),
        (json!({ "exp": "never" }), Some(Disbelief::Expired)),
        (json!({ "nbf": NOW + 60 }), None),
        (json!({ "nbf": NOW + 61 }), Some(Disbelief::NotYet)),
        (json!({ "nbf": "now" }), Some(Disbelief::NotYet)),
        (json!({ "iat": NOW + 60 }), None),
        (json!({ "iat": NOW + 61 }), Some(Disbelief::IssuedAt)),
        (json!({ "iat": null }), Some(Disbelief::IssuedAt)),
    ] {
        assert_eq!(with_claims(&claims).err(), expected, "{claims}");
    }
}
