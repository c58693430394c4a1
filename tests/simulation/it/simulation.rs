//! One seed is one history: real handlers over the hard table, senders, people and destinations, and processes that die.
//!
//! `SEED=17 cargo test -p simulation replay -- --nocapture` prints the history of a seed. `CAMPANILE_SEEDS` is how many are
//! tried, `CAMPANILE_FIRST_SEED` the first of them.

mod check;
mod destination;
mod people;
mod process;
mod reader;
mod scenario;
mod sender;
mod upkeep;
mod word;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use jiff::Timestamp;

use self::scenario::{Scenario, Step};
use self::world::World;
use crate::hard::Seen;

/// When every history begins.
const BEGIN: &str = "2026-03-02T10:00:00Z";

/// What came of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    story: Vec<String>,
    problem: Option<String>,
    seen: Seen,
}

/// Plays `scenario` on a clock of its own.
fn play(scenario: &Scenario) -> End {
    fastrand::seed(scenario.seed);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let played = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let begin: Timestamp = BEGIN.parse().unwrap();
            let _time = aws::VirtualTime::begin(begin);
            let world = World::new(scenario).await;
            world.live_through(&scenario.steps).await;
            let problem = match world.calm_down().await {
                Ok(()) => world.check().await.err(),
                Err(problem) => Some(problem),
            };
            End { story: world.story(), problem, seen: world.hard.seen() }
        })
    }));
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let problem = Some(format!("a panic: {}", text.unwrap_or_default()));
        End { story: Vec::new(), problem, seen: Seen::default() }
    })
}

/// Leaves out of a scenario that fails what it fails without.
fn shortest(scenario: Scenario) -> Scenario {
    let mut scenario = scenario;
    let mut size = scenario.steps.len().div_ceil(2);
    let mut trials = 60;
    while size > 0 && trials > 0 {
        let mut place = 0;
        while place < scenario.steps.len() && trials > 0 {
            let mut steps = scenario.steps.clone();
            steps.drain(place..(place + size).min(steps.len()));
            let less = Scenario { steps, ..scenario.clone() };
            trials -= 1;
            if play(&less).problem.is_some() {
                scenario = less;
            } else {
                place += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    scenario
}

/// What is wrong with the history of `seed`, if anything is, with the shortest story that shows it.
fn problem_of(seed: u64) -> Option<String> {
    let scenario = Scenario::of(seed);
    play(&scenario).problem?;
    let scenario = shortest(scenario);
    let End { story, problem, .. } = play(&scenario);
    let steps: Vec<_> = scenario.steps.iter().map(Step::to_string).collect();
    Some(format!(
        "seed {seed}: {}\n\nWhat it takes ({}, destinations {}):\n  {}\n\nThe story:\n  {}",
        problem.unwrap_or_default(),
        if scenario.is_faulty { "with faults" } else { "without faults" },
        scenario.destinations.join(", "),
        steps.join("\n  "),
        story.join("\n  ")
    ))
}

fn number(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "how much is tried is for whoever runs the test")]
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Seeds that failed once, each with what was wrong.
const FAILED_ONCE: [(u64, &str); 1] = [(
    18,
    "a destination failed and nothing waited for it any more: nobody tried it, and the alert that it fails stayed",
)];

#[test]
fn seeds_that_failed_once_hold() {
    for (seed, fault) in FAILED_ONCE {
        assert_eq!(None, problem_of(seed), "again: {fault}");
    }
}

#[test]
fn whatever_happens_the_promises_hold() {
    let first = number("CAMPANILE_FIRST_SEED").unwrap_or(0);
    let end = first + number("CAMPANILE_SEEDS").unwrap_or(24);
    let next = AtomicU64::new(first);
    let try_some = || {
        let mut seeds = std::iter::from_fn(|| Some(next.fetch_add(1, Relaxed)).filter(|seed| *seed < end));
        // One failure ends it all.
        seeds.find_map(problem_of).inspect(|_| next.store(end, Relaxed))
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = usize::try_from(number("CAMPANILE_WORKERS").unwrap_or(workers as u64)).unwrap();
    let problem = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(try_some)).collect();
        workers.into_iter().find_map(|worker| worker.join().unwrap())
    });
    assert!(problem.is_none(), "{}", problem.unwrap_or_default());
}

/// Says of each seed in one line what is wrong with it: for whoever looks for faults.
#[test]
#[ignore = "a tool: `CAMPANILE_SEEDS=1000 cargo test -p simulation survey -- --ignored --nocapture`"]
fn survey() {
    let first = number("CAMPANILE_FIRST_SEED").unwrap_or(0);
    let mut failed = 0;
    let count = number("CAMPANILE_SEEDS").unwrap_or(60);
    for seed in first..first + count {
        if let Some(problem) = play(&Scenario::of(seed)).problem {
            failed += 1;
            println!("seed {seed}: {problem}");
        }
    }
    println!("{failed} of {count} seeds failed");
}

/// Prints the shortest story that shows what is wrong with `SEED`.
#[test]
#[ignore = "a tool: `SEED=17 cargo test -p simulation story -- --ignored --nocapture`"]
fn story() {
    println!("{}", problem_of(number("SEED").unwrap_or(1)).unwrap_or_else(|| "nothing is wrong".to_owned()));
}

/// Prints the history of `SEED` twice over: it is the same each time.
#[test]
fn replay() {
    let scenario = Scenario::of(number("SEED").unwrap_or(1));
    let (once, again) = (play(&scenario), play(&scenario));
    for line in &once.story {
        println!("{line}");
    }
    println!("{:?}", once.seen);
    assert_eq!(once.story, again.story, "one seed had two stories");
    assert_eq!(once.seen, again.seen, "one seed asked the table for different things");
    assert_eq!(once.problem, None);
}
