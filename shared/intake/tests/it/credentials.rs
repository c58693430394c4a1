//! Who is let in: every way to present a credential, and the ways that only look like one.

use http::Request;
use intake::{ClientCertificate, Kazoo, Netdata};

use crate::world::{Behaviour, rotated, secret, send};

/// The status for a request that `present` makes, where the secret is `json`.
async fn status(json: &str, request: Request<()>) -> u16 {
    send::<Netdata>(Behaviour::Keeps, secret(json), request.map(|()| &b"{}"[..])).await.status
}

fn at(path: &str) -> Request<()> {
    Request::post(path).body(()).unwrap()
}

fn with(name: &str, value: &str) -> Request<()> {
    Request::post("/netdata").header(name, value).body(()).unwrap()
}

fn presenting(subject_dn: &str, mut request: Request<()>) -> Request<()> {
    request.extensions_mut().insert(ClientCertificate { subject_dn: subject_dn.into() });
    request
}

/// Admitted: the body is then not understood.
const IN: u16 = 422;
const OUT: u16 = 401;

#[tokio::test]
async fn a_token_is_accepted_in_four_places() {
    let json = r#"{"tokens":["other","tö ken"]}"#;
    assert_eq!(status(r#"{"tokens":["right"]}"#, with("authorization", "BEARER right")).await, IN);
    assert_eq!(status(r#"{"tokens":["right"]}"#, with("x-api-key", "right")).await, IN);
    for path in ["/netdata/t%C3%B6%20ken", "/prod/netdata/t%C3%B6%20ken", "/netdata?a=1&token=t%C3%B6+ken"] {
        assert_eq!(status(json, at(path)).await, IN, "{path}");
    }
    for path in ["/netdata/wrong", "/netdata", "/netdata/", "/netdata?token=", "/other/t%C3%B6%20ken"] {
        assert_eq!(status(json, at(path)).await, OUT, "{path}");
    }
}

#[tokio::test]
async fn a_pair_is_accepted_only_whole() {
    let json = r#"{"basic":[{"username":"u","password":"p:w"},{"username":"v","password":"q"}]}"#;
    assert_eq!(status(json, with("authorization", "Basic dTpwOnc=")).await, IN);
    for halves in ["Basic dTpx", "Basic dTo=", "Basic dQ==", "Basic %%%", "Bearer p:w", "dTpwOnc="] {
        assert_eq!(status(json, with("authorization", halves)).await, OUT, "{halves}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_required_must_match_besides() {
    let required =
        r#"{"tokens":["right"],"client_certificate":{"common_name":"app.netdata.cloud","required":true}}"#;
    let right = || with("x-api-key", "right");
    assert_eq!(status(required, presenting("CN=app.netdata.cloud", right())).await, IN);
    assert_eq!(status(required, right()).await, OUT);
    assert_eq!(status(required, presenting("CN=app.netdata.cloud", at("/netdata"))).await, OUT);
    assert_eq!(status(required, presenting("CN=app.netdata.cloud.evil.example", right())).await, OUT);
}

#[tokio::test]
async fn a_certificate_that_is_not_required_is_enough_and_a_header_is_none() {
    let optional = r#"{"tokens":["right"],"client_certificate":{"common_name":"app.netdata.cloud"}}"#;
    assert_eq!(status(optional, presenting("CN=app.netdata.cloud", at("/netdata"))).await, IN);
    assert_eq!(status(optional, with("x-api-key", "right")).await, IN);
    assert_eq!(status(optional, with("x-client-cert-subject-dn", "CN=app.netdata.cloud")).await, OUT);
    let alone = r#"{"client_certificate":{"required":true}}"#;
    assert_eq!(status(alone, presenting("C=US, CN=app.netdata.cloud", at("/netdata"))).await, IN);
}

#[tokio::test]
async fn the_previous_secret_is_still_good_and_a_withdrawn_one_is_not() {
    let keyring = rotated(r#"{"tokens":["new"]}"#, r#"{"tokens":["old"]}"#);
    for (token, expected) in [("new", IN), ("old", IN), ("older", OUT)] {
        let request = with("x-api-key", token).map(|()| &b"{}"[..]);
        let seen = send::<Netdata>(Behaviour::Keeps, keyring.clone(), request).await;
        assert_eq!(seen.status, expected, "{token}");
    }
}

#[tokio::test]
async fn a_refusal_never_says_why_and_keeps_nothing() {
    for request in [at("/netdata"), with("authorization", "Basic dTpw"), with("x-api-key", "wrong")] {
        let request = request.map(|()| &b"{}"[..]);
        let seen = send::<Netdata>(Behaviour::Keeps, secret(r#"{"tokens":["right"]}"#), request).await;
        assert_eq!((seen.status, seen.body.as_str()), (401, r#"{"error":"unauthorized"}"#));
        assert!(seen.shelf.is_empty());
    }
}

#[tokio::test]
async fn only_the_hooks_that_are_named_may_speak_for_kazoo() {
    let json = r#"{"tokens":["right"],"hook_ids":["ours"]}"#;
    for (hook_id, expected) in [("ours", 200), ("theirs", 401)] {
        let request = Request::post("/kazoo/right").header("x-hook-id", hook_id).body(&b"{}"[..]).unwrap();
        assert_eq!(send::<Kazoo>(Behaviour::Keeps, secret(json), request).await.status, expected);
    }
}

#[tokio::test]
async fn a_signature_of_kazoo_5_is_checked_where_a_key_is_configured() {
    // The vector of KAZOO's page is from 2022, and the clock of these tests stands in 2026: too old, though genuine.
    let body = br#"{"action":"event","name":"x","data":{"foo":"bar"},"timestamp":63834206532,"hmac":"z481V/jZHAnFEjNCMORc2FgX03CyzxV+fLV6BWhnY6U="}"#;
    let keyed = r#"{"tokens":["right"],"sha256_key":"123"}"#;
    let request = || Request::post("/kazoo/right").body(&body[..]).unwrap();
    assert_eq!(send::<Kazoo>(Behaviour::Keeps, secret(keyed), request()).await.status, 401);
    assert_eq!(
        send::<Kazoo>(Behaviour::Keeps, secret(r#"{"tokens":["right"]}"#), request()).await.status,
        200
    );
}
