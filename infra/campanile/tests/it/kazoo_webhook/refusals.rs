//! What is not taken, and that a sender who is not known leaves nothing behind.

use http::{Method, Request};
use intake::LIMIT_BYTES;
use serde_json::json;

use super::world::{TOKEN, World, as_json, notification, request};

#[tokio::test]
async fn another_method_is_answered_with_those_there_are() {
    let world = World::new().await;
    for method in [Method::DELETE, Method::PATCH, Method::HEAD] {
        let answer = world.send(request(&method, "", "")).await;
        assert_eq!((answer.status, answer.allow.as_deref()), (405, Some("GET, POST, PUT")), "{method}");
    }
    assert!(world.is_empty().await);
}

#[tokio::test]
async fn who_shows_no_token_or_another_is_refused_without_a_trace() {
    let world = World::new().await;
    let event = notification("low_balance", &json!({ "current_balance": 1 })).to_string();
    for path in
        ["/kazoo", "/kazoo/", "/kazoo/wrong?hook=notifications", "/kazoo/t0ken-of-kazoo/x", "/kazoo?token="]
    {
        let answer = world.send(Request::post(path).body(event.clone()).unwrap()).await;
        assert_eq!((answer.status, answer.body), (401, json!({ "error": "unauthorized" })), "{path}");
    }
    assert!(world.is_empty().await);
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_and_one_of_exactly_the_limit_is_taken() {
    let world = World::new().await;
    let of_size = |bytes: usize| request(&Method::POST, "", vec![b'x'; bytes]);
    assert_eq!(world.send(of_size(LIMIT_BYTES + 1)).await.status, 413);
    assert!(world.is_empty().await);
    let answer = world.send(of_size(LIMIT_BYTES)).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("quarantined")));
}

#[tokio::test]
async fn a_hook_that_the_secret_does_not_name_is_refused_though_it_shows_the_token() {
    let world = World::with_secret(json!({ "tokens": [TOKEN], "hook_ids": ["h1"] })).await;
    let event = as_json(&notification("low_balance", &json!({ "current_balance": 1 })));
    for (hook_id, status) in [(None, 401), (Some("h2"), 401), (Some("h1"), 200)] {
        let mut request = event.clone();
        if let Some(hook_id) = hook_id {
            request.headers_mut().insert("x-hook-id", hook_id.parse().unwrap());
        }
        assert_eq!(world.send(request).await.status, status, "{hook_id:?}");
    }
    let [entry] = world.history(&[]).await.try_into().unwrap();
    assert_eq!(entry.event.annotations["hook_id"], "h1");
}
