//! A table of the shape that Campanile uses, and the calls that its tests share.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    Projection, ProjectionType, Put, ReturnValuesOnConditionCheckFailure, ScalarAttributeType,
    StreamSpecification, StreamViewType, TimeToLiveSpecification, TransactWriteItem, Update,
};
use campanile::embedded::{self, EmbeddedTable, Location};

pub(crate) const NAME: &str = "campanile";

/// An empty table in memory and a client of it.
pub(crate) async fn in_memory() -> (EmbeddedTable, Client) {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let client = client(&table);
    create(&client).await;
    (table, client)
}

pub(crate) fn client(table: &EmbeddedTable) -> Client {
    Client::new(&embedded::sdk_config(table.clone()))
}

pub(crate) async fn create(client: &Client) {
    let attributes = ["pk", "sk", "condition_shard", "condition_key", "received_shard", "received_key"];
    client
        .create_table()
        .table_name(NAME)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.map(text_attribute).to_vec()))
        .set_key_schema(Some(keys("pk", "sk")))
        .global_secondary_indexes(global_index("by_condition", "condition_shard", "condition_key"))
        .global_secondary_indexes(global_index("by_received", "received_shard", "received_key"))
        .stream_specification(
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::NewAndOldImages)
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    let expiry =
        TimeToLiveSpecification::builder().enabled(true).attribute_name("expires_at").build().unwrap();
    client.update_time_to_live().table_name(NAME).time_to_live_specification(expiry).send().await.unwrap();
}

fn text_attribute(name: &str) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .unwrap()
}

fn keys(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .map(|(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap())
        .to_vec()
}

fn global_index(name: &str, hash: &str, range: &str) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys(hash, range)))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .unwrap()
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A history entry that must not exist yet.
pub(crate) fn new_history_entry(fingerprint: &str, event_id: &str) -> TransactWriteItem {
    let put = Put::builder()
        .table_name(NAME)
        .item("pk", text(format!("ALERT#{fingerprint}")))
        .item("sk", text(format!("EVENT#{event_id}")))
        .item("received_shard", text("netdata#2026-01-01#0"))
        .item("received_key", text(format!("2026-01-01T00:00:01Z#{event_id}")))
        .item("raw", AttributeValue::B(vec![0x1f, 0x8b, 0xff, 0x00].into()))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .unwrap();
    TransactWriteItem::builder().put(put).build()
}

/// The alert's state moving on from `revision`; 0 makes it.
pub(crate) fn next_state(fingerprint: &str, revision: u64) -> TransactWriteItem {
    let condition = if revision == 0 { "attribute_not_exists(pk)" } else { "revision = :revision" };
    let update = Update::builder()
        .table_name(NAME)
        .key("pk", text(format!("ALERT#{fingerprint}")))
        .key("sk", text("STATE"))
        .update_expression(
            "SET revision = :next, condition_shard = :shard, condition_key = :since ADD occurrences :one",
        )
        .condition_expression(condition)
        .expression_attribute_values(":next", number(revision + 1))
        .expression_attribute_values(":shard", text("firing#0"))
        .expression_attribute_values(":since", text(format!("2026-01-01T00:00:00Z#{fingerprint}")))
        .expression_attribute_values(":one", number(1))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    // DynamoDB refuses a value that no expression uses.
    let update = if revision == 0 {
        update
    } else {
        update.expression_attribute_values(":revision", number(revision))
    };
    TransactWriteItem::builder().update(update.build().unwrap()).build()
}

pub(crate) async fn put(client: &Client, members: &[(&str, AttributeValue)]) {
    let item = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    client.put_item().table_name(NAME).set_item(Some(item)).send().await.unwrap();
}
