//! The stream: every change in order, until it is forgotten.

use campanile::embedded::{EmbeddedTable, Location, StreamRecord};
use serde_json::{Value, json};

use crate::alert_table::{NAME, client, create, in_memory, number, put, text};

async fn put_revision(client: &aws_sdk_dynamodb::Client, revision: u64) {
    put(client, &[("pk", text("p")), ("sk", text("s")), ("revision", number(revision))]).await;
}

fn image(revision: &str) -> Value {
    json!({ "pk": { "S": "p" }, "sk": { "S": "s" }, "revision": { "N": revision } })
}

fn event_names(records: &[StreamRecord]) -> Vec<&str> {
    records.iter().map(|record| record.event["eventName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_change_comes_in_order_with_keys_and_both_images() {
    let (table, client) = in_memory().await;
    put_revision(&client, 1).await;
    put_revision(&client, 2).await;
    client.delete_item().table_name(NAME).key("pk", text("p")).key("sk", text("s")).send().await.unwrap();

    let records = table.oldest_records(NAME, 100).await.unwrap();

    assert_eq!(event_names(&records), ["INSERT", "MODIFY", "REMOVE"]);
    assert!(records.is_sorted_by(|one, next| one.sequence_number < next.sequence_number));
    let images = |index: usize| {
        let change = &records[index].event["dynamodb"];
        assert_eq!(change["Keys"], json!({ "pk": { "S": "p" }, "sk": { "S": "s" } }));
        assert_eq!(change["SequenceNumber"], json!(records[index].sequence_number));
        (change["OldImage"].clone(), change["NewImage"].clone())
    };
    assert_eq!(images(0), (Value::Null, image("1")));
    assert_eq!(images(1), (image("1"), image("2")));
    assert_eq!(images(2), (image("2"), Value::Null));
}

#[tokio::test]
async fn records_come_again_until_they_are_forgotten() {
    let (table, client) = in_memory().await;
    for revision in 1..=3 {
        put_revision(&client, revision).await;
    }
    let first_two = table.oldest_records(NAME, 2).await.unwrap();
    assert_eq!(table.oldest_records(NAME, 2).await.unwrap(), first_two);

    let forgotten = table.forget_records(NAME, &first_two[1].sequence_number).await.unwrap();

    assert_eq!(forgotten, 2);
    let rest = table.oldest_records(NAME, 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].event["dynamodb"]["NewImage"], image("3"));
}

#[tokio::test]
async fn a_record_after_all_were_forgotten_is_later_than_they() {
    let (table, client) = in_memory().await;
    put_revision(&client, 1).await;
    let before = table.oldest_records(NAME, 1).await.unwrap().remove(0);
    table.forget_records(NAME, &before.sequence_number).await.unwrap();

    put_revision(&client, 2).await;

    let after = table.oldest_records(NAME, 1).await.unwrap().remove(0);
    assert!(after.sequence_number > before.sequence_number);
}

#[tokio::test]
async fn records_outlive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let location = Location::Directory(directory.path().to_owned());
    {
        let client = client(&EmbeddedTable::open(&location).unwrap());
        create(&client).await;
        put_revision(&client, 1).await;
    }

    let table = EmbeddedTable::open(&location).unwrap();

    assert_eq!(event_names(&table.oldest_records(NAME, 10).await.unwrap()), ["INSERT"]);
}

#[tokio::test]
async fn a_deletion_by_time_to_live_says_who_did_it() {
    let (table, client) = in_memory().await;
    put(&client, &[("pk", text("p")), ("sk", text("s")), ("expires_at", number(1_000_000_000))]).await;
    table.delete_expired().await.unwrap();

    let records = table.oldest_records(NAME, 10).await.unwrap();

    assert_eq!(event_names(&records), ["INSERT", "REMOVE"]);
    let by = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
    assert_eq!(records[1].event["userIdentity"], by);
}

#[tokio::test]
async fn a_number_that_no_record_had_is_refused() {
    let (table, _client) = in_memory().await;
    for number in ["", "12", "-1", "a", "999999999999999999999999999999999999999"] {
        let error = table.forget_records(NAME, number).await.unwrap_err();
        let message =
            format!("`{number}` is not a sequence number of the embedded stream: give one that a record had");
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn a_table_that_does_not_exist_has_no_stream() {
    let (table, _client) = in_memory().await;
    let error = table.oldest_records("another", 1).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot read the stream of table `another`");
}
