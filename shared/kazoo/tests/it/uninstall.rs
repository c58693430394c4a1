//! Uninstalling takes our hooks away and no others.

use kazoo::install::{Selection, ours};
use kazoo::testing::{CHILD, StandIn, Version};
use kazoo::{Outcome, apply, uninstall};
use serde_json::json;

use crate::install::{chosen, install, options, receiver};

async fn uninstalled(stand_in: &StandIn) -> Vec<Outcome> {
    let client = stand_in.client();
    let receiver = receiver("any");
    let existing = ours(&client, receiver.location()).await.unwrap();
    let plan = uninstall::plan(receiver.location(), &existing);
    apply(&client, &plan).await.unwrap().into_iter().map(|applied| applied.outcome).collect()
}

#[tokio::test]
async fn every_hook_of_ours_goes_whatever_its_token_and_state_and_the_others_stay() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("0ld-t0ken"), &chosen(&["object:user"])).await;
    install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
    let off = stand_in.crossbar().ids()[0].to_owned();
    (0..6).for_each(|_| stand_in.crossbar().deliver(&off, 401));
    let others = [
        ("other-host", "https://elsewhere.example.org/kazoo/s3cr3t?hook=parking"),
        ("other-path", "https://alerts.example.com/tencent/s3cr3t?hook=parking"),
        ("other-hook", "https://alerts.example.com/kazoo/s3cr3t?hook=channel_destroy"),
        ("no-hook", "https://alerts.example.com/kazoo/s3cr3t"),
    ];
    for (id, uri) in others {
        stand_in.crossbar().put(id, json!({ "hook": "parking", "name": id, "uri": uri, "enabled": true }));
    }
    let elsewhere = "https://alerts.example.com/kazoo/s3cr3t?hook=parking";
    stand_in.crossbar().put_into(CHILD, "child", json!({ "hook": "parking", "name": "c", "uri": elsewhere }));

    let outcomes = uninstalled(&stand_in).await;
    assert_eq!(outcomes, vec![Outcome::Deleted; 3 + 2]);
    assert_eq!(stand_in.crossbar().ids(), ["child", "no-hook", "other-hook", "other-host", "other-path"]);
    assert!(uninstalled(&stand_in).await.is_empty());
}

#[tokio::test]
async fn a_hook_that_somebody_deletes_meanwhile_is_no_failure() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
    let client = stand_in.client();
    let receiver = receiver("s3cr3t");
    let existing = ours(&client, receiver.location()).await.unwrap();
    stand_in.crossbar().hooks.pop_first();
    let plan = uninstall::plan(receiver.location(), &existing);
    let applied = apply(&client, &plan).await.unwrap();
    let outcomes: Vec<_> = applied.iter().map(|applied| applied.outcome.clone()).collect();
    assert_eq!(outcomes, [Outcome::AlreadyGone, Outcome::Deleted]);
    assert_eq!(
        applied[0].to_string(),
        "delete channel_destroy (00000000000000000000000000000001): was gone already"
    );
}
