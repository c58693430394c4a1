//! No secret is in anything that prints: every request, refused in every way, by a server that echoes all.

use std::collections::BTreeMap;

use alert::Clock as _;
use kazoo::install::Wanted;
use kazoo::testing::{API_KEY, Effect, StandIn, Version, new_hook};
use kazoo::{AccountIdentity, AttemptRange, Client, Credentials, Error, HashMethod, HookId, Patch};
use serde_json::json;

use crate::planning::stored;
use crate::refusals::chain;

const URI: &str = "https://alerts.example.com/kazoo/s3cr3t-t0ken?hook=parking";
const STATUSES: [u16; 14] = [300, 400, 401, 402, 403, 404, 405, 409, 423, 429, 500, 502, 503, 504];

fn john() -> Credentials {
    let account = AccountIdentity::Name("master".to_owned());
    Credentials::user("john@example.com", "m32c6NfqYEt", HashMethod::Md5, account).unwrap()
}

fn printed(error: &Error) -> String {
    format!("{} {error:?} {error:#?}", chain(error))
}

fn assert_no_secret(text: &str) {
    for secret in [
        API_KEY,
        "82a2dc91686ec828a67152d45a5c5ef7",
        "m32c6NfqYEt",
        "s3cr3t-t0ken",
        "0ld-t0ken",
        "eyJhbGciOiJSUzI1NiJ9",
        "login-1.",
    ] {
        assert!(!text.contains(secret), "`{secret}` is in: {text}");
    }
}

/// The requests that need a login, by method and end of path.
const REQUESTS: [(&str, &str); 7] = [
    ("GET", "/webhooks"),
    ("GET", "/h1"),
    ("PUT", "/webhooks"),
    ("PATCH", "/h1"),
    ("PATCH", "/webhooks"),
    ("DELETE", "/h1"),
    ("GET", "/attempts"),
];

/// What becomes of a request that is refused.
async fn refused(client: &Client, stand_in: &StandIn, request: (&str, &str)) -> Option<Error> {
    let id: HookId = "h1".parse().unwrap();
    let now = stand_in.clock.now();
    match request {
        ("GET", "/webhooks") => client.hooks().await.err(),
        ("GET", "/h1") => client.hook(&id).await.err(),
        ("PUT", "/webhooks") => client.create(&new_hook("parking", URI)).await.err(),
        ("PATCH", "/h1") => client.patch(&id, &new_address()).await.err(),
        ("PATCH", "/webhooks") => client.reenable_disabled().await.err(),
        ("DELETE", "/h1") => client.delete(&id).await.err(),
        ("GET", "/attempts") => client.attempts(AttemptRange { from: now, to: now }, None).await.err(),
        (method, path) => panic!("{method} {path} is no request"),
    }
}

/// A patch that sends the token.
fn new_address() -> Patch {
    let found = stored(&Wanted { hook: "parking".to_owned(), custom_data: BTreeMap::new() });
    Patch::between(&found, &new_hook("parking", URI))
}

#[tokio::test]
async fn no_error_of_any_request_shows_a_secret_that_the_server_echoes() {
    let stand_in = StandIn::start(Version::V5).await;
    let hook =
        json!({ "hook": "parking", "name": "n", "uri": URI.replace("s3cr3t", "0ld"), "enabled": true });
    stand_in.crossbar().put("h1", hook);
    let client = stand_in.client();
    client.account().await.unwrap();
    let mut errors = 0;
    for (method, path) in REQUESTS {
        for status in STATUSES {
            // 429 is tried four times, 401 and 409 twice.
            for _ in 0..4 {
                stand_in.crossbar().fail_next(method, path, Effect::Echo(status));
            }
            let error = refused(&client, &stand_in, (method, path)).await;
            let error = error.unwrap_or_else(|| panic!("{method} {path} {status} succeeded"));
            assert_no_secret(&printed(&error));
            stand_in.crossbar().forget_faults();
            errors += 1;
        }
    }
    assert_eq!(errors, REQUESTS.len() * STATUSES.len());
}

#[tokio::test]
async fn no_error_of_a_login_shows_what_was_logged_in_with() {
    let stand_in = StandIn::start(Version::V5).await;
    for (credentials, path) in [(Credentials::api_key(API_KEY).unwrap(), "/api_auth"), (john(), "/user_auth")]
    {
        for status in STATUSES {
            for _ in 0..4 {
                stand_in.crossbar().fail_next("PUT", path, Effect::Echo(status));
            }
            let client = stand_in.client_with(credentials.clone());
            assert_no_secret(&printed(&client.hooks().await.unwrap_err()));
            assert_no_secret(&format!("{client:?} {:?}", stand_in.configuration(credentials.clone())));
            stand_in.crossbar().forget_faults();
        }
    }
}

#[tokio::test]
async fn an_unknown_api_key_is_not_echoed() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let key = API_KEY.replace('7', "8");
    let client = stand_in.client_with(Credentials::api_key(&key).unwrap());
    let error = client.hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&kazoo::Refusal::UnknownApiKey));
    assert!(!printed(&error).contains(&key));
}

#[tokio::test]
async fn no_error_of_the_network_shows_a_secret() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    for effect in [
        Effect::RequestLost,
        Effect::AnswerLost,
        Effect::Text(200, "s3cr3t-t0ken"),
        Effect::Text(500, "s3cr3t-t0ken"),
    ] {
        stand_in.crossbar().fail_next("PUT", "/webhooks", effect);
        let error = client.create(&new_hook("parking", URI)).await.unwrap_err();
        assert_no_secret(&printed(&error));
    }
    stand_in.crossbar().fail_next(
        "PUT",
        "/api_auth",
        Effect::Envelope(
            201,
            json!({
                "auth_token": "eyJhbGciOiJSUzI1NiJ9\u{0}login-1.", "data": { "account_id": "a" }
            }),
        ),
    );
    assert_no_secret(&printed(&stand_in.client().hooks().await.unwrap_err()));
    stand_in.crossbar().fail_next(
        "PUT",
        "/api_auth",
        Effect::Envelope(
            201,
            json!({
                "auth_token": "eyJhbGciOiJSUzI1NiJ9.login-1.", "data": { "account_id": "../../login-1." }
            }),
        ),
    );
    assert_no_secret(&printed(&stand_in.client().hooks().await.unwrap_err()));
}

#[tokio::test]
async fn no_document_list_or_attempt_prints_a_secret() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().put("h1", json!({ "hook": "parking", "name": "n", "uri": URI, "enabled": true }));
    stand_in.crossbar().deliver("h1", 401);
    let client = stand_in.client();
    let now = stand_in.clock.now();
    let attempts = client.attempts(AttemptRange { from: now, to: now }, None).await.unwrap();
    let hooks = client.hooks().await.unwrap();
    let document = client.hook(&"h1".parse().unwrap()).await.unwrap();
    assert_eq!((attempts.entries.len(), hooks.len()), (1, 1));
    assert_no_secret(&format!("{attempts:?} {} {hooks:?} {document:?}", attempts.entries[0]));
}
