//! `campanile up`: the local bundle.

use std::fmt::Write;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use aws::{Configuration, SecretCache};
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use super::secrets::known;
use super::{Outcome, remark, say, secrets};
use crate::bundle::{Bundle, BundleError};
use crate::development;
use crate::embedded::{EmbeddedSecrets, Location, is_logged_already};

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
    /// JSON object of secret name to secret value, instead of the development secrets; read again by age, as in AWS, and at
    /// once upon SIGHUP
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Open the console in a browser
    #[arg(long)]
    open: bool,
    /// What opens an address instead of the desktop's own program.
    #[arg(long, hide = true, env = "BROWSER")]
    browser: Option<String>,
}

impl Default for Up {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 9000));
        Self {
            listen,
            data: ".campanile".into(),
            in_memory: false,
            secrets: None,
            open: false,
            browser: None,
        }
    }
}

impl Up {
    pub(super) async fn run(self) -> Outcome {
        let configuration = Configuration::from_environment()?;
        log_to_stderr(&configuration.log);
        let listener = self.listen().await?;
        let url = format!("http://{}", listener.local_addr()?);
        let prefix = configuration.secret_prefix.clone();
        let bundle = self.open(configuration).await?;
        remark(self.welcome(&url));
        if let Some(file) = &self.secrets {
            for unknown in known::unknown_names(file, &prefix).await {
                remark(format!("  {unknown}"));
            }
        }
        for (name, why) in bundle.useless_secrets().await {
            remark(format!("  the secret `{name}` lets nobody in: {why}"));
        }
        say(format!("campanile is ready on {url}"));
        if self.open {
            self.open_console(&url);
        }
        let _rereading = reread_on_hangup(bundle.secrets());
        bundle.serve(listener, stopped()).await?;
        remark("campanile has stopped");
        Ok(())
    }

    /// Has a browser show the console; a machine without one is no reason to stop.
    fn open_console(&self, url: &str) {
        let program =
            self.browser.as_deref().unwrap_or(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
        let nothing = std::process::Stdio::null;
        let opening = tokio::process::Command::new(program)
            .arg(format!("{url}/"))
            .stdin(nothing())
            .stdout(nothing())
            .stderr(nothing())
            .spawn();
        if let Err(error) = opening {
            remark(format!("  `{program}` cannot be started, so open {url}/ yourself: {error}"));
        }
    }

    async fn listen(&self) -> Result<TcpListener, BundleError> {
        let address = self.listen;
        TcpListener::bind(address).await.map_err(|source| BundleError::Listen { address, source })
    }

    fn location(&self) -> Location {
        if self.in_memory { Location::InMemory } else { Location::Directory(self.data.clone()) }
    }

    async fn open(&self, configuration: Configuration) -> Result<Bundle, BundleError> {
        let location = self.location();
        if let Some(file) = &self.secrets {
            return Bundle::open(&location, secrets::from_file(file).await?, configuration).await;
        }
        let secrets = EmbeddedSecrets::from_json(development::SECRETS.as_bytes()).await;
        Bundle::open(&location, secrets.map_err(BundleError::Secrets)?, configuration).await
    }

    /// Where everything is, for a person; with tokens only where they are the known ones of development.
    fn welcome(&self, url: &str) -> String {
        let mut text = format!("\n  Campanile, the whole bundle on this machine\n\n  console    {url}/\n");
        let table = if self.in_memory {
            "in memory, gone at the end".into()
        } else {
            self.data.display().to_string()
        };
        let _ = writeln!(text, "  table      {table}");
        let development = self.secrets.is_none();
        for source in intake::WEBHOOKS.iter().map(|source| source.as_str()) {
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

/// Has every hangup be taken as: the secrets have changed, read them again now. Ends with what it returns.
fn reread_on_hangup(secrets: Arc<SecretCache>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => {
            tasks.spawn(async move {
                while hangup.recv().await.is_some() {
                    secrets.expire().await;
                    tracing::info!("secrets are read again");
                }
            });
        }
        Err(error) => tracing::warn!(error = intake::chain(&error), "a hangup will end the process"),
    }
    tasks
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

/// Leaves out of the log what follows from a table that cannot be written, once that was logged.
struct NotLoggedYet;

impl<S: Subscriber> Filter<S> for NotLoggedYet {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        // The SDK would drop a connection after each failure, and says each time that there is none within a process.
        if event.metadata().target().ends_with("connection_poisoning") {
            return false;
        }
        let mut error = ErrorField(false);
        event.record(&mut error);
        !error.0
    }
}

/// Whether the field `error` says what was logged already.
struct ErrorField(bool);

impl Visit for ErrorField {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0 |= field.name() == "error" && is_logged_already(value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "error" {
            self.record_str(field, &format!("{value:?}"));
        }
    }
}

fn log_to_stderr(level: &str) {
    let layer = fmt::layer().compact().with_target(false).with_ansi(std::io::stderr().is_terminal());
    let layer = layer.with_writer(std::io::stderr);
    let layer = layer.with_filter(aws::log_filter(level).and(NotLoggedYet));
    registry().with(layer).init();
}
