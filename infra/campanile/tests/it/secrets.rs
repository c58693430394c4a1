//! Secrets: loaded from a document, read, rotated, never shown.

use std::error::Error;

use aws::Configuration;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use campanile::bundle::Bundle;
use campanile::embedded::{self, EmbeddedSecrets, Location};
use serde_json::{Value, json};

async fn client_of(document: &Value) -> Client {
    let secrets = EmbeddedSecrets::from_json(document.to_string().as_bytes()).await.unwrap();
    Client::new(&embedded::sdk_config(secrets))
}

async fn value(client: &Client, name: &str, stage: &str) -> String {
    let read = client.get_secret_value().secret_id(name).version_stage(stage).send().await.unwrap();
    read.secret_string.unwrap()
}

#[tokio::test]
async fn objects_and_strings_are_read_back_as_text() {
    let client = client_of(&json!({
        "campanile/netdata": { "tokens": ["t0ken"] },
        "campanile/plain": "just text",
    }))
    .await;

    let netdata = client.get_secret_value().secret_id("campanile/netdata").send().await.unwrap();
    let netdata: Value = serde_json::from_str(netdata.secret_string().unwrap()).unwrap();
    assert_eq!(netdata, json!({ "tokens": ["t0ken"] }));
    assert_eq!(value(&client, "campanile/plain", "AWSCURRENT").await, "just text");
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_not_found() {
    let client = client_of(&json!({ "campanile/netdata": {} })).await;
    let missing = client.get_secret_value().secret_id("campanile/tencent").send().await.unwrap_err();
    assert!(missing.into_service_error().is_resource_not_found_exception());
    let never_rotated = client.get_secret_value().secret_id("campanile/netdata").version_stage("AWSPREVIOUS");
    assert_eq!(never_rotated.send().await.unwrap_err().code(), Some("ResourceNotFoundException"));
}

#[tokio::test]
async fn after_each_rotation_the_previous_value_is_the_one_before() {
    let client = client_of(&json!({ "campanile/netdata": "0" })).await;
    for rotation in 1..=8_u32 {
        let next = rotation.to_string();
        client.put_secret_value().secret_id("campanile/netdata").secret_string(&next).send().await.unwrap();
        assert_eq!(value(&client, "campanile/netdata", "AWSCURRENT").await, next);
        let before = (rotation - 1).to_string();
        assert_eq!(value(&client, "campanile/netdata", "AWSPREVIOUS").await, before);
    }
}

#[tokio::test]
async fn a_pending_value_leaves_current_and_previous_alone() {
    let client = client_of(&json!({ "campanile/netdata": "0", "campanile/other": "a" })).await;
    for text in ["1", "2"] {
        client.put_secret_value().secret_id("campanile/netdata").secret_string(text).send().await.unwrap();
    }

    let pending = client.put_secret_value().secret_id("campanile/netdata").secret_string("3");
    pending.version_stages("AWSPENDING").send().await.unwrap();

    assert_eq!(value(&client, "campanile/netdata", "AWSPENDING").await, "3");
    assert_eq!(value(&client, "campanile/netdata", "AWSCURRENT").await, "2");
    assert_eq!(value(&client, "campanile/netdata", "AWSPREVIOUS").await, "1");
    assert_eq!(value(&client, "campanile/other", "AWSCURRENT").await, "a");
}

#[tokio::test]
async fn a_document_that_cannot_be_loaded_is_explained_without_its_values() {
    let cases = [
        (r#"{"a": "s3cret"#, "the secrets are not JSON: give an object of secret name to secret value"),
        (r#""s3cret""#, "the secrets are not a JSON object: give an object of secret name to secret value"),
        (r#"{"a": ["s3cret"]}"#, "the secret `a` is neither a JSON object nor a string"),
        (r#"{"": "s3cret"}"#, "the secret `` cannot be created: choose another name"),
    ];
    for (document, message) in cases {
        let error = EmbeddedSecrets::from_json(document.as_bytes()).await.unwrap_err();
        assert_eq!(error.to_string(), message);
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        assert!(!format!("{error:?} {source}").contains("s3cret"), "{error:?} {source}");
    }
}

#[tokio::test]
async fn debugging_shows_no_secret() {
    let secrets = EmbeddedSecrets::from_json(br#"{"a": "s3cret"}"#).await.unwrap();
    assert_eq!(format!("{secrets:?}"), "EmbeddedSecrets { .. }");
    assert!(!format!("{:?}", embedded::sdk_config(secrets)).contains("s3cret"));
}

#[tokio::test]
async fn a_bundle_says_which_secrets_let_nobody_in() {
    let document = json!({
        "campanile/api": { "tokens": [{ "name": "us", "token": "one of ours", "role": "read" }] },
        "campanile/netdata": { "tokens": "no list" },
        "campanile/kazo": { "tokens": ["misspelt"] },
        "campanile/tencent": { "tokens": ["t0ken"] },
        "campanile/site24x7": { "tokens": ["t0ken"] },
    });
    let secrets = EmbeddedSecrets::from_json(document.to_string().as_bytes()).await.unwrap();
    let bundle = Bundle::open(&Location::InMemory, secrets, Configuration::default()).await.unwrap();
    let useless = bundle.useless_secrets().await;
    let row = |name: &str, why: &str| (name.to_owned(), why.to_owned());
    let expected = [
        row("campanile/netdata", "it holds no token that can be used"),
        row("campanile/kazoo", "there is none of that name"),
    ];
    assert_eq!(useless, expected);
}
