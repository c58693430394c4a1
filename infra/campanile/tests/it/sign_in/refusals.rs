//! An issuer that does everything wrong once, and browsers that come back with something else than they left with.

use std::time::Instant;

use alert::Clock as _;
use serde_json::json;

use super::issuer::Behaviour;
use super::{World, location};

/// The answer to somebody who signs in while the issuer behaves like that.
async fn answered(world: &World, change: impl FnOnce(&mut Behaviour)) -> (u16, String) {
    world.issuer.behave(change);
    let mut browser = world.browser();
    let answer = browser.sign_in().await;
    let is_signed_in = browser.who().await["is_signed_in"] == true;
    assert_eq!(is_signed_in, answer.0 == 303, "{answer:?}");
    assert!(answer.0 == 303 || !browser.cookies.contains_key("login"), "it was good for one attempt");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_right_signs_nobody_in() {
    let world = World::new().await;
    let now = aws::SystemClock.now().as_second();
    for (claim, value, reason) in [
        ("iss", json!("https://elsewhere.example"), "of another issuer"),
        ("aud", json!("other"), "for somebody else"),
        ("aud", json!(["campanile", "other"]), "given to somebody else"),
        ("azp", json!("other"), "given to somebody else"),
        ("exp", json!(now - 120), "has expired"),
        ("nbf", json!(now + 120), "not valid yet"),
        ("iat", json!(now + 120), "issued in the future"),
        ("nonce", json!("another"), "not the answer to this attempt"),
        ("nonce", json!(null), "not the answer to this attempt"),
        ("token_use", json!("access"), "no ID token"),
        ("sub", json!(""), "does not say who"),
    ] {
        let (status, text) =
            answered(&world, |behaviour| drop(behaviour.claims.insert(claim, value.clone()))).await;
        assert!(status == 403 && text.contains(reason), "{claim} {value}: {status} {text}");
    }
    let (status, text) = answered(&world, |behaviour| behaviour.signs_with = 1).await;
    assert!(status == 403 && text.contains("a key that the issuer does not publish"), "{text}");
    assert_eq!(answered(&world, |_| {}).await.0, 303, "and a right one does");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_fetched_again_for_a_new_one_and_no_more_than_once_a_minute() {
    let world = World::new().await;
    assert_eq!(answered(&world, |_| {}).await.0, 303);
    assert_eq!(world.issuer.count("keys"), 1);
    let rotated = |behaviour: &mut Behaviour| {
        behaviour.signs_with = 1;
        behaviour.publishes = Some(3);
    };
    assert_eq!(answered(&world, rotated).await.0, 303);
    assert_eq!(world.issuer.count("keys"), 2);
    let unpublished = |behaviour: &mut Behaviour| {
        behaviour.signs_with = 1;
        behaviour.publishes = Some(1);
    };
    assert_eq!(answered(&world, unpublished).await.0, 303, "what was published is kept for a while");
    assert_eq!((world.issuer.count("keys"), world.issuer.count("document")), (2, 1));

    let other = World::new().await;
    for _ in 0..3 {
        assert_eq!(answered(&other, unpublished).await.0, 403);
    }
    assert_eq!(other.issuer.count("keys"), 2, "the first time and once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_issuer_publishes_is_taken_from_itself_alone() {
    for (status, text, reason) in [
        (302, "/elsewhere".to_owned(), "it answered 302"),
        (500, String::new(), "it answered 500"),
        (200, "<html>".to_owned(), "no JSON object"),
        (200, format!("{{\"a\":\"{}\"}}", "x".repeat(70_000)), "no JSON object of 64 KiB"),
        // Its beginning by itself would be one.
        (200, format!("{{}}{}", " ".repeat(70_000)), "no JSON object of 64 KiB"),
    ] {
        let world = World::new().await;
        world.issuer.behave(|behaviour| drop(behaviour.answers.insert("document", (status, text))));
        let mut browser = world.browser();
        let answer = browser.visit(&format!("{}/v1/login?with=corp", world.operator.url)).await;
        assert_eq!(answer.status(), 502);
        let text = answer.text().await.unwrap();
        assert!(text.contains(reason), "{text}");
    }
    for (name, value, reason) in [
        ("issuer", json!("https://elsewhere.example"), "calls itself another issuer"),
        ("issuer", json!(null), "calls itself another issuer"),
        ("token_endpoint", json!("http://169.254.169.254/token"), "`token_endpoint`"),
        ("jwks_uri", json!(null), "`jwks_uri`"),
    ] {
        let world = World::new().await;
        world.issuer.behave(|behaviour| drop(behaviour.document.insert(name, value)));
        let mut browser = world.browser();
        let answer = browser.visit(&format!("{}/v1/login?with=corp", world.operator.url)).await;
        let text = answer.text().await.unwrap();
        assert!(text.contains(reason), "{text}");
        let again = browser.visit(&format!("{}/v1/login?with=corp", world.operator.url)).await;
        assert!(again.text().await.unwrap().contains("failed a moment ago"));
        assert_eq!(world.issuer.count("document"), 1, "an issuer that has just failed is left alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_takes_longer_than_three_seconds_is_not_waited_for() {
    for path in ["document", "keys"] {
        let world = World::new().await;
        world.issuer.behave(|behaviour| behaviour.hesitates = Some(path));
        let mut browser = world.browser();
        let started = Instant::now();
        let begun = browser.visit(&format!("{}/v1/login?with=corp", world.operator.url)).await;
        let answer = if path == "document" {
            begun
        } else {
            let back = location(&browser.visit(&location(&begun)).await);
            browser.visit(&back).await
        };
        let seconds = started.elapsed().as_secs();
        assert_eq!(answer.status(), 502, "{path}");
        assert!(answer.text().await.unwrap().contains("it does not answer"), "{path}");
        assert!(seconds < 15, "{path}: {seconds} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_browser_that_left_may_come_back_and_only_with_what_it_left_with() {
    let world = World::new().await;
    let after = async |change: fn(&mut Behaviour)| answered(&world, change).await;
    let (status, text) = after(|behaviour| behaviour.back = vec![("state", "another".to_owned())]).await;
    assert!(status == 400 && text.contains("not the answer to the last attempt"), "{text}");
    let (status, text) = after(|behaviour| {
        behaviour.leaves_out.insert("state");
    })
    .await;
    assert!(status == 400 && text.contains("not the answer to the last attempt"), "{text}");
    let (status, text) =
        after(|behaviour| behaviour.back = vec![("iss", "https://elsewhere.example".to_owned())]).await;
    assert!(status == 400 && text.contains("of another issuer"), "{text}");
    let (status, text) = after(|behaviour| {
        behaviour.leaves_out.insert("code");
    })
    .await;
    assert!(status == 400 && text.contains("no code"), "{text}");
    let (status, text) =
        after(|behaviour| behaviour.back = vec![("error", "access_denied\u{1b}[2J<b>".to_owned())]).await;
    assert!(status == 403 && text.contains("`corp` refused: access_denied[2J<b>"), "{text:?}");

    // Another browser has not left.
    world.issuer.behave(|_| {});
    let back = world.browser().leave().await;
    let answer = world.browser().visit(&back).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(answer.text().await.unwrap().contains("did not begin here"));
    // A cookie that somebody made or changed.
    let mut browser = world.browser();
    let back = browser.leave().await;
    let sealed = browser.cookies["login"].clone();
    let (payload, code) = sealed.split_once('.').unwrap();
    browser.cookies.insert("login".to_owned(), format!("{}A.{code}", &payload[..payload.len() - 1]));
    assert_eq!(browser.visit(&back).await.status(), 400);
    // A code is good for one time.
    let mut browser = world.browser();
    let back = browser.leave().await;
    let login = browser.cookies.clone();
    assert_eq!(browser.visit(&back).await.status(), 303);
    browser.cookies = login;
    let again = browser.visit(&back).await;
    assert_eq!(again.status(), 502);
    let text = again.text().await.unwrap();
    assert!(text.contains("it answered 400 and `invalid_grant`"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_says_it_names_itself_must() {
    let world = World::new().await;
    let names_itself = |behaviour: &mut Behaviour| {
        drop(behaviour.document.insert("authorization_response_iss_parameter_supported", json!(true)));
    };
    let (status, text) = answered(&world, names_itself).await;
    assert!(status == 400 && text.contains("of another issuer"), "{text}");
    let url = world.issuer.url.clone();
    let right = |behaviour: &mut Behaviour| {
        names_itself(behaviour);
        behaviour.back = vec![("iss", url)];
    };
    assert_eq!(answered(&world, right).await.0, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_endpoint_is_asked_once_and_its_answer_is_shown_to_nobody() {
    let world = World::new().await;
    for (status, text) in [
        (500, r#"{"error":"server_error","error_description":"s3cr3t"}"#),
        (200, r#"{"access_token":"s3cr3t"}"#),
        (200, "s3cr3t"),
        (302, "http://127.0.0.1:1/"),
    ] {
        let before = world.issuer.count("token");
        let answer =
            answered(&world, |behaviour| drop(behaviour.answers.insert("token", (status, text.to_owned()))))
                .await;
        assert!(answer.0 == 502 && !answer.1.contains("s3cr3t"), "{answer:?}");
        assert_eq!(world.issuer.count("token"), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_secret_goes_where_the_issuer_wants_it() {
    let basic = World::new().await;
    assert_eq!(answered(&basic, |_| {}).await.0, 303);
    let (headers, form) = basic.issuer.redeemed();
    assert!(headers.contains_key("authorization") && !form.contains_key("client_secret"));
    let body = World::new().await;
    let in_body = |behaviour: &mut Behaviour| {
        drop(
            behaviour.document.insert("token_endpoint_auth_methods_supported", json!(["client_secret_post"])),
        );
    };
    assert_eq!(answered(&body, in_body).await.0, 303);
    let (headers, form) = body.issuer.redeemed();
    assert!(!headers.contains_key("authorization") && form.contains_key("client_secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_role_here_is_named_and_not_signed_in() {
    let world = World::new().await;
    let answer =
        answered(&world, |behaviour| drop(behaviour.claims.insert("groups", json!(["guests"])))).await;
    assert!(
        answer.0 == 403 && answer.1.contains("says who you are, Ana, and nothing lets you do anything"),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_sign_in_there_is_no_button_and_no_way() {
    let operator = crate::operator::Operator::before_a_bundle().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let get = async |path: &str| client.get(format!("{}{path}", operator.url)).send().await.unwrap();
    let who: serde_json::Value = get("/v1/session").await.json().await.unwrap();
    assert_eq!(who["sign_in"], json!([]));
    assert_eq!(get("/v1/login?with=corp").await.status(), 404);
    assert_eq!(get("/v1/login/callback?code=1&state=1").await.status(), 404);
    let world = World::new().await;
    let answer = world.browser().visit(&format!("{}/v1/login?with=other", world.operator.url)).await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_would_have_to_be_asked_comes_back_without_being_signed_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let url = world.operator.url.clone();
    world.issuer.behave(|behaviour| behaviour.back = vec![("error", "login_required".to_owned())]);
    let begun = browser.visit(&format!("{url}/v1/login?with=corp&silent=true&back=%3Fview%3Dsilences")).await;
    let back = location(&browser.visit(&location(&begun)).await);
    assert_eq!(world.issuer.asked()["prompt"], "none");
    let arrived = browser.visit(&back).await;
    assert_eq!((arrived.status().as_u16(), location(&arrived)), (303, format!("{url}/?view=silences")));
    assert_eq!(browser.who().await["is_signed_in"], false);
}
