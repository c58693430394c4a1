//! Installing on a server that has nothing yet: what is made, and that doing it twice changes nothing.

use kazoo::install::{
    DisabledByPerson, Duplicates, Options, Selection, Subaccounts, SurveyError, plan, survey,
};
use kazoo::testing::{Condition, StandIn, Version};
use kazoo::{Client, Location, NoteReason, Outcome, PlannedChanges, Receiver, apply};
use serde_json::{Value, json};

use crate::refusals::chain;

pub(crate) fn receiver(token: &str) -> Receiver {
    Receiver::new(Location::parse("https://alerts.example.com").unwrap(), net::Secret::new(token)).unwrap()
}

pub(crate) fn options(token: &str) -> Options {
    Options {
        receiver: receiver(token),
        subaccounts: Subaccounts::Exclude,
        duplicates: Duplicates::Report,
        disabled_by_person: DisabledByPerson::Report,
    }
}

pub(crate) fn chosen(hooks: &[&str]) -> Vec<Selection> {
    hooks.iter().map(|hook| hook.parse().unwrap()).collect()
}

/// What is to be done.
pub(crate) async fn planned(client: &Client, options: &Options, selections: &[Selection]) -> PlannedChanges {
    let survey = survey(client, options.receiver.location(), selections).await.unwrap();
    plan(options, &survey.wanted, &survey.ours)
}

/// Installs, and returns what was done.
pub(crate) async fn install(client: &Client, options: &Options, selections: &[Selection]) -> Vec<Outcome> {
    let plan = planned(client, options, selections).await;
    apply(client, &plan).await.unwrap().into_iter().map(|applied| applied.outcome).collect()
}

#[tokio::test]
async fn the_default_hooks_are_created_as_the_reference_has_them() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let options = Options { subaccounts: Subaccounts::Include, ..options("s3cr3t") };
    install(&stand_in.client(), &options, &Selection::defaults()).await;
    let crossbar = stand_in.crossbar();
    let sent: Vec<_> =
        crossbar.requests.iter().filter(|seen| seen.line() == "PUT /v2/accounts/A/webhooks").collect();
    let expected = |hook: &str, name: &str, custom_data: Value| {
        json!({ "data": {
            "name": name, "uri": format!("https://alerts.example.com/kazoo/s3cr3t?hook={hook}"),
            "http_verb": "post", "format": "json", "hook": hook, "retries": 3, "include_subaccounts": true,
            "include_internal_legs": false, "enabled": true, "custom_data": custom_data
        } })
    };
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].body, expected("channel_destroy", "campanile channel_destroy", json!({})));
    assert_eq!(
        sent[1].body,
        expected("notifications", "campanile notifications all", json!({ "type": "all" }))
    );
}

#[tokio::test]
async fn installing_twice_changes_nothing_the_second_time() {
    for version in [Version::V4_2, Version::V4_3, Version::V5] {
        let stand_in = StandIn::start(version).await;
        let selections = chosen(&["channel_destroy", "notifications", "object:user", "parking", "all"]);
        let first = install(&stand_in.client(), &options("s3cr3t"), &selections).await;
        let writes = stand_in.crossbar().writes().len();
        assert_eq!((first.len(), writes), (stand_in.crossbar().ids().len(), first.len()));

        let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
        assert!(plan.is_empty(), "{plan}");
        assert!(plan.notes.iter().all(|note| note.reason == NoteReason::AsWanted), "{plan}");
        apply(&stand_in.client(), &plan).await.unwrap();
        assert_eq!(stand_in.crossbar().writes().len(), writes);
    }
}

#[tokio::test]
async fn object_all_is_one_hook_where_the_server_knows_it_and_one_per_type_and_action_elsewhere() {
    for (version, hooks) in [(Version::V4_3, 7 * 3), (Version::V5, 1)] {
        let stand_in = StandIn::start(version).await;
        let outcomes = install(&stand_in.client(), &options("s3cr3t"), &chosen(&["object"])).await;
        assert_eq!(outcomes.len(), hooks);
    }
}

#[tokio::test]
async fn what_the_server_does_not_offer_is_refused_before_the_login() {
    let location = Location::parse("https://alerts.example.com").unwrap();
    let mut errors = Vec::new();
    for (version, hooks) in [
        (Version::V4_1, vec!["channel_destroy", "notifications"]),
        (Version::V4_2, vec!["sms"]),
        (Version::V4_3, vec!["notifications:system_alert"]),
        (Version::V4_3, vec!["object:user:doc_updated"]),
        (Version::V4_3, vec!["parking:all"]),
    ] {
        let stand_in = StandIn::start(version).await;
        let error = survey(&stand_in.client(), &location, &chosen(&hooks)).await.unwrap_err();
        assert!(matches!(error, SurveyError::NotOffered(_)), "{error:?}");
        assert_eq!(stand_in.crossbar().lines(), ["GET /v2/webhooks"]);
        errors.push(chain(&error));
    }
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().conditions.insert(Condition::NothingOffered);
    errors.push(chain(&survey(&stand_in.client(), &location, &Selection::defaults()).await.unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"), @"
    cannot install the hooks chosen: KAZOO has no hook `notifications`: choose among `channel_answer`, `channel_bridge`, `channel_create`, `channel_destroy`, `object`, `parking` with --hooks
    cannot install the hooks chosen: KAZOO has no hook `sms`: choose among `channel_answer`, `channel_bridge`, `channel_create`, `channel_destroy`, `notifications`, `object`, `parking` with --hooks
    cannot install the hooks chosen: KAZOO's hook `notifications` has no type `system_alert`: choose among `all`, `deregister`, `low_balance`, `missed_call`, `outbound_fax_error`, `voicemail_new`
    cannot install the hooks chosen: KAZOO's hook `object` has no action `doc_updated`: choose among `doc_created`, `doc_edited`, `doc_deleted`
    cannot install the hooks chosen: KAZOO's hook `parking` has no type: write `parking` alone
    cannot install the hooks chosen: KAZOO offers no hooks at all: start its webhooks application once
    ");
}
