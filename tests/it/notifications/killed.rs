//! The notifier killed at random moments under load: everybody is notified of everything, and twice only of what was under
//! way.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use alert::Clock;
use aws::{Configuration, Platform, TableOutbox};
use campanile::embedded::sdk_config;
use channels::testing::destinations::{Notified, StandIn};
use dispatch::{Outbox, Written};
use fastrand::Rng;
use futures::future::{join, join_all};
use serde_json::{Value, json};
use tests::function::{Outcome, Setup};
use tests::{Alarm, Deployment, Function, Receiver, secrets};
use tokio::time::{sleep, timeout};

use super::call;
use super::mapping::{Handed, Mapping};

/// Each seed is one storm: after how many calls of AWS the notifier dies, again and again.
const SEEDS: [u64; 2] = [0x0bad_cafe, 42];
/// How often it dies in each.
pub(super) const KILLS: usize = 10;
/// Most calls of AWS that it makes before it does.
const MOST_CALLS: usize = 120;
/// Alerts, each of which is raised, becomes worse and ends.
const ALERTS: usize = 12;
/// One that gets every change, and one that gets the present state of each alert.
const BOTH: [&str; 2] = ["webhook", "pagerduty"];
/// How long a destination takes to answer, so that there is time to die in.
pub(super) const ANSWERS_AFTER: Duration = Duration::from_millis(5);
/// How long to wait where nothing was there to do.
const BREATH: Duration = Duration::from_millis(100);
/// How long no call of AWS may come before it is asked whether anything is left to do.
const CALM: Duration = Duration::from_secs(1);
/// How many notifications of one destination may be under way when the notifier dies.
pub(super) const ABREAST: usize = 8;

/// What is tried.
pub(super) struct Scenario {
    /// The destinations, of different types, each of which is also the id.
    pub(super) destinations: Vec<Value>,
    /// How many alerts there are.
    pub(super) alerts: usize,
    /// What becomes of each, one after the other.
    pub(super) steps: &'static [&'static str],
    /// Whether the destinations know all that they are to know.
    pub(super) is_done: fn(&StandIn) -> bool,
}

/// The notifier in two processes, one for the stream and one for the clock, and what is known of its work.
pub(super) struct Storm {
    scenario: Scenario,
    rng: Mutex<Rng>,
    deployment: Deployment,
    notifier: Function,
    mapping: Mapping,
    /// The same table, past the functions.
    outbox: TableOutbox,
    pub(super) stand_in: StandIn,
    is_everything_heard: AtomicBool,
    has_struck: AtomicBool,
    pub(super) lost: AtomicUsize,
}

impl Storm {
    pub(super) async fn brew(seed: u64, scenario: Scenario, stand_in: StandIn) -> Option<Self> {
        let mut secrets = secrets();
        secrets["campanile/destinations"] = json!({ "destinations": scenario.destinations });
        let deployment = Deployment::start(&secrets).await;
        let table = deployment.cloud().embedded_table()?;
        let notifier = Function::start(Setup::new("notifier", deployment.cloud().url()).instances(2)).await;
        let sdk = sdk_config(table.clone());
        let platform = Platform::for_development(&sdk, &sdk, Configuration::default());
        Some(Self {
            scenario,
            rng: Mutex::new(Rng::with_seed(seed)),
            deployment,
            notifier,
            mapping: Mapping::of(table),
            outbox: TableOutbox::new(platform.table),
            stand_in,
            is_everything_heard: AtomicBool::new(false),
            has_struck: AtomicBool::new(false),
            lost: AtomicUsize::new(0),
        })
    }

    /// Sends the lives of all alerts, those of one after the other.
    pub(super) async fn speak(&self) {
        let life = async |number| {
            for (step, status) in self.scenario.steps.iter().enumerate() {
                let answer = self.deployment.answer(&call(&Alarm::step(number, step, status))).await;
                assert!(answer.is_success(), "{}", answer.text());
            }
        };
        join_all((0..self.scenario.alerts).map(life)).await;
        self.is_everything_heard.store(true, Ordering::SeqCst);
    }

    /// Lets the notifier die, again and again, and then live until nothing is left to do.
    pub(super) async fn rage(&self) {
        for _ in 0..KILLS {
            let calls = self.rng.lock().unwrap().usize(1..MOST_CALLS);
            self.has_struck.store(false, Ordering::SeqCst);
            join(self.work(), self.strike_after(calls)).await;
            self.let_leases_pass().await;
        }
        self.has_struck.store(false, Ordering::SeqCst);
        self.work().await;
    }

    /// One life of the notifier: the stream and the clock call it until it dies, or has nothing left to do.
    async fn work(&self) {
        join(self.stream(), self.clock()).await;
    }

    async fn stream(&self) {
        while !self.has_struck.load(Ordering::SeqCst) {
            match self.mapping.hand_on(&self.notifier).await {
                Handed::Over => {}
                Handed::Lost => drop(self.lost.fetch_add(1, Ordering::SeqCst)),
                Handed::Nothing if self.is_over().await => return,
                Handed::Nothing => sleep(BREATH).await,
            }
        }
    }

    async fn clock(&self) {
        while !self.has_struck.load(Ordering::SeqCst) && !self.is_over().await {
            match self.notifier.run(&json!({ "tick": "retry" })).await {
                Outcome::Answered(_) => sleep(BREATH).await,
                Outcome::Failed(error) => panic!("{error}\n{}", self.notifier.log()),
                Outcome::Lost => drop(self.lost.fetch_add(1, Ordering::SeqCst)),
            }
        }
    }

    /// Kills both processes with SIGKILL after so many more calls of AWS, whatever they are doing.
    async fn strike_after(&self, further: usize) {
        let mut calls = self.deployment.cloud().calls();
        let threshold = *calls.borrow() + further;
        let mut enough = std::pin::pin!(calls.wait_for(|calls| *calls >= threshold));
        while timeout(CALM, &mut enough).await.is_err() {
            if self.is_over().await {
                break;
            }
        }
        self.has_struck.store(true, Ordering::SeqCst);
        join(self.notifier.kill(0), self.notifier.kill(1)).await;
    }

    /// Lets the minutes pass for which claims and leases of the dead are theirs.
    async fn let_leases_pass(&self) {
        let now = aws::SystemClock.now();
        for destination in self.ids() {
            if let Some(mut state) = self.outbox.destination_state(destination).await.unwrap() {
                state.sending_until = None;
                assert_eq!(self.outbox.put_destination_state(&mut state).await.unwrap(), Written::Done);
            }
            for upcoming in self.outbox.upcoming(destination, 1_000).await.unwrap() {
                let mut queue = self.outbox.queue(&upcoming.key).await.unwrap().unwrap();
                if queue.is_claimed(now) {
                    queue.claimed_until = Some(now);
                    assert_eq!(self.outbox.put_queue(&mut queue).await.unwrap(), Written::Done);
                }
            }
        }
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.scenario.destinations.iter().filter_map(|destination| destination["id"].as_str())
    }

    /// Whether everything was heard of and notified, and nothing is due.
    async fn is_over(&self) -> bool {
        if !self.is_everything_heard.load(Ordering::SeqCst) || !(self.scenario.is_done)(&self.stand_in) {
            return false;
        }
        for destination in self.ids() {
            if !self.outbox.upcoming(destination, 10).await.unwrap().is_empty() {
                return false;
            }
        }
        true
    }
}

/// By alert, the notifications of it that the webhook received, in order.
fn webhook_lives(stand_in: &StandIn) -> BTreeMap<String, Vec<String>> {
    let mut lives: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for notified in stand_in.notified("webhook") {
        lives.entry(notified.body["alarm"].to_string()).or_default().push(notified.transition.clone());
    }
    lives
}

/// Whether the webhook knows of every alert that it is over.
fn is_everything_over(stand_in: &StandIn) -> bool {
    let lives = webhook_lives(stand_in);
    lives.len() == ALERTS && lives.values().all(|life| life.contains(&"resolved".to_owned()))
}

/// By alert, what PagerDuty was asked to do, in order.
pub(super) fn incidents(notified: &[Notified]) -> BTreeMap<String, Vec<String>> {
    let mut incidents: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for notified in notified {
        let action = notified.body["event_action"].as_str().unwrap().to_owned();
        incidents.entry(notified.body["dedup_key"].to_string()).or_default().push(action);
    }
    incidents
}

/// Each change arrived, in its order, and again only directly behind itself.
fn assert_every_change_in_order(life: &[String]) -> usize {
    let mut once = life.to_vec();
    once.dedup();
    assert_eq!(once, ["opened", "escalated", "resolved"], "{life:?}");
    life.len() - once.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_notifier_sends_everything_and_repeats_only_what_was_under_way() {
    for seed in SEEDS {
        let stand_in = StandIn::start().await;
        stand_in.delay(ANSWERS_AFTER);
        let scenario = Scenario {
            destinations: BOTH.map(|kind| stand_in.destination(kind, &Value::Null)).into(),
            alerts: ALERTS,
            steps: &["Warning", "Critical", "Clear"],
            is_done: is_everything_over,
        };
        let Some(storm) = Storm::brew(seed, scenario, stand_in).await else { return };
        join(storm.speak(), storm.rage()).await;

        let lives = webhook_lives(&storm.stand_in);
        assert_eq!(lives.len(), ALERTS);
        let repeated: usize = lives.values().map(|life| assert_every_change_in_order(life)).sum();
        assert!(repeated <= KILLS * ABREAST, "{repeated} repeated");
        for (alert, actions) in incidents(&storm.stand_in.notified("pagerduty")) {
            assert_eq!(actions.last().map(String::as_str), Some("resolve"), "{alert}: {actions:?}");
            assert!(actions.iter().any(|action| action == "trigger"), "{alert}: {actions:?}");
        }
        let lost = storm.lost.load(Ordering::SeqCst);
        println!(
            "seed {seed:#x}: killed {KILLS} times, {lost} invocations died, {repeated} notifications repeated"
        );
        assert!(lost > 0, "nobody died with an invocation in hand");
    }
}
