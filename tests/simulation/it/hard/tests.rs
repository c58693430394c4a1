//! Each rule of the table, by the SDK's own client.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, KeysAndAttributes, Put, TransactWriteItem};
use futures::future::join_all;
use tokio::time::{Instant, sleep};

use super::rules::{PARTITIONS, Spread};
use super::{Hard, Rules};

const TABLE: &str = "campanile";

/// A table, and a client that tries once.
async fn table(rules: Rules) -> (Hard, Client) {
    let hard = Hard::new(rules, 1);
    let sdk = hard.sdk().into_builder().retry_config(RetryConfig::disabled()).build();
    let client = Client::new(&sdk);
    aws::definition::create(&client, TABLE).await.unwrap();
    (hard, client)
}

/// Spans that do not vary, so that a test knows when what happens.
fn exact() -> Rules {
    let exactly =
        |millis| Spread { median: Duration::from_millis(millis), longest: Duration::from_millis(millis) };
    Rules { way: exactly(1), transaction: exactly(20), index_lag: exactly(500), ..Rules::fair() }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn put(key: &str, payload: usize) -> TransactWriteItem {
    let put = Put::builder().table_name(TABLE).item("pk", text(key)).item("sk", text("x"));
    TransactWriteItem::builder().put(put.item("payload", text(&"x".repeat(payload))).build().unwrap()).build()
}

async fn transact(client: &Client, keys: &[&str]) -> Result<(), TransactWriteItemsError> {
    let items = keys.iter().map(|key| put(key, 1)).collect();
    let sent = client.transact_write_items().set_transact_items(Some(items)).send().await;
    sent.map(drop).map_err(SdkError::into_service_error)
}

async fn write(client: &Client, key: &str, payload: usize) -> Result<(), String> {
    let put = client.put_item().table_name(TABLE).item("pk", text(key)).item("sk", text("x"));
    let sent = put.item("payload", text(&"x".repeat(payload))).send().await;
    sent.map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
}

fn reasons(error: &TransactWriteItemsError) -> Vec<String> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        return vec![error.code().unwrap_or_default().to_owned()];
    };
    let reasons = cancelled.cancellation_reasons();
    reasons.iter().map(|reason| reason.code().unwrap_or_default().to_owned()).collect()
}

/// *Amazon DynamoDB Transactions: How it works*, "Transaction conflict handling in DynamoDB".
#[tokio::test(start_paused = true)]
async fn a_transaction_is_cancelled_while_another_one_is_at_one_of_its_items() {
    let (_, client) = table(exact()).await;
    let (first, second) = tokio::join!(transact(&client, &["a", "b"]), transact(&client, &["c", "b"]));
    first.unwrap();
    assert_eq!(reasons(&second.unwrap_err()), ["None", "TransactionConflict"]);
    transact(&client, &["c", "b"]).await.unwrap();
}

/// The same page: "A PutItem, UpdateItem, or DeleteItem request for an item conflicts with an ongoing TransactWriteItems
/// request that includes the same item."
#[tokio::test(start_paused = true)]
async fn a_single_write_is_refused_while_a_transaction_is_at_its_item_and_a_read_is_not() {
    let (_, client) = table(exact()).await;
    write(&client, "a", 1).await.unwrap();
    let later = async {
        sleep(Duration::from_millis(5)).await;
        let refused = write(&client, "a", 1).await;
        let read = client.get_item().table_name(TABLE).key("pk", text("a")).key("sk", text("x"));
        (refused, read.consistent_read(true).send().await)
    };
    let (transaction, (refused, read)) = tokio::join!(transact(&client, &["a"]), later);
    transaction.unwrap();
    assert_eq!(refused, Err("TransactionConflictException".to_owned()));
    assert!(read.unwrap().item.is_some());
}

/// *TransactWriteItems*, "TransactionInProgressException" and "Idempotency".
#[tokio::test(start_paused = true)]
async fn a_token_is_carried_out_once_and_not_twice_at_a_time() {
    let (_, client) = table(exact()).await;
    let send = || {
        let condition = Put::builder().table_name(TABLE).item("pk", text("a")).item("sk", text("x"));
        let put = condition.condition_expression("attribute_not_exists(pk)").build().unwrap();
        let item = TransactWriteItem::builder().put(put).build();
        client.transact_write_items().transact_items(item).client_request_token("token").send()
    };
    let (first, second) = tokio::join!(send(), send());
    first.unwrap();
    assert_eq!(reasons(&second.unwrap_err().into_service_error()), ["TransactionInProgressException"]);
    send().await.expect("the second time it is known, whatever its condition says");
}

/// *Best practices for designing and using partition keys effectively in DynamoDB*.
#[tokio::test(start_paused = true)]
async fn a_partition_takes_a_thousand_write_units_a_second() {
    let (_, client) = table(exact()).await;
    let accepted = accepted(&client, 3_000, Duration::from_secs(1), |_| "hot".to_owned()).await;
    assert!((2_000..2_100).contains(&accepted), "{accepted} in a second, with one that was saved up");
}

/// *DynamoDB on-demand capacity mode*, "Initial throughput".
#[tokio::test(start_paused = true)]
async fn a_new_table_takes_four_thousand_write_units_a_second() {
    let (_, client) = table(exact()).await;
    assert_eq!(PARTITIONS, 4);
    let accepted = accepted(&client, 6_000, Duration::from_millis(250), |number| number.to_string()).await;
    assert!(
        (4_900..5_300).contains(&accepted),
        "{accepted} in a quarter of a second, with a second that was saved up"
    );
}

/// How many of `count` writes of one unit, evenly `within` a time, are taken.
async fn accepted(client: &Client, count: u32, within: Duration, key: impl Fn(u32) -> String) -> usize {
    let writes = (0..count).map(|number| {
        let key = key(number);
        async move {
            sleep(within * number / count).await;
            write(client, &key, 1).await
        }
    });
    let outcomes = join_all(writes).await;
    let refusals: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(refusals.iter().all(|refusal| *refusal == "ThrottlingException"), "{refusals:?}");
    outcomes.len() - refusals.len()
}

/// *Amazon DynamoDB Transactions: How it works*, "Capacity management for transactions": "two underlying writes".
#[tokio::test(start_paused = true)]
async fn a_transaction_takes_twice_as_much_and_is_cancelled_when_there_is_no_more() {
    let (_, client) = table(exact()).await;
    for _ in 0..2 {
        transact(&client, &["hot"]).await.unwrap();
    }
    let item = vec![put("hot", 380_000)];
    let large = client.transact_write_items().set_transact_items(Some(item.clone())).send();
    large.await.unwrap();
    let large = client.transact_write_items().set_transact_items(Some(item)).send();
    large.await.unwrap();
    let throttled = transact(&client, &["hot"]).await.unwrap_err();
    assert_eq!(reasons(&throttled), ["ThrottlingError"]);
    sleep(Duration::from_secs(1)).await;
    transact(&client, &["hot"]).await.unwrap();
}

/// *Constraints in Amazon DynamoDB*, "Items": 400 KB; "Transactions": 100 unique items, 4 MB.
#[tokio::test(start_paused = true)]
async fn items_and_transactions_have_their_limits() {
    let (_, client) = table(exact()).await;
    assert_eq!(write(&client, "a", 409_000).await, Ok(()));
    assert_eq!(write(&client, "b", 410_000).await, Err("ValidationException".to_owned()));
    let send = async |items: Vec<TransactWriteItem>| {
        sleep(Duration::from_mins(1)).await;
        let sent = client.transact_write_items().set_transact_items(Some(items)).send().await;
        sent.map(drop).map_err(|error| error.into_service_error().code().unwrap_or_default().to_owned())
    };
    let many = |count: usize, payload| (0..count).map(|number| put(&format!("k{number}"), payload)).collect();
    assert_eq!(send(many(100, 1)).await, Ok(()));
    assert_eq!(send(many(101, 1)).await, Err("ValidationException".to_owned()));
    assert_eq!(send(many(10, 400_000)).await, Ok(()));
    assert_eq!(send(many(11, 400_000)).await, Err("ValidationException".to_owned()));
    let remove =
        Delete::builder().table_name(TABLE).key("pk", text("a")).key("sk", text("x")).build().unwrap();
    let twice = vec![put("a", 1), TransactWriteItem::builder().delete(remove).build()];
    assert_eq!(send(twice).await, Err("ValidationException".to_owned()));
}

/// *Local secondary indexes*, "Item collection size limit": 10 GB for a partition key, of tables that have such an index.
#[test]
fn no_local_index_limits_what_a_partition_key_holds() {
    let definition = include_str!("../../../../shared/aws/src/store/definition.rs");
    assert!(!definition.contains("local_secondary_index"), "then simulate `ItemCollectionSizeLimitExceeded`");
}

/// *Using Global Secondary Indexes in DynamoDB*, "Data synchronization between tables and Global Secondary Indexes".
#[tokio::test(start_paused = true)]
async fn an_index_shows_what_is_new_a_while_later() {
    let (_, client) = table(exact()).await;
    let item = client.put_item().table_name(TABLE).item("pk", text("a")).item("sk", text("x"));
    let item = item.item("condition_shard", text("firing#0")).item("condition_key", text("1"));
    item.send().await.unwrap();
    let listed = async || {
        let query = client.query().table_name(TABLE).index_name("by_condition");
        let query = query.key_condition_expression("condition_shard = :shard");
        query.expression_attribute_values(":shard", text("firing#0")).send().await.unwrap().count
    };
    assert_eq!(listed().await, 0);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(listed().await, 1);
    // An item whose index key does not change stays visible.
    let update = client.update_item().table_name(TABLE).key("pk", text("a")).key("sk", text("x"));
    let update = update.update_expression("SET condition_key = :key, more = :key");
    update.expression_attribute_values(":key", text("1")).send().await.unwrap();
    assert_eq!(listed().await, 1);
}

/// *Error handling with DynamoDB*: a client that hears nothing does not know whether anything was done.
#[tokio::test(start_paused = true)]
async fn a_call_whose_answer_is_lost_was_carried_out_and_one_that_is_lost_was_not() {
    for (rules, is_there) in
        [(Rules { answers_lost: 1.0, ..exact() }, true), (Rules { lost: 1.0, ..exact() }, false)]
    {
        let (hard, client) = table(exact()).await;
        hard.set(rules);
        let began = Instant::now();
        assert_eq!(write(&client, "a", 1).await, Err("no answer".to_owned()));
        assert_eq!(began.elapsed(), aws::calls::ATTEMPT);
        hard.set(exact());
        let read = client.get_item().table_name(TABLE).key("pk", text("a")).key("sk", text("x"));
        assert_eq!(read.send().await.unwrap().item.is_some(), is_there);
    }
}

/// *BatchGetItem*: "If you request more … or the table's throughput is exceeded … UnprocessedKeys".
#[tokio::test(start_paused = true)]
async fn a_batch_is_read_as_far_as_its_partitions_carry_it() {
    let (_, client) = table(exact()).await;
    let keys: Vec<_> = (0..40).map(|number| format!("k{number}")).collect();
    for key in &keys {
        write(&client, key, if key == "k0" { 300_000 } else { 1 }).await.unwrap();
    }
    // All of them are admitted at once, and leave the partition in debt.
    let reads = (0..60).map(|_| {
        let read = client.get_item().table_name(TABLE).key("pk", text("k0")).key("sk", text("x"));
        read.consistent_read(true).send()
    });
    join_all(reads).await;
    let key = |key: &String| [("pk".to_owned(), text(key)), ("sk".to_owned(), text("x"))].into();
    let asked = KeysAndAttributes::builder().set_keys(Some(keys.iter().map(key).collect())).build().unwrap();
    let answer = client.batch_get_item().request_items(TABLE, asked).send().await.unwrap();
    let found = answer.responses.unwrap()[TABLE].len();
    let left = answer.unprocessed_keys.unwrap()[TABLE].keys.len();
    assert!(found > 0 && left > 0 && found + left == 40, "{found} found, {left} left");
}

#[tokio::test(start_paused = true)]
async fn one_seed_is_one_history() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let hard = Hard::new(Rules::foul(), 7);
        fastrand::seed(7);
        let client = Client::new(&hard.sdk());
        aws::definition::create(&client, TABLE).await.unwrap();
        let began = Instant::now();
        let writes = (0..200).map(|number| {
            let client = client.clone();
            async move { transact(&client, &[["a", "b", "c"][number % 3]]).await.is_ok() }
        });
        let outcomes = join_all(writes).await;
        seen.push((hard.seen(), outcomes, began.elapsed()));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].0.counts["TransactionConflict"] > 0, "{:?}", seen[0].0.counts);
}
