//! An event that the table can never take is kept in quarantine, and the sender is not asked to send it again.

use intake::{Kazoo, Netdata};

use crate::world::{Behaviour, post, secret, send};

const KNOWN: &str = r#"{"tokens":["right"]}"#;
const FLAT: &[u8] = br#"{"alarm":"disk","severity":"warning","host":"db-01"}"#;
const LOW_BALANCE: &[u8] = br#"{"event_name":"low_balance","account_id":"A","current_balance":"1"}"#;
const TWO_NODES: &[u8] =
    include_bytes!("../../../../tests/fixtures/netdata/reachability-two-nodes-unreachable.json");

#[tokio::test]
async fn an_event_that_can_never_be_stored_is_quarantined_and_not_asked_for_again() {
    let seen = send::<Netdata>(Behaviour::CannotTake("db-01"), secret(KNOWN), post("/netdata", FLAT)).await;
    assert_eq!(seen.status, 422, "{}", seen.body);
    assert!(seen.body.contains("quarantine_id"), "{}", seen.body);
    let kept = seen.shelf.quarantined.lock().unwrap();
    assert_eq!((kept.len(), kept[0].reason.as_str()), (1, "not_storable"));
}

#[tokio::test]
async fn kazoo_hears_200_of_an_event_that_can_never_be_stored() {
    let seen = send::<Kazoo>(Behaviour::CannotTake("A"), secret(KNOWN), post("/kazoo", LOW_BALANCE)).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.shelf.quarantined.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn one_event_that_can_never_be_stored_does_not_keep_the_others_of_its_request_out() {
    let seen =
        send::<Netdata>(Behaviour::CannotTake("web-01"), secret(KNOWN), post("/netdata", TWO_NODES)).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.shelf.events.lock().unwrap().len(), 1);
    assert_eq!(seen.shelf.quarantined.lock().unwrap().len(), 1);
}
