//! A write is waited for as long as the sender waits, and not longer.

use std::time::Duration;

use intake::{Deadline, Netdata, Tencent};
use tokio::time::Instant;

use crate::world::{Behaviour, post, secret, send};

const KNOWN: &str = r#"{"tokens":["right"]}"#;
const FLAT: &[u8] = br#"{"alarm":"disk","severity":"warning","host":"db-01"}"#;
const METRIC: &[u8] = br#"{"sessionId":"s","alarmStatus":"1","alarmPolicyInfo":{"policyId":"p"},"firstOccurTime":"2021-05-05 04:37:00"}"#;

#[tokio::test(start_paused = true)]
async fn tencent_is_asked_to_try_again_after_four_seconds() {
    let began = Instant::now();
    let seen = send::<Tencent>(Behaviour::Hangs, secret(KNOWN), post("/tencent", METRIC)).await;
    assert_eq!((seen.status, seen.body.as_str()), (500, r#"{"sessionId":"s","retCode":1}"#));
    assert_eq!(began.elapsed().as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_time_that_lambda_leaves_ends_the_wait_earlier() {
    let began = Instant::now();
    let mut request = post("/netdata", FLAT);
    request.extensions_mut().insert(Deadline(Duration::from_secs(2)));
    assert_eq!(send::<Netdata>(Behaviour::Hangs, secret(KNOWN), request).await.status, 503);
    assert_eq!(began.elapsed().as_secs(), 2);
}
