//! Both services over loopback HTTP, as another process reaches them.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use campanile::embedded::{self, EmbeddedAws, EmbeddedSecrets, EmbeddedTable, Endpoint, Location};

use crate::alert_table::{NAME, create, put, text};

async fn embedded_aws() -> EmbeddedAws {
    EmbeddedAws {
        table: EmbeddedTable::open(&Location::InMemory).unwrap(),
        secrets: EmbeddedSecrets::from_json(br#"{"campanile/netdata": "t0ken"}"#).await.unwrap(),
    }
}

/// What a function makes of `AWS_ENDPOINT_URL` and the credentials that Lambda gives it.
fn over_http(url: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
        .http_client(Builder::new().build_http())
        .endpoint_url(url)
        .build()
}

#[tokio::test]
async fn one_url_serves_both_and_shows_what_is_written_in_process() {
    let aws = embedded_aws().await;
    let endpoint = Endpoint::serve(aws.clone()).await.unwrap();
    let in_process = embedded::sdk_config(aws);
    let table = aws_sdk_dynamodb::Client::new(&in_process);
    create(&table).await;
    put(&table, &[("pk", text("p")), ("sk", text("s"))]).await;
    let secrets = aws_sdk_secretsmanager::Client::new(&in_process);
    secrets.put_secret_value().secret_id("campanile/netdata").secret_string("next").send().await.unwrap();

    let outside = over_http(&endpoint.url());

    let table = aws_sdk_dynamodb::Client::new(&outside);
    let read = table.get_item().table_name(NAME).key("pk", text("p")).key("sk", text("s"));
    assert_eq!(read.send().await.unwrap().item().unwrap().len(), 2);
    let secrets = aws_sdk_secretsmanager::Client::new(&outside);
    let read = secrets.get_secret_value().secret_id("campanile/netdata").version_stage("AWSPREVIOUS");
    assert_eq!(read.send().await.unwrap().secret_string(), Some("t0ken"));
}

#[tokio::test]
async fn a_refusal_arrives_with_its_type() {
    let endpoint = Endpoint::serve(embedded_aws().await).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(&over_http(&endpoint.url()));
    let error = client.describe_table().table_name("another").send().await.unwrap_err();
    assert_eq!(error.code(), Some("ResourceNotFoundException"));
}

#[tokio::test]
async fn a_large_item_passes() {
    let endpoint = Endpoint::serve(embedded_aws().await).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(&over_http(&endpoint.url()));
    create(&client).await;
    let item = |size: usize| [("pk", text("p")), ("sk", text("s")), ("raw", text("x".repeat(size)))];
    put(&client, &item(390 * 1024)).await;

    let too_large = client
        .put_item()
        .table_name(NAME)
        .set_item(Some(item(410 * 1024).map(|(name, value)| (name.to_owned(), value)).into()));
    assert_eq!(too_large.send().await.unwrap_err().code(), Some("ValidationException"));
}

#[tokio::test]
async fn a_stopped_endpoint_answers_no_more_even_on_a_connection_that_was_open() {
    let endpoint = Endpoint::serve(embedded_aws().await).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(&over_http(&endpoint.url()));
    client.list_tables().send().await.unwrap();

    endpoint.stop().await;

    let error = client.list_tables().send().await.unwrap_err();
    assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
}
