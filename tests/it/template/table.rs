//! The table's shape.

use aws::definition;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeySchemaElement, TableDescription};
use campanile::embedded::{EmbeddedTable, Location, sdk_config};
use serde_json::{Value, json};

use super::document::{list, resources, template};

/// The name of a table that nobody else sees.
const NAME: &str = "campanile";

fn declared() -> Value {
    let [(_, table)] = resources("AWS::DynamoDB::Table").try_into().unwrap();
    table["Properties"].clone()
}

/// The table that the code creates, in the template's words.
async fn created() -> (TableDescription, Value) {
    let client = Client::new(&sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap()));
    definition::create(&client, NAME).await.unwrap();
    let table = client.describe_table().table_name(NAME).send().await.unwrap().table.unwrap();
    let expiry = client.describe_time_to_live().table_name(NAME).send().await.unwrap();
    let expiry = expiry.time_to_live_description.unwrap().attribute_name;
    (table, json!({ "AttributeName": expiry, "Enabled": true }))
}

fn keys(keys: &[KeySchemaElement]) -> Value {
    let key = |key: &KeySchemaElement| json!({ "AttributeName": key.attribute_name(), "KeyType": key.key_type().as_str() });
    keys.iter().map(key).collect()
}

fn sorted(mut values: Vec<Value>, by: &str) -> Vec<Value> {
    values.sort_by_key(|value| value[by].to_string());
    values
}

fn index(name: Option<&str>, key_schema: &[KeySchemaElement]) -> Value {
    json!({ "IndexName": name, "KeySchema": keys(key_schema), "Projection": { "ProjectionType": "KEYS_ONLY" } })
}

#[tokio::test]
async fn keys_indexes_expiry_and_stream_are_those_of_the_code() {
    let ((created, expiry), declared) = (created().await, declared());

    assert_eq!(declared["KeySchema"], keys(created.key_schema()));
    assert!(created.local_secondary_indexes().is_empty() && declared["LocalSecondaryIndexes"].is_null());
    let global = created.global_secondary_indexes().iter();
    let global = global.map(|created| index(created.index_name(), created.key_schema())).collect();
    assert_eq!(sorted(list(&declared["GlobalSecondaryIndexes"]), "IndexName"), sorted(global, "IndexName"));

    let attributes = created.attribute_definitions().iter();
    let attributes = attributes.map(|attribute| {
        json!({ "AttributeName": attribute.attribute_name(), "AttributeType": attribute.attribute_type().as_str() })
    });
    let attributes = sorted(attributes.collect(), "AttributeName");
    assert_eq!(sorted(list(&declared["AttributeDefinitions"]), "AttributeName"), attributes);

    assert_eq!(declared["TimeToLiveSpecification"], expiry);
    let stream = created.stream_specification().and_then(|stream| stream.stream_view_type()).unwrap();
    assert_eq!(declared["StreamSpecification"]["StreamViewType"], stream.as_str());
}

#[test]
fn the_table_is_on_demand_recoverable_hard_to_delete_and_encrypted_with_a_key_of_ones_own_or_for_nothing() {
    let [(_, table)] = resources("AWS::DynamoDB::Table").try_into().unwrap();
    assert_eq!(
        (&table["DeletionPolicy"], &table["UpdateReplacePolicy"]),
        (&json!("RetainExceptOnCreate"), &json!("Retain"))
    );
    let table = &table["Properties"];
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table["DeletionProtectionEnabled"], true);
    let encryption = &table["SSESpecification"]["Fn::If"];
    assert_eq!((&encryption[0], &encryption[1]["SSEType"]), (&json!("HasKey"), &json!("KMS")));
    assert_eq!(encryption[2]["Ref"], "AWS::NoValue");
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
}

#[test]
fn secrets_outlive_the_stack_but_not_a_first_deployment_that_failed() {
    let secrets = resources("AWS::SecretsManager::Secret");
    assert_eq!(secrets.len(), 9);
    for (id, secret) in secrets {
        assert_eq!(secret["DeletionPolicy"], "RetainExceptOnCreate", "{id}");
        assert_eq!(secret["UpdateReplacePolicy"], "Retain", "{id}");
    }
}

#[test]
fn the_rates_of_the_defaults_are_what_a_new_table_takes() {
    const WRITES_OF_A_NEW_TABLE: u64 = 4_000;
    /// `docs/performance.md`: a new alert.
    const UNITS_OF_A_NEW_ALERT: u64 = 7;
    let parameters = template()["Parameters"].clone();
    let [(_, api)] = resources("AWS::Serverless::HttpApi").try_into().unwrap();
    let routes = api["Properties"]["RouteSettings"].as_object().unwrap();
    let rates = routes.values().map(|route| route["ThrottlingRateLimit"]["Ref"].as_str().unwrap());
    let rate: u64 = rates.map(|parameter| parameters[parameter]["Default"].as_u64().unwrap()).sum();
    assert!(rate * UNITS_OF_A_NEW_ALERT <= WRITES_OF_A_NEW_TABLE, "{rate} requests a second");
}
