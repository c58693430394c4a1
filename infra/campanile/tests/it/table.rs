//! Tables: what is written, refused, found and kept.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, KeysAndAttributes, ReturnConsumedCapacity, ReturnValue,
};
use campanile::embedded::{AwsCall, AwsService, EmbeddedTable, Location, OpenError};
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;

use crate::alert_table::{NAME, client, create, in_memory, new_history_entry, next_state, number, put, text};

/// Writes one event of an alert whose state has `revision`; the reasons, one an item, where it is refused.
async fn record(
    client: &Client,
    fingerprint: &str,
    event_id: &str,
    revision: u64,
) -> Result<(), Vec<CancellationReason>> {
    let written = client
        .transact_write_items()
        .transact_items(new_history_entry(fingerprint, event_id))
        .transact_items(next_state(fingerprint, revision))
        .send()
        .await;
    match written.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
        Ok(_) => Ok(()),
        Err(TransactWriteItemsError::TransactionCanceledException(refusal)) => {
            Err(refusal.cancellation_reasons().to_vec())
        }
        Err(error) => panic!("{error:?}"),
    }
}

async fn state_of(client: &Client, fingerprint: &str) -> (u64, u64) {
    let found = client
        .get_item()
        .table_name(NAME)
        .key("pk", text(format!("ALERT#{fingerprint}")))
        .key("sk", text("STATE"))
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    let state = found.item.unwrap_or_default();
    let read = |name: &str| state.get(name).map_or(0, |value| value.as_n().unwrap().parse().unwrap());
    (read("revision"), read("occurrences"))
}

async fn history_of(client: &Client, fingerprint: &str) -> Vec<String> {
    let found = client
        .query()
        .table_name(NAME)
        .key_condition_expression("pk = :pk AND begins_with(sk, :event)")
        .expression_attribute_values(":pk", text(format!("ALERT#{fingerprint}")))
        .expression_attribute_values(":event", text("EVENT#"))
        .send()
        .await
        .unwrap();
    sort_keys(found.items())
}

fn sort_keys(items: &[std::collections::HashMap<String, AttributeValue>]) -> Vec<String> {
    items.iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

fn codes(reasons: &[CancellationReason]) -> Vec<&str> {
    reasons.iter().filter_map(CancellationReason::code).collect()
}

#[tokio::test]
async fn a_transaction_whose_condition_fails_writes_nothing_and_returns_the_old_item() {
    let (_table, client) = in_memory().await;
    record(&client, "f", "1", 0).await.unwrap();

    let known_event = record(&client, "f", "1", 1).await.unwrap_err();
    assert_eq!(codes(&known_event), ["ConditionalCheckFailed", "None"]);
    let old = known_event[0].item().unwrap();
    assert_eq!(old["sk"], text("EVENT#1"));
    assert_eq!(old["raw"].as_b().unwrap().as_ref(), [0x1f, 0x8b, 0xff, 0x00]);

    let stale_revision = record(&client, "f", "2", 7).await.unwrap_err();
    assert_eq!(codes(&stale_revision), ["None", "ConditionalCheckFailed"]);
    assert_eq!(stale_revision[1].item().unwrap()["revision"], number(1));

    assert_eq!(state_of(&client, "f").await, (1, 1));
    assert_eq!(history_of(&client, "f").await, ["EVENT#1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_of_one_alert_lose_no_event_and_count_none_twice() {
    let (_table, client) = in_memory().await;
    let writers = (0..16).map(|writer| {
        let client = client.clone();
        tokio::spawn(async move {
            for event in 0..10 {
                record_at_any_revision(&client, &format!("{writer}-{event}")).await;
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }

    assert_eq!(state_of(&client, "f").await, (160, 160));
    assert_eq!(history_of(&client, "f").await.len(), 160);
}

async fn record_at_any_revision(client: &Client, event_id: &str) {
    loop {
        let (revision, _) = state_of(client, "f").await;
        let Err(reasons) = record(client, "f", event_id, revision).await else {
            return;
        };
        assert_eq!(
            codes(&reasons),
            ["None", "ConditionalCheckFailed"],
            "only another writer may be in the way"
        );
    }
}

#[tokio::test]
async fn a_batch_of_keys_brings_the_items_that_exist() {
    let (_table, client) = in_memory().await;
    for sk in ["a", "b"] {
        put(&client, &[("pk", text("p")), ("sk", text(sk))]).await;
    }
    let key = |sk: &str| [("pk".to_owned(), text("p")), ("sk".to_owned(), text(sk))].into();
    let wanted =
        KeysAndAttributes::builder().keys(key("a")).keys(key("b")).keys(key("missing")).build().unwrap();

    let found = client.batch_get_item().request_items(NAME, wanted).send().await.unwrap();

    let mut sort_keys = sort_keys(&found.responses().unwrap()[NAME]);
    sort_keys.sort();
    assert_eq!(sort_keys, ["a", "b"]);
    assert!(found.unprocessed_keys().is_none_or(std::collections::HashMap::is_empty));
}

/// Every page of an index, newest first, two items a page.
async fn pages_backwards(client: &Client, index: &str, hash: &str, value: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut start = None;
    loop {
        let page = client
            .query()
            .table_name(NAME)
            .index_name(index)
            .key_condition_expression("#hash = :hash")
            .expression_attribute_names("#hash", hash)
            .expression_attribute_values(":hash", text(value))
            .scan_index_forward(false)
            .limit(2)
            .set_exclusive_start_key(start)
            .send()
            .await
            .unwrap();
        pages.push(sort_keys(page.items()));
        start = page.last_evaluated_key;
        if start.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn every_index_reads_backwards_page_by_page() {
    let (_table, client) = in_memory().await;
    for (event, time) in [("x", "3"), ("y", "1"), ("z", "2")] {
        put(
            &client,
            &[
                ("pk", text("ALERT#f")),
                ("sk", text(event)),
                ("condition_shard", text("firing#0")),
                ("condition_key", text(time)),
                ("received_shard", text("netdata#0")),
                ("received_key", text(time)),
                ("summary", text("not a key")),
            ],
        )
        .await;
    }
    put(&client, &[("pk", text("ALERT#f")), ("sk", text("STATE"))]).await;

    let expected = [vec!["x", "z"], vec!["y"]];
    assert_eq!(pages_backwards(&client, "by_condition", "condition_shard", "firing#0").await, expected);
    assert_eq!(pages_backwards(&client, "by_received", "received_shard", "netdata#0").await, expected);
}

#[tokio::test]
async fn an_index_of_keys_shows_keys_only_and_forgets_an_item_that_moved_on() {
    let (_table, client) = in_memory().await;
    let state = |shard: &str| {
        [
            ("pk", text("ALERT#f")),
            ("sk", text("STATE")),
            ("condition_shard", text(shard)),
            ("condition_key", text("1")),
            ("summary", text("not a key")),
        ]
    };
    put(&client, &state("firing#0")).await;
    let firing = client
        .query()
        .table_name(NAME)
        .index_name("by_condition")
        .key_condition_expression("condition_shard = :shard")
        .expression_attribute_values(":shard", text("firing#0"))
        .send()
        .await
        .unwrap();
    let mut names: Vec<_> = firing.items()[0].keys().collect();
    names.sort();
    assert_eq!(names, ["condition_key", "condition_shard", "pk", "sk"]);

    put(&client, &state("resolved#0")).await;

    let nothing = vec![Vec::<String>::new()];
    assert_eq!(pages_backwards(&client, "by_condition", "condition_shard", "firing#0").await, nothing);
    assert_eq!(pages_backwards(&client, "by_condition", "condition_shard", "resolved#0").await, [["STATE"]]);
}

#[tokio::test]
async fn an_expired_item_is_read_until_it_is_filtered_or_deleted() {
    let (table, client) = in_memory().await;
    put(&client, &[("pk", text("p")), ("sk", text("past")), ("expires_at", number(1_000_000_000))]).await;
    put(&client, &[("pk", text("p")), ("sk", text("future")), ("expires_at", number(9_999_999_999))]).await;
    let all = client
        .query()
        .table_name(NAME)
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", text("p"));
    let unexpired = all
        .clone()
        .filter_expression("attribute_not_exists(expires_at) OR expires_at > :now")
        .expression_attribute_values(":now", number(1_800_000_000));

    assert_eq!(sort_keys(all.clone().send().await.unwrap().items()), ["future", "past"]);
    assert_eq!(sort_keys(unexpired.send().await.unwrap().items()), ["future"]);

    assert_eq!(table.delete_expired().await.unwrap(), 1);
    assert_eq!(sort_keys(all.send().await.unwrap().items()), ["future"]);
}

#[tokio::test]
async fn consumed_capacity_is_returned_when_asked_for() {
    let (_table, client) = in_memory().await;
    let written = client
        .transact_write_items()
        .transact_items(new_history_entry("f", "1"))
        .transact_items(next_state("f", 0))
        .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
        .send()
        .await
        .unwrap();

    let capacity = &written.consumed_capacity()[0];
    // Two units an item, for the transaction, and one an index: the history entry is in one, the state in one.
    assert_eq!(capacity.capacity_units(), Some(6.0));
    let index_units = capacity.global_secondary_indexes().unwrap()["by_condition"].capacity_units();
    assert_eq!(index_units, Some(1.0));
}

#[tokio::test]
async fn an_update_adds_and_returns_the_new_values() {
    let (_table, client) = in_memory().await;
    let add = client
        .update_item()
        .table_name(NAME)
        .key("pk", text("p"))
        .key("sk", text("s"))
        .update_expression("SET first_seen = if_not_exists(first_seen, :now) ADD duplicates :one")
        .expression_attribute_values(":now", text("2026-01-01T00:00:00Z"))
        .expression_attribute_values(":one", number(1))
        .return_values(ReturnValue::AllNew);
    add.clone().send().await.unwrap();

    let twice = add.send().await.unwrap();

    assert_eq!(twice.attributes().unwrap()["duplicates"], number(2));
}

#[tokio::test]
async fn an_operation_that_is_not_there_says_so() {
    let (_table, client) = in_memory().await;
    let error = client.describe_continuous_backups().table_name(NAME).send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnknownOperationException"));
    assert_eq!(error.message(), Some("the embedded table has no operation `DescribeContinuousBackups`"));
}

#[tokio::test]
async fn input_that_cannot_be_read_is_a_validation_error() {
    let (_table, client) = in_memory().await;
    let not_a_number = AttributeValue::N("twelve".to_owned());
    let put = client.put_item().table_name(NAME).item("pk", text("p")).item("sk", not_a_number);
    assert_eq!(put.send().await.unwrap_err().code(), Some("ValidationException"));
}

#[tokio::test]
async fn two_tables_in_memory_know_nothing_of_each_other() {
    let (_one, first) = in_memory().await;
    let (_other, second) = in_memory().await;
    record(&first, "f", "1", 0).await.unwrap();
    assert_eq!(state_of(&second, "f").await, (0, 0));
}

#[tokio::test]
async fn a_directory_opened_again_shows_what_was_written() {
    let directory = tempfile::tempdir().unwrap();
    let location = Location::Directory(directory.path().join("not/there/yet"));
    {
        let client = client(&EmbeddedTable::open(&location).unwrap());
        create(&client).await;
        record(&client, "f", "1", 0).await.unwrap();
    }

    let client = client(&EmbeddedTable::open(&location).unwrap());

    assert_eq!(state_of(&client, "f").await, (1, 1));
    assert_eq!(pages_backwards(&client, "by_condition", "condition_shard", "firing#0").await, [["STATE"]]);
}

#[test]
fn a_directory_in_use_is_refused_and_free_again_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let location = Location::Directory(directory.path().to_owned());
    let first = EmbeddedTable::open(&location).unwrap();

    let error = EmbeddedTable::open(&location).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    let path = directory.path().display();
    let message = format!(
        "the data directory `{path}` is in use: stop the other Campanile or choose another directory"
    );
    assert_eq!(error.to_string(), message);

    drop(first);
    EmbeddedTable::open(&location).unwrap();
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("table.sqlite");
    let content = "something else ".repeat(100);
    std::fs::write(&file, &content).unwrap();

    let error = EmbeddedTable::open(&Location::Directory(directory.path().to_owned())).unwrap_err();

    assert!(matches!(error, OpenError::Database { .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), content);
}

#[test]
fn a_file_where_the_directory_belongs_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = EmbeddedTable::open(&Location::Directory(file.path().to_owned())).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot make the data directory `{}`", file.path().display()));
}

/// Also prints how fast that was with the stream on: a guide for those who set time limits, not a promise.
#[tokio::test(flavor = "multi_thread")]
async fn alerts_that_sixteen_write_at_once_are_all_there() {
    let directory = tempfile::tempdir().unwrap();
    let on_disk = Location::Directory(directory.path().to_owned());
    for location in [Location::InMemory, on_disk] {
        let client = client(&EmbeddedTable::open(&location).unwrap());
        create(&client).await;
        let begun = Instant::now();
        join_all((0..16).map(|writer| write_alerts(&client, writer, 25))).await;
        let a_second = 16.0 * 25.0 / begun.elapsed().as_secs_f64();
        println!("{location:?}: {a_second:.0} transactions a second");
        let firing = pages_backwards(&client, "by_condition", "condition_shard", "firing#0").await;
        assert_eq!(firing.concat().len(), 16 * 25);
    }
}

async fn write_alerts(client: &Client, writer: u32, alerts: u32) {
    for alert in 0..alerts {
        record(client, &format!("{writer}-{alert}"), "1", 0).await.unwrap();
    }
}

/// How long the fastest hundred of a thousand alerts takes, each a transaction as the SDK sends it, with a token of its own.
async fn fastest_hundred(table: &EmbeddedTable, from: usize) -> Duration {
    let mut fastest = Duration::MAX;
    for hundred in (from..from + 1_000).step_by(100) {
        let began = Instant::now();
        for number in hundred..hundred + 100 {
            let put = |sk: &str| {
                let item = json!({ "pk": { "S": format!("ALERT#{number}") }, "sk": { "S": sk } });
                json!({ "Put": { "TableName": NAME, "Item": item, "ConditionExpression": "attribute_not_exists(pk)" } })
            };
            let token = format!("{number:036}");
            let body =
                json!({ "TransactItems": [put("STATE"), put("EVENT#1")], "ClientRequestToken": token });
            let target = "DynamoDB_20120810.TransactWriteItems".to_owned();
            let answer = table.answer(AwsCall { target, body: body.to_string().into() }).await;
            assert_eq!(answer.status, StatusCode::OK);
        }
        fastest = fastest.min(began.elapsed());
    }
    fastest
}

#[tokio::test]
async fn a_transaction_takes_no_longer_after_ten_thousand_others() {
    let (table, _client) = in_memory().await;
    let first = fastest_hundred(&table, 0).await;
    for thousand in 1..10 {
        fastest_hundred(&table, thousand * 1_000).await;
    }
    let last = fastest_hundred(&table, 10_000).await;
    assert!(last < first * 3 / 2, "a hundred took {first:?} at first, and {last:?} after ten thousand");
}

#[tokio::test]
async fn what_a_repeated_transaction_would_do_again_is_for_its_conditions_to_say() {
    let (_table, client) = in_memory().await;
    let transaction = client
        .transact_write_items()
        .transact_items(new_history_entry("f", "1"))
        .client_request_token("one token for both");
    transaction.clone().send().await.unwrap();

    let again = transaction.send().await.unwrap_err();
    assert!(again.as_service_error().unwrap().is_transaction_canceled_exception());
}
