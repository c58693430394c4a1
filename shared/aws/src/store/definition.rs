//! The table's shape, in one place: the embedded table is created from it, and the template is checked against it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::update_time_to_live::UpdateTimeToLiveError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
};

/// The partition key.
pub const PK: &str = "pk";
/// The sort key.
pub const SK: &str = "sk";
/// Unix seconds after which an item is gone; never trusted, reads filter.
pub const EXPIRES_AT: &str = "expires_at";

/// An index of keys only, so that a repeat of a known alert costs no index write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// Its partition key.
    pub partition_key: &'static str,
    /// Its sort key.
    pub sort_key: &'static str,
}

/// Alerts by condition and shard, by the time since when.
pub const BY_CONDITION: Index =
    Index { name: "by_condition", partition_key: "condition_shard", sort_key: "condition_key" };
/// History entries by source, day and shard, by the time they came in.
pub const BY_RECEPTION: Index =
    Index { name: "by_reception", partition_key: "received_shard", sort_key: "received_key" };

/// Every attribute that is part of a key; all are strings.
pub const KEY_ATTRIBUTES: [&str; 6] = [
    PK,
    SK,
    BY_CONDITION.partition_key,
    BY_CONDITION.sort_key,
    BY_RECEPTION.partition_key,
    BY_RECEPTION.sort_key,
];

/// Why a table could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The definition above is not one.
    #[error("the table's definition is incomplete")]
    Definition(#[from] BuildError),
    /// DynamoDB refused it.
    #[error("could not create the table")]
    Create(#[source] Box<SdkError<CreateTableError>>),
    /// DynamoDB refused to let items expire.
    #[error("could not turn on expiry")]
    Expiry(#[source] Box<SdkError<UpdateTimeToLiveError>>),
}

/// Creates the table `name`, unless it exists. For the embedded table; in AWS the template does it.
pub async fn create(client: &Client, name: &str) -> Result<(), CreateError> {
    let mut table = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for attribute in KEY_ATTRIBUTES {
        table = table.attribute_definitions(string(attribute)?);
    }
    let stream =
        StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
    let created = table
        .set_key_schema(Some(keys(PK, SK)?))
        .global_secondary_indexes(global(BY_CONDITION)?)
        .global_secondary_indexes(global(BY_RECEPTION)?)
        .stream_specification(stream.build()?)
        .send()
        .await;
    match created {
        Ok(_) => expire_items(client, name).await,
        Err(error)
            if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            Ok(())
        }
        Err(error) => Err(CreateError::Create(Box::new(error))),
    }
}

async fn expire_items(client: &Client, name: &str) -> Result<(), CreateError> {
    let rule = TimeToLiveSpecification::builder().attribute_name(EXPIRES_AT).enabled(true).build()?;
    let updated = client.update_time_to_live().table_name(name).time_to_live_specification(rule).send().await;
    updated.map(drop).map_err(|error| CreateError::Expiry(Box::new(error)))
}

fn string(attribute: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder().attribute_name(attribute).attribute_type(ScalarAttributeType::S).build()
}

fn keys(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![key(partition, KeyType::Hash)?, key(sort, KeyType::Range)?])
}

fn keys_only() -> Projection {
    Projection::builder().projection_type(ProjectionType::KeysOnly).build()
}

fn global(index: Index) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(keys(index.partition_key, index.sort_key)?))
        .projection(keys_only())
        .build()
}
