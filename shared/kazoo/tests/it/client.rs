//! What the client does with lists, documents, attempts and conflicts.

use alert::Clock as _;
use kazoo::testing::{CHILD, Effect, StandIn, Version, new_hook};
use kazoo::{AttemptRange, HookId, Operation, Patch, Refusal};
use serde_json::{Value, json};

const URI: &str = "https://alerts.example.com/kazoo/s3cr3t?hook=parking";

fn id(text: &str) -> HookId {
    text.parse().unwrap()
}

fn parking() -> Value {
    json!({ "hook": "parking", "name": "somebody's", "uri": "https://other.example.org/x", "enabled": true })
}

fn disable(stand_in: &StandIn, id: &str) {
    let mut crossbar = stand_in.crossbar();
    (0..6).for_each(|_| crossbar.deliver(id, 401));
}

#[tokio::test]
async fn a_list_is_read_whole_or_page_by_page() {
    let stand_in = StandIn::start(Version::V4_3).await;
    for number in 0..120 {
        stand_in.crossbar().put(&format!("h{number:03}"), parking());
    }
    let client = stand_in.client();
    let whole = client.hooks().await.unwrap();
    assert_eq!(whole.len(), 120);

    let mut collected = Vec::new();
    let mut sizes = Vec::new();
    let mut page = client.hooks_page(None).await.unwrap();
    loop {
        sizes.push(page.entries.len());
        collected.append(&mut page.entries);
        let Some(next) = page.next else { break };
        page = client.hooks_page(Some(&next)).await.unwrap();
    }
    assert_eq!((collected, sizes), (whole, vec![50, 50, 20]));
}

#[tokio::test]
async fn an_entry_that_makes_no_sense_does_not_hide_the_others() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let entries = json!([
        { "id": "../x", "hook": "parking", "uri": "https://a.example.org" },
        { "id": 7, "hook": "parking", "name": 8, "uri": "https://a.example.org", "enabled": "false" },
        { "id": "h2", "hook": "parking" },
        "nonsense", null
    ]);
    stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Envelope(200, json!({ "data": entries })));
    let hooks = stand_in.client().hooks().await.unwrap();
    assert_eq!(hooks.len(), 1);
    assert_eq!((hooks[0].id.as_str(), hooks[0].name.as_str(), hooks[0].enabled), ("7", "8", false));
}

#[tokio::test]
async fn an_empty_list_may_be_written_as_an_empty_object() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Envelope(200, json!({ "data": {} })));
    assert!(stand_in.client().hooks().await.unwrap().is_empty());
}

#[tokio::test]
async fn offered_modifiers_are_read_in_both_shapes() {
    let stand_in = StandIn::start(Version::V4_2).await;
    let offered = stand_in.client().available_hooks().await.unwrap();
    let modifier =
        |id: &str, name: &str| offered.iter().find(|hook| hook.id == id).unwrap().modifiers[name].clone();
    assert_eq!(modifier("object", "action"), ["doc_created", "doc_edited", "doc_deleted"]);
    assert!(modifier("notifications", "type").contains(&"all".to_owned()));
}

#[tokio::test]
async fn a_document_says_why_it_was_switched_off_wherever_the_version_puts_it() {
    for version in [Version::V4_2, Version::V4_3, Version::V5] {
        let stand_in = StandIn::start(version).await;
        stand_in.crossbar().put("h1", parking());
        disable(&stand_in, "h1");
        let hook = stand_in.client().hook(&id("h1")).await.unwrap();
        assert!(!hook.enabled);
        assert_eq!(hook.disable_reason.as_deref(), Some("too many failed attempts"));
    }
}

#[tokio::test]
async fn a_hook_is_created_changed_and_deleted() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    let created = client.create(&new_hook("parking", URI)).await.unwrap();
    assert_eq!((created.format.as_str(), created.retries), ("json", 3));

    stand_in.crossbar().hooks.get_mut(created.id.as_str()).unwrap().document["retries"] = json!(1);
    let found = client.hook(&created.id).await.unwrap();
    let patched =
        client.patch(&created.id, &Patch::between(&found, &new_hook("parking", URI))).await.unwrap();
    assert_eq!(patched, created);
    assert_eq!(stand_in.crossbar().requests.last().unwrap().data, json!({ "retries": 3 }));

    client.delete(&created.id).await.unwrap();
    assert!(client.hooks().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_hook_switched_off_for_failures_is_enabled_alone_or_with_all_others() {
    let stand_in = StandIn::start(Version::V4_3).await;
    for name in ["h1", "h2"] {
        stand_in.crossbar().put(name, parking());
    }
    stand_in.crossbar().put_into(CHILD, "h3", parking());
    stand_in.crossbar().put("off", json!({ "hook": "parking", "name": "n", "uri": URI, "enabled": false }));
    for name in ["h1", "h2", "h3"] {
        disable(&stand_in, name);
    }
    let client = stand_in.client();
    let enabled = || -> Vec<_> {
        let crossbar = stand_in.crossbar();
        crossbar.hooks.values().map(|hook| hook.document["enabled"] == json!(true)).collect()
    };
    assert_eq!(enabled(), [false, false, false, false]);
    assert!(client.reenable(&id("h1")).await.unwrap().enabled);
    assert_eq!(enabled(), [true, false, false, false]);
    client.reenable_disabled().await.unwrap();
    assert_eq!(enabled(), [true, true, false, false]);
    client.reenable_descendants().await.unwrap();
    assert_eq!(enabled(), [true, true, true, false]);
}

#[tokio::test]
async fn attempts_are_read_of_the_account_and_of_one_hook_within_a_range() {
    let stand_in = StandIn::start(Version::V4_3).await;
    for name in ["h1", "h2"] {
        stand_in.crossbar().put(name, parking());
    }
    let from = stand_in.clock.now();
    stand_in.crossbar().deliver("h1", 500);
    stand_in.clock.advance(10);
    stand_in.crossbar().deliver("h2", 503);
    let to = stand_in.clock.now();
    stand_in.clock.advance(10);
    stand_in.crossbar().deliver("h2", 401);

    let client = stand_in.client();
    let range = AttemptRange { from, to };
    let account = client.attempts(range, None).await.unwrap().entries;
    assert_eq!(account.iter().map(|attempt| attempt.at.unwrap()).collect::<Vec<_>>(), [to, from]);
    let hook = client.hook_attempts(&id("h2"), range, None).await.unwrap().entries;
    assert_eq!(hook.len(), 1);
    assert_eq!(
        hook[0].to_string(),
        "2024-11-28T08:00:10Z answered 503: {\"error\":{\"code\":\"unauthorized\"}}"
    );
    assert_eq!(hook[0].hook_id, Some(id("h2")));
}

#[tokio::test]
async fn the_oldest_attempts_come_first_and_a_second_with_many_is_read_at_once() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().put("h1", parking());
    let from = stand_in.clock.now();
    for _ in 0..70 {
        stand_in.crossbar().deliver("h1", 500);
        stand_in.crossbar().hooks.get_mut("h1").unwrap().failures.clear();
    }
    stand_in.clock.advance(10);
    stand_in.crossbar().attempt("h1", "{}", None);
    let to = stand_in.clock.now().checked_add(jiff::SignedDuration::from_secs(60)).unwrap();

    let client = stand_in.client();
    let page = client.oldest_attempts(AttemptRange { from, to }).await.unwrap();
    assert_eq!((page.entries.len(), page.next.is_some()), (50, true));
    assert!(page.entries.iter().all(|attempt| attempt.at == Some(from) && attempt.is_final_failure()));
    assert_eq!(page.answered_at, Some(stand_in.clock.now()));
    let second = client.all_attempts(AttemptRange { from, to: from }).await.unwrap();
    assert_eq!((second.entries.len(), second.next), (70, None));

    let later = AttemptRange { from: from.checked_add(jiff::SignedDuration::from_secs(1)).unwrap(), to };
    let unanswered = client.oldest_attempts(later).await.unwrap().entries;
    let finals: Vec<_> = unanswered.iter().map(kazoo::Attempt::is_final_failure).collect();
    assert_eq!(finals, [false, false, false, true]);
    let events: std::collections::BTreeSet<_> = unanswered.iter().map(|attempt| &attempt.event_id).collect();
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn on_a_conflict_a_change_is_made_once_more_after_reading_again() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().put("h1", json!({ "hook": "parking", "name": "n", "uri": URI, "enabled": false }));
    let client = stand_in.client();
    let conflict = || Effect::Error(409, "datastore_conflict", json!({}));

    stand_in.crossbar().fail_next("PATCH", "/h1", conflict());
    assert!(client.reenable(&id("h1")).await.unwrap().enabled);
    let tried = [
        "PATCH /v2/accounts/A/webhooks/h1",
        "GET /v2/accounts/A/webhooks/h1",
        "PATCH /v2/accounts/A/webhooks/h1",
    ];
    assert_eq!(stand_in.crossbar().lines()[1..], tried);

    // Meanwhile somebody else did the same: nothing is left to send.
    stand_in.crossbar().fail_next("PATCH", "/h1", conflict());
    assert!(client.reenable(&id("h1")).await.unwrap().enabled);
    assert_eq!(stand_in.crossbar().lines()[4..], tried[..2]);

    stand_in.crossbar().fail_next("DELETE", "/h1", conflict());
    client.delete(&id("h1")).await.unwrap();
    assert!(stand_in.crossbar().hooks.is_empty());
}

#[tokio::test]
async fn a_conflict_that_stays_is_an_error_after_two_tries() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().put("h1", json!({ "hook": "parking", "name": "n", "uri": URI, "enabled": false }));
    for _ in 0..2 {
        stand_in.crossbar().fail_next("PATCH", "/h1", Effect::Error(409, "datastore_conflict", json!({})));
    }
    let error = stand_in.client().reenable(&id("h1")).await.unwrap_err();
    assert_eq!((error.operation, error.refusal()), (Operation::ChangeHook, Some(&Refusal::Conflict)));
    assert_eq!(stand_in.crossbar().writes().len(), 2);
}
