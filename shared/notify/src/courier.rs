//! The one way out: requests go to checked addresses only, within a deadline, follow nobody and remember nothing.

mod clients;
mod failure;
mod resolver;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;

pub use self::clients::BuildError;
pub use self::resolver::{Lookup, Lookups, SystemLookup};

use self::clients::Clients;
use crate::answer::{Answer, MOST_BYTES, Unanswered};
use crate::attempt::{Attempt, Outcome};
use crate::destination::{ChallengeFailure, Destination, Target};
use crate::judgement::{Judgement, Progress, Step, Verdict};
use crate::reach::Reach;
use crate::request::Request;

/// Most requests that one message may take in one attempt.
const MOST_REQUESTS: usize = 6;

/// How often the close of a test is looked for.
const MOST_LOOKS: usize = 4;

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// From the beginning to the last byte that is read.
    pub whole: Duration,
    /// The same for an ownership check.
    pub challenge: Duration,
    /// Between two looks at whether the alert of a test was closed.
    pub settle: Duration,
}

/// Carries requests to destinations.
pub struct Courier {
    reach: Reach,
    deadlines: Deadlines,
    clients: Clients,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(15),
            challenge: Duration::from_secs(5),
            settle: Duration::from_secs(5),
        }
    }
}

impl Courier {
    /// A courier for `destinations`, to be replaced when they change.
    pub fn new(destinations: &[Destination], reach: Reach, deadlines: Deadlines) -> Result<Self, BuildError> {
        let system: Arc<dyn Lookup> = Arc::new(SystemLookup);
        Self::with_lookup(destinations, reach, deadlines, &system)
    }

    /// The same, with names resolved by `lookup`.
    pub fn with_lookup(
        destinations: &[Destination],
        reach: Reach,
        deadlines: Deadlines,
        lookup: &Arc<dyn Lookup>,
    ) -> Result<Self, BuildError> {
        let clients = Clients::build(destinations, &reach, deadlines, lookup)?;
        Ok(Self { reach, deadlines, clients })
    }

    /// Makes one attempt: every request that the message takes, until it is sent or one of them fails.
    pub async fn deliver(&self, destination: &Destination, attempt: &Attempt<'_>) -> Outcome {
        let mut attempt = attempt.clone();
        let mut learned = Vec::new();
        let mut hold = None;
        for _ in 0..MOST_REQUESTS {
            let answer = self.send(destination, destination.request(&attempt), self.deadlines.whole).await;
            let judgement = destination.judge(&attempt, &answer);
            hold = judgement.hold.or(hold);
            if let Some(lesson) = &judgement.learned {
                attempt.known.learn(lesson);
                learned.push(lesson.clone());
            }
            match judgement.step {
                Step::Next(progress) => attempt.progress = progress,
                Step::End(verdict) => {
                    let reason = (verdict != Verdict::Sent).then(|| destination.reason(&answer));
                    return Outcome { verdict, reason, hold, learned, receipt: judgement.receipt };
                }
            }
        }
        let verdict = Verdict::Retry { from: attempt.progress, wait: None };
        let reason = Some("one message took too many requests".to_owned());
        Outcome { verdict, reason, hold, learned, receipt: None }
    }

    /// Checks that whoever answers at the destination's URL knows its challenge secret; `random` makes the question new.
    pub async fn challenge(
        &self,
        destination: &Destination,
        random: [u8; 32],
    ) -> Result<(), ChallengeFailure> {
        let Target::Webhook(webhook) = &destination.target else {
            return Err(ChallengeFailure::NotConfigured);
        };
        if !destination.asks_for_challenge() {
            return Err(ChallengeFailure::NotConfigured);
        }
        let token = BASE64_URL_SAFE_NO_PAD.encode(random);
        let answer = self.send(destination, webhook.challenge(&token), self.deadlines.challenge).await;
        webhook.verify_challenge(&token, &answer.map_err(ChallengeFailure::Unanswered)?)
    }

    /// Sends a test: to a webhook Netdata's test notification with `token`, to the others an info alert that is at once
    /// closed. Yields how the last of the attempts went.
    pub async fn test(&self, destination: &Destination, token: &str, at: Timestamp) -> Outcome {
        if let Target::Webhook(webhook) = &destination.target {
            let answer = self.send(destination, webhook.trial(token, at), self.deadlines.whole).await;
            return outcome_of(destination, &answer, at);
        }
        let [opened, closed] = crate::trial::messages(&destination.id, token, at);
        let mut first = Attempt::first(&opened, at);
        let outcome = self.deliver(destination, &first).await;
        if outcome.verdict != Verdict::Sent {
            return outcome;
        }
        for lesson in &outcome.learned {
            first.known.learn(lesson);
        }
        let second = Attempt { known: first.known, ..Attempt::first(&closed, at) };
        self.deliver_until_closed(destination, second).await
    }

    /// Delivers, and where a close is still on its way looks again a few times, lest a test stays open.
    async fn deliver_until_closed(&self, destination: &Destination, mut attempt: Attempt<'_>) -> Outcome {
        let mut outcome = self.deliver(destination, &attempt).await;
        for _ in 0..MOST_LOOKS {
            let Verdict::Retry { from, .. } = &outcome.verdict else { break };
            if *from == Progress::Start {
                break;
            }
            attempt.progress = from.clone();
            tokio::time::sleep(self.deadlines.settle).await;
            outcome = self.deliver(destination, &attempt).await;
        }
        outcome
    }

    async fn send(
        &self,
        destination: &Destination,
        request: Request,
        deadline: Duration,
    ) -> Result<Answer, Unanswered> {
        self.reach.check_url(&request.url).map_err(|mistake| Unanswered::Denied(mistake.to_string()))?;
        let client = self.clients.of(destination);
        let sent = client
            .request(request.method, request.url)
            .headers(request.headers.into_iter().collect())
            .body(request.body)
            .timeout(deadline)
            .send()
            .await;
        read(sent.map_err(failure::describe)?).await
    }
}

async fn read(mut response: reqwest::Response) -> Result<Answer, Unanswered> {
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while body.len() < MOST_BYTES {
        let Some(chunk) = response.chunk().await.map_err(failure::describe)? else {
            break;
        };
        body.extend_from_slice(&chunk);
    }
    body.truncate(MOST_BYTES);
    Ok(Answer { status, headers, body })
}

fn outcome_of(destination: &Destination, answer: &Result<Answer, Unanswered>, at: Timestamp) -> Outcome {
    let judgement = match answer {
        Ok(answer) if answer.is_success() => Judgement::sent(),
        Ok(answer) => Judgement::by_status(answer, at),
        Err(_) => Judgement::retry(),
    };
    let verdict = match judgement.step {
        Step::End(verdict) => verdict,
        Step::Next(from) => Verdict::Retry { from, wait: None },
    };
    let reason = (verdict != Verdict::Sent).then(|| destination.reason(answer));
    Outcome { verdict, reason, hold: judgement.hold, learned: Vec::new(), receipt: None }
}
