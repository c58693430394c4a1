//! How requests leave: to whom they do not go, how long they wait, whom they do not follow.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use notify::{
    Attempt, Courier, Destination, IpNet, Kind, Lookup, Lookups, Outcome, Probe, Progress, Reach, Settings,
    Verdict,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::ResponseTemplate;

use crate::stand_in::{
    PATH, deliver, destination, impatient, impatient_courier, message, now, outcome, server, success,
};

const RETRY: Verdict = Verdict::Retry { from: Progress::Start, wait: None };

/// Answers each question with the next of its answers, and the last one for ever.
struct Answers {
    answers: Vec<IpAddr>,
    asked: AtomicUsize,
}

impl Answers {
    fn of(answers: &[&str]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| answer.parse().unwrap()).collect();
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

impl Lookup for Answers {
    fn lookup(&self, _: &str) -> Lookups {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
        let answer = self.answers[turn];
        Box::pin(async move { Ok(vec![answer]) })
    }
}

/// A name that has several addresses at once.
struct AllOf(Vec<IpAddr>);

impl Lookup for AllOf {
    fn lookup(&self, _: &str) -> Lookups {
        let addresses = self.0.clone();
        Box::pin(async move { Ok(addresses) })
    }
}

fn public_destination(url: &str) -> Destination {
    let secret =
        json!({ "destinations": [{ "id": "ops", "type": "slack", "settings": { "webhook_url": url } }] });
    let settings = Settings::read(&secret.to_string(), &Reach::public());
    assert_eq!(settings.mistakes, []);
    settings.destinations.into_iter().next().unwrap()
}

async fn deliver_resolving(lookup: Arc<dyn Lookup>, reach: Reach) -> Outcome {
    let destination = public_destination(&format!("https://rebinding.example.com{PATH}"));
    let courier =
        Courier::with_lookup(std::slice::from_ref(&destination), reach, impatient(), &lookup).unwrap();
    courier.deliver(&destination, &Attempt::first(&message(Kind::Opened), now())).await
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    for address in
        ["127.0.0.1", "169.254.169.254", "::ffff:169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254"]
    {
        let outcome = deliver_resolving(Answers::of(&[address]), Reach::public()).await;
        assert_eq!(outcome.verdict, Verdict::Suspended(Probe::Never), "{address}");
        assert!(outcome.reason.unwrap().contains(address));
    }
}

#[tokio::test]
async fn a_name_with_one_address_inside_is_refused_altogether() {
    let addresses = ["8.8.8.8", "127.0.0.1"].map(|address| address.parse().unwrap());
    let outcome = deliver_resolving(Arc::new(AllOf(addresses.to_vec())), Reach::public()).await;
    assert_eq!(outcome.verdict, Verdict::Suspended(Probe::Never));
}

#[tokio::test]
async fn every_connection_asks_anew_and_is_checked_anew() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let lookup = Answers::of(&["127.0.0.1", "169.254.169.254"]);
    let lookups: Arc<dyn Lookup> = Arc::<Answers>::clone(&lookup);
    let destination = public_destination(&format!("https://rebinding.example.com:{port}{PATH}"));
    let courier = Courier::with_lookup(
        std::slice::from_ref(&destination),
        Reach::public().and_loopback(),
        impatient(),
        &lookups,
    )
    .unwrap();
    let message = message(Kind::Opened);
    let attempt = Attempt::first(&message, now());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    assert_eq!(courier.deliver(&destination, &attempt).await.verdict, RETRY);
    assert_eq!(courier.deliver(&destination, &attempt).await.verdict, Verdict::Suspended(Probe::Never));
    assert_eq!(lookup.asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_address_in_the_url_is_checked_at_each_attempt() {
    let server = server(success("slack")).await;
    let slack = destination("slack", &server.uri(), &json!({}));
    let stricter = Courier::new(std::slice::from_ref(&slack), Reach::public(), impatient()).unwrap();
    let outcome = stricter.deliver(&slack, &Attempt::first(&message(Kind::Opened), now())).await;
    assert_eq!(outcome.verdict, Verdict::Suspended(Probe::Never));
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_network_that_the_operator_allows_is_reached() {
    let loopback: IpNet = "127.0.0.0/8".parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let destination =
        public_destination(&format!("https://chat.example.com:{}/x", listener.local_addr().unwrap().port()));
    let lookup: Arc<dyn Lookup> = Answers::of(&["127.0.0.1"]);
    let reach = Reach::public().and_networks([loopback]);
    let courier =
        Courier::with_lookup(std::slice::from_ref(&destination), reach, impatient(), &lookup).unwrap();
    let message = message(Kind::Opened);
    let attempt = Attempt::first(&message, now());
    let (connection, _) = tokio::join!(listener.accept(), courier.deliver(&destination, &attempt));
    assert!(connection.is_ok());
}

#[tokio::test]
async fn a_refused_connection_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let slack = destination("slack", &format!("http://127.0.0.1:{port}"), &json!({}));
    let outcome = deliver(&slack, &message(Kind::Opened)).await;
    assert_eq!(outcome.verdict, RETRY);
    let reason = outcome.reason.unwrap();
    assert!(reason.starts_with("127.0.0.1: no connection: "), "{reason}");
    assert!(!reason.contains("secret"), "{reason}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_tried_again() {
    struct Nobody;
    impl Lookup for Nobody {
        fn lookup(&self, _: &str) -> Lookups {
            Box::pin(async { Err(std::io::Error::other("no such host")) })
        }
    }
    let outcome = deliver_resolving(Arc::new(Nobody), Reach::public()).await;
    assert_eq!(outcome.verdict, RETRY);
    assert_eq!(outcome.reason.as_deref(), Some("rebinding.example.com: no connection: no such host"));
}

#[tokio::test]
async fn a_slow_destination_is_not_waited_for() {
    let server = server(success("slack").set_delay(Duration::from_secs(30))).await;
    let slack = destination("slack", &server.uri(), &json!({}));
    let message = message(Kind::Opened);
    let began = Instant::now();
    let outcome = impatient_courier(&slack).deliver(&slack, &Attempt::first(&message, now())).await;
    assert_eq!(outcome.verdict, RETRY);
    assert_eq!(outcome.reason.as_deref(), Some("127.0.0.1: no answer in time"));
    assert!(began.elapsed() < Duration::from_secs(15));
}

/// A server that sends `bytes` to whoever connects, again and again, until they hang up.
async fn torrent(head: &'static str, bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await;
        let _ = socket.write_all(head.as_bytes()).await;
        while !bytes.is_empty() && socket.write_all(bytes).await.is_ok() {}
    });
    format!("http://{address}")
}

#[tokio::test]
async fn an_endless_answer_is_read_to_its_limit_only() {
    let base = torrent("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n", &[b'x'; 4096]).await;
    let webhook = destination("webhook", &base, &json!({}));
    assert_eq!(deliver(&webhook, &message(Kind::Opened)).await.verdict, Verdict::Sent);
}

#[tokio::test]
async fn a_connection_that_breaks_or_speaks_no_http_is_tried_again() {
    for head in ["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok", "220 mail.example.com ESMTP\r\n", ""] {
        let slack = destination("slack", &torrent(head, &[]).await, &json!({}));
        assert_eq!(deliver(&slack, &message(Kind::Opened)).await.verdict, RETRY, "{head}");
    }
}

#[tokio::test]
async fn nobody_is_followed() {
    let elsewhere = server(success("slack")).await;
    let redirect = ResponseTemplate::new(307).insert_header("Location", elsewhere.uri());
    assert_eq!(outcome("slack", redirect).await.verdict, Verdict::Suspended(Probe::Never));
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}
