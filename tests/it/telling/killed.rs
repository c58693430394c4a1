//! The notifier killed at random moments under load: everybody is told of everything, and twice only of what was under
//! way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use alert::Fingerprint;
use aws::{Configuration, Delivery, DeliveryFilter, DeliveryId, DeliveryState, Platform};
use campanile::embedded::sdk_config;
use fastrand::Rng;
use futures::future::{join, join_all};
use intake::Clock;
use serde_json::{Value, json};
use tests::function::{Outcome, Setup};
use tests::{Alarm, Deployment, Function, Reader, Receiver, secrets};
use tokio::time::{sleep, timeout};

use super::call;
use super::mapping::{Handed, Mapping};
use crate::telling_stand_in::{ALL, StandIn, Told};

/// Each seed is one storm: after how many calls of AWS the notifier dies, again and again.
const SEEDS: [u64; 2] = [0x0bad_cafe, 42];
/// How often it dies in each.
const KILLS: usize = 10;
/// Most calls of AWS that it makes before it does.
const MOST_CALLS: usize = 120;
/// Alerts, each of which is raised, becomes worse and ends.
const ALERTS: usize = 12;
const STEPS: [&str; 3] = ["Warning", "Critical", "Clear"];
/// Slack takes a message a second; it is told of one alert, lest all wait for it.
const SLACKS: &str = "alert_0";
/// How long a destination takes to answer, so that there is time to die in.
const ANSWERS_AFTER: Duration = Duration::from_millis(5);
/// How long to wait where nothing was there to do.
const BREATH: Duration = Duration::from_millis(100);
/// How long no call of AWS may come before it is asked whether anything is left to do.
const CALM: Duration = Duration::from_secs(1);

/// The notifier in two processes, one for the stream and one for the clock, and what is known of its work.
struct Storm {
    rng: Mutex<Rng>,
    deployment: Deployment,
    notifier: Function,
    mapping: Mapping,
    /// The same table, past the functions.
    platform: Platform,
    stand_in: StandIn,
    is_everything_heard: AtomicBool,
    has_struck: AtomicBool,
    lost: AtomicUsize,
    /// How often each delivery was taken up and not finished when the notifier died.
    under_way: Mutex<BTreeMap<DeliveryId, usize>>,
}

impl Storm {
    async fn brew(seed: u64, stand_in: StandIn) -> Option<Self> {
        let mut secrets = secrets();
        secrets["campanile/destinations"] = destinations(&stand_in);
        let deployment = Deployment::start(&secrets).await;
        let table = deployment.cloud().embedded_table()?;
        let notifier = Function::start(Setup::new("notifier", deployment.cloud().url()).instances(2)).await;
        let sdk = sdk_config(table.clone());
        let configuration = Configuration { history_days: 2, ..Configuration::default() };
        let platform = Platform::for_development(&sdk, &sdk, configuration);
        Some(Self {
            rng: Mutex::new(Rng::with_seed(seed)),
            deployment,
            notifier,
            mapping: Mapping::of(table),
            platform,
            stand_in,
            is_everything_heard: AtomicBool::new(false),
            has_struck: AtomicBool::new(false),
            lost: AtomicUsize::new(0),
            under_way: Mutex::default(),
        })
    }

    /// Sends the lives of all alerts, those of one after the other.
    async fn speak(&self) {
        let life = async |number| {
            for (step, status) in STEPS.into_iter().enumerate() {
                let answer = self.deployment.answer(&call(&Alarm::step(number, step, status))).await;
                assert!(answer.is_success(), "{}", answer.text());
            }
        };
        join_all((0..ALERTS).map(life)).await;
        self.is_everything_heard.store(true, Ordering::SeqCst);
    }

    /// Lets the notifier die, again and again, and then live until nothing is left to do.
    async fn rage(&self) {
        for _ in 0..KILLS {
            let calls = self.rng.lock().unwrap().usize(1..MOST_CALLS);
            self.has_struck.store(false, Ordering::SeqCst);
            join(self.work(), self.strike_after(calls)).await;
            self.note_what_was_under_way().await;
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

    /// Notes what somebody was at, and lets the two minutes pass for which it was theirs.
    async fn note_what_was_under_way(&self) {
        let now = aws::SystemClock.now();
        for mut delivery in self.deliveries(DeliveryState::Waiting).await {
            let is_taken = delivery.record.next_attempt_at.is_some_and(|until| until > now);
            if is_taken {
                *self.under_way.lock().unwrap().entry(delivery.id.clone()).or_default() += 1;
                delivery.record.next_attempt_at = Some(now);
                assert!(self.platform.table.postpone(&delivery).await.unwrap());
            }
        }
    }

    /// Whether everything was heard of and told.
    async fn is_over(&self) -> bool {
        self.is_everything_heard.load(Ordering::SeqCst)
            && self.deliveries(DeliveryState::Sent).await.len() == expected()
    }

    async fn deliveries(&self, state: DeliveryState) -> Vec<Delivery> {
        let filter = DeliveryFilter { states: vec![state], ..DeliveryFilter::default() };
        let page = self.platform.table.deliveries(&filter, 1_000, None).await.unwrap();
        assert!(page.next.is_none(), "there is more than one page");
        page.deliveries
    }

    /// How often each delivery arrived, in the order in which each arrived first.
    async fn arrived(&self) -> Vec<(DeliveryId, usize)> {
        let alerts = self.deployment.alerts("").await;
        let names: Vec<_> = alerts.iter().map(named).collect();
        let mut arrived: Vec<(DeliveryId, usize)> = Vec::new();
        for told in ALL.into_iter().flat_map(|destination| self.stand_in.told(destination)) {
            let Some(id) = delivery_of(&told, &names) else { continue };
            match arrived.iter_mut().find(|(known, _)| *known == id) {
                Some((_, times)) => *times += 1,
                None => arrived.push((id, 1)),
            }
        }
        arrived
    }
}

/// All seven; what each is told of is what [`expected`] counts.
fn destinations(stand_in: &StandIn) -> Value {
    let mut settings = stand_in.settings(&Value::Null);
    for destination in settings["destinations"].as_array_mut().unwrap() {
        if destination["id"] == "slack" {
            destination["labels"] = json!([format!("alertname=\"{SLACKS}\"")]);
        }
    }
    settings
}

/// How many deliveries there are to be.
const fn expected() -> usize {
    STEPS.len() * (ALERTS * (ALL.len() - 1) + 1)
}

fn named(alert: &Value) -> (String, Fingerprint) {
    let name = alert["labels"]["alertname"].as_str().unwrap().to_owned();
    (name, alert["fingerprint"].as_str().unwrap().parse().unwrap())
}

/// Which delivery `told` is of; none for the further requests of one that takes several.
fn delivery_of(told: &Told, names: &[(String, Fingerprint)]) -> Option<DeliveryId> {
    if ["/message", "/description"].iter().any(|end| told.path.ends_with(end)) {
        return None;
    }
    // What chats escape, they escape by a backslash.
    let text = told.text().replace('\\', "");
    let is_named = |name: &str| {
        let mut places = text.match_indices(name);
        places.any(|(at, _)| !text[at + name.len()..].starts_with(|next: char| next.is_ascii_digit()))
    };
    let of = names.iter().find(|(name, key)| is_named(name) || text.contains(&key.to_string()));
    let (_, fingerprint) = of.unwrap_or_else(|| panic!("of no alert: {told:?}"));
    let revision = match () {
        () if told.is_end() => 3,
        () if text.contains('→') || told.path.ends_with("/priority") => 2,
        () => 1,
    };
    Some(DeliveryId { fingerprint: *fingerprint, revision, destination: told.destination.clone() })
}

/// Each arrived, none that there is not, and a further time only if it was under way when the notifier died.
fn assert_repeats_are_explained(storm: &Storm, arrived: &[(DeliveryId, usize)], sent: &[Delivery]) {
    let arrivals: BTreeSet<_> = arrived.iter().map(|(id, _)| id).collect();
    assert_eq!(arrivals, sent.iter().map(|delivery| &delivery.id).collect());
    let under_way = storm.under_way.lock().unwrap();
    for (id, times) in arrived {
        let explained = under_way.get(id).copied().unwrap_or_default();
        assert!(*times <= 1 + explained, "{id} arrived {times} times and was under way {explained} times");
    }
    for delivery in sent {
        assert_eq!(delivery.record.attempts, 1, "{}: more than one attempt came to an end", delivery.id);
    }
}

/// What is told of one alert to one destination arrives in the order in which it happened.
fn assert_order(arrived: &[(DeliveryId, usize)]) {
    let mut last = BTreeMap::new();
    for (id, _) in arrived {
        let before = last.insert((id.fingerprint, &id.destination), id.revision);
        assert!(before < Some(id.revision), "{id} arrived behind revision {before:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_notifier_tells_everything_and_repeats_only_what_was_under_way() {
    for seed in SEEDS {
        let stand_in = StandIn::start().await;
        stand_in.delay(ANSWERS_AFTER);
        let Some(storm) = Storm::brew(seed, stand_in).await else { return };
        join(storm.speak(), storm.rage()).await;

        let (sent, arrived) = (storm.deliveries(DeliveryState::Sent).await, storm.arrived().await);
        let arrivals: usize = arrived.iter().map(|(_, times)| times).sum();
        println!(
            "seed {seed:#x}: killed {KILLS} times, {} invocations died; {} messages, {} repeated, {} were under way",
            storm.lost.load(Ordering::SeqCst),
            sent.len(),
            arrivals - arrived.len(),
            storm.under_way.lock().unwrap().values().sum::<usize>(),
        );
        assert!(storm.lost.load(Ordering::SeqCst) > 0, "nobody died with an invocation in hand");
        assert_eq!(sent.len(), expected());
        assert_repeats_are_explained(&storm, &arrived, &sent);
        assert_order(&arrived);
    }
}
