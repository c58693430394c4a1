//! Promises 3 and 4 under fire: functions that are killed at any point.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastrand::Rng;
use futures::future::join_all;
use serde_json::Value;
use tests::function::{Function, Outcome, Setup};
use tests::{Alarm, Deployment, Reader, Receiver, secrets};

/// Each seed is one storm: which order, who gives up, after how many calls of AWS a process dies.
const SEEDS: [u64; 3] = [0x0bad_cafe, 0x5eed, 42];
/// Processes of the function.
const INSTANCES: usize = 4;
/// Senders that speak at the same time.
const SENDERS: usize = 8;
/// Alerts, and events of each.
const ALERTS: usize = 8;
const STEPS: usize = 12;

/// Everything that is sent in one storm, and what was answered 2xx of it.
struct Storm {
    rng: Mutex<Rng>,
    events: Vec<Alarm>,
    next: AtomicUsize,
    senders: AtomicUsize,
    acknowledged: Mutex<BTreeSet<String>>,
    lost: AtomicUsize,
}

fn crowd(setup: Setup) -> Setup {
    if setup.name == "alerts-api" { setup } else { setup.instances(INSTANCES) }
}

/// The lives of all alerts, each a rise, an escalation, a mitigation and an end, over and over.
fn lives() -> Vec<Alarm> {
    let statuses = ["Warning", "Critical", "Warning", "Clear"];
    let life =
        |number| (0..STEPS).map(move |step| Alarm::step(number, step, statuses[step % statuses.len()]));
    (0..ALERTS).flat_map(life).collect()
}

impl Storm {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut events = lives();
        rng.shuffle(&mut events);
        Self {
            rng: Mutex::new(rng),
            events,
            next: AtomicUsize::new(0),
            senders: AtomicUsize::new(SENDERS),
            acknowledged: Mutex::default(),
            lost: AtomicUsize::new(0),
        }
    }

    /// Sends one event after the other, as long as there are any.
    async fn send(&self, function: &Function) {
        while let Some(event) = self.events.get(self.next.fetch_add(1, Ordering::SeqCst)) {
            self.insist(function, event).await;
        }
        self.senders.fetch_sub(1, Ordering::SeqCst);
    }

    /// Sends one event again until it is acknowledged; now and then it gives up, as a real sender may.
    async fn insist(&self, function: &Function, event: &Alarm) {
        loop {
            match function.invoke(&event.call()).await {
                Outcome::Answered(answer) if answer.is_success() => {
                    self.acknowledged.lock().unwrap().insert(event.transition.clone());
                    return;
                }
                Outcome::Answered(answer) => panic!("{}: {}", answer.status, answer.text()),
                Outcome::Failed(error) => panic!("{error}"),
                Outcome::Lost => drop(self.lost.fetch_add(1, Ordering::SeqCst)),
            }
            if self.rng.lock().unwrap().u8(0..5) == 0 {
                return;
            }
        }
    }

    /// Kills one process after the other, each after a few more calls of AWS, as long as anybody sends.
    async fn rage(&self, function: &Function, deployment: &Deployment) {
        let mut calls = deployment.cloud().calls();
        while self.senders.load(Ordering::SeqCst) > 0 {
            let (further, index) = {
                let mut rng = self.rng.lock().unwrap();
                (rng.usize(1..16), rng.usize(0..INSTANCES))
            };
            let threshold = *calls.borrow() + further;
            // The last sender may be done before so many calls come.
            let enough = calls.wait_for(|calls| *calls >= threshold);
            if tokio::time::timeout(std::time::Duration::from_secs(1), enough).await.is_ok() {
                function.kill(index).await;
            }
        }
    }
}

/// What must be the same for each alert, whether or not a storm raged.
fn outcomes(alerts: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let names =
        ["condition", "severity", "condition_since", "started_at", "ended_at", "occurrences", "revision"];
    let outcome = |alert: &Value| names.map(|name| alert[name].clone()).to_vec();
    alerts.iter().map(|alert| (alert["labels"]["alertname"].to_string(), outcome(alert))).collect()
}

/// How often each event is in the history, by its transition.
async fn recorded(deployment: &Deployment) -> BTreeMap<String, usize> {
    let audit = deployment.cloud().audit().await;
    audit.assert_whole();
    let mut recorded = BTreeMap::new();
    for transition in audit.annotations("transition_id") {
        *recorded.entry(transition).or_default() += 1;
    }
    recorded
}

async fn assert_nothing_is_lost_or_doubled(storm: &Storm, deployment: &Deployment) {
    let recorded = recorded(deployment).await;
    for (transition, times) in &recorded {
        assert_eq!(*times, 1, "{transition} is recorded {times} times");
    }
    for transition in &*storm.acknowledged.lock().unwrap() {
        assert!(recorded.contains_key(transition), "{transition} was acknowledged and is lost");
    }
}

/// Every event comes again, to functions that live: what was lost is found, and nothing is doubled.
async fn send_everything_again(storm: &Storm, deployment: &Deployment) {
    let again: Vec<_> = storm.events.iter().map(Alarm::call).collect();
    for answer in join_all(again.iter().map(|call| deployment.answer(call))).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert_eq!(recorded(deployment).await.len(), storm.events.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_3_functions_killed_at_any_point_lose_nothing_acknowledged_and_double_nothing() {
    let calm = Deployment::with(&secrets(), crowd).await;
    for event in lives() {
        assert!(calm.answer(&event.call()).await.is_success());
    }
    for seed in SEEDS {
        println!("seed {seed:#x}");
        let deployment = Deployment::with(&secrets(), crowd).await;
        let storm = Storm::new(seed);
        let function = deployment.function("/netdata").await;

        let senders = join_all((0..SENDERS).map(|_| storm.send(function)));
        futures::join!(senders, storm.rage(function, &deployment));

        println!("{} invocations died", storm.lost.load(Ordering::SeqCst));
        assert!(storm.lost.load(Ordering::SeqCst) > 0, "nobody died with an invocation in hand");
        assert_nothing_is_lost_or_doubled(&storm, &deployment).await;
        send_everything_again(&storm, &deployment).await;
        assert_eq!(outcomes(&deployment.alerts("").await), outcomes(&calm.alerts("").await));
    }
}
