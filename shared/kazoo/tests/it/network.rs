//! What the client does when there is no allowance left, no Crossbar or no connection.

use std::sync::Arc;
use std::time::Duration;

use alert::Clock as _;
use kazoo::testing::{API_KEY, Effect, StandIn, Version};
use kazoo::{BaseUrl, Client, Configuration, Credentials, HookId, Refusal, Trouble};
use serde_json::json;

#[tokio::test]
async fn an_empty_allowance_is_waited_for_and_a_login_waits_longer() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().allowance = Some((0, stand_in.clock.now()));
    stand_in.client().hooks().await.unwrap();
    // A login costs 35 and 10 come back each second; 5 are left for the list.
    assert_eq!(stand_in.clock.pauses(), [4]);
    let client = stand_in.client();
    client.account().await.unwrap();
    stand_in.crossbar().allowance = Some((0, stand_in.clock.now()));
    client.hooks().await.unwrap();
    assert_eq!(stand_in.clock.pauses().last(), Some(&1));
}

#[tokio::test]
async fn an_allowance_that_does_not_come_back_is_an_error_after_four_tries() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    client.account().await.unwrap();
    for _ in 0..8 {
        stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Error(429, "too_many_requests", json!({})));
    }
    let error = client.hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::TooManyRequests));
    assert_eq!(stand_in.clock.pauses(), [1, 2, 4]);
    assert_eq!(stand_in.crossbar().requests.len(), 1 + 4);
}

#[tokio::test]
async fn what_is_not_crossbar_is_said_not_to_be() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    for body in ["<html>Monster UI</html>", "[]", "{\"data\":7}"] {
        stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Text(200, body));
        let error = client.hooks().await.unwrap_err();
        assert!(matches!(error.trouble, Trouble::Unreadable(_)), "{error:?}");
    }
    stand_in.crossbar().fail_next("GET", "/h1", Effect::Envelope(200, json!({ "data": { "id": "h1" } })));
    let error = client.hook(&"h1".parse::<HookId>().unwrap()).await.unwrap_err();
    assert!(matches!(error.trouble, Trouble::Unreadable("not a webhook's document")), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.crossbar().fail_next("PUT", "/api_auth", Effect::Text(307, ""));
    let error = stand_in.client().hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::Redirected { status: 307 }));
    assert_eq!(stand_in.crossbar().requests.len(), 1);
}

#[tokio::test]
async fn a_broken_connection_a_silent_server_and_a_missing_one_have_errors_of_their_own() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let credentials = || Credentials::api_key(API_KEY).unwrap();

    stand_in.crossbar().fail_next("PUT", "/api_auth", Effect::RequestLost);
    let error = stand_in.client().hooks().await.unwrap_err();
    assert!(matches!(error.trouble, Trouble::Interrupted(_)) && error.may_have_been_done(), "{error:?}");

    stand_in.crossbar().fail_next("PUT", "/api_auth", Effect::Silence);
    let mut impatient = stand_in.configuration(credentials());
    impatient.deadlines.whole = Duration::from_millis(200);
    let client = Client::new(impatient, Arc::clone(&stand_in.clock) as _).unwrap();
    let error = client.hooks().await.unwrap_err();
    assert!(matches!(error.trouble, Trouble::TimedOut) && error.may_have_been_done(), "{error:?}");

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base_url = BaseUrl::parse(&format!("http://{nobody}")).unwrap();
    let configuration = Configuration { base_url, ..stand_in.configuration(credentials()) };
    let error =
        Client::new(configuration, Arc::clone(&stand_in.clock) as _).unwrap().hooks().await.unwrap_err();
    assert!(matches!(error.trouble, Trouble::Unreachable(_)) && !error.may_have_been_done(), "{error:?}");
}
