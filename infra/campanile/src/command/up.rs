//! `campanile up`: the local bundle.

use std::fmt::Write;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;

use aws::Configuration;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use super::{Outcome, remark, say, secrets};
use crate::bundle::{Bundle, BundleError};
use crate::development;
use crate::embedded::{EmbeddedSecrets, Location};

/// Run the whole bundle on this machine, over an embedded DynamoDB and Secrets Manager
#[derive(Debug, Args)]
pub(super) struct Up {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:9000", value_parser = listen_address)]
    listen: SocketAddr,
    /// Directory of the table
    #[arg(long, value_name = "DIR", default_value = ".campanile", conflicts_with = "in_memory")]
    data: PathBuf,
    /// Keep the table in memory, and forget it at the end
    #[arg(long)]
    in_memory: bool,
    /// JSON object of secret name to secret value, instead of the development secrets
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
}

impl Default for Up {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 9000));
        Self { listen, data: ".campanile".into(), in_memory: false, secrets: None }
    }
}

impl Up {
    pub(super) async fn run(self) -> Outcome {
        let configuration = Configuration::from_environment()?;
        log_to_stderr(&configuration.log);
        let listener = self.listen().await?;
        let url = format!("http://{}", listener.local_addr()?);
        let bundle = Bundle::open(&self.location(), self.secrets().await?, configuration).await?;
        remark(self.welcome(&url));
        for (name, error) in bundle.useless_secrets().await {
            let why =
                error.map_or_else(|| "there is none of that name".to_owned(), |error| intake::chain(&error));
            remark(format!("  the secret `{name}` lets nobody in: {why}"));
        }
        say(format!("campanile is ready on {url}"));
        bundle.serve(listener, stopped()).await?;
        remark("campanile has stopped");
        Ok(())
    }

    async fn listen(&self) -> Result<TcpListener, BundleError> {
        let address = self.listen;
        TcpListener::bind(address).await.map_err(|source| BundleError::Listen { address, source })
    }

    fn location(&self) -> Location {
        if self.in_memory { Location::InMemory } else { Location::Directory(self.data.clone()) }
    }

    async fn secrets(&self) -> Result<EmbeddedSecrets, BundleError> {
        match &self.secrets {
            Some(file) => secrets::from_file(file).await,
            None => EmbeddedSecrets::from_json(development::SECRETS.as_bytes()).await.map_err(|source| {
                BundleError::Secrets { file: "infra/development-secrets.json".into(), source }
            }),
        }
    }

    /// Where everything is, for a person; with tokens only where they are the known ones of development.
    fn welcome(&self, url: &str) -> String {
        let mut text = String::from("\n  Campanile, the whole bundle on this machine\n\n");
        let table = if self.in_memory {
            "in memory, gone at the end".into()
        } else {
            self.data.display().to_string()
        };
        let _ = writeln!(text, "  table      {table}");
        let development = self.secrets.is_none();
        for source in ["netdata", "kazoo", "tencent", "site24x7"] {
            let token = development.then(|| development::token(source)).flatten();
            let path = token.map_or(String::new(), |token| format!("/{token}"));
            let _ = writeln!(text, "  {source:<10} {url}/{source}{path}");
        }
        let _ = writeln!(text, "  alerts     {url}/v1/alerts");
        match development.then(|| development::token("api")).flatten() {
            Some(token) => {
                let _ = writeln!(text, "             Authorization: Bearer {token}");
                text.push_str("\n  These tokens are for development: functions refuse them.\n");
            }
            None => text.push_str("\n  Tokens are those of the secrets file.\n"),
        }
        text
    }
}

/// A text at which nobody can listen.
#[derive(Debug, thiserror::Error)]
#[error("write an IP address and a port, like 127.0.0.1:9000")]
struct NoListenAddress;

fn listen_address(text: &str) -> Result<SocketAddr, NoListenAddress> {
    text.parse().map_err(|_| NoListenAddress)
}

async fn stopped() {
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return tokio::signal::ctrl_c().await.unwrap_or_default();
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

fn log_to_stderr(level: &str) {
    let layer = fmt::layer().compact().with_target(false).with_ansi(std::io::stderr().is_terminal());
    let layer = layer.with_writer(std::io::stderr).with_filter(aws::log_filter(level));
    registry().with(layer).init();
}
