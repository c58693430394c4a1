//! method → size limit → authenticate → decode → normalize → record → reply.

use http::Request;
use intake::{Kazoo, LIMIT_BYTES, Netdata, Site24x7, Tencent};

use crate::world::{Behaviour, post, secret, send};

const KNOWN: &str = r#"{"tokens":["right"]}"#;
const HUGE: &[u8] = &[b'x'; LIMIT_BYTES + 1];
const LARGE: &[u8] = &[b'x'; LIMIT_BYTES];
const FLAT: &[u8] = br#"{"alarm":"disk","severity":"warning","host":"db-01","date":"2026-03-03T03:00:00Z"}"#;

#[tokio::test]
async fn the_method_comes_before_the_size_and_the_size_before_the_credentials() {
    let wrong_method = Request::put("/netdata").body(HUGE).unwrap();
    let seen = send::<Netdata>(Behaviour::Keeps, secret(KNOWN), wrong_method).await;
    assert_eq!((seen.status, seen.allow.as_deref()), (405, Some("GET, POST")));

    let unknown_and_huge = Request::post("/netdata").body(HUGE).unwrap();
    assert_eq!(send::<Netdata>(Behaviour::Keeps, secret(KNOWN), unknown_and_huge).await.status, 413);

    let unknown_and_large = Request::post("/netdata").body(LARGE).unwrap();
    assert_eq!(send::<Netdata>(Behaviour::Keeps, secret(KNOWN), unknown_and_large).await.status, 401);
}

#[tokio::test]
async fn the_credentials_come_before_the_content_type_and_that_before_the_body() {
    let unknown = Request::post("/netdata").header("content-type", "text/plain").body(FLAT).unwrap();
    assert_eq!(send::<Netdata>(Behaviour::Keeps, secret(KNOWN), unknown).await.status, 401);

    let mut plain = post("/netdata", b"broken");
    plain.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let seen = send::<Netdata>(Behaviour::Keeps, secret(KNOWN), plain).await;
    assert_eq!(seen.status, 415);
    assert!(seen.shelf.is_empty());
}

#[tokio::test]
async fn what_is_understood_is_kept_and_what_is_not_is_kept_too() {
    let seen = send::<Netdata>(Behaviour::Keeps, secret(KNOWN), post("/netdata", FLAT)).await;
    assert_eq!((seen.status, seen.body.as_str()), (200, r#"{"status":"ok","recorded":1,"duplicates":0}"#));

    let seen =
        send::<Netdata>(Behaviour::Keeps, secret(KNOWN), post("/netdata?a=1&token=right", b"broken")).await;
    assert_eq!(seen.status, 422);
    let quarantined = seen.shelf.quarantined.lock().unwrap();
    assert_eq!(
        (quarantined[0].inbound.body.as_slice(), quarantined[0].inbound.query.as_str()),
        (&b"broken"[..], "a=1")
    );
    assert!(seen.body.contains(&quarantined[0].id.to_string()));
}

#[tokio::test]
async fn each_protocol_has_its_reply_to_a_storage_failure() {
    let failing = Behaviour::Fails;
    assert_eq!(send::<Netdata>(failing, secret(KNOWN), post("/netdata", FLAT)).await.status, 503);
    assert_eq!(send::<Netdata>(failing, secret(KNOWN), post("/netdata", b"broken")).await.status, 503);
    assert_eq!(send::<Kazoo>(failing, secret(KNOWN), post("/kazoo", b"broken")).await.status, 503);
    assert_eq!(send::<Site24x7>(failing, secret(KNOWN), post("/site24x7", b"broken")).await.status, 503);
    let seen = send::<Tencent>(failing, secret(KNOWN), post("/tencent", br#"{"sessionId":7.0,"a":1}"#)).await;
    assert_eq!((seen.status, seen.body.as_str()), (500, r#"{"sessionId":7.0,"retCode":1}"#));
}

#[tokio::test]
async fn kazoo_is_answered_200_whatever_it_sends() {
    for body in [&b""[..], b"\xff\xfe", b"{\"a\":", b"a=1&&b[]=2"] {
        let seen = send::<Kazoo>(Behaviour::Keeps, secret(KNOWN), post("/kazoo", body)).await;
        assert_eq!(seen.status, 200, "{}", seen.body);
        assert!(!seen.shelf.is_empty());
    }
}

#[tokio::test]
async fn a_source_with_nothing_configured_refuses_everybody() {
    for keyring in [None, Some(secret("{}")), Some(secret(r#"{"challenge_secret":"c"}"#))] {
        let seen = send::<Tencent>(Behaviour::Keeps, keyring, post("/tencent", b"{}")).await;
        assert_eq!((seen.status, seen.body.as_str()), (503, r#"{"sessionId":"","retCode":1}"#));
    }
}

#[tokio::test]
async fn the_verification_probe_of_tencent_is_answered_with_the_code_and_kept() {
    let keyring = secret(r#"{"tokens":["right"],"validation_code":"code-7"}"#);
    let seen = send::<Tencent>(Behaviour::Keeps, keyring, post("/tencent", br#"{"msg":"verify"}"#)).await;
    assert_eq!((seen.status, seen.body.as_str()), (200, "code-7"));
    assert_eq!(seen.shelf.quarantined.lock().unwrap()[0].reason, "verification_probe");
}

#[tokio::test]
async fn the_challenge_of_netdata_is_answered_without_credentials() {
    let jefe = || secret(r#"{"tokens":["right"],"challenge_secret":"Jefe"}"#);
    let ask = |query: &str| Request::get(format!("/netdata{query}")).body(&b""[..]).unwrap();
    let seen =
        send::<Netdata>(Behaviour::Hangs, jefe(), ask("?crc_token=what+do+ya+want+for+nothing%3F")).await;
    let expected = r#"{"response_token":"sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="}"#;
    assert_eq!((seen.status, seen.body.as_str()), (200, expected));

    for query in ["", "?crc_token=", "?crc_token=+", &format!("?crc_token={}", "x".repeat(1025))] {
        assert_eq!(send::<Netdata>(Behaviour::Keeps, jefe(), ask(query)).await.status, 400, "{query}");
    }
    assert_eq!(send::<Netdata>(Behaviour::Keeps, secret(KNOWN), ask("?crc_token=a")).await.status, 404);
}

#[tokio::test]
async fn site24x7_may_use_any_method_that_its_console_offers() {
    const DOWN: &[u8] = br#"{"MONITOR_ID":"123456000000025013","STATUS":"DOWN","INCIDENT_TIME_ISO":"2026-03-01T10:15:27+0530"}"#;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let request = Request::builder().method(method).uri("/site24x7?token=right").body(DOWN).unwrap();
        let seen = send::<Site24x7>(Behaviour::Keeps, secret(KNOWN), request).await;
        assert_eq!((seen.status, seen.shelf.is_empty()), (200, false), "{method}");
    }
    let head = Request::head("/site24x7?token=right").body(DOWN).unwrap();
    let seen = send::<Site24x7>(Behaviour::Keeps, secret(KNOWN), head).await;
    assert_eq!(seen.allow.as_deref(), Some("GET, POST, PUT, PATCH, DELETE"));
}
