//! Logging in: by what, how often, and what becomes of a token.

use kazoo::testing::{ACCOUNT, CHILD, Effect, StandIn, Version};
use kazoo::{AccountIdentity, Credentials, HashMethod, Refusal};
use serde_json::json;

fn john(method: HashMethod, account: AccountIdentity) -> Credentials {
    Credentials::user("John@Example.com", "m32c6NfqYEt", method, account).unwrap()
}

fn master() -> AccountIdentity {
    AccountIdentity::Name("master".to_owned())
}

#[tokio::test]
async fn an_api_key_logs_in_once_for_many_requests() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    for _ in 0..3 {
        client.hooks().await.unwrap();
    }
    assert_eq!(client.account().await.unwrap().as_str(), ACCOUNT);
    let crossbar = stand_in.crossbar();
    assert_eq!(
        crossbar.lines(),
        [
            "PUT /v2/api_auth",
            "GET /v2/accounts/A/webhooks",
            "GET /v2/accounts/A/webhooks",
            "GET /v2/accounts/A/webhooks"
        ]
    );
    assert_eq!(crossbar.requests[0].body.as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn a_user_logs_in_by_either_hash_and_any_name_of_the_account() {
    let stand_in = StandIn::start(Version::V4_2).await;
    let realm = AccountIdentity::Realm("sip.example.com".to_owned());
    let number = AccountIdentity::PhoneNumber("+15555550100".to_owned());
    for (method, account) in [
        (HashMethod::Md5, master()),
        (HashMethod::Sha, realm),
        (HashMethod::Md5, number),
        (HashMethod::Sha, master()),
    ] {
        let client = stand_in.client_with(john(method, account));
        assert_eq!(client.account().await.unwrap().as_str(), ACCOUNT);
    }
    assert_eq!(stand_in.crossbar().logins, 4);
}

#[tokio::test]
async fn the_hooks_on_offer_need_no_login() {
    let stand_in = StandIn::start(Version::V4_3).await;
    stand_in.client().available_hooks().await.unwrap();
    assert_eq!(stand_in.crossbar().lines(), ["GET /v2/webhooks"]);
    assert_eq!(stand_in.crossbar().requests[0].token, None);
}

#[tokio::test]
async fn a_token_is_kept_for_its_life_and_no_longer() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    client.hooks().await.unwrap();
    stand_in.clock.advance(3500);
    client.hooks().await.unwrap();
    assert_eq!(stand_in.crossbar().logins, 1);
    stand_in.clock.advance(100);
    client.hooks().await.unwrap();
    let crossbar = stand_in.crossbar();
    assert_eq!(crossbar.logins, 2);
    // The new login came before the old token could be refused: no request was made in vain.
    assert_eq!(crossbar.requests.len(), 5);
}

#[tokio::test]
async fn a_token_that_dies_early_is_renewed_once_and_the_request_made_again() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    client.hooks().await.unwrap();
    stand_in.crossbar().tokens.clear();
    client.hooks().await.unwrap();
    let crossbar = stand_in.crossbar();
    assert_eq!(crossbar.logins, 2);
    assert_eq!(
        crossbar.lines()[2..],
        ["GET /v2/accounts/A/webhooks", "PUT /v2/api_auth", "GET /v2/accounts/A/webhooks"]
    );
}

#[tokio::test]
async fn a_token_rejected_right_after_its_login_is_not_renewed_again() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    client.hooks().await.unwrap();
    for _ in 0..2 {
        stand_in.crossbar().fail_next(
            "GET",
            "/webhooks",
            Effect::Error(401, "invalid credentials", json!({})),
        );
    }
    let error = client.hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::TokenRejected));
    assert_eq!(stand_in.crossbar().logins, 2);

    let fresh = stand_in.client();
    stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Error(401, "invalid credentials", json!({})));
    let error = fresh.hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::TokenRejected));
    assert_eq!(stand_in.crossbar().logins, 3);
}

#[tokio::test]
async fn a_locked_account_is_not_logged_in_to_again() {
    let stand_in = StandIn::start(Version::V5).await;
    let client = stand_in.client();
    client.hooks().await.unwrap();
    stand_in.crossbar().fail_next("GET", "/webhooks", Effect::Error(401, "account_is_locked", json!({})));
    let error = client.hooks().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::AccountLocked));
    assert_eq!(stand_in.crossbar().logins, 1);
}

#[tokio::test]
async fn a_newer_token_in_an_answer_is_used_from_then_on_and_for_a_life_of_its_own() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    client.hooks().await.unwrap();
    stand_in.clock.advance(3000);
    stand_in.crossbar().fail_next("GET", "/webhooks", Effect::NewToken("newer.token.here"));
    client.hooks().await.unwrap();
    stand_in.clock.advance(3000);
    client.hooks().await.unwrap();
    let crossbar = stand_in.crossbar();
    assert_eq!(crossbar.logins, 1);
    assert_eq!(crossbar.requests.last().unwrap().token.as_deref(), Some("newer.token.here"));
}

#[tokio::test]
async fn an_account_the_operator_names_is_worked_on_instead_of_the_one_logged_in_to() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let mut configuration = stand_in.configuration(john(HashMethod::Md5, master()));
    configuration.account = Some(CHILD.parse().unwrap());
    let client = kazoo::Client::new(configuration, std::sync::Arc::clone(&stand_in.clock) as _).unwrap();
    client.hooks().await.unwrap();
    assert_eq!(client.account().await.unwrap().as_str(), CHILD);
    assert_eq!(stand_in.crossbar().lines(), ["PUT /v2/user_auth", "GET /v2/accounts/B/webhooks"]);
}

#[tokio::test]
async fn requests_at_once_share_one_login_and_one_renewal() {
    let stand_in = StandIn::start(Version::V4_3).await;
    let client = stand_in.client();
    let all = || futures::future::join_all((0..8).map(|_| client.hooks()));
    assert!(all().await.iter().all(Result::is_ok));
    assert_eq!(stand_in.crossbar().logins, 1);
    stand_in.crossbar().tokens.clear();
    assert!(all().await.iter().all(Result::is_ok));
    assert_eq!(stand_in.crossbar().logins, 2);
}
