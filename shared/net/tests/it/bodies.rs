//! How much of an answer is waited for and read.

use std::time::{Duration, Instant};

use net::Unanswered;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::servers::{Then, client, impatient_client, raw, request};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";

#[tokio::test]
async fn a_body_that_does_not_end_in_time_is_yielded_as_far_as_it_came() {
    for (answer, body) in [
        (HEAD, ""),
        ("HTTP/1.1 200 OK\r\n\r\nok", "ok"),
        ("HTTP/1.1 204 OK\r\ncontent-length: 10\r\n\r\n", ""),
        ("HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 10\r\n\r\nwait", "wait"),
    ] {
        let began = Instant::now();
        let base = raw(answer, Then::Stalls).await;
        let answered = impatient_client().send(request(&base)).await.unwrap();
        assert_eq!(answered.text(), body, "{answer}");
        let has_body = answered.status != 204;
        assert_eq!(answered.is_complete, !has_body, "{answer}");
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_yielded_as_far_as_it_came() {
    let base = raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok", Then::Closes).await;
    let answer = client().send(request(&base)).await.unwrap();
    assert_eq!((answer.status, &*answer.text(), answer.is_complete), (200, "ok", false));
}

#[tokio::test]
async fn an_endless_body_is_read_to_its_limit_only() {
    let answer = client().send(request(&raw(HEAD, Then::Pours).await)).await.unwrap();
    assert_eq!((answer.status, answer.body.len(), answer.is_complete), (200, 64 * 1024, false));
}

#[tokio::test]
async fn a_whole_body_is_complete() {
    let base = raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Then::Closes).await;
    let answer = client().send(request(&base)).await.unwrap();
    assert_eq!((&*answer.text(), answer.is_complete), ("ok", true));
}

#[tokio::test]
async fn who_wants_the_whole_answer_gets_no_part_of_it() {
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok";
    let soon = Duration::from_millis(300);
    let whole = async |base: &str| client().send_whole(request(base), soon).await;
    assert_eq!(whole(&raw(HEAD, Then::Pours).await).await, Err(Unanswered::TooLong(64 * 1024)));
    assert_eq!(whole(&raw(short, Then::Stalls).await).await, Err(Unanswered::Timeout));
    let broken = whole(&raw(short, Then::Closes).await).await.unwrap_err();
    assert!(matches!(broken, Unanswered::Broken(_)), "{broken}");
    let answer = whole(&raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Then::Closes).await).await;
    assert_eq!(answer.unwrap().text(), "ok");
}

#[tokio::test]
async fn a_head_that_does_not_come_in_time_is_no_answer() {
    let base = raw("HTTP/1.1 200 OK\r\n", Then::Stalls).await;
    assert_eq!(impatient_client().send(request(&base)).await, Err(Unanswered::Timeout));
}

#[tokio::test]
async fn who_speaks_no_http_has_not_answered() {
    for head in ["220 mail.example.com ESMTP\r\n", ""] {
        let error = client().send(request(&raw(head, Then::Closes).await)).await.unwrap_err();
        assert!(matches!(error, Unanswered::Broken(_)), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn every_request_says_who_sends_it() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    client().send(request(&server.uri())).await.unwrap();
    let received = &server.received_requests().await.unwrap()[0];
    let agent = received.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("Campanile/"), "{agent}");
    assert_eq!(received.headers["content-type"], "application/json");
    assert!(!received.headers.contains_key("referer"));
}
