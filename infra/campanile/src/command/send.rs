//! `campanile send`: posts a sample notification, as its source would.

use alert::Clock as _;
use clap::Args;
use reqwest::StatusCode;

use super::server::{Server, token_remedy};
use super::terminal_text::sanitize_lines_for_terminal;
use super::{Outcome, say};
use crate::fixture::{self, Fixture};

/// Send a sample notification, as its source would
#[derive(Debug, Args)]
pub(super) struct Send {
    /// Source that speaks, such as `netdata`; without one, the sources are listed
    source: Option<String>,
    /// Situation that it reports; without one, the situations are listed
    situation: Option<String>,
    /// Leave the times as they were recorded; otherwise the newest of them becomes now
    #[arg(long)]
    as_recorded: bool,
    #[command(flatten)]
    server: Server,
}

/// A name that no sample has.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("there are no samples of `{0}`: `campanile send` lists the sources")]
    Source(String),
    #[error("there is no sample `{situation}` of {source_name}: `campanile send {source_name}` lists them")]
    Situation { source_name: String, situation: String },
    #[error("the sample was refused")]
    Refused,
    #[error("the sample was not understood: `campanile quarantine` lists it with the reason")]
    NotUnderstood,
    #[error("the sample was refused: {}", token_remedy(secret))]
    Unauthorized { secret: String },
}

impl Send {
    pub(super) async fn run(self) -> Outcome {
        let Some(source) = &self.source else {
            fixture::sources().for_each(say);
            return Ok(());
        };
        let situations = fixture::situations(source);
        if situations.is_empty() {
            return Err(SendError::Source(source.clone()).into());
        }
        let Some(situation) = &self.situation else {
            situations.into_iter().for_each(say);
            return Ok(());
        };
        self.send(source, situation).await
    }

    async fn send(&self, source: &str, situation: &str) -> Outcome {
        let fixture = Fixture::find(source, situation).ok_or_else(|| SendError::Situation {
            source_name: source.to_owned(),
            situation: situation.to_owned(),
        })?;
        let (path, secret) = resource(source);
        let query = fixture.query().map(|query| format!("?{}", self.timed(source, query)));
        let path = format!("{path}{}", query.unwrap_or_default());
        let body = match std::str::from_utf8(fixture.body()) {
            Ok(text) => self.timed(source, text).into_bytes(),
            Err(_) => fixture.body().to_vec(),
        };
        let mut request = self.server.request(fixture.method(), &path, secret)?.body(body);
        if let Some(content_type) = fixture.content_type() {
            request = request.header("content-type", content_type);
        }
        let response = self.server.send(request).await?;
        let status = response.status();
        say(format!("{status} {}", sanitize_lines_for_terminal(&response.text().await?)).trim_end());
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED => Err(SendError::Unauthorized { secret: secret.to_owned() }.into()),
            StatusCode::UNPROCESSABLE_ENTITY => Err(SendError::NotUnderstood.into()),
            _ => Err(SendError::Refused.into()),
        }
    }
}

impl Send {
    /// A sample's `text` with the times that it is to have.
    fn timed(&self, source: &str, text: &str) -> String {
        if self.as_recorded { text.to_owned() } else { fixture::as_of(aws::SystemClock.now(), source, text) }
    }
}

/// Where `source` sends to, and the secret that holds its token: an Alertmanager's is one of the API's.
fn resource(source: &str) -> (String, &str) {
    match source {
        "alertmanager" => ("/v1/alertmanager".to_owned(), "api"),
        _ => (format!("/{source}"), source),
    }
}
