//! A secret that changes: nobody who may speak is refused, and no restriction is undone by the version before.

use bytes::Bytes;
use http::Request;
use intake::{ClientCertificate, Kazoo, Keyring, Netdata, PROBE_HEADER, Site24x7, Tencent};

use crate::world::{Behaviour, Given, Seen, post, rotated, secret, send, send_to};

fn with_token(path: &str, token: &str) -> Request<&'static [u8]> {
    Request::post(path).header("x-api-key", token).body(&b"{}"[..]).unwrap()
}

async fn kazoo(keyring: Keyring<String>, request: Request<&'static [u8]>) -> u16 {
    send::<Kazoo>(Behaviour::Keeps, keyring, request).await.status
}

#[tokio::test]
async fn a_certificate_that_the_current_version_requires_is_required_with_the_previous_token_too() {
    let keyring = rotated(
        r#"{"tokens":["new"],"client_certificate":{"required":true}}"#,
        r#"{"tokens":["old"],"client_certificate":{"common_name":"former.example.com"}}"#,
    );
    for (token, subject_dn, expected) in [
        ("new", "", 401),
        ("old", "", 401),
        ("old", "CN=former.example.com", 401),
        ("none", "CN=former.example.com", 401),
        ("none", "CN=app.netdata.cloud", 401),
        ("new", "CN=app.netdata.cloud", 422),
        ("old", "CN=app.netdata.cloud", 422),
    ] {
        let mut request = with_token("/netdata", token);
        request.extensions_mut().insert(ClientCertificate { subject_dn: subject_dn.into() });
        let seen = send::<Netdata>(Behaviour::Keeps, keyring.clone(), request).await;
        assert_eq!(seen.status, expected, "{token} {subject_dn}");
    }
}

#[tokio::test]
async fn hooks_and_key_of_kazoo_are_those_of_the_current_version() {
    let hooks = || rotated(r#"{"tokens":["new"],"hook_ids":["ours"]}"#, r#"{"tokens":["old"]}"#);
    let keyed = || rotated(r#"{"tokens":["new"],"sha256_key":"k"}"#, r#"{"tokens":["old"]}"#);
    for token in ["new", "old"] {
        assert_eq!(kazoo(hooks(), with_token("/kazoo", token)).await, 401, "{token}");
        assert_eq!(kazoo(keyed(), with_token("/kazoo", token)).await, 401, "{token}");
        let mut ours = with_token("/kazoo", token);
        ours.headers_mut().insert("x-hook-id", "ours".parse().unwrap());
        assert_eq!(kazoo(hooks(), ours).await, 200, "{token}");
    }
    // A key or list that was removed does not count any more either.
    let removed = rotated(r#"{"tokens":["new"]}"#, r#"{"tokens":["old"],"hook_ids":["x"],"sha256_key":"k"}"#);
    assert_eq!(kazoo(removed, with_token("/kazoo", "old")).await, 200);
}

#[tokio::test]
async fn the_previous_version_admits_where_the_current_one_holds_no_credential() {
    let keyring = rotated("{}", r#"{"tokens":["old"]}"#);
    assert_eq!(kazoo(keyring.clone(), with_token("/kazoo", "old")).await, 200);
    assert_eq!(kazoo(keyring, with_token("/kazoo", "new")).await, 401);
    let certificate_alone = rotated("{}", r#"{"client_certificate":{"required":true}}"#);
    let mut request = with_token("/netdata", "none");
    request.extensions_mut().insert(ClientCertificate { subject_dn: "CN=app.netdata.cloud".into() });
    assert_eq!(send::<Netdata>(Behaviour::Keeps, certificate_alone, request).await.status, 503);
}

#[tokio::test]
async fn an_unknown_credential_is_looked_for_in_the_secret_as_it_is_by_now() {
    let secrets = |known: Option<&str>, newer: &str| Given {
        known: known.map(secret),
        newer: Some(rotated(newer, r#"{"tokens":["old"]}"#)),
    };
    let ask = async |known, token| {
        let request = with_token("/netdata", token).map(Bytes::from_static);
        send_to::<Netdata>(Behaviour::Keeps, secrets(known, r#"{"tokens":["new"]}"#), request).await.status
    };
    assert_eq!(ask(Some(r#"{"tokens":["old"]}"#), "new").await, 422);
    assert_eq!(ask(Some("{}"), "new").await, 422);
    assert_eq!(ask(None, "new").await, 422);
    assert_eq!(ask(Some(r#"{"tokens":["old"]}"#), "never").await, 401);

    let question = Request::get("/netdata?crc_token=a").body(Bytes::new()).unwrap();
    let proving = secrets(Some(r#"{"tokens":["old"]}"#), r#"{"tokens":["new"],"challenge_secret":"c"}"#);
    assert_eq!(send_to::<Netdata>(Behaviour::Keeps, proving, question).await.status, 200);
}

#[tokio::test]
async fn a_probe_says_whether_a_credential_is_good_and_leaves_nothing() {
    let keyring = || secret(r#"{"tokens":["right"],"hook_ids":["ours"],"sha256_key":"k"}"#);
    let probe = |path: &str, token: &str| {
        let mut request = with_token(path, token);
        request.headers_mut().insert(PROBE_HEADER, "credential".parse().unwrap());
        request
    };
    let right: [Seen; 3] = [
        send::<Kazoo>(Behaviour::Fails, keyring(), probe("/kazoo", "right")).await,
        send::<Tencent>(Behaviour::Fails, secret(r#"{"tokens":["right"]}"#), probe("/tencent", "right"))
            .await,
        send::<Site24x7>(Behaviour::Fails, secret(r#"{"tokens":["right"]}"#), probe("/site24x7", "right"))
            .await,
    ];
    for seen in right {
        assert_eq!((seen.status, seen.body.as_str()), (200, r#"{"status":"known"}"#));
        assert!(seen.shelf.is_empty());
    }
    assert_eq!(send::<Kazoo>(Behaviour::Keeps, keyring(), probe("/kazoo", "wrong")).await.status, 401);
    let unknown = post("/kazoo", b"{}");
    assert_eq!(send::<Kazoo>(Behaviour::Keeps, keyring(), unknown).await.status, 401);
}
