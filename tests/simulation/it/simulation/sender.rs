//! A source: it says each word once, tries for a while to be heard, and may say it again.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::time::{sleep, timeout};

use super::process::{Function, Process};
use super::word::Word;
use super::world::World;

/// How long a sender waits for the answer.
const PATIENCE: Duration = Duration::from_secs(10);

impl World {
    /// Sends `word` after `delay`, up to `tries` times, and then `copies` times more.
    pub(super) async fn say(&self, word: Word, delay: Duration, tries: u8, copies: u8) {
        sleep(delay).await;
        for attempt in 1..=tries {
            if self.post(&word).await {
                break;
            }
            if attempt == tries {
                self.note(format!("the sender of {word} gives up"));
            }
            sleep(Duration::from_millis(self.chance(200..20_000))).await;
        }
        for _ in 0..copies {
            sleep(Duration::from_millis(self.chance(0..90_000))).await;
            self.post(&word).await;
        }
    }

    /// Sends `word` until it is taken, as a source does in the end.
    pub(super) async fn insist(&self, word: &Word) -> Result<(), String> {
        for _ in 0..10 {
            if self.post(word).await {
                return Ok(());
            }
            sleep(Duration::from_secs(5)).await;
        }
        Err(format!("{word} is not taken although nothing is wrong"))
    }

    /// Sends `word` once; whether it was taken.
    async fn post(&self, word: &Word) -> bool {
        let request = Request::post("/netdata/n").header("content-type", "application/json");
        let request = request.body(Bytes::from(word.body().to_string())).unwrap();
        let answered = self.invoke(Function::Webhook, |process| async move {
            let Process::Webhook(webhook) = process else { unreachable!("that is what was asked for") };
            webhook.handle(request).await.status()
        });
        let status = timeout(PATIENCE, answered).await.ok().flatten();
        match status {
            Some(status) => self.note(format!("{word} is answered {}", status.as_u16())),
            None => self.note(format!("{word} is not answered")),
        }
        let is_taken = status.is_some_and(|status| status.is_success());
        let mut state = self.state();
        if is_taken {
            state.taken.insert(word.number);
        } else {
            state.refused += usize::from(status.is_some());
        }
        is_taken
    }
}
