//! The outbox in DynamoDB keeps what its port promises.

use alert::{Fingerprint, Severity};
use dispatch::{
    Entry, EntryKey, Notified, Outbox, Queue, QueueKey, RoutingState, Waiting, WaitingReason, Written,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::world::World;

async fn world() -> World {
    World::with(json!({ "destinations": [] })).await
}

fn key(name: &str) -> QueueKey {
    QueueKey { destination: "ops".to_owned(), group: Fingerprint::of([name]) }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn entry(name: &str, revision: u64) -> Entry {
    Entry {
        fingerprint: Fingerprint::of([name]),
        revision,
        order: 0,
        severity: Severity::High,
        event: channels::Event::Opened,
        is_over: false,
        at: at(0),
        flapped: 0,
        by: None,
        note: None,
        subject: None,
    }
}

#[tokio::test]
async fn a_head_is_written_only_over_the_version_that_was_read() {
    let outbox = world().await.outbox();
    let mut first = Queue::new(key("a"), alert::Labels::new());
    assert_eq!(outbox.put_queue(&mut first).await.unwrap(), Written::Done);
    let mut second = Queue::new(key("a"), alert::Labels::new());
    assert_eq!(outbox.put_queue(&mut second).await.unwrap(), Written::Conflict);
    let mut read = outbox.queue(&key("a")).await.unwrap().unwrap();
    assert_eq!(read, first);
    read.number = 7;
    assert_eq!(outbox.put_queue(&mut read).await.unwrap(), Written::Done);
    assert_eq!(outbox.put_queue(&mut first).await.unwrap(), Written::Conflict);
    assert_eq!(outbox.queue(&key("a")).await.unwrap().unwrap().number, 7);
}

#[tokio::test]
async fn what_is_due_is_found_worst_first_and_then_oldest_first() {
    let outbox = world().await.outbox();
    for (name, due, priority) in [
        ("a", 1, Severity::Low),
        ("b", 3, Severity::Critical),
        ("c", 2, Severity::Low),
        ("later", 99, Severity::Critical),
    ] {
        let mut queue = Queue::new(key(name), alert::Labels::new());
        queue.due_at = Some(at(due));
        queue.priority = Some(priority);
        assert_eq!(outbox.put_queue(&mut queue).await.unwrap(), Written::Done);
    }
    let due = outbox.due("ops", at(10), 10).await.unwrap();
    assert_eq!(due.iter().map(|due| due.key.clone()).collect::<Vec<_>>(), [key("b"), key("a"), key("c")]);
    assert_eq!(due[0].priority, Some(Severity::Critical));
    assert_eq!(outbox.due("other", at(10), 10).await.unwrap(), []);
    assert_eq!(outbox.upcoming("ops", 10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_queue_in_which_something_was_notified_is_found_without_being_due() {
    let outbox = world().await.outbox();
    let mut notified = Queue::new(key("notified"), alert::Labels::new());
    notified.notified.insert(
        Fingerprint::of(["x"]),
        Notified { revision: 1, severity: Severity::High, since: at(0), is_acknowledged: false },
    );
    let mut due = Queue::new(key("due"), alert::Labels::new());
    due.due_at = Some(at(1));
    let mut idle = Queue::new(key("idle"), alert::Labels::new());
    for queue in [&mut notified, &mut due, &mut idle] {
        assert_eq!(outbox.put_queue(queue).await.unwrap(), Written::Done);
    }
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = outbox.queues("ops", cursor, 1).await.unwrap();
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    found.sort();
    let mut expected = vec![key("notified"), key("due")];
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_entry_never_takes_the_place_of_a_newer_one_and_is_removed_only_as_it_was_read() {
    let outbox = world().await.outbox();
    let queue = key("a");
    outbox.put_entry(&queue, &entry("x", 5)).await.unwrap();
    outbox.put_entry(&queue, &entry("x", 4)).await.unwrap();
    let alert = EntryKey::Alert(Fingerprint::of(["x"]));
    assert_eq!(outbox.entry(&queue, alert).await.unwrap().unwrap().revision, 5);
    outbox.delete_entry(&queue, alert, 4).await.unwrap();
    assert_eq!(outbox.entries(&queue, 10).await.unwrap().len(), 1);
    outbox.delete_entry(&queue, alert, 5).await.unwrap();
    assert_eq!(outbox.entries(&queue, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_waits_is_found_when_its_time_has_come() {
    let outbox = world().await.outbox();
    for (name, until) in [("a", 10), ("b", 20), ("c", 30)] {
        let mut state = RoutingState::new(Fingerprint::of([name]), "ops", Fingerprint::of([name]), at(0));
        state.waiting =
            Some(Waiting { until: at(until), reason: WaitingReason::Rung, event: channels::Event::Opened });
        assert_eq!(outbox.put_routing(&mut state).await.unwrap(), Written::Done);
        let known = outbox.known(Fingerprint::of([name])).await.unwrap();
        assert_eq!(known.routing["ops"], state);
    }
    let waiting = outbox.waiting("ops", Some(at(10)), at(20), 10).await.unwrap();
    assert_eq!(waiting.iter().map(|state| state.fingerprint).collect::<Vec<_>>(), [Fingerprint::of(["b"])]);
    assert_eq!(outbox.waiting("ops", None, at(30), 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_lease_of_a_destination_is_kept_by_its_version() {
    let outbox = world().await.outbox();
    let mut state = dispatch::DestinationState::new("ops");
    state.sending_until = at(0).checked_add(SignedDuration::from_secs(60)).ok();
    assert_eq!(outbox.put_destination_state(&mut state).await.unwrap(), Written::Done);
    let mut outdated = dispatch::DestinationState::new("ops");
    assert_eq!(outbox.put_destination_state(&mut outdated).await.unwrap(), Written::Conflict);
    assert_eq!(outbox.destination_states().await.unwrap()["ops"], state);
}
