//! Random histories of alerts, people, silences, outages, crashes at every await and steps of the clock, compared with what a
//! reader of each destination must know in the end.
//!
//! `CAMPANILE_HISTORIES` is how many are tried, `CAMPANILE_FIRST_HISTORY` the seed of the first.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;

use alert::matcher::Matcher;
use alert::{Alert, Condition, Severity, SilenceDraft, SilenceId, SilenceState};
use channels::Deliver;
use dispatch::testing::{Weather, run, run_interleaved};
use dispatch::{Destination, StateChange, inhibitors, targets};
use fastrand::Rng;
use jiff::SignedDuration;

use crate::receiver::Receiver;
use crate::setup::{Act, Bench, after, chat, firing, machine, pager};

const NAMES: [(&str, &str); 5] =
    [("cpu", "n1"), ("disk", "n1"), ("node_unreachable", "n1"), ("cpu", "n2"), ("node_unreachable", "n2")];
const SEVERITIES: [Severity; 3] = [Severity::Low, Severity::Warning, Severity::Critical];

/// One step of a history.
#[derive(Debug, Clone)]
enum Step {
    Act(usize, Act),
    Stream(usize, Option<Fault>),
    Deliver(usize, Option<Fault>),
    Tick(Option<Fault>),
    AllAtOnce(u64, Option<Fault>),
    Pass(i64),
    Weather(usize, Weather),
    Silence(bool),
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    Crash(usize),
    Failure(usize),
}

struct History {
    bench: Bench,
    alerts: Vec<Option<Alert>>,
    stream: VecDeque<StateChange>,
    receivers: BTreeMap<String, Receiver>,
    faults: usize,
    ambiguous: usize,
    weather: BTreeMap<String, Weather>,
}

fn destinations(random: &mut Rng) -> Vec<Destination> {
    let mut all = vec![
        chat("chat"),
        pager("pager"),
        Destination { after_secs: Some(120), unless_acknowledged: true, ..pager("rung") },
        Destination { damping_secs: Some(300), ..pager("damped") },
        Destination { after_secs: Some(60), ..chat("late") },
        machine("machine"),
        Destination { repeat_secs: Some(400), group_wait_secs: 20, ..chat("reminded") },
    ];
    random.shuffle(&mut all);
    all.truncate(3);
    all
}

fn fault(random: &mut Rng, is_faulty: bool) -> Option<Fault> {
    if !is_faulty || random.u8(0..3) > 0 {
        return None;
    }
    let point = random.usize(1..60);
    Some(if random.u8(0..4) == 0 { Fault::Failure(point) } else { Fault::Crash(point) })
}

fn step(random: &mut Rng, is_faulty: bool) -> Step {
    match random.u8(0..100) {
        0..30 => {
            let act = match random.u8(0..10) {
                0..5 => Act::Fire(random.choice(SEVERITIES).unwrap()),
                5..7 => Act::Resolve,
                7 => Act::Expire,
                8 => Act::Acknowledge,
                _ => Act::Unacknowledge,
            };
            Step::Act(random.usize(0..NAMES.len()), act)
        }
        30..48 => Step::Stream(random.usize(1..6), fault(random, is_faulty)),
        48..60 => Step::Deliver(random.usize(0..3), fault(random, is_faulty)),
        60..70 => Step::Tick(fault(random, is_faulty)),
        70..78 => Step::AllAtOnce(random.u64(..), fault(random, is_faulty)),
        78..90 => Step::Pass(if random.u8(0..10) == 0 { -random.i64(1..120) } else { random.i64(1..200) }),
        90..95 => {
            let kinds = [
                Weather::Fair,
                Weather::Unreachable,
                Weather::Status(503),
                Weather::Status(429),
                Weather::Status(401),
                Weather::Silent,
                Weather::SilentButTakes,
            ];
            let kinds = if is_faulty { &kinds[..] } else { &kinds[..5] };
            Step::Weather(random.usize(0..3), kinds[random.usize(0..kinds.len())])
        }
        _ => Step::Silence(random.bool()),
    }
}

impl History {
    fn new(destinations: Vec<Destination>) -> Self {
        let receivers = destinations.iter().map(|found| (found.id.clone(), Receiver::default())).collect();
        Self {
            bench: Bench::new(destinations),
            alerts: vec![None; NAMES.len()],
            stream: VecDeque::new(),
            receivers,
            faults: 0,
            ambiguous: 0,
            weather: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Act(place, act) => self.act(*place, *act),
            Step::Stream(size, fault) => self.with_fault(*fault, |history| history.process(*size)),
            Step::Deliver(place, fault) => self.with_fault(*fault, |history| history.deliver(*place)),
            Step::Tick(fault) => self.with_fault(*fault, Self::tick),
            Step::AllAtOnce(seed, fault) => self.with_fault(*fault, |history| history.all_at_once(*seed)),
            Step::Pass(secs) => self.bench.world.clock.advance(*secs),
            Step::Weather(place, weather) => {
                let id = self.id(*place);
                self.bench.world.transport.set(&id, *weather);
                self.weather.insert(id, *weather);
            }
            Step::Silence(is_new) => self.silence(*is_new),
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
        self.faults += usize::from(fault.is_some());
        self.bench.world.faults.calm();
    }

    fn id(&self, place: usize) -> String {
        self.bench.world.settings.get().destinations[place].id.clone()
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
    fn processed(&mut self, size: usize, failures: Option<std::collections::BTreeSet<usize>>) {
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
            let ids: Vec<_> =
                world.settings.get().destinations.iter().map(|found| found.id.clone()).collect();
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

    /// Reads what was notified meanwhile.
    fn read(&mut self) -> Result<(), String> {
        for received in self.bench.take() {
            let settings = self.bench.world.settings.get();
            let destination = settings.destination(&received.destination).unwrap();
            if self.weather.get(&received.destination) == Some(&Weather::SilentButTakes) {
                self.ambiguous += 1;
            }
            let receiver = self.receivers.get_mut(&received.destination).unwrap();
            receiver
                .read(destination.deliver, &received)
                .map_err(|problem| format!("{}: {problem}", destination.id))?;
            self.is_allowed(destination, &received)?;
        }
        self.is_bounded()
    }

    /// Nothing begins while a silence covers it, and no rung is reached early.
    fn is_allowed(
        &self,
        destination: &Destination,
        received: &dispatch::testing::Received,
    ) -> Result<(), String> {
        let notification = &received.notification;
        let channels::Subject::Alert(subject) = &notification.subject else { return Ok(()) };
        let is_beginning = matches!(notification.event, channels::Event::Opened | channels::Event::Reopened);
        if !is_beginning || destination.deliver == Deliver::Changes {
            return Ok(());
        }
        let silences = self.bench.world.silences.all();
        if silences.iter().any(|silence| silence.covers(&subject.alert, received.at)) {
            return Err(format!("{} was notified of a silenced alert", destination.id));
        }
        Ok(())
    }

    /// What is pending is one entry an alert.
    fn is_bounded(&self) -> Result<(), String> {
        let settings = self.bench.world.settings.get();
        let mut pending: BTreeMap<_, usize> = BTreeMap::new();
        for (queue, entry) in self.bench.world.outbox.all_entries() {
            let deliver = settings.destination(&queue.destination).map(|found| found.deliver);
            if deliver == Some(Deliver::State) {
                *pending.entry((queue.destination, entry.fingerprint)).or_default() += 1;
            }
        }
        match pending.into_iter().find(|(_, count)| *count > 1) {
            Some((place, count)) => Err(format!("{count} entries are pending of {place:?}")),
            None => Ok(()),
        }
    }

    /// Everything works again, and time passes.
    fn settle(&mut self) -> Result<(), String> {
        let now = self.bench.now();
        for silence in self.bench.world.silences.all() {
            self.bench.world.silences.put(silence.ended(now));
        }
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
        for _ in 0..14 {
            self.bench.world.clock.advance(60);
            self.tick();
            for place in 0..3 {
                self.deliver(place);
            }
            self.read()?;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let settings = self.bench.world.settings.get();
        for destination in &settings.destinations {
            let receiver = &self.receivers[&destination.id];
            self.check_receiver(destination, receiver)
                .map_err(|problem| format!("{}: {problem}", destination.id))?;
        }
        Ok(())
    }

    fn check_receiver(&self, destination: &Destination, receiver: &Receiver) -> Result<(), String> {
        let known = receiver.firing();
        for alert in self.alerts.iter().flatten() {
            let title = &alert.title;
            let notified = known.get(&alert.fingerprint);
            if alert.condition != Condition::Firing {
                if notified.is_some() {
                    return Err(format!("{title} is over, and was not notified over"));
                }
                continue;
            }
            if receiver.groups_with(alert.fingerprint) > 1 {
                return Err(format!("{title} fires in two groups"));
            }
            let is_taken = destination.unless_acknowledged && alert.acknowledgement.is_some();
            if self.is_muted(alert) || (is_taken && notified.is_none()) {
                continue;
            }
            if notified != Some(&alert.severity) {
                return Err(format!("{title} fires as {}, and was notified as {notified:?}", alert.severity));
            }
        }
        let causes = self.faults + self.ambiguous;
        if receiver.repeats > causes * NAMES.len() {
            return Err(format!("{} repeats after {causes} faults", receiver.repeats));
        }
        if receiver.unknown_ends > causes * NAMES.len() {
            return Err(format!("{} ends of what was not notified", receiver.unknown_ends));
        }
        Ok(())
    }

    /// What is kept in the end, for reading.
    fn state(&self) -> String {
        let outbox = &self.bench.world.outbox;
        let (queues, entries, routing) = (outbox.all_queues(), outbox.all_entries(), outbox.all_routing());
        format!("now {}\n{queues:#?}\n{entries:#?}\n{routing:#?}", self.bench.now())
    }

    fn is_muted(&self, alert: &Alert) -> bool {
        let rules = &self.bench.world.settings.get().inhibit_rules;
        let all: Vec<_> = self.alerts.iter().flatten().flat_map(|alert| inhibitors(rules, alert)).collect();
        targets(rules, alert).into_iter().any(|target| {
            let found: Vec<_> = all.iter().filter(|inhibitor| inhibitor.key == target.key).cloned().collect();
            target.is_muted_by(&found)
        })
    }
}

/// The history of `seed`, `length` steps long.
fn try_history(seed: u64, length: usize) -> Result<(), String> {
    let mut random = Rng::with_seed(seed);
    let is_faulty = random.bool();
    let mut history = History::new(destinations(&mut random));
    for _ in 0..length {
        let step = step(&mut random, is_faulty);
        history.take(&step)?;
    }
    history.settle()?;
    history.check().map_err(|problem| format!("{problem}\n{}", history.state()))
}

/// The steps of that history, for reading.
fn story(seed: u64, length: usize) -> String {
    let mut random = Rng::with_seed(seed);
    let is_faulty = random.bool();
    let ids: Vec<_> = destinations(&mut random).into_iter().map(|found| found.id).collect();
    let steps: Vec<_> = (0..length).map(|_| format!("  {:?}", step(&mut random, is_faulty))).collect();
    format!("destinations {ids:?}\n{}", steps.join("\n"))
}

fn number(name: &str, default: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how much is tried is for whoever runs the test")]
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn whatever_happens_each_reader_knows_in_the_end_what_fires() {
    let first = number("CAMPANILE_FIRST_HISTORY", 0);
    for seed in first..first + number("CAMPANILE_HISTORIES", 1_000) {
        let length = 5 + usize::try_from(seed % 40).unwrap();
        let Err(problem) = try_history(seed, length) else { continue };
        let shortest = (0..=length).find(|length| try_history(seed, *length).is_err()).unwrap_or(length);
        let problem = try_history(seed, shortest).err().unwrap_or(problem);
        panic!("history {seed}, first {shortest} of {length} steps:\n{}\n{problem}", story(seed, shortest));
    }
}
