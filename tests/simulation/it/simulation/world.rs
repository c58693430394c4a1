//! The world of one history.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alert::Clock;
use aws::SystemClock;
use campanile::embedded::EmbeddedSecrets;
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::destination::{Destinations, Weather, settings};
use super::process::{Function, Process};
use super::scenario::{Act, Scenario, Step};
use super::word::{ALERTS, Status, Word};
use crate::hard::{Hard, Rules};

/// How long nothing happens in the end: longer than any retry and any hourly comparison.
const CALM: Duration = Duration::from_mins(130);

/// Everything there is.
pub(super) struct World {
    pub(super) hard: Hard,
    pub(super) secrets: EmbeddedSecrets,
    pub(super) destinations: Destinations,
    pub(super) ids: Vec<&'static str>,
    pub(super) is_faulty: bool,
    pub(super) wakes: UnboundedSender<String>,
    state: Mutex<State>,
    begin: Timestamp,
}

/// What changes.
pub(super) struct State {
    random: Rng,
    numbers: usize,
    story: Vec<String>,
    running: Vec<JoinHandle<()>>,
    pub(super) is_calm: bool,
    pub(super) idle: BTreeMap<Function, Vec<Process>>,
    pub(super) deaths: BTreeMap<Function, Vec<usize>>,
    /// Every word that was said, in the order of their numbers.
    pub(super) words: Vec<Word>,
    /// The numbers of those that were answered 2xx.
    pub(super) taken: BTreeSet<usize>,
    /// How many requests were answered otherwise.
    pub(super) refused: usize,
    /// What people wrote and was answered 2xx, by fingerprint.
    pub(super) notes: Vec<(String, String)>,
    pub(super) silences: Vec<String>,
}

impl World {
    pub(super) async fn new(scenario: &Scenario) -> Arc<Self> {
        let destinations: Vec<_> = scenario.destinations.iter().map(|id| settings(id)).collect();
        let destinations = json!({ "destinations": destinations, "builtin_inhibition": false });
        let read = dispatch::NotificationConfiguration::read(
            &destinations.to_string(),
            &net::EgressPolicy::public(),
        );
        assert!(read.mistakes.is_empty(), "{:?}", read.mistakes);
        let secrets = json!({
            "campanile/api": { "tokens": [{ "token": "writer", "name": "ada", "role": "write" }] },
            "campanile/netdata": { "tokens": ["n"] },
            "campanile/destinations": destinations,
        });
        let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
        let (wakes, woken) = unbounded_channel();
        let state = State {
            random: Rng::with_seed(scenario.seed ^ 0x5eed),
            numbers: 0,
            story: Vec::new(),
            running: Vec::new(),
            is_calm: false,
            idle: BTreeMap::new(),
            deaths: BTreeMap::new(),
            words: Vec::new(),
            taken: BTreeSet::new(),
            refused: 0,
            notes: Vec::new(),
            silences: Vec::new(),
        };
        let world = Arc::new(Self {
            hard: Hard::new(Rules::fair(), scenario.seed),
            secrets,
            destinations: Destinations::default(),
            ids: scenario.destinations.clone(),
            is_faulty: scenario.is_faulty,
            wakes,
            state: Mutex::new(state),
            begin: SystemClock.now(),
        });
        world.platform().table.create().await.unwrap();
        tokio::spawn(Arc::clone(&world).stream());
        tokio::spawn(Arc::clone(&world).schedule());
        tokio::spawn(Arc::clone(&world).wakes(woken));
        world
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line to the story.
    pub(super) fn note(&self, line: impl AsRef<str>) {
        let passed = SystemClock.now().duration_since(self.begin);
        let line = format!("{:>10.3} s  {}", passed.as_secs_f64(), line.as_ref());
        self.state().story.push(line);
    }

    pub(super) fn story(&self) -> Vec<String> {
        self.state().story.clone()
    }

    pub(super) fn chance(&self, range: Range<u64>) -> u64 {
        self.state().random.u64(range)
    }

    pub(super) fn next_number(&self) -> usize {
        let mut state = self.state();
        state.numbers += 1;
        state.numbers
    }

    /// Has `task` run beside everything else.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let running = tokio::spawn(task);
        let mut state = self.state();
        state.running.retain(|task| !task.is_finished());
        state.running.push(running);
    }

    /// Lets the steps happen.
    pub(super) async fn live_through(self: &Arc<Self>, steps: &[Step]) {
        for Step { after, act } in steps {
            sleep(*after).await;
            self.note(act.to_string());
            self.begin(act);
        }
    }

    fn begin(self: &Arc<Self>, act: &Act) {
        let world = Arc::clone(self);
        match *act {
            Act::Say { alert, status, delay, tries, copies } => {
                self.spawn(async move {
                    let said = world.word(alert, status).await;
                    world.say(said, delay, tries, copies).await;
                });
            }
            Act::Acknowledge(alert) => self.spawn(async move { world.act(alert, "acknowledge").await }),
            Act::Unacknowledge(alert) => self.spawn(async move { world.act(alert, "unacknowledge").await }),
            Act::Silence(alert, span) => self.spawn(async move { world.silence(alert, span).await }),
            Act::Weather(place, weather) => self.destinations.set(self.ids[place], weather),
            Act::Die(function, point) => self.state().deaths.entry(function).or_default().push(point),
            Act::Table { is_foul } => self.hard.set(if is_foul { Rules::foul() } else { Rules::fair() }),
        }
    }

    /// The next word. Of one alert each is of a later second than the one before: within one second, in which sources count,
    /// reception decides, as ADR 1 says.
    async fn word(&self, alert: usize, status: Status) -> Word {
        loop {
            if let Some(word) = self.word_of_this_second(alert, status) {
                return word;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    fn word_of_this_second(&self, alert: usize, status: Status) -> Option<Word> {
        let at = Timestamp::from_second(SystemClock.now().as_second()).ok()?;
        let mut state = self.state();
        if state.words.iter().any(|word| word.alert == alert && word.at >= at) {
            return None;
        }
        let word = Word { number: state.words.len(), alert, status, at };
        state.words.push(word.clone());
        Some(word)
    }

    /// What was said last of an alert.
    pub(super) fn last_word(&self, alert: usize) -> Option<Word> {
        self.state().words.iter().rev().find(|word| word.alert == alert).cloned()
    }

    /// Nothing fails any more, every sender is heard in the end, and time passes.
    pub(super) async fn calm_down(&self) -> Result<(), String> {
        self.note("all is calm from now on");
        self.hard.set(Rules::fair());
        self.state().deaths.clear();
        for id in &self.ids {
            self.destinations.set(id, Weather::Fair);
        }
        // Requests under way, and copies of them.
        sleep(Duration::from_mins(6)).await;
        for word in (0..ALERTS.len()).filter_map(|alert| self.last_word(alert)) {
            self.insist(&word).await?;
        }
        self.state().is_calm = true;
        sleep(CALM).await;
        let running = std::mem::take(&mut self.state().running);
        match running.iter().filter(|task| !task.is_finished()).count() {
            0 => Ok(()),
            tasks => Err(format!("{tasks} invocations still run after {CALM:?}")),
        }
    }
}
