//! Plays a history: alerts, people and faults on one side, the engine on the other, and whoever reads what it says.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::Pin;

use alert::matcher::Matcher;
use alert::{Alert, SilenceDraft, SilenceId, SilenceState};
use dispatch::testing::{Weather, run, run_interleaved};
use dispatch::{Destination, NotificationConfiguration, StateChange};
use fastrand::Rng;
use jiff::SignedDuration;

use super::step::{Fault, NAMES, Step};
use crate::receiver::Receiver;
use crate::setup::{Act, Bench, after, firing};

/// What is on its way for longer may be overtaken by a comparison, in seconds.
const ON_ITS_WAY_SECS: i64 = 10;

pub(super) struct History {
    pub(super) bench: Bench,
    pub(super) destinations: Vec<Destination>,
    pub(super) alerts: Vec<Option<Alert>>,
    pub(super) stream: VecDeque<StateChange>,
    pub(super) receivers: BTreeMap<String, Receiver>,
    pub(super) weather: BTreeMap<String, Weather>,
    /// How much has happened after which something may be said again.
    pub(super) causes: usize,
    /// How often a comparison may have overtaken a change that was on its way for long: who is notified of each change may be
    /// notified twice of that one.
    pub(super) overtaken: usize,
    /// Whether the engine has seen all that happened before this step, and the clock was never put back.
    pub(super) is_up_to_date: bool,
    is_clock_true: bool,
    /// Whether settings were gone since a tick last compared everything.
    is_record_lost: bool,
}

impl History {
    pub(super) fn new(destinations: Vec<Destination>) -> Self {
        let receivers = destinations.iter().map(|found| (found.id.clone(), Receiver::default())).collect();
        Self {
            bench: Bench::new(destinations.clone()),
            destinations,
            alerts: vec![None; NAMES.len()],
            stream: VecDeque::new(),
            receivers,
            weather: BTreeMap::new(),
            causes: 0,
            overtaken: 0,
            is_up_to_date: true,
            is_clock_true: true,
            is_record_lost: false,
        }
    }

    pub(super) fn take(&mut self, step: &Step) -> Result<(), String> {
        self.is_up_to_date = self.is_clock_true && !self.is_record_lost && self.stream.is_empty();
        if matches!(step, Step::Tick(_) | Step::AllAtOnce(..)) {
            let long_ago = self.bench.now() - SignedDuration::from_secs(ON_ITS_WAY_SECS);
            self.overtaken += usize::from(self.stream.iter().any(|change| change.at <= long_ago));
        }
        match step {
            Step::Act(place, act) => self.act(*place, *act),
            Step::Stream(size, fault) => self.with_fault(*fault, |history| history.process(*size)),
            Step::Deliver(place, fault) => self.with_fault(*fault, |history| history.deliver(*place)),
            Step::Tick(fault) => self.with_fault(*fault, Self::tick),
            Step::AllAtOnce(seed, fault) => self.with_fault(*fault, |history| history.all_at_once(*seed)),
            Step::Pass(secs) => {
                self.is_clock_true &= *secs >= 0;
                self.bench.world.clock.advance(*secs);
            }
            Step::Weather(place, weather) => self.change_weather(*place, *weather),
            Step::Silence(is_new) => self.silence(*is_new),
            Step::ChangeSettings(are_there) => self.change_settings(*are_there),
        }
        self.read()
    }

    fn with_fault(&mut self, fault: Option<Fault>, run: impl FnOnce(&mut Self)) {
        match fault {
            Some(Fault::Crash(point)) => self.bench.world.faults.crash_at(point),
            Some(Fault::Failure(point)) => self.bench.world.faults.fail_at(point),
            None => {}
        }
        run(self);
        self.causes += usize::from(fault.is_some());
        self.bench.world.faults.calm();
    }

    fn id(&self, place: usize) -> String {
        self.destinations[place].id.clone()
    }

    fn change_weather(&mut self, place: usize, weather: Weather) {
        let id = self.id(place);
        // Whoever did not answer may have been notified of the beginning, and is notified of the end.
        self.causes += usize::from(matches!(weather, Weather::Silent));
        self.bench.world.transport.set(&id, weather);
        self.weather.insert(id, weather);
    }

    fn change_settings(&mut self, are_there: bool) {
        let present = crate::setup::settings(self.destinations.clone());
        // Of what is lost a machine that gets every change may hear the beginning twice.
        self.causes += usize::from(!are_there);
        self.is_record_lost |= !are_there;
        self.bench.world.settings.set(if are_there { present } else { NotificationConfiguration::default() });
    }

    fn act(&mut self, place: usize, act: Act) {
        let now = self.bench.now();
        let (name, node) = NAMES[place];
        let next = match (&self.alerts[place], act) {
            (None, Act::Fire(severity)) => Some(firing(name, node, severity, now)),
            (None, _) => None,
            (Some(alert), act) => after(alert, act, now),
        };
        if let Some(alert) = next {
            self.stream.extend(self.bench.keep(alert.clone()));
            self.alerts[place] = Some(alert);
        }
    }

    fn batch(&mut self, size: usize) -> Vec<StateChange> {
        self.stream.iter().take(size).cloned().collect()
    }

    /// As Lambda does: what failed, and all behind it, comes again; after a crash all of the batch.
    fn processed(&mut self, size: usize, failures: Option<BTreeSet<usize>>) {
        let done = match failures {
            None => 0,
            Some(failures) => failures.first().copied().unwrap_or(size),
        };
        self.stream.drain(..done.min(self.stream.len()));
    }

    fn process(&mut self, size: usize) {
        let batch = self.batch(size);
        let dispatcher = self.bench.world.dispatcher();
        let handled = run(&self.bench.world.faults, dispatcher.handle_changes(&batch));
        self.processed(batch.len(), handled.and_then(Result::ok));
    }

    fn deliver(&mut self, place: usize) {
        let (dispatcher, id) = (self.bench.world.dispatcher(), self.id(place));
        let until = self.bench.now() + SignedDuration::from_secs(50);
        let _ = run(&self.bench.world.faults, dispatcher.deliver(&id, until));
    }

    fn tick(&mut self) {
        let dispatcher = self.bench.world.dispatcher();
        let until = self.bench.now() + SignedDuration::from_secs(50);
        let _ = run(&self.bench.world.faults, dispatcher.tick(until));
    }

    /// A batch, a tick and all senders, each twice, step by step in any order.
    fn all_at_once(&mut self, seed: u64) {
        let mut random = Rng::with_seed(seed);
        let batch = self.batch(3);
        let handled = std::sync::Mutex::new(None);
        {
            let world = &self.bench.world;
            let until = self.bench.now() + SignedDuration::from_secs(50);
            let dispatcher = world.dispatcher();
            let mut futures: Vec<Pin<Box<dyn Future<Output = ()> + Send + '_>>> = Vec::new();
            futures.push(Box::pin(async {
                *handled.lock().unwrap() = dispatcher.handle_changes(&batch).await.ok();
            }));
            futures.push(Box::pin(async { drop(dispatcher.tick(until).await) }));
            let ids: Vec<_> = self.destinations.iter().map(|found| found.id.clone()).collect();
            for id in ids.iter().chain(&ids) {
                let (dispatcher, id) = (&dispatcher, id.clone());
                futures.push(Box::pin(async move { drop(dispatcher.deliver(&id, until).await) }));
            }
            world.faults.interleave(true);
            run_interleaved(&world.faults, futures, |count| random.usize(0..count));
            world.faults.interleave(false);
        }
        let handled = handled.into_inner().unwrap();
        self.processed(batch.len(), handled);
    }

    fn silence(&mut self, is_new: bool) {
        let now = self.bench.now();
        let silences = &self.bench.world.silences;
        let active = silences.all().into_iter().find(|silence| silence.state(now) == SilenceState::Active);
        match active {
            Some(active) => silences.put(active.ended(now)),
            None if is_new => {
                let draft = SilenceDraft {
                    matchers: vec!["alertname=cpu".parse::<Matcher>().unwrap()],
                    starts_at: now,
                    ends_at: now + SignedDuration::from_secs(300),
                    recurrence: None,
                    time_zone: None,
                    created_by: "ada".to_owned(),
                    comment: String::new(),
                    annotations: alert::Labels::new(),
                };
                silences.put(draft.create(SilenceId::from_chance(7), now).unwrap());
            }
            None => {}
        }
    }

    /// Everything works again, and time passes.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        let now = self.bench.now();
        for silence in self.bench.world.silences.all() {
            self.bench.world.silences.put(silence.ended(now));
        }
        self.take(&Step::ChangeSettings(true))?;
        for place in 0..3 {
            self.take(&Step::Weather(place, Weather::Fair))?;
        }
        while !self.stream.is_empty() {
            self.process(10);
        }
        self.bench.world.clock.advance(130);
        let dispatcher = self.bench.world.dispatcher();
        for place in 0..3 {
            let id = self.id(place);
            run(&self.bench.world.faults, dispatcher.retry_destination(&id)).unwrap().unwrap();
        }
        self.wait_for_hours()?;
        for _ in 0..14 {
            self.pass_a_minute()?;
        }
        Ok(())
    }

    /// Until long enough no destination is muted by its hours.
    fn wait_for_hours(&mut self) -> Result<(), String> {
        let closes_within = |destination: &Destination, now: jiff::Timestamp| {
            (0..14).any(|minute| !destination.hours.is_open(now + SignedDuration::from_mins(minute)))
        };
        while self.destinations.iter().any(|found| closes_within(found, self.bench.now())) {
            self.pass_a_minute()?;
        }
        Ok(())
    }

    fn pass_a_minute(&mut self) -> Result<(), String> {
        self.is_up_to_date = self.is_clock_true && !self.is_record_lost;
        self.bench.world.clock.advance(60);
        self.tick();
        self.is_record_lost = false;
        for place in 0..3 {
            self.deliver(place);
        }
        self.read()
    }
}
