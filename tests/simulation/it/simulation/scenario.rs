//! What is to happen in a history, drawn from its seed before it begins.

use std::fmt;
use std::time::Duration;

use fastrand::Rng;

use super::destination::Weather;
use super::process::Function;
use super::word::{ALERTS, Status, name};

/// A history to be.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) seed: u64,
    /// Whether calls are lost, processes die and destinations fail.
    pub(super) is_faulty: bool,
    pub(super) destinations: Vec<&'static str>,
    pub(super) steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// How long after the one before.
    pub(super) after: Duration,
    pub(super) act: Act,
}

/// What may happen.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A source says something; its request is under way for so long, is tried so often, and then sent so often again.
    Say {
        alert: usize,
        status: Status,
        delay: Duration,
        tries: u8,
        copies: u8,
    },
    Acknowledge(usize),
    Unacknowledge(usize),
    /// One alert is silenced for so long.
    Silence(usize, Duration),
    Weather(usize, Weather),
    /// The next invocation of a function ends at so many of its awaits, and its process with it.
    Die(Function, usize),
    /// The table fails now and then from now on, or does not any more.
    Table {
        is_foul: bool,
    },
}

/// Every destination that there may be; see `destination` for what each is.
const DESTINATIONS: [&str; 5] = ["changes", "state", "each", "late", "collected"];

impl Scenario {
    /// The scenario of `seed`.
    pub(super) fn of(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let is_faulty = random.u8(0..4) > 0;
        let mut destinations = DESTINATIONS.to_vec();
        random.shuffle(&mut destinations);
        destinations.truncate(2);
        let count = random.usize(3..24);
        let steps = (0..count).map(|_| step(&mut random, is_faulty)).collect();
        Self { seed, is_faulty, destinations, steps }
    }
}

fn step(random: &mut Rng, is_faulty: bool) -> Step {
    // Mostly at once, sometimes later: races need nearness, timers need time.
    let after = match random.u8(0..10) {
        0..4 => Duration::from_millis(random.u64(0..30)),
        4..7 => Duration::from_millis(random.u64(0..3_000)),
        7..9 => Duration::from_secs(random.u64(3..40)),
        _ => Duration::from_secs(random.u64(40..200)),
    };
    Step { after, act: act(random, is_faulty) }
}

fn act(random: &mut Rng, is_faulty: bool) -> Act {
    let alert = random.usize(0..ALERTS.len());
    match random.u8(0..if is_faulty { 30 } else { 20 }) {
        0..14 => say(random, alert, is_faulty),
        14..16 => Act::Acknowledge(alert),
        16 => Act::Unacknowledge(alert),
        17..20 => Act::Silence(alert, Duration::from_secs(random.u64(5..300))),
        20..23 => Act::Weather(random.usize(0..2), Weather::ALL[random.usize(0..Weather::ALL.len())]),
        23..28 => Act::Die(Function::ALL[random.usize(0..Function::ALL.len())], random.usize(1..60)),
        _ => Act::Table { is_foul: random.bool() },
    }
}

fn say(random: &mut Rng, alert: usize, is_faulty: bool) -> Act {
    let status = Status::ALL[random.usize(0..3)];
    let delay = match random.u8(0..5) {
        0..3 => Duration::from_millis(random.u64(0..50)),
        3 => Duration::from_millis(random.u64(0..5_000)),
        _ => Duration::from_secs(random.u64(5..120)),
    };
    let tries = if is_faulty { random.u8(1..6) } else { 5 };
    let copies = if random.u8(0..3) == 0 { random.u8(1..4) } else { 0 };
    Act::Say { alert, status, delay, tries, copies }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} later, {}", self.after, self.act)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Say { alert, status, delay, tries, copies } => write!(
                f,
                "{} is {status:?}; sent {delay:?} late, tried {tries} times, repeated {copies} times",
                name(*alert)
            ),
            Self::Acknowledge(alert) => write!(f, "somebody acknowledges {}", name(*alert)),
            Self::Unacknowledge(alert) => write!(f, "somebody gives {} back", name(*alert)),
            Self::Silence(alert, span) => write!(f, "somebody silences {} for {span:?}", name(*alert)),
            Self::Weather(place, weather) => write!(f, "destination {place} is {weather:?} from now on"),
            Self::Die(function, point) => write!(f, "the next {function:?} dies at its await {point}"),
            Self::Table { is_foul: true } => f.write_str("the table fails now and then"),
            Self::Table { is_foul: false } => f.write_str("the table fails no more"),
        }
    }
}
