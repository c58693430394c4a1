//! What may happen in a history, and how it is chosen.

use alert::Severity;
use alert::time_interval::{TimeInterval, TimeRange};
use dispatch::testing::Weather;
use dispatch::{Destination, Hours};
use fastrand::Rng;

use crate::setup::{Act, chat, machine, pager};

pub(super) const NAMES: [(&str, &str); 5] =
    [("cpu", "n1"), ("disk", "n1"), ("node_unreachable", "n1"), ("cpu", "n2"), ("node_unreachable", "n2")];
const SEVERITIES: [Severity; 3] = [Severity::Low, Severity::Warning, Severity::Critical];
/// When a destination with hours is not notified of what begins; histories begin at 10:00.
const MUTED: [(&str, &str); 3] = [("10:02", "10:04"), ("10:07", "10:12"), ("10:20", "10:30")];

/// One step of a history.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Act(usize, Act),
    Stream(usize, Option<Fault>),
    Deliver(usize, Option<Fault>),
    Tick(Option<Fault>),
    AllAtOnce(u64, Option<Fault>),
    Pass(i64),
    Weather(usize, Weather),
    Silence(bool),
    /// The settings describe no destination, or all again.
    ChangeSettings(bool),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    Crash(usize),
    Failure(usize),
}

/// Three of the destinations that there may be.
pub(super) fn destinations(random: &mut Rng) -> Vec<Destination> {
    let mut all = vec![
        chat("chat"),
        pager("pager"),
        Destination { after_secs: Some(120), unless_acknowledged: true, ..pager("rung") },
        Destination { damping_secs: Some(300), ..pager("damped") },
        Destination { after_secs: Some(60), ..chat("late") },
        machine("machine"),
        Destination { repeat_secs: Some(400), group_wait_secs: 20, ..chat("reminded") },
        Destination { hours: hours(), ..chat("by-day") },
        Destination { hours: hours(), after_secs: Some(60), ..pager("rung-by-day") },
    ];
    random.shuffle(&mut all);
    all.truncate(3);
    all
}

fn hours() -> Hours {
    let times = MUTED.iter().map(|(from, to)| TimeRange::parse(from, to).unwrap()).collect();
    Hours { active: None, mute: vec![TimeInterval { times, ..TimeInterval::default() }] }
}

fn fault(random: &mut Rng, is_faulty: bool) -> Option<Fault> {
    if !is_faulty || random.u8(0..3) > 0 {
        return None;
    }
    let point = random.usize(1..60);
    Some(if random.u8(0..4) == 0 { Fault::Failure(point) } else { Fault::Crash(point) })
}

pub(super) fn step(random: &mut Rng, is_faulty: bool) -> Step {
    match random.u8(0..100) {
        0..30 => Step::Act(random.usize(0..NAMES.len()), act(random)),
        30..48 => Step::Stream(random.usize(1..6), fault(random, is_faulty)),
        48..60 => Step::Deliver(random.usize(0..3), fault(random, is_faulty)),
        60..70 => Step::Tick(fault(random, is_faulty)),
        70..77 => Step::AllAtOnce(random.u64(..), fault(random, is_faulty)),
        77..89 => Step::Pass(if random.u8(0..10) == 0 { -random.i64(1..120) } else { random.i64(1..200) }),
        89..94 => Step::Weather(random.usize(0..3), weather(random, is_faulty)),
        94..98 => Step::Silence(random.bool()),
        _ => Step::ChangeSettings(random.bool()),
    }
}

fn act(random: &mut Rng) -> Act {
    match random.u8(0..20) {
        0..9 => Act::Fire(random.choice(SEVERITIES).unwrap()),
        9 => Act::Move,
        10..14 => Act::Resolve,
        14..16 => Act::Expire,
        16..18 => Act::Acknowledge,
        _ => Act::Unacknowledge,
    }
}

fn weather(random: &mut Rng, is_faulty: bool) -> Weather {
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
    kinds[random.usize(0..kinds.len())]
}
