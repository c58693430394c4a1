//! Carrying a plan out over a network and a server that do not always play along.

use alert::Clock as _;
use kazoo::testing::{Effect, StandIn, Version};
use kazoo::{Change, Outcome, PlannedChanges, apply};
use serde_json::json;

use crate::install::{chosen, install, options, planned};
use crate::refusals::chain;

#[tokio::test]
async fn a_hook_created_although_its_answer_was_lost_is_not_created_again() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().fail_next("PUT", "/webhooks", Effect::AnswerLost);
    let outcomes = install(&stand_in.client(), &options("s3cr3t"), &chosen(&["notifications"])).await;
    let id = stand_in.crossbar().ids()[0].parse().unwrap();
    assert_eq!(outcomes, [Outcome::FoundAfterLostAnswer(id)]);
    assert_eq!(stand_in.crossbar().writes(), ["PUT /v2/accounts/A/webhooks"]);
}

#[tokio::test]
async fn a_hook_whose_request_was_lost_is_looked_for_and_then_created() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().fail_next("PUT", "/webhooks", Effect::RequestLost);
    let outcomes = install(&stand_in.client(), &options("s3cr3t"), &chosen(&["parking"])).await;
    assert!(matches!(outcomes.as_slice(), [Outcome::Created(_)]));
    let crossbar = stand_in.crossbar();
    let lines = crossbar.lines();
    assert_eq!(
        lines[lines.len() - 3..],
        ["PUT /v2/accounts/A/webhooks", "GET /v2/accounts/A/webhooks", "PUT /v2/accounts/A/webhooks"]
    );
    assert_eq!(crossbar.ids().len(), 1);
}

#[tokio::test]
async fn a_plan_that_fails_midway_says_what_is_done_and_the_next_run_does_the_rest() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let selections = chosen(&["parking", "channel_destroy", "notifications"]);
    let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    stand_in.crossbar().hooks.clear();
    let client = stand_in.client();
    client.account().await.unwrap();
    // The first is created, the second is refused.
    let first = PlannedChanges { changes: plan.changes[..1].to_vec(), ..PlannedChanges::default() };
    apply(&client, &first).await.unwrap();
    stand_in.crossbar().fail_next("PUT", "/webhooks", Effect::Error(503, "datastore_fault", json!({})));
    let rest = planned(&client, &options("s3cr3t"), &selections).await;
    assert_eq!(rest.changes.len(), 2);
    let error = apply(&client, &rest).await.unwrap_err();
    assert!(error.done.is_empty());
    assert!(matches!(&*error.change, Change::Create(hook) if hook.hook == "channel_destroy"));
    insta::assert_snapshot!(chain(&error), @"
    stopped before the plan was done (0 done): mend the cause and run the command again: cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's database or webhooks application does not answer (`datastore_fault`): start it, or try again later
    ");
    install(&client, &options("s3cr3t"), &selections).await;
    assert!(planned(&client, &options("s3cr3t"), &selections).await.is_empty());
}

#[tokio::test]
async fn many_hooks_are_installed_within_crossbars_allowance() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().allowance = Some((60, stand_in.clock.now()));
    let outcomes =
        install(&stand_in.client(), &options("s3cr3t"), &chosen(&["object", "notifications"])).await;
    assert_eq!(outcomes.len(), 22);
    assert!(planned(&stand_in.client(), &options("s3cr3t"), &chosen(&["object"])).await.is_empty());
    assert!(!stand_in.clock.pauses().is_empty());
}
