//! Client certificates, against a server that demands one.

use std::sync::Arc;

use notify::{Kind, Outcome, Progress, Settings, Verdict};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::stand_in::{deliver, local, message};

const RETRY: Verdict = Verdict::Retry { from: Progress::Start, wait: None };

/// An authority that server and clients trust, or do not.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// A certificate with its key.
struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn issue(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate, key }
    }

    fn server(&self, name: &str) -> Identity {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth)
    }

    fn client(&self) -> Identity {
        self.issue("campanile", ExtendedKeyUsagePurpose::ClientAuth)
    }
}

/// A server with certificate `own` that takes only clients of `authority`, and answers 204 to a request with the header
/// `authorization: <expected>`, or without that header where nothing is expected.
async fn start(authority: &Authority, own: &Identity, expected: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(configuration(authority, own)));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { serve(&acceptor, socket, expected).await });
        }
    });
    base
}

fn configuration(authority: &Authority, own: &Identity) -> ServerConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![own.certificate.der().clone()];
    let key = PrivateKeyDer::try_from(own.key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap()
}

async fn serve(acceptor: &TlsAcceptor, socket: TcpStream, expected: Option<&str>) {
    let Ok(mut stream) = acceptor.accept(socket).await else { return };
    let mut request = vec![0; 8192];
    let length = stream.read(&mut request).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&request[..length]).to_lowercase();
    let authorization = head.lines().find_map(|line| line.strip_prefix("authorization: "));
    let status = if authorization == expected { "204 No Content" } else { "401 Unauthorized" };
    let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n").as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// What client certificate and authorities look like in the settings.
fn certificates(client: Option<&Identity>, authority: Option<&Authority>) -> Value {
    json!({
        "client_certificate": client.map(|client| client.certificate.pem()),
        "client_key": client.map(|client| client.key.serialize_pem()),
        "ca_certificate": authority.map(|authority| authority.certificate.pem()),
    })
}

async fn deliver_to(base: &str, mut settings: Value, auth: Value) -> Outcome {
    settings["url"] = json!(format!("{base}/alerts"));
    for (name, value) in auth.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let secret = json!({ "destinations": [{ "id": "own", "type": "webhook", "settings": settings }] });
    let settings = Settings::read(&secret.to_string(), &local());
    assert_eq!(settings.mistakes, []);
    deliver(&settings.destinations[0], &message(Kind::Opened)).await
}

fn bearer() -> Value {
    json!({ "auth": "bearer", "token": "abc" })
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_gets_it() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    let settings = certificates(Some(&authority.client()), Some(&authority));
    let outcome = deliver_to(&base, settings, json!({})).await;
    assert_eq!(outcome.verdict, Verdict::Sent, "{:?}", outcome.reason);
}

#[tokio::test]
async fn a_certificate_is_presented_beside_a_token_too() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), Some("bearer abc")).await;
    let settings = certificates(Some(&authority.client()), Some(&authority));
    assert_eq!(deliver_to(&base, settings, bearer()).await.verdict, Verdict::Sent);
}

#[tokio::test]
async fn without_a_certificate_there_is_no_connection() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), Some("bearer abc")).await;
    let outcome = deliver_to(&base, certificates(None, Some(&authority)), bearer()).await;
    assert_eq!(outcome.verdict, RETRY);
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_not_taken() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    let settings = certificates(Some(&stranger.client()), Some(&authority));
    assert_eq!(deliver_to(&base, settings, json!({})).await.verdict, RETRY);
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_talked_to() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    for trusted in [None, Some(&stranger)] {
        let settings = certificates(Some(&authority.client()), trusted);
        let outcome = deliver_to(&base, settings, json!({})).await;
        assert_eq!(outcome.verdict, RETRY);
        assert!(outcome.reason.unwrap().contains("invalid peer certificate"));
    }
}

#[tokio::test]
async fn a_server_of_another_name_is_not_talked_to() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.2"), None).await;
    let settings = certificates(Some(&authority.client()), Some(&authority));
    assert_eq!(deliver_to(&base, settings, json!({})).await.verdict, RETRY);
}

#[test]
fn a_key_of_another_certificate_is_a_mistake() {
    let authority = Authority::new();
    let mut settings = certificates(Some(&authority.client()), None);
    settings["client_key"] = json!(authority.client().key.serialize_pem());
    settings["url"] = json!("https://hooks.example.com/");
    let secret = json!({ "destinations": [{ "id": "own", "type": "webhook", "settings": settings }] });
    let mistakes = Settings::read(&secret.to_string(), &local()).mistakes;
    let texts: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "destinations[0].settings.client_key: does not fit client_certificate: give the pair that belongs together"
        ]
    );
}

#[tokio::test]
async fn statement_21_a_certificate_that_no_known_authority_vouches_for_is_not_taken() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    for known in [None, Some(Authority::new())] {
        let settings = certificates(Some(&authority.client()), known.as_ref());
        assert_eq!(deliver_to(&base, settings, json!({})).await.verdict, RETRY);
    }
    // Nor one of the right authority for another name.
    let elsewhere = start(&authority, &authority.server("elsewhere.example.com"), None).await;
    let settings = certificates(Some(&authority.client()), Some(&authority));
    assert_eq!(deliver_to(&elsewhere, settings, json!({})).await.verdict, RETRY);
}
