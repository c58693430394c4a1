//! Every row of Crossbar's table of errors, and what people read of it.

use std::error::Error as _;
use std::fmt::Write as _;

use kazoo::testing::{Condition, Effect, StandIn, Version, new_hook};
use kazoo::{AccountIdentity, Credentials, Error, HashMethod, HookId, Refusal};
use serde_json::{Value, json};

const URI: &str = "https://alerts.example.com/kazoo/s3cr3t?hook=parking";

/// The text of an error and of all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").unwrap();
        source = cause.source();
    }
    text
}

fn refusal(error: &Error) -> String {
    assert!(error.source().is_some() && error.refusal().is_some(), "{error:?}");
    chain(error)
}

#[tokio::test]
async fn every_refused_login_names_its_remedy() {
    let stand_in = StandIn::start(Version::V5).await;
    let account = |name: &str| AccountIdentity::Name(name.to_owned());
    let john = |password: &str, name: &str| {
        let credentials =
            Credentials::user("john@example.com", password, HashMethod::Sha, account(name)).unwrap();
        stand_in.client_with(credentials)
    };
    let mut errors = Vec::new();
    errors.push(refusal(&john("wrong", "master").hooks().await.unwrap_err()));
    errors.push(refusal(&john("m32c6NfqYEt", "nobody").hooks().await.unwrap_err()));
    let unknown_key = stand_in.client_with(Credentials::api_key(&"f".repeat(64)).unwrap());
    errors.push(refusal(&unknown_key.hooks().await.unwrap_err()));
    stand_in.crossbar().conditions.insert(Condition::SecondFactorNeeded);
    errors.push(refusal(&john("m32c6NfqYEt", "master").hooks().await.unwrap_err()));
    stand_in.crossbar().conditions.insert(Condition::AccountLocked);
    errors.push(refusal(&john("m32c6NfqYEt", "master").hooks().await.unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"), @"
    cannot log in to KAZOO (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not know these credentials: check the user name, the password and the account
    cannot log in to KAZOO (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not know these credentials: check the user name, the password and the account
    cannot log in to KAZOO (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not know this API key: copy it from the account again
    cannot log in to KAZOO (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO asks for a second factor, which a command cannot give: use the account's API key
    cannot log in to KAZOO (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has locked the account after too many failed logins: wait, and check the credentials first
    ");
    assert_eq!(stand_in.crossbar().requests.len(), 5);
}

#[tokio::test]
async fn every_other_row_of_the_table_names_its_remedy() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    client.account().await.unwrap();
    let rows: [(u16, &str, Value); 15] = [
        (400, "parse_error", json!({})),
        (
            400,
            "validation error",
            json!({ "name": { "required": { "message": "Field is required but missing" } } }),
        ),
        (
            400,
            "validation error",
            json!({ "custom_data": { "type": { "enum": { "message": "no such value", "target": ["all"], "value": "x" } } } }),
        ),
        (400, "validation error", json!({ "retries": { "maximum": "too many" } })),
        (400, "odd", json!([])),
        (403, "forbidden", json!({})),
        (404, "bad identifier", json!(["h1"])),
        (404, "bad_identifier", json!({ "cause": "h1" })),
        (405, "invalid_method", json!({})),
        (423, "locked", json!({})),
        (500, "unspecified_fault", json!({})),
        (502, "bad gateway", json!({})),
        (503, "datastore_fault", json!({})),
        (503, "datastore_unreachable", json!({})),
        (402, "accept_charges", json!({})),
    ];
    let mut errors = Vec::new();
    for (status, message, data) in rows {
        stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Error(status, message, data));
        errors.push(refusal(&client.hooks().await.unwrap_err()));
    }
    stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Text(502, "<html>nginx</html>"));
    errors.push(refusal(&client.hooks().await.unwrap_err()));
    stand_in.crossbar().conditions.insert(Condition::WebhooksDown);
    errors.push(refusal(&client.reenable_disabled().await.unwrap_err()));
    insta::assert_snapshot!(errors.join("\n"), @"
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO could not read the request as JSON: something between here and there changes it
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `name`: Field is required but missing (required)
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `custom_data.type`: no such value (enum)
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `retries`: too many (maximum)
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO answered 400 `odd`: look it up in Crossbar's log
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): the account is not among those that these credentials may change: log in to it or to its reseller
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has no such thing as `h1`: check the account and the address
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has no such thing as `h1`: check the account and the address
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not offer this at this address: check that the address ends in Crossbar's `/v2`
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has disabled the account, or it has expired: ask the reseller
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO answered 500 `unspecified_fault`: look it up in Crossbar's log
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO answered 502 `bad gateway`: look it up in Crossbar's log
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's database or webhooks application does not answer (`datastore_fault`): start it, or try again later
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's database or webhooks application does not answer (`datastore_unreachable`): start it, or try again later
    cannot list the account's webhooks (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO answered 402 `accept_charges`: look it up in Crossbar's log
    cannot list the account's webhooks: KAZOO answered 502 without a word: look it up in Crossbar's log
    cannot enable the disabled webhooks again (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's webhooks application does not run: start it and run the command again
    ");
}

#[tokio::test]
async fn what_the_server_itself_refuses_of_a_document_is_named_by_member() {
    let mut errors = Vec::new();
    for version in [Version::V4_2, Version::V4_3, Version::V5] {
        let client = StandIn::start(version).await.client();
        errors.push(refusal(&client.create(&new_hook("notifications", URI)).await.unwrap_err()));
        errors.push(refusal(&client.create(&new_hook("sms_sent", URI)).await.unwrap_err()));
        let local = new_hook("parking", "http://localhost/kazoo/s3cr3t?hook=parking");
        errors.push(refusal(&client.create(&local).await.unwrap_err()));
        let nowhere: HookId = "0000".parse().unwrap();
        errors.push(refusal(&client.hook(&nowhere).await.unwrap_err()));
    }
    insta::assert_snapshot!(errors.join("\n"), @"
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `type`: missing required modifier (required)
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's database or webhooks application does not answer (`datastore_fault`): start it, or try again later
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `uri`: Failed to match pattern (pattern)
    cannot read a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has no such thing as `0000`: check the account and the address
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `type`: missing required modifier (required)
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's database or webhooks application does not answer (`datastore_fault`): start it, or try again later
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `uri`: Failed to match pattern (pattern)
    cannot read a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has no such thing as `0000`: check the account and the address
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `custom_data.type`: missing required modifier (required)
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO's database or webhooks application does not answer (`datastore_fault`): start it, or try again later
    cannot create a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO does not accept the document: `uri`: Failed to match pattern (pattern)
    cannot read a webhook (request `8a6b612ca22aa16c57c0b89920dec383`): KAZOO has no such thing as `0000`: check the account and the address
    ");
}

#[test]
fn an_error_that_waiting_reading_again_or_a_new_login_did_not_help_names_its_remedy() {
    let refusals = [
        Refusal::TokenRejected,
        Refusal::Conflict,
        Refusal::TooManyRequests,
        Refusal::Redirected { status: 307 },
        Refusal::NotFound { identifiers: Vec::new() },
    ];
    insta::assert_snapshot!(refusals.map(|refusal| refusal.to_string()).join("\n"), @"
    KAZOO does not accept the token it has just given: check that the account is the user's own
    somebody else is changing the same document: run the command again
    KAZOO's request allowance is used up (a login alone costs 35 of 100 and 10 come back each second): wait a minute
    the address answers with a redirect (307): give the address that it leads to
    KAZOO has no such thing: check the account and the address
    ");
}

#[tokio::test]
async fn an_account_outside_of_ones_own_tree_is_forbidden() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let mut configuration = stand_in.configuration(Credentials::api_key(kazoo::testing::API_KEY).unwrap());
    configuration.account = Some("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee".parse().unwrap());
    let client = kazoo::Client::new(configuration, std::sync::Arc::clone(&stand_in.clock) as _).unwrap();
    let error = client.hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::Forbidden));
}
