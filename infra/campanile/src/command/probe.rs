//! Asking Campanile whether it knows a token, before a source is configured to show it.

use std::time::Duration;

use clap::Args;
use intake::{PROBE_HEADER, chain};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tokio::time::{Instant, sleep};

use super::{Outcome, remark};

/// How long a token may be unknown: a function that was asked for an unknown one reads its secret ten seconds later again.
const PATIENCE: Duration = Duration::from_secs(12);
/// From one question to the next.
const PAUSE: Duration = Duration::from_secs(2);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(10);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// Whether Campanile is asked first.
#[derive(Debug, Args)]
pub(super) struct Probe {
    /// Do not ask Campanile first whether it knows the token, such as where it cannot be reached from here
    #[arg(long)]
    without_asking: bool,
}

/// Campanile would refuse the source.
#[derive(Debug, thiserror::Error)]
#[error(
    "Campanile at {url} answers {status} to the first token of the secret `{secret_name}`, so nothing was changed: is that \
     the secret that it reads? `campanile check secrets` says what is wrong with it"
)]
struct Refused {
    url: String,
    status: StatusCode,
    secret_name: String,
}

impl Probe {
    /// Asks at `url`, the address of the source's function, until `token` is known there; fails where it stays refused.
    pub(super) async fn ask(&self, url: &str, token: &str, secret_name: &str) -> Outcome {
        if self.without_asking {
            return Ok(());
        }
        let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).timeout(ANSWER);
        let client = client.build()?;
        let began = Instant::now();
        loop {
            let asked = client.post(url).header("x-api-key", token).header(PROBE_HEADER, "credential");
            match asked.send().await.map(|answer| answer.status()) {
                Ok(StatusCode::OK) => return Ok(()),
                Ok(StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE)
                    if began.elapsed() < PATIENCE =>
                {
                    sleep(PAUSE).await;
                }
                Ok(status @ (StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE)) => {
                    let (url, secret_name) = (url.to_owned(), secret_name.to_owned());
                    return Err(Refused { url, status, secret_name }.into());
                }
                // Whoever stands between may let the source through and not us.
                Ok(status) => {
                    remark(format!(
                        "{url} answers {status}: whether Campanile knows the token was not found out"
                    ));
                    return Ok(());
                }
                Err(error) => {
                    let error = chain(&error.without_url());
                    remark(format!("{url} cannot be asked whether Campanile knows the token: {error}"));
                    return Ok(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::HeaderMap;
    use axum::routing::post;
    use tokio::net::TcpListener;

    use super::*;

    /// A Campanile that answers so many times 401 before it knows the token.
    async fn campanile(refusals: usize) -> (String, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let answer = post(async move |headers: HeaderMap| {
            assert!(headers.contains_key(PROBE_HEADER) && headers["x-api-key"] == "t0ken");
            if count.fetch_add(1, Ordering::Relaxed) < refusals {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::OK
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/kazoo", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/kazoo", answer)).await });
        (url, asked)
    }

    async fn ask(url: &str) -> Result<(), String> {
        let asked = Probe { without_asking: false }.ask(url, "t0ken", "campanile/kazoo").await;
        asked.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_token_that_becomes_known_is_waited_for() {
        let (url, asked) = campanile(1).await;
        assert_eq!(ask(&url).await, Ok(()));
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_token_that_stays_refused_ends_the_command_without_being_shown() {
        let (url, _) = campanile(usize::MAX).await;
        let error = ask(&url).await.unwrap_err();
        assert!(
            error.contains("401 Unauthorized to the first token of the secret `campanile/kazoo`"),
            "{error}"
        );
        assert!(!error.contains("t0ken"), "{error}");
    }

    #[tokio::test]
    async fn a_campanile_that_cannot_be_asked_does_not_hinder() {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        assert_eq!(ask(&format!("http://127.0.0.1:{port}/kazoo")).await, Ok(()));
    }
}
