//! What is refused before anybody reads it, and what nobody could read.

use tests::{
    Call, NETDATA_TOKEN, READ_TOKEN, Reader, TENCENT_TOKEN, VALIDATION_CODE, everywhere, fixture,
    notifications, webhook_call,
};

/// The largest body that is taken, in bytes.
const LIMIT: usize = 4_500_000;

/// The fixture, blown up with blanks to exactly this many bytes.
fn padded(source: &str, situation: &str, bytes: usize) -> Vec<u8> {
    let mut body = fixture(source, situation).into_bytes();
    body.resize(bytes, b' ');
    body
}

#[tokio::test]
async fn a_body_above_the_limit_is_too_large_and_one_of_exactly_the_limit_is_not() {
    for campanile in everywhere().await {
        for (source, situation) in [("netdata", "nested-raised-critical"), ("tencent", "metric-firing")] {
            for bytes in [LIMIT + 1_000_000, LIMIT + 1] {
                let answer = campanile.answer(&webhook_call(source, padded(source, situation, bytes))).await;
                assert_eq!(answer.status, 413, "{source} {bytes}");
            }
            campanile.assert_empty().await;
        }
        for (source, situation) in [("netdata", "nested-raised-critical"), ("tencent", "metric-firing")] {
            let answer = campanile.answer(&webhook_call(source, padded(source, situation, LIMIT))).await;
            assert_eq!(answer.status, 200, "{source}: {}", answer.text());
        }
        assert_eq!(campanile.alerts("").await.len(), 2);
    }
}

#[tokio::test]
async fn the_size_is_looked_at_before_the_credentials() {
    for campanile in everywhere().await {
        let call = Call::post("/tencent", vec![b' '; LIMIT + 1]);
        let answer = campanile.answer(&call).await;
        assert_eq!((answer.status, answer.text()), (413, r#"{"sessionId":"","retCode":1}"#));
    }
}

#[tokio::test]
async fn a_method_that_a_source_does_not_use_is_not_allowed() {
    for campanile in everywhere().await {
        for method in ["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"] {
            let answer = campanile.answer(&Call::new(method, "/tencent").bearer(TENCENT_TOKEN)).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method}");
        }
        for method in ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"] {
            let answer = campanile.answer(&Call::new(method, "/netdata").bearer(NETDATA_TOKEN)).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, POST"), "{method}");
        }
        let answer = campanile.answer(&Call::get("/tencent")).await;
        assert_eq!(answer.text(), r#"{"sessionId":"","retCode":1}"#);
        campanile.assert_empty().await;
    }
}

#[tokio::test]
async fn the_list_of_alerts_takes_a_get_only() {
    for campanile in everywhere().await {
        let answer = campanile.answer(&Call::post("/v1/alerts", "{}").bearer(READ_TOKEN)).await;
        assert_eq!(answer.status, 405);
        assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    }
}

#[tokio::test]
async fn netdata_must_send_json_and_says_so_or_says_nothing() {
    for campanile in everywhere().await {
        let call = Call::new("POST", "/netdata")
            .bearer(NETDATA_TOKEN)
            .body(fixture("netdata", "nested-raised-critical"));
        for refused in ["text/plain", "application/x-www-form-urlencoded", "text/html; charset=utf-8"] {
            let answer = campanile.answer(&call.clone().header("content-type", refused)).await;
            assert_eq!(answer.status, 415, "{refused}");
            assert!(answer.json()["error"].is_string());
        }
        campanile.assert_empty().await;
        for taken in ["application/json; charset=utf-8", "Application/JSON", "application/vnd.netdata+json"] {
            assert_eq!(
                campanile.answer(&call.clone().header("content-type", taken)).await.status,
                200,
                "{taken}"
            );
        }
        assert_eq!(campanile.answer(&call).await.status, 200);
    }
}

#[tokio::test]
async fn what_netdata_sends_and_nobody_understands_is_kept_whole_with_its_reason() {
    for campanile in everywhere().await {
        let body = fixture("netdata", "quarantine-broken-json");
        let answer = campanile.answer(&webhook_call("netdata", body.clone().into_bytes())).await;

        assert_eq!(answer.status, 422);
        let kept = campanile.quarantine().await;
        assert_eq!(kept.len(), 1);
        assert_eq!(answer.json()["quarantine_id"], kept[0]["id"]);
        assert_eq!(answer.json()["error"], kept[0]["message"]);
        assert!(kept[0]["message"].as_str().unwrap().contains(' '), "no sentence: {}", kept[0]["message"]);
        assert_eq!(kept[0]["body"], body);
        assert_eq!([&kept[0]["source"], &kept[0]["content_type"]], ["netdata", "application/json"]);
        assert!(campanile.alerts("").await.is_empty());
    }
}

#[tokio::test]
async fn what_tencent_sends_and_nobody_understands_is_kept_and_acknowledged() {
    for campanile in everywhere().await {
        let body = r#"{"sessionId":"s-1","neither":"policy nor alarm"}"#;
        let answer = campanile.answer(&webhook_call("tencent", body.into())).await;

        let kept = campanile.quarantine().await;
        assert_eq!(kept.len(), 1);
        assert_eq!(
            (answer.status, answer.text()),
            (
                200,
                format!(
                    r#"{{"sessionId":"s-1","retCode":0,"error":{},"quarantine_id":{}}}"#,
                    kept[0]["message"], kept[0]["id"]
                )
                .as_str()
            )
        );
        assert_eq!([&kept[0]["body"], &kept[0]["reason"]], [body, "unknown_shape"]);
    }
}

#[tokio::test]
async fn every_fixture_that_is_not_understood_is_in_quarantine_and_every_other_is_not() {
    for campanile in everywhere().await {
        let mut quarantined = 0;
        for call in ["netdata", "kazoo", "tencent", "site24x7"].into_iter().flat_map(notifications) {
            let answer = campanile.answer(&call).await;
            assert!(matches!(answer.status, 200 | 422), "{call:?}: {}", answer.text());
            // The verification probe is in quarantine, too, and answered with its code alone.
            let is_kept = answer.text().contains("quarantine") || answer.text() == VALIDATION_CODE;
            quarantined += usize::from(is_kept);
        }
        assert!(quarantined > 0);
        assert_eq!(campanile.quarantine().await.len(), quarantined);
        assert!(campanile.events("").await.len() > quarantined);
    }
}
