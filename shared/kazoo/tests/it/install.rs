//! Installing on a server: what is made, what is left, and that doing it twice changes nothing.

use kazoo::install::{
    DisabledByPerson, Duplicates, Options, Selection, Subaccounts, SurveyError, plan, survey,
};
use kazoo::{Change, Client, Location, NoteReason, Outcome, Plan, Receiver, apply};
use serde_json::{Value, json};

use crate::refusals::chain;
use crate::stand_in::{Condition, Effect, StandIn, Version};

pub(crate) fn receiver(token: &str) -> Receiver {
    Receiver::new(
        Location::parse("https://alerts.example.com").unwrap(),
        token.into(),
    )
    .unwrap()
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

async fn planned(client: &Client, options: &Options, selections: &[Selection]) -> Plan {
    let survey = survey(client, options.receiver.location(), selections)
        .await
        .unwrap();
    plan(options, &survey.wanted, &survey.ours)
}

/// Installs, and returns what was done.
pub(crate) async fn install(client: &Client, options: &Options, selections: &[Selection]) -> Vec<Outcome> {
    let plan = planned(client, options, selections).await;
    apply(client, &plan)
        .await
        .unwrap()
        .into_iter()
        .map(|applied| applied.outcome)
        .collect()
}

fn uri(hook: &str, token: &str) -> String {
    format!("https://alerts.example.com/kazoo/{token}?hook={hook}")
}

/// A webhook as install makes it.
fn installed(hook: &str, token: &str) -> Value {
    json!({
        "hook": hook, "name": format!("campanile {hook}"), "uri": uri(hook, token), "http_verb": "post",
        "format": "json", "retries": 3, "include_subaccounts": false, "include_internal_legs": false,
        "enabled": true, "custom_data": {}
    })
}

#[tokio::test]
async fn the_default_hooks_are_created_as_the_reference_has_them() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let options = Options {
        subaccounts: Subaccounts::Include,
        ..options("s3cr3t")
    };
    install(&stand_in.client(), &options, &Selection::defaults()).await;
    let crossbar = stand_in.crossbar();
    let sent: Vec<_> = crossbar
        .requests
        .iter()
        .filter(|seen| seen.line() == "PUT /v2/accounts/A/webhooks")
        .collect();
    let expected = |hook: &str, name: &str, custom_data: Value| {
        json!({ "data": {
            "name": name, "uri": format!("https://alerts.example.com/kazoo/s3cr3t?hook={hook}"),
            "http_verb": "post", "format": "json", "hook": hook, "retries": 3, "include_subaccounts": true,
            "include_internal_legs": false, "enabled": true, "custom_data": custom_data
        } })
    };
    assert_eq!(sent.len(), 2);
    assert_eq!(
        sent[0].body,
        expected("channel_destroy", "campanile channel_destroy", json!({}))
    );
    assert_eq!(
        sent[1].body,
        expected(
            "notifications",
            "campanile notifications all",
            json!({ "type": "all" })
        )
    );
}

#[tokio::test]
async fn installing_twice_changes_nothing_the_second_time() {
    for version in [Version::V4_2, Version::V4_3, Version::V5] {
        let stand_in = StandIn::start(version).await;
        let selections = chosen(&[
            "channel_destroy",
            "notifications",
            "object:user",
            "parking",
            "all",
        ]);
        let first = install(&stand_in.client(), &options("s3cr3t"), &selections).await;
        let writes = stand_in.crossbar().writes().len();
        assert_eq!(
            (first.len(), writes),
            (stand_in.crossbar().ids().len(), first.len())
        );

        let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
        assert!(plan.is_empty(), "{plan}");
        assert!(
            plan.notes.iter().all(|note| note.reason == NoteReason::AsWanted),
            "{plan}"
        );
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
    let mut told = Vec::new();
    for (version, hooks) in [
        (Version::V4_1, vec!["channel_destroy", "notifications"]),
        (Version::V4_2, vec!["sms"]),
        (Version::V4_3, vec!["notifications:system_alert"]),
        (Version::V4_3, vec!["object:user:doc_updated"]),
        (Version::V4_3, vec!["parking:all"]),
    ] {
        let stand_in = StandIn::start(version).await;
        let error = survey(&stand_in.client(), &location, &chosen(&hooks))
            .await
            .unwrap_err();
        assert!(matches!(error, SurveyError::NotOffered(_)), "{error:?}");
        assert_eq!(stand_in.crossbar().lines(), ["GET /v2/webhooks"]);
        told.push(chain(&error));
    }
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().conditions.insert(Condition::NothingOffered);
    told.push(chain(
        &survey(&stand_in.client(), &location, &Selection::defaults())
            .await
            .unwrap_err(),
    ));
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn a_rotated_token_changes_the_address_and_nothing_else() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("0ld-t0ken"), &Selection::defaults()).await;
    let plan = planned(&stand_in.client(), &options("n3w-t0ken"), &Selection::defaults()).await;
    insta::assert_snapshot!(plan);
    apply(&stand_in.client(), &plan).await.unwrap();
    let crossbar = stand_in.crossbar();
    assert_eq!(crossbar.ids().len(), 2);
    assert_eq!(
        crossbar.requests.last().unwrap().data,
        json!({ "uri": uri("notifications", "n3w-t0ken") })
    );
}

#[tokio::test]
async fn what_differs_is_put_right_and_what_is_somebody_elses_is_not_looked_at() {
    let stand_in = StandIn::start(Version::V4_3).await;
    {
        let mut crossbar = stand_in.crossbar();
        // As a person would have typed it, with KAZOO's own defaults for all that is missing.
        crossbar.put("h1", json!({
            "hook": "channel_destroy", "name": "Alarme \u{1b}[31m", "uri": uri("channel_destroy", "s3cr3t"),
            "custom_data": { "api_token": "hunter2", "type": "x" }, "enabled": true
        }));
        let mut elsewhere = installed("channel_destroy", "s3cr3t");
        elsewhere["uri"] = json!("https://elsewhere.example.org/kazoo/s3cr3t?hook=channel_destroy");
        crossbar.put("h0", elsewhere);
    }
    let selections = chosen(&["channel_destroy"]);
    let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    insta::assert_snapshot!(plan);
    apply(&stand_in.client(), &plan).await.unwrap();
    assert_eq!(stand_in.crossbar().writes(), ["PATCH /v2/accounts/A/webhooks/h1"]);
    let sent = stand_in.crossbar().requests.last().unwrap().data.clone();
    assert_eq!(
        sent,
        json!({
            "name": "campanile channel_destroy", "format": "json", "retries": 3,
            "include_internal_legs": false, "custom_data": {}
        })
    );
    assert!(
        planned(&stand_in.client(), &options("s3cr3t"), &selections)
            .await
            .is_empty()
    );
    let read = stand_in.crossbar().lines();
    assert!(
        !read.contains(&"GET /v2/accounts/A/webhooks/h0".to_owned()),
        "{read:?}"
    );
}

#[tokio::test]
async fn a_hook_switched_off_for_failures_is_found_and_switched_on() {
    for version in [Version::V4_3, Version::V5] {
        let stand_in = StandIn::start(version).await;
        install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
        let id = stand_in.crossbar().ids()[0].to_owned();
        (0..6).for_each(|_| stand_in.crossbar().deliver(&id, 401));
        assert_eq!(stand_in.crossbar().document(&id)["enabled"], json!(false));

        let plan = planned(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
        assert_eq!(plan.changes.len(), 1);
        assert!(plan.to_string().contains("enabled: false -> true"), "{plan}");
        apply(&stand_in.client(), &plan).await.unwrap();
        assert_eq!(stand_in.crossbar().document(&id)["enabled"], json!(true));
        assert!(
            planned(&stand_in.client(), &options("s3cr3t"), &Selection::defaults())
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_hook_a_person_switched_off_stays_off_unless_asked_for() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let mut off = installed("channel_destroy", "0ld-t0ken");
    off["enabled"] = json!(false);
    stand_in.crossbar().put("h1", off);
    let selections = chosen(&["channel_destroy"]);

    install(&stand_in.client(), &options("s3cr3t"), &selections).await;
    assert_eq!(
        stand_in.crossbar().document("h1")["uri"],
        json!(uri("channel_destroy", "s3cr3t"))
    );
    assert_eq!(stand_in.crossbar().document("h1")["enabled"], json!(false));
    let plan = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    assert!(plan.is_empty());
    assert_eq!(plan.notes[0].reason, NoteReason::DisabledByPerson);

    let enabling = Options {
        disabled_by_person: DisabledByPerson::Enable,
        ..options("s3cr3t")
    };
    install(&stand_in.client(), &enabling, &selections).await;
    assert_eq!(stand_in.crossbar().document("h1")["enabled"], json!(true));
    assert!(
        planned(&stand_in.client(), &enabling, &selections)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn of_several_equal_hooks_one_is_kept_and_the_others_go_when_asked_for() {
    let stand_in = StandIn::start(Version::V4_3).await;
    {
        let mut crossbar = stand_in.crossbar();
        let mut off = installed("channel_destroy", "s3cr3t");
        off["enabled"] = json!(false);
        crossbar.put("a-off", off);
        crossbar.put("b-on", installed("channel_destroy", "0ld-t0ken"));
        crossbar.put("c-on", installed("channel_destroy", "s3cr3t"));
    }
    let selections = chosen(&["channel_destroy"]);
    let reporting = planned(&stand_in.client(), &options("s3cr3t"), &selections).await;
    let pruning = Options {
        duplicates: Duplicates::Prune,
        ..options("s3cr3t")
    };
    let pruned = planned(&stand_in.client(), &pruning, &selections).await;
    insta::assert_snapshot!(format!("{reporting}\n{pruned}"));

    apply(&stand_in.client(), &reporting).await.unwrap();
    assert_eq!(stand_in.crossbar().ids(), ["a-off", "b-on", "c-on"]);
    install(&stand_in.client(), &pruning, &selections).await;
    assert_eq!(stand_in.crossbar().ids(), ["b-on"]);
    assert_eq!(
        stand_in.crossbar().document("b-on"),
        installed("channel_destroy", "s3cr3t")
    );
    assert!(
        planned(&stand_in.client(), &pruning, &selections)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_hook_created_although_its_answer_was_lost_is_not_created_again() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in
        .crossbar()
        .fail_next("PUT", "/webhooks", Effect::AnswerLost);
    let outcomes = install(
        &stand_in.client(),
        &options("s3cr3t"),
        &chosen(&["notifications"]),
    )
    .await;
    let id = stand_in.crossbar().ids()[0].parse().unwrap();
    assert_eq!(outcomes, [Outcome::FoundAfterLostAnswer(id)]);
    assert_eq!(stand_in.crossbar().writes(), ["PUT /v2/accounts/A/webhooks"]);
}

#[tokio::test]
async fn a_hook_whose_request_was_lost_is_looked_for_and_then_created() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in
        .crossbar()
        .fail_next("PUT", "/webhooks", Effect::RequestLost);
    let outcomes = install(&stand_in.client(), &options("s3cr3t"), &chosen(&["parking"])).await;
    assert!(matches!(outcomes.as_slice(), [Outcome::Created(_)]));
    let crossbar = stand_in.crossbar();
    let lines = crossbar.lines();
    assert_eq!(
        lines[lines.len() - 3..],
        [
            "PUT /v2/accounts/A/webhooks",
            "GET /v2/accounts/A/webhooks",
            "PUT /v2/accounts/A/webhooks"
        ]
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
    let first = Plan {
        changes: plan.changes[..1].to_vec(),
        ..Plan::default()
    };
    apply(&client, &first).await.unwrap();
    stand_in.crossbar().fail_next(
        "PUT",
        "/webhooks",
        Effect::Error(503, "datastore_fault", json!({})),
    );
    let rest = planned(&client, &options("s3cr3t"), &selections).await;
    assert_eq!(rest.changes.len(), 2);
    let error = apply(&client, &rest).await.unwrap_err();
    assert!(error.done.is_empty());
    assert!(matches!(&*error.change, Change::Create(hook) if hook.hook == "channel_destroy"));
    insta::assert_snapshot!(chain(&error));
    install(&client, &options("s3cr3t"), &selections).await;
    assert!(planned(&client, &options("s3cr3t"), &selections).await.is_empty());
}

#[tokio::test]
async fn many_hooks_are_installed_within_crossbars_allowance() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().allowance = Some((60, kazoo::Clock::now(&*stand_in.clock)));
    let outcomes = install(
        &stand_in.client(),
        &options("s3cr3t"),
        &chosen(&["object", "notifications"]),
    )
    .await;
    assert_eq!(outcomes.len(), 22);
    assert!(
        planned(&stand_in.client(), &options("s3cr3t"), &chosen(&["object"]))
            .await
            .is_empty()
    );
    assert!(!stand_in.clock.pauses().is_empty());
}
