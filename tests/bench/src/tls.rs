//! TLS before a plain port of this machine.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The system's trust store, in Debian's place for it.
const PUBLIC_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A port that speaks TLS, and the file of the authority that its certificate comes from.
pub(crate) struct Tls {
    pub(crate) url: String,
    pub(crate) authority: PathBuf,
    _directory: TempDir,
}

impl Tls {
    /// Hands what comes in over TLS on to `plain`.
    pub(crate) async fn before(plain: SocketAddr) -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), plain));
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("authority.pem");
        // As many authorities as Lambda's image has: reading them is part of a start.
        let public = std::fs::read_to_string(PUBLIC_AUTHORITIES).unwrap();
        std::fs::write(&file, authority.pem() + &public).unwrap();
        Self { url, authority: file, _directory: directory }
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, plain: SocketAddr) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            stream.set_nodelay(true).unwrap();
            // A function that is killed breaks its connection off, whenever that may be.
            let Ok(mut secret) = acceptor.accept(stream).await else { return };
            let mut open = TcpStream::connect(plain).await.unwrap();
            open.set_nodelay(true).unwrap();
            let _ = copy_bidirectional(&mut secret, &mut open).await;
        });
    }
}
