//! A batch of the table's stream.

use std::collections::BTreeMap;

use alert::{Fingerprint, Source};
use aws::{Bell, Turn};
use futures::future::{join_all, try_join};
use futures::{StreamExt, stream};
use intake::{Quarantined, Store, StoreError, TimeLeft, chain};
use jiff::Timestamp;
use normalize::Rejection;
use notify::{Change, News};
use serde_json::{Value, json};

use crate::budget::Budget;
use crate::line::Line;
use crate::round::Round;
use crate::{Notifier, NotifierError};

/// How many alerts are routed at a time.
const ALERTS_AT_A_TIME: usize = 16;

/// A change of one alert, and which record of the batch brought it.
struct Ring {
    index: usize,
    bell: Bell,
    news: News,
}

impl Notifier {
    /// Tells destinations of what `records` bring. The answer names the first record that has to come again.
    pub(crate) async fn receive(
        &self,
        records: &[Value],
        time_left: TimeLeft,
    ) -> Result<Value, NotifierError> {
        let budget = Budget::of_batch(time_left);
        let (rings, mut failed) = self.read(records).await;
        if rings.is_empty() {
            return Ok(answer(records, failed));
        }
        let round = self.round().await?;
        let mut routing = stream::iter(rings.into_values())
            .map(|rings| self.follow(&round, records, rings))
            .buffer_unordered(ALERTS_AT_A_TIME);
        let mut turns: BTreeMap<String, Vec<Turn>> = BTreeMap::new();
        while let Some((claimed, failure)) = routing.next().await {
            failed = failed.into_iter().chain(failure).min();
            for turn in claimed {
                turns.entry(turn.delivery.id.destination.clone()).or_default().push(turn);
            }
        }
        drop(routing);
        let lines = turns.into_iter().filter_map(|(destination, turns)| {
            let destination = round.prepared.settings.destination(&destination)?;
            Some(async { Line::new(self, &round, destination, budget).carry(turns).await })
        });
        join_all(lines).await;
        Ok(answer(records, failed))
    }

    /// The changes that `records` bring, by alert, and the first record that could be neither read nor put aside.
    async fn read(&self, records: &[Value]) -> (BTreeMap<Fingerprint, Vec<Ring>>, Option<usize>) {
        let mut rings: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut failed = None;
        for (index, record) in records.iter().enumerate() {
            match Bell::read(record) {
                Ok(None) => {}
                Ok(Some(bell)) => {
                    if let Some(news) = News::between(bell.old.as_ref(), &bell.new) {
                        rings.entry(bell.new.fingerprint).or_default().push(Ring { index, bell, news });
                    }
                }
                Err(error) => {
                    let aside = self.put_aside(record, &error).await;
                    failed = failed.or(aside.is_err().then_some(index));
                }
            }
        }
        (rings, failed)
    }

    /// Tells of one alert's changes, in order. Yields what can be sent at once, and the record that has to come again.
    async fn follow(&self, round: &Round, records: &[Value], rings: Vec<Ring>) -> (Vec<Turn>, Option<usize>) {
        let mut claimed = Vec::new();
        for ring in rings {
            let index = ring.index;
            let mut again = false;
            for told in self.tell_everybody(round, ring).await {
                match told {
                    Ok(turn) => claimed.extend(turn),
                    Err(error) => again |= !self.is_put_aside(records.get(index), &error).await,
                }
            }
            if again {
                return (claimed, Some(index));
            }
        }
        (claimed, None)
    }

    /// Whether `error` lies in the record itself, which then is kept apart; else the record will come again.
    async fn is_put_aside(&self, record: Option<&Value>, error: &StoreError) -> bool {
        if let (StoreError::Corrupt { .. } | StoreError::Rejected { .. }, Some(record)) = (error, record) {
            return self.put_aside(record, error).await.is_ok();
        }
        tracing::error!(error = chain(error), "change not routed, it will come again");
        false
    }

    async fn tell_everybody(&self, round: &Round, ring: Ring) -> Vec<Result<Option<Turn>, StoreError>> {
        let Bell { old, new } = ring.bell;
        let read = try_join(self.completed(&new, ring.news), self.platform.table.courses(new.fingerprint));
        let (news, courses) = match read.await {
            Ok(read) => read,
            Err(error) => return vec![Err(error)],
        };
        let at = self.now();
        let hearing = round.hearing(&new, at);
        let previous_severity = old.map(|old| old.severity);
        let change = Change { alert: &new, news, previous_severity, hearing, at };
        self.tell_all(round, &courses, &change).await
    }

    /// Keeps a record that cannot be handled where an operator finds it, so that it holds nobody up.
    async fn put_aside(&self, record: &Value, error: &StoreError) -> Result<(), StoreError> {
        let number = sequence_number(record);
        tracing::error!(sequence_number = number, error = chain(error), "stream record put aside");
        let created = record["dynamodb"]["ApproximateCreationDateTime"].as_f64();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a time in whole seconds; what is out of range is none"
        )]
        let created = created.and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
        let delivery = normalize::InboundRequest {
            method: "STREAM".to_owned(),
            query: String::new(),
            content_type: Some("application/json".to_owned()),
            headers: BTreeMap::new(),
            body: record.to_string().into_bytes(),
            received_at: created.unwrap_or_else(|| self.now()),
        };
        let message = format!("the stream record `{number}` cannot be told of: {}", chain(error));
        let rejection = Rejection::new("unreadable_stream_record", message);
        let kept =
            self.platform.table.quarantine(&Quarantined::new(Source::Campanile, rejection, delivery)).await;
        kept.inspect_err(|error| tracing::error!(error = chain(error), "stream record not put aside"))
    }
}

/// Lambda's way to hear of records that have to come again: it goes on with the first of them.
fn answer(records: &[Value], failed: Option<usize>) -> Value {
    let failed = failed.and_then(|index| records.get(index));
    let failures: Vec<_> =
        failed.iter().map(|record| json!({ "itemIdentifier": sequence_number(record) })).collect();
    json!({ "batchItemFailures": failures })
}

fn sequence_number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}
