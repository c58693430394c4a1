//! A DynamoDB that is as hard as AWS documents the real one, between the SDK's client and the embedded engine.
//!
//! It runs in process and on Tokio's clock. What it decides by chance it draws from a generator of its own, so that one seed
//! is one history. Its rules stand in [`rules`], each with the page that says so, and are tested in `tests`.

mod bucket;
mod call;
mod index;
mod refusal;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws_config::{Region, SdkConfig};
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable, Location, sdk_config};
use fastrand::Rng;
use serde_json::Value;
use tokio::time::{Duration, Instant, sleep};

pub(crate) use self::rules::Rules;

use self::bucket::Partition;
use self::call::{Access, Call, ItemKey};
use self::index::Lagging;
use self::rules::PARTITIONS;

/// A region for each configuration: the SDK keeps its budget of repetitions by service and region, for the whole process.
static NEXT_REGION: AtomicU64 = AtomicU64::new(0);

/// The table; clones share it.
#[derive(Clone)]
pub(crate) struct Hard {
    engine: EmbeddedTable,
    state: Arc<Mutex<State>>,
}

/// For how long a token is known (*TransactWriteItems*, "Idempotency").
const TOKEN_LIFE: Duration = Duration::from_mins(10);

struct State {
    rules: Rules,
    random: Rng,
    partitions: [Partition; PARTITIONS],
    /// Items of transactions under way.
    in_transaction: BTreeSet<ItemKey>,
    /// Tokens of transactions under way.
    tokens: BTreeSet<String>,
    /// What was answered to those that were carried out, and when: known for [`TOKEN_LIFE`].
    carried_out: BTreeMap<String, (Instant, AwsAnswer)>,
    lagging: Lagging,
    seen: Seen,
}

/// What the table has done so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Calls by operation, and refusals by their code.
    pub(crate) counts: BTreeMap<String, u64>,
    /// Writes that were carried out.
    pub(crate) writes: u64,
    /// A hash of all calls and answers, in whatever order: two histories of one seed have the same.
    pub(crate) trace: u64,
}

/// What becomes of one call, drawn before it is sent.
struct Fate {
    way_there: Duration,
    in_transaction: Duration,
    way_back: Duration,
    index_lag: Duration,
    is_lost: bool,
    is_answer_lost: bool,
    is_broken: bool,
}

impl Hard {
    /// An empty table with these rules.
    pub(crate) fn new(rules: Rules, seed: u64) -> Self {
        let state = State {
            rules,
            random: Rng::with_seed(seed),
            partitions: std::array::from_fn(|_| Partition::full()),
            in_transaction: BTreeSet::new(),
            tokens: BTreeSet::new(),
            carried_out: BTreeMap::new(),
            lagging: Lagging::default(),
            seen: Seen::default(),
        };
        Self { engine: EmbeddedTable::open(&Location::InMemory).unwrap(), state: Arc::new(Mutex::new(state)) }
    }

    /// How the clients of one process reach it: with the time-outs and repetitions of a Lambda function.
    pub(crate) fn sdk(&self) -> SdkConfig {
        let region = format!("simulated-{}", NEXT_REGION.fetch_add(1, Relaxed));
        sdk_config(self.clone())
            .into_builder()
            .region(Region::new(region))
            .timeout_config(aws::calls::timeouts())
            .retry_config(aws::calls::retries())
            .build()
    }

    /// The engine, which does whatever is asked at once.
    pub(crate) fn engine(&self) -> &EmbeddedTable {
        &self.engine
    }

    /// From now on these rules hold.
    pub(crate) fn set(&self, rules: Rules) {
        self.state().rules = rules;
    }

    /// Every item, as it is now.
    pub(crate) fn items(&self) -> Vec<Value> {
        let (mut items, mut begin) = (Vec::new(), Value::Null);
        loop {
            let mut input = serde_json::json!({ "TableName": "campanile", "ConsistentRead": true });
            if !begin.is_null() {
                input["ExclusiveStartKey"] = begin;
            }
            let target = "DynamoDB_20120810.Scan".to_owned();
            let answer = self.engine.answer_at_once(&AwsCall { target, body: input.to_string().into() });
            let mut answer: Value = serde_json::from_slice(&answer.body).unwrap();
            items.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            begin = answer["LastEvaluatedKey"].take();
            if begin.is_null() {
                return items;
            }
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.state().seen.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server's side: it goes on when nobody waits any more.
    async fn serve(self, call: AwsCall) -> AwsAnswer {
        let mut call = Call::read(&call);
        let fate = self.state().fate(&call);
        sleep(fate.way_there).await;
        if fate.is_lost {
            self.note(&call, "lost");
            return std::future::pending().await;
        }
        let answer = if fate.is_broken { refusal::broken() } else { self.process(&mut call, &fate).await };
        self.note(&call, &refusal::code_of(&answer));
        if fate.is_answer_lost {
            self.note(&call, "answer lost");
            return std::future::pending().await;
        }
        sleep(fate.way_back).await;
        answer
    }

    async fn process(&self, call: &mut Call, fate: &Fate) -> AwsAnswer {
        match call.kind {
            Access::Other => self.engine.answer_at_once(&call.as_asked()),
            Access::Transaction => self.transaction(call, fate).await,
            Access::Write => self.write(call, fate),
            Access::Read => self.read(call),
        }
    }

    async fn transaction(&self, call: &Call, fate: &Fate) -> AwsAnswer {
        {
            let mut state = self.state();
            if let Some(token) = &call.token
                && state.tokens.contains(token)
            {
                return refusal::transaction_in_progress();
            }
            if let Some(answer) = call.token.as_ref().and_then(|token| state.known(token)) {
                return answer;
            }
            let conflicts: Vec<_> =
                call.keys_touched.iter().map(|key| state.in_transaction.contains(key)).collect();
            if conflicts.contains(&true) {
                return refusal::transaction_conflict(&conflicts);
            }
            let throttled: Vec<_> =
                call.keys_touched.iter().map(|key| !state.partition(key).admits_writes()).collect();
            if throttled.contains(&true) {
                return refusal::transaction_throttled(&throttled);
            }
            state.in_transaction.extend(call.keys_touched.iter().cloned());
            state.tokens.extend(call.token.clone());
        }
        sleep(fate.in_transaction).await;
        let answer = self.apply(call, fate);
        let mut state = self.state();
        for key in &call.keys_touched {
            state.in_transaction.remove(key);
        }
        if let Some(token) = &call.token {
            state.tokens.remove(token);
            if answer.status.is_success() {
                state.carried_out.insert(token.clone(), (Instant::now(), answer.clone()));
            }
        }
        answer
    }

    fn write(&self, call: &Call, fate: &Fate) -> AwsAnswer {
        {
            let mut state = self.state();
            if call.keys_touched.iter().any(|key| state.in_transaction.contains(key)) {
                return refusal::item_in_transaction();
            }
            if call.keys_touched.iter().any(|key| !state.partition(key).admits_writes()) {
                return refusal::throttled();
            }
        }
        self.apply(call, fate)
    }

    /// Carries a write out, takes what it consumed, and notes which index entries are not to be seen yet.
    fn apply(&self, call: &Call, fate: &Fate) -> AwsAnswer {
        let touches_index = call.touches_index();
        let keys = |key: &ItemKey| index::keys_of(&self.engine, &call.table, key);
        let before: Vec<_> = call.keys_touched.iter().filter(|_| touches_index).map(keys).collect();
        let answer = self.engine.answer_at_once(&call.metered());
        let mut state = self.state();
        state.take_writes(call, &answer);
        state.seen.writes += u64::from(answer.status.is_success());
        if answer.status.is_success() && touches_index {
            let after = call.keys_touched.iter().map(keys);
            for ((key, before), after) in call.keys_touched.iter().zip(before).zip(after) {
                state.lagging.note(key, &before, &after, fate.index_lag);
            }
        }
        answer
    }

    fn read(&self, call: &mut Call) -> AwsAnswer {
        let mut unprocessed = Vec::new();
        {
            let mut state = self.state();
            let admits: Vec<_> =
                call.keys_touched.iter().map(|key| state.partition(key).admits_reads()).collect();
            if !admits.is_empty() && !admits.contains(&true) {
                return refusal::throttled();
            }
            if call.is_batch_get() {
                unprocessed = call.take_keys(&admits);
            }
        }
        let mut answer = self.engine.answer_at_once(&call.metered());
        let mut state = self.state();
        state.take_reads(call, &answer);
        if let Some(index) = &call.index {
            answer = state.lagging.hide(index, answer);
        }
        if unprocessed.is_empty() { answer } else { call.with_unprocessed(answer, unprocessed) }
    }

    fn note(&self, call: &Call, outcome: &str) {
        let mut state = self.state();
        *state.seen.counts.entry(call.operation.clone()).or_default() += u64::from(outcome != "answer lost");
        if !outcome.is_empty() {
            *state.seen.counts.entry(outcome.to_owned()).or_default() += 1;
        }
        // The keys of a batch are a set: in which order they are asked for is all the same.
        let keys_touched: BTreeSet<_> =
            call.keys_touched.iter().map(|key| [key.pk.as_str(), key.sk.as_str()]).collect();
        let keys_touched = keys_touched.into_iter().flatten();
        let parts = [call.operation.as_str(), outcome].into_iter().chain(keys_touched);
        // A sum: what goes on at once may come in either order.
        state.seen.trace = state.seen.trace.wrapping_add(parts.fold(0, rules::hash));
    }
}

impl State {
    /// What was answered to the transaction with `token`, if that was carried out not long ago.
    fn known(&self, token: &str) -> Option<AwsAnswer> {
        let (at, answer) = self.carried_out.get(token)?;
        (at.elapsed() < TOKEN_LIFE).then(|| answer.clone())
    }

    fn partition(&mut self, key: &ItemKey) -> &mut Partition {
        &mut self.partitions[key.partition()]
    }

    fn fate(&mut self, call: &Call) -> Fate {
        let Self { rules, random, .. } = self;
        let may_fail = call.kind != Access::Other;
        let mut is = |probability: f64| may_fail && random.f64() < probability;
        let (is_lost, is_answer_lost, is_broken) = (is(rules.lost), is(rules.answers_lost), is(rules.broken));
        Fate {
            way_there: rules.way.draw(random),
            in_transaction: rules.transaction.draw(random),
            way_back: rules.way.draw(random),
            index_lag: rules.index_lag.draw(random),
            is_lost,
            is_answer_lost,
            is_broken,
        }
    }

    fn take_writes(&mut self, call: &Call, answer: &AwsAnswer) {
        let units = units(answer, "WriteCapacityUnits").unwrap_or(call.least_units());
        for key in &call.keys_touched {
            #[expect(clippy::cast_precision_loss, reason = "a hundred at most")]
            let share = units / call.keys_touched.len() as f64;
            self.partition(key).take_writes(share);
        }
    }

    fn take_reads(&mut self, call: &Call, answer: &AwsAnswer) {
        let units = units(answer, "ReadCapacityUnits").unwrap_or(0.5);
        for key in &call.keys_touched {
            #[expect(clippy::cast_precision_loss, reason = "a hundred at most")]
            let share = units / call.keys_touched.len() as f64;
            self.partition(key).take_reads(share);
        }
    }
}

/// What an answer says that its call consumed.
fn units(answer: &AwsAnswer, kind: &str) -> Option<f64> {
    let answer: Value = serde_json::from_slice(&answer.body).ok()?;
    let consumed = &answer["ConsumedCapacity"];
    let of_one = |consumed: &Value| consumed[kind].as_f64().or_else(|| consumed["CapacityUnits"].as_f64());
    match consumed.as_array() {
        Some(all) => all.iter().map(of_one).sum(),
        None => of_one(consumed),
    }
}

#[async_trait]
impl AwsService for Hard {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        // A task of its own: the server does not stop because a client does not wait.
        tokio::spawn(self.clone().serve(call)).await.unwrap_or_else(|_| refusal::broken())
    }
}

impl fmt::Debug for Hard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hard").finish_non_exhaustive()
    }
}
