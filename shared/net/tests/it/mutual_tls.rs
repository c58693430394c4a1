//! Client certificates, against a server that demands one.

use std::sync::Arc;

use http::{HeaderValue, header};
use net::{Certificates, HttpClient, PemMistake, Secret, Unanswered};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::servers::{local, request};

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

/// Who the client is, and whom it trusts.
fn certificates(client: Option<&Identity>, authority: Option<&Authority>) -> Certificates {
    let pair = |own: &Identity| (Secret::new(own.certificate.pem()), Secret::new(own.key.serialize_pem()));
    Certificates::new(client.map(pair), authority.map(|authority| authority.certificate.pem()))
}

async fn send_to(
    base: &str,
    certificates: Certificates,
    bearer: Option<&'static str>,
) -> Result<u16, Unanswered> {
    let client = HttpClient::builder(local()).certificates(certificates).build().unwrap();
    let mut request = request(base);
    request.headers.extend(bearer.map(|value| (header::AUTHORIZATION, HeaderValue::from_static(value))));
    client.send(request).await.map(|answer| answer.status)
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_gets_it() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    let certificates = certificates(Some(&authority.client()), Some(&authority));
    assert_eq!(send_to(&base, certificates, None).await, Ok(204));
}

#[tokio::test]
async fn a_certificate_is_presented_beside_a_token_too() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), Some("bearer abc")).await;
    let certificates = certificates(Some(&authority.client()), Some(&authority));
    assert_eq!(send_to(&base, certificates, Some("bearer abc")).await, Ok(204));
}

#[tokio::test]
async fn without_a_certificate_there_is_no_connection() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    assert!(send_to(&base, certificates(None, Some(&authority)), None).await.is_err());
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_not_taken() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    let certificates = certificates(Some(&stranger.client()), Some(&authority));
    assert!(send_to(&base, certificates, None).await.is_err());
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_talked_to() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let base = start(&authority, &authority.server("127.0.0.1"), None).await;
    for trusted in [None, Some(&stranger)] {
        let error = send_to(&base, certificates(Some(&authority.client()), trusted), None).await.unwrap_err();
        assert!(error.to_string().contains("invalid peer certificate"), "{error}");
    }
    let of_this_machine = HttpClient::builder(local()).system_authorities().build().unwrap();
    let error = of_this_machine.send(request(&base)).await.unwrap_err();
    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
}

#[tokio::test]
async fn a_server_of_another_name_is_not_talked_to() {
    let authority = Authority::new();
    let base = start(&authority, &authority.server("127.0.0.2"), None).await;
    let certificates = certificates(Some(&authority.client()), Some(&authority));
    assert!(send_to(&base, certificates, None).await.is_err());
}

#[test]
fn what_is_wrong_with_a_certificate_shows_before_it_is_used() {
    let authority = Authority::new();
    let (own, other) = (authority.client(), authority.client());
    assert_eq!(certificates(Some(&own), None).check_pair(), Ok(()));
    let mixed = Identity { certificate: own.certificate, key: other.key };
    assert_eq!(certificates(Some(&mixed), None).check_pair(), Err(PemMistake::Pair));
    assert_eq!(Certificates::check_certificates("nothing"), Err(PemMistake::Certificate));
    assert_eq!(Certificates::check_key("nothing"), Err(PemMistake::Key));
    assert!(!format!("{:?}", certificates(Some(&mixed), None)).contains("BEGIN"));
}
