//! Where a token comes from: memory, the store, Zoho; and when Zoho is left alone.

use std::sync::Arc;
use std::time::Duration;

use alert::Clock;
use jiff::Timestamp;
use net::Secret;
use serde_json::json;
use site24x7::testing::{GRANT_CODE, REFRESH_TOKEN, SECRET, StandIn, TestClient, calls, transport};
use site24x7::{
    Application, Deadlines, MemoryTokenStore, Readiness, Scope, Token, TokenError, TokenRecord, TokenStore,
    Transport, ZohoError, exchange_code,
};

async fn cooling_until<S: TokenStore>(client: &TestClient<S>) -> Option<Timestamp> {
    match calls(client).ready().await.unwrap() {
        Readiness::Ready => None,
        Readiness::CoolingDown { until } => Some(until),
    }
}

fn store_with(expires_at: Timestamp) -> MemoryTokenStore {
    let token = Token { access_token: Secret::new("1000.access.stored"), expires_at };
    MemoryTokenStore::holding(TokenRecord { token: Some(token), ..TokenRecord::default() })
}

#[tokio::test]
async fn one_token_serves_many_calls_and_many_clients_of_one_store() {
    let stand_in = StandIn::start().await;
    let store = MemoryTokenStore::default();
    for _ in 0..3 {
        let client = stand_in.client_with(store.clone());
        calls(&client).monitors().await.unwrap();
        calls(&client).monitors().await.unwrap();
    }
    assert_eq!(stand_in.world().issued, 1);
}

#[tokio::test]
async fn a_token_in_memory_is_used_without_looking_into_the_store() {
    let stand_in = StandIn::start().await;
    let store = MemoryTokenStore::default();
    let client = stand_in.client_with(store.clone());
    calls(&client).monitors().await.unwrap();
    let other = Token { access_token: Secret::new("1000.other"), expires_at: stand_in.clock.in_secs(3600) };
    store.save_token(&other).await.unwrap();
    calls(&client).monitors().await.unwrap();
    assert_eq!(stand_in.world().issued, 1);
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_its_end() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    calls(&client).monitors().await.unwrap();
    stand_in.clock.forward_secs(3600 - 300 - 20);
    calls(&client).monitors().await.unwrap();
    assert_eq!(stand_in.world().issued, 1);
    stand_in.clock.forward_secs(30);
    calls(&client).monitors().await.unwrap();
    assert_eq!(stand_in.world().issued, 2);
}

#[tokio::test]
async fn milliseconds_of_older_servers_are_not_taken_for_seconds() {
    let stand_in = StandIn::start().await;
    let answer = json!({"access_token": "1000.a", "expires_in_sec": 3600, "expires_in": 3_600_000});
    stand_in.world().token_answers.push_back((200, answer.to_string()));
    let store = MemoryTokenStore::default();
    let client = stand_in.client_with(store.clone());
    assert_eq!(cooling_until(&client).await, None);
    let expires_at = store.load().await.unwrap().token.unwrap().expires_at;
    let lifetime = expires_at.duration_since(stand_in.clock.now()).as_secs();
    assert!((3590..=3600).contains(&lifetime), "{lifetime}");
}

#[tokio::test]
async fn errors_under_http_200_are_permanent_and_not_asked_again_by_the_same_run() {
    for (word, text) in [
        ("invalid_code", "revoked, or belongs to another client or another data centre"),
        ("invalid_client", "unknown here, or belongs to another data centre"),
        ("invalid_client_secret", "not that of the client id"),
    ] {
        let stand_in = StandIn::start().await;
        stand_in.world().token_answers.push_back((200, json!({ "error": word }).to_string()));
        let error = calls(&stand_in.client()).ready().await.unwrap_err();
        let TokenError::Zoho { source } = error else { panic!("{error:?}") };
        assert!(source.is_permanent(), "{source:?}");
        assert!(source.to_string().contains(text), "{source}");
        assert_eq!(stand_in.world().asked.len(), 1);
    }
}

#[tokio::test]
async fn throttled_nobody_asks_for_ten_minutes_and_the_next_time_for_thirty() {
    let stand_in = StandIn::start().await;
    stand_in.world().spend_all(stand_in.clock.now());
    let store = MemoryTokenStore::default();
    let until = cooling_until(&stand_in.client_with(store.clone())).await.unwrap();
    let cooldown = until.duration_since(stand_in.clock.now()).as_secs();
    assert!((590..=600).contains(&cooldown), "{cooldown}");

    stand_in.clock.forward_secs(590);
    assert_eq!(cooling_until(&stand_in.client_with(store.clone())).await, Some(until));
    assert_eq!(stand_in.world().throttled, 1);

    // Somebody else has kept asking, so that the block lasts.
    stand_in.clock.forward_secs(15);
    stand_in.world().spend_all(stand_in.clock.now());
    let until = cooling_until(&stand_in.client_with(store.clone())).await.unwrap();
    let cooldown = until.duration_since(stand_in.clock.now()).as_secs();
    assert!((1790..=1800).contains(&cooldown), "{cooldown}");

    stand_in.clock.forward_secs(1801);
    assert_eq!(cooling_until(&stand_in.client_with(store.clone())).await, None);
    assert_eq!(store.load().await.unwrap().cooldown_until, None);
}

#[tokio::test]
async fn a_call_during_the_cooldown_is_an_outcome_that_says_until_when() {
    let stand_in = StandIn::start().await;
    stand_in.world().spend_all(stand_in.clock.now());
    let error = calls(&stand_in.client()).monitors().await.unwrap_err();
    assert!(error.cooling_down_until().is_some(), "{error:?}");
    assert_eq!(stand_in.world().seen.len(), 0);
}

#[tokio::test]
async fn a_token_that_still_lives_is_used_while_nobody_may_ask_for_another() {
    let stand_in = StandIn::start().await;
    let store = MemoryTokenStore::default();
    let client = stand_in.client_with(store.clone());
    calls(&client).monitors().await.unwrap();
    stand_in.clock.forward_secs(3600 - 200);
    stand_in.world().spend_all(stand_in.clock.now());
    for client in [&client, &stand_in.client_with(store.clone()), &stand_in.client_with(store)] {
        calls(client).monitors().await.unwrap();
    }
    assert_eq!(stand_in.world().throttled, 1);
}

#[tokio::test]
async fn a_refused_token_in_the_store_is_renewed_once_and_replaced_there() {
    let stand_in = StandIn::start().await;
    let store = store_with(stand_in.clock.in_secs(3600));
    let client = stand_in.client_with(store.clone());
    calls(&client).monitors().await.unwrap();
    assert_eq!(stand_in.world().issued, 1);
    assert_eq!(store.load().await.unwrap().token.unwrap().access_token.expose(), "1000.access.0001");
}

#[tokio::test]
async fn a_lease_that_is_never_given_back_lapses_and_another_takes_over() {
    let stand_in = StandIn::start().await;
    let lease_until = Some(stand_in.clock.in_secs(10));
    let store = MemoryTokenStore::holding(TokenRecord { lease_until, ..TokenRecord::default() });
    let client = stand_in.client_with(store);
    let clock = Arc::clone(&stand_in.clock);
    let (outcome, ()) = tokio::join!(cooling_until(&client), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(stand_in.world().asked.len(), 0, "asked beside the holder of the lease");
        clock.forward_secs(11);
    });
    assert_eq!(outcome, None);
    assert_eq!(stand_in.world().issued, 1);
}

#[tokio::test]
async fn who_waits_for_the_lease_longer_than_the_run_lasts_gives_up() {
    let stand_in = StandIn::start().await;
    let lease_until = Some(stand_in.clock.in_secs(10));
    let store = MemoryTokenStore::holding(TokenRecord { lease_until, ..TokenRecord::default() });
    let client = stand_in.client_with(store);
    let error = client.until(stand_in.clock.in_secs(1)).ready().await.unwrap_err();
    assert!(matches!(error, TokenError::Busy), "{error:?}");
}

#[tokio::test]
async fn an_accounts_server_that_does_not_answer_is_asked_once_and_left_alone_while_the_lease_lasts() {
    let stand_in = StandIn::start().await;
    stand_in
        .world()
        .token_answers
        .extend([(502, "<html>bad gateway</html>".to_owned()), (503, String::new())]);
    let store = MemoryTokenStore::default();
    let error = calls(&stand_in.client_with(store.clone())).ready().await.unwrap_err();
    assert!(
        matches!(error, TokenError::Zoho { source: ZohoError::NoAccessToken { status: 502 } }),
        "{error:?}"
    );
    let error = stand_in.client_with(store).until(stand_in.clock.in_secs(1)).ready().await.unwrap_err();
    assert!(matches!(error, TokenError::Busy), "{error:?}");
    assert_eq!(stand_in.world().asked.len(), 1);
}

#[tokio::test]
async fn an_accounts_server_that_refuses_connections_is_an_error_with_its_cause() {
    let stand_in = StandIn::start().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    let client = stand_in.client().at(site24x7::Hosts::at(&nowhere, &nowhere));
    let error = calls(&client).ready().await.unwrap_err();
    assert!(matches!(error, TokenError::Zoho { source: ZohoError::NoAnswer { .. } }), "{error:?}");
}

#[tokio::test]
async fn a_slow_accounts_server_is_not_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let stand_in = StandIn::start().await;
    let deadlines = Deadlines { token: Duration::from_millis(100), ..Deadlines::default() };
    let transport = Transport::new(deadlines).unwrap();
    let client = stand_in.client_of(SECRET, MemoryTokenStore::default(), transport);
    let client = client.at(site24x7::Hosts::at(&silent, &silent));
    let error = calls(&client).ready().await.unwrap_err();
    let TokenError::Zoho { source: ZohoError::NoAnswer { source } } = error else { panic!("{error:?}") };
    assert_eq!(source, net::Unanswered::Timeout);
}

#[tokio::test]
async fn a_grant_code_is_exchanged_for_a_refresh_token_a_first_token_and_its_scopes() {
    let stand_in = StandIn::start().await;
    let application = Application::from_secret(SECRET).unwrap();
    let code = Secret::new(format!(" {GRANT_CODE}\n"));
    let now = stand_in.clock.now();
    let grant = exchange_code(&transport(), &stand_in.hosts(), &application, &code, now).await.unwrap();
    assert_eq!(grant.refresh_token.expose(), REFRESH_TOKEN);
    assert!(grant.scopes.unwrap().grant(Scope::ReportsRead));

    let store = MemoryTokenStore::default();
    store.save_token(&grant.token).await.unwrap();
    calls(&stand_in.client_with(store)).monitors().await.unwrap();
    assert_eq!(stand_in.world().issued, 1);
}

#[tokio::test]
async fn a_used_code_and_a_grant_without_a_refresh_token_are_errors() {
    let stand_in = StandIn::start().await;
    let application = Application::from_secret(SECRET).unwrap();
    let exchange = async |code: &str| {
        let (code, now) = (Secret::new(code), stand_in.clock.now());
        exchange_code(&transport(), &stand_in.hosts(), &application, &code, now).await.unwrap_err()
    };
    insta::assert_snapshot!(exchange("1000.used").await, @"zoho answers `invalid_code`: the code was used, has expired, or belongs to another client or another data centre");
    stand_in.world().token_answers.push_back((200, json!({"access_token": "1000.a"}).to_string()));
    insta::assert_snapshot!(exchange(GRANT_CODE).await, @"the answer holds no refresh token: generate the code in a Self Client, and use a new one");
    stand_in
        .world()
        .token_answers
        .push_back((400, json!({"error": "Access Denied", "status": "failure"}).to_string()));
    insta::assert_snapshot!(exchange(GRANT_CODE).await, @"zoho issues no more tokens for now: wait 30 minutes without asking");
}
