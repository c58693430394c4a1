//! Where requests do not go: by name, by address, by a name that changes its address.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use net::{EgressPolicy, HttpClient, HttpRequest, IpNet, Lookup, Lookups, Unanswered};
use serde_json::json;
use tokio::net::TcpListener;

use crate::servers::{PATH, client, impatient, request};

/// Answers each question with the next of its answers, and the last one for ever.
struct Answers {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Answers {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |addresses: &&[&str]| addresses.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self { answers: answers.iter().map(parse).collect(), asked: AtomicUsize::new(0) })
    }
}

impl Lookup for Answers {
    fn lookup(&self, _: &str) -> Lookups {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
        let answer = self.answers[turn].clone();
        Box::pin(async move { Ok(answer) })
    }
}

fn resolving(egress: EgressPolicy, lookup: Arc<dyn Lookup>) -> HttpClient {
    HttpClient::builder(egress).deadlines(impatient()).lookup(lookup).build().unwrap()
}

fn named(port: u16) -> HttpRequest {
    let url = format!("https://rebinding.example.com:{port}{PATH}");
    HttpRequest::post(url.parse().unwrap(), &json!({}))
}

#[track_caller]
fn assert_denied<T: std::fmt::Debug>(answer: Result<T, Unanswered>, address: &str) {
    let error = answer.unwrap_err();
    assert!(matches!(&error, Unanswered::Denied(text) if text.contains(address)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    for address in [
        "127.0.0.1",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "10.0.0.1",
        "::1",
        "fd00:ec2::254",
        "fec0::1",
        "::10.0.0.1",
        "2001::1",
        "2002:c0a8:1::1",
        "64:ff9b::a00:1",
    ] {
        let client = resolving(EgressPolicy::public(), Answers::of(&[&[address]]));
        let address = address.parse::<IpAddr>().unwrap().to_string();
        assert_denied(client.send(named(443)).await, &address);
    }
}

#[tokio::test]
async fn a_name_with_one_address_inside_is_refused_altogether() {
    let client = resolving(EgressPolicy::public(), Answers::of(&[&["8.8.8.8", "127.0.0.1"]]));
    assert_denied(client.send(named(443)).await, "127.0.0.1");
}

#[tokio::test]
async fn every_connection_asks_anew_and_is_checked_anew() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let lookup = Answers::of(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let client = resolving(EgressPolicy::public().and_loopback(), Arc::<Answers>::clone(&lookup) as _);
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let first = client.send(named(port)).await.unwrap_err();
    assert!(!matches!(first, Unanswered::Denied(_)), "{first}");
    assert_denied(client.send(named(port)).await, "169.254.169.254");
    assert_eq!(lookup.asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_address_in_the_url_is_checked_at_each_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let strict = HttpClient::builder(EgressPolicy::public()).deadlines(impatient()).build().unwrap();
    assert_denied(strict.send(request(&base)).await, "127.0.0.1");
    let without_tls = strict.send(request("http://hooks.example.com")).await;
    assert!(matches!(without_tls, Err(Unanswered::Denied(_))));
}

#[tokio::test]
async fn a_network_that_the_operator_allows_is_reached() {
    let loopback: IpNet = "127.0.0.0/8".parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let egress = EgressPolicy::public().and_networks([loopback]);
    let client = resolving(egress, Answers::of(&[&["127.0.0.1"]]));
    let (connection, _) = tokio::join!(listener.accept(), client.send(named(port)));
    assert!(connection.is_ok());
}

#[tokio::test]
async fn a_refused_connection_is_no_connection() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = client().send(request(&format!("http://127.0.0.1:{port}"))).await.unwrap_err();
    assert!(matches!(error, Unanswered::Connect(_)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_no_connection() {
    struct Nobody;
    impl Lookup for Nobody {
        fn lookup(&self, _: &str) -> Lookups {
            Box::pin(async { Err(std::io::Error::other("no such host")) })
        }
    }
    let client = resolving(EgressPolicy::public(), Arc::new(Nobody));
    assert_eq!(client.send(named(443)).await, Err(Unanswered::Connect("no such host".to_owned())));
}
