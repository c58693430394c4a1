//! What a session is good for, and what ends it.

use alert::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::World;

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_only_changes_nothing() {
    let world = World::new().await;
    world.issuer.behave(|behaviour| drop(behaviour.claims.insert("groups", json!(["staff"]))));
    let mut browser = world.browser();
    assert_eq!(browser.sign_in().await.0, 303);
    assert_eq!(browser.who().await["role"], "read");
    assert_eq!(browser.call(Method::GET, "/v1/alerts", None).await.status(), 200);
    let silence = json!({ "matchers": [{ "name": "a", "value": "b" }], "duration_secs": 60, "comment": "c" });
    let refused = browser.call(Method::POST, "/v1/silences", Some(&silence)).await;
    assert_eq!(refused.status(), 403);
    let refusal: Value = refused.json().await.unwrap();
    assert_eq!(refusal["error"]["message"], "you may read only: have somebody give you the role `write`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_counts_for_our_own_page_and_changes_are_json() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser.sign_in().await;
    let cookie = browser.cookie();
    let silence = json!({ "matchers": [{ "name": "a", "value": "b" }], "duration_secs": 60, "comment": "c" })
        .to_string();
    let send = async |method: Method, site: Option<&str>, content_type: Option<&str>| {
        let path = if method == Method::GET { "/v1/alerts" } else { "/v1/silences" };
        let mut request =
            browser.client.request(method, format!("{}{path}", world.operator.url)).header("cookie", &cookie);
        request = site.into_iter().fold(request, |request, site| request.header("sec-fetch-site", site));
        request =
            content_type.into_iter().fold(request, |request, value| request.header("content-type", value));
        request.body(silence.clone()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(send(Method::GET, Some("same-origin"), None).await, 200);
    for site in [None, Some("none"), Some("same-site"), Some("cross-site")] {
        assert_eq!(send(Method::GET, site, None).await, 401, "{site:?}");
        assert_eq!(send(Method::POST, site, Some("application/json")).await, 401, "{site:?}");
    }
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        assert_eq!(send(Method::POST, Some("same-origin"), content_type).await, 401, "{content_type:?}");
    }
    assert_eq!(send(Method::POST, Some("same-origin"), Some("application/json")).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_somebody_made_or_changed_is_none_and_a_token_goes_before_one() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser.sign_in().await;
    let own = browser.cookies["session"].clone();
    let (payload, code) = own.rsplit_once('.').unwrap();
    let login = {
        let mut other = world.browser();
        other.leave().await;
        other.cookies["login"].clone()
    };
    for forged in
        [format!("{payload}."), format!("{payload}A.{code}"), format!("s1.{login}"), own[3..].to_owned()]
    {
        browser.cookies.insert("session".to_owned(), forged.clone());
        assert_eq!(browser.call(Method::GET, "/v1/alerts", None).await.status(), 401, "{forged}");
    }
    browser.cookies.insert("session".to_owned(), own);
    let with_token = browser.client.get(format!("{}/v1/session", world.operator.url));
    let with_token = with_token.header("cookie", browser.cookie()).header("sec-fetch-site", "same-origin");
    let who = with_token.try_clone().unwrap().bearer_auth(crate::operator::WRITER).send().await.unwrap();
    assert_eq!(who.json::<Value>().await.unwrap()["principal"], "robot");
    assert_eq!(with_token.bearer_auth("wrong").send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_forgets_the_session_and_says_where_to_sign_out_of_the_issuer() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser.sign_in().await;
    let answer = browser.call(Method::DELETE, "/v1/session", None).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    let url = answer["end_session_url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{}/end?client_id=campanile&post_logout_redirect_uri=", world.issuer.url)),
        "{url}"
    );
    assert!(
        browser.set[0].starts_with("session=; ") && browser.set[0].ends_with("Max-Age=0"),
        "{:?}",
        browser.set
    );
    assert_eq!(browser.who().await["is_signed_in"], false);
    let nobody = browser.call(Method::DELETE, "/v1/session", None).await;
    assert_eq!(nobody.json::<Value>().await.unwrap(), json!({ "end_session_url": null }));
}

/// A session as we would have made it, until so many seconds from now.
fn session(seconds: i64) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, Mac};
    let expires_at = aws::SystemClock.now().as_second() + seconds;
    let session = json!({ "subject": "corp:1", "name": "Ana", "role": "write", "expires_at": expires_at });
    let payload = URL_SAFE_NO_PAD.encode(session.to_string());
    let mut code = Hmac::<sha2::Sha256>::new_from_slice(super::KEY.as_bytes()).unwrap();
    code.update(b"campanile session 1\0");
    code.update(payload.as_bytes());
    format!("s1.{payload}.{}", URL_SAFE_NO_PAD.encode(code.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_the_clock() {
    let world = World::new().await;
    let mut browser = world.browser();
    for (seconds, status) in [(60, 200), (-1, 401)] {
        browser.cookies.insert("session".to_owned(), session(seconds));
        assert_eq!(browser.call(Method::GET, "/v1/alerts", None).await.status(), status);
    }
}
