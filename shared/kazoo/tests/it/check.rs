//! Checking our hooks and mending those that KAZOO switched off.

use alert::Clock as _;
use jiff::SignedDuration;
use kazoo::check::{Report, Token, examine, repair};
use kazoo::install::{Selection, survey};
use kazoo::testing::{StandIn, Version};
use kazoo::{AttemptRange, State, apply};
use serde_json::json;

use crate::install::{install, options, receiver};

async fn examined(stand_in: &StandIn, token: &str) -> Report {
    let client = stand_in.client();
    let receiver = receiver(token);
    let survey = survey(&client, receiver.location(), &Selection::defaults()).await.unwrap();
    let to = stand_in.clock.now();
    let range = AttemptRange { from: to.checked_sub(SignedDuration::from_hours(24)).unwrap(), to };
    examine(&client, &receiver, survey, range).await.unwrap()
}

fn ids(stand_in: &StandIn) -> Vec<String> {
    stand_in.crossbar().ids().into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn healthy_hooks_are_reported_healthy() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
    let report = examined(&stand_in, "s3cr3t").await;
    assert!(report.is_healthy());
    assert!(repair(&report, &receiver("s3cr3t")).is_empty());
}

#[tokio::test]
async fn a_hook_switched_off_for_failures_is_shown_with_its_last_attempts_and_repaired() {
    for version in [Version::V4_2, Version::V4_3, Version::V5] {
        let stand_in = StandIn::start(version).await;
        install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
        let broken = ids(&stand_in)[0].clone();
        for _ in 0..6 {
            stand_in.clock.advance(5);
            stand_in.crossbar().deliver(&broken, 503);
        }
        let report = examined(&stand_in, "s3cr3t").await;
        assert!(!report.is_healthy());
        let hook = report.hooks.iter().find(|hook| hook.hook.id.as_str() == broken).unwrap();
        assert_eq!(hook.hook.state(), State::AutoDisabled { reason: "too many failed attempts".to_owned() });
        assert_eq!(hook.failed_attempts.len(), 5);
        assert!(hook.failed_attempts.is_sorted_by_key(|attempt| std::cmp::Reverse(attempt.at)));
        insta::allow_duplicates! { insta::assert_snapshot!(report, @r#"
        channel_destroy (00000000000000000000000000000001): disabled by KAZOO, too many failed attempts; check --repair switches it on
          failed 2024-11-28T08:00:30Z answered 503: {"error":{"code":"unauthorized"}}
          failed 2024-11-28T08:00:25Z answered 503: {"error":{"code":"unauthorized"}}
          failed 2024-11-28T08:00:20Z answered 503: {"error":{"code":"unauthorized"}}
          failed 2024-11-28T08:00:15Z answered 503: {"error":{"code":"unauthorized"}}
          failed 2024-11-28T08:00:10Z answered 503: {"error":{"code":"unauthorized"}}
        notifications:all (00000000000000000000000000000002): enabled
        "#); }

        let plan = repair(&report, &receiver("s3cr3t"));
        apply(&stand_in.client(), &plan).await.unwrap();
        assert_eq!(stand_in.crossbar().requests.last().unwrap().data, json!({ "enabled": true }));
        assert!(examined(&stand_in, "s3cr3t").await.is_healthy());
    }
}

#[tokio::test]
async fn a_hook_with_another_token_is_repaired_together_with_its_address() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("0ld-t0ken"), &Selection::defaults()).await;
    let broken = ids(&stand_in)[0].clone();
    (0..6).for_each(|_| stand_in.crossbar().deliver(&broken, 401));
    let report = examined(&stand_in, "n3w-t0ken").await;
    assert!(report.hooks.iter().all(|hook| hook.token == Token::Other));
    let plan = repair(&report, &receiver("n3w-t0ken"));
    insta::assert_snapshot!(format!("{report}\n{plan}"), @r#"
    channel_destroy (00000000000000000000000000000001): disabled by KAZOO, too many failed attempts; check --repair switches it on; shows another token than the present one; install corrects it
      failed 2024-11-28T08:00:00Z answered 401: {"error":{"code":"unauthorized"}}
      failed 2024-11-28T08:00:00Z answered 401: {"error":{"code":"unauthorized"}}
      failed 2024-11-28T08:00:00Z answered 401: {"error":{"code":"unauthorized"}}
      failed 2024-11-28T08:00:00Z answered 401: {"error":{"code":"unauthorized"}}
      failed 2024-11-28T08:00:00Z answered 401: {"error":{"code":"unauthorized"}}
    notifications:all (00000000000000000000000000000002): enabled; shows another token than the present one; install corrects it

    change channel_destroy (00000000000000000000000000000001): uri: another token, enabled: false -> true
    "#);
    apply(&stand_in.client(), &plan).await.unwrap();
    let repaired = stand_in.crossbar().document(&broken);
    assert_eq!(repaired["uri"], json!("https://alerts.example.com/kazoo/n3w-t0ken?hook=channel_destroy"));
    assert_eq!(repaired["enabled"], json!(true));
}

#[tokio::test]
async fn what_a_person_switched_off_or_took_away_is_reported_and_not_repaired() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
    let hooks = ids(&stand_in);
    stand_in.crossbar().hooks.get_mut(&hooks[0]).unwrap().document["enabled"] = json!(false);
    stand_in.crossbar().hooks.remove(&hooks[1]);
    let report = examined(&stand_in, "s3cr3t").await;
    assert!(!report.is_healthy());
    let plan = repair(&report, &receiver("s3cr3t"));
    assert!(plan.is_empty());
    insta::assert_snapshot!(format!("{report}\n{plan}"), @"
    channel_destroy (00000000000000000000000000000001): disabled by a person; install --enable switches it on
    notifications:all: missing; install creates it

    nothing to change
    leave channel_destroy (00000000000000000000000000000001) disabled: a person switched it off; install --enable switches it on
    ");
}

#[tokio::test]
async fn attempts_before_the_range_are_not_shown() {
    let stand_in = StandIn::start(Version::V4_3).await;
    install(&stand_in.client(), &options("s3cr3t"), &Selection::defaults()).await;
    let hook = ids(&stand_in)[0].clone();
    stand_in.crossbar().deliver(&hook, 500);
    stand_in.clock.advance(25 * 3600);
    assert!(examined(&stand_in, "s3cr3t").await.hooks.iter().all(|hook| hook.failed_attempts.is_empty()));
}
