//! Promise 2, over the real normalizers: whatever a source last said is firing fires, whatever it last said is over is
//! over, with clocks that are wrong, replicas, repeats, expiry and people who resolve; and where a source names times,
//! in whatever order its requests arrive.

mod senders;

use std::collections::HashSet;

use alert::{Alert, AlertEvent, Condition, EventId, Signal, expire, fold, heard_again, resolve};
use jiff::{SignedDuration, Timestamp};
use normalize::InboundRequest;
use proptest::prelude::*;
use proptest::sample::select;

use self::senders::{Sender, Simulated};

/// How far a sender's clock may be off, in seconds.
const AHEAD_OR_RIGHT: [i64; 5] = [0, 1, 69, 86_400, 400 * 86_400];
/// Ten years: what a machine says whose clock starts with a date of its firmware.
const BEHIND: i64 = -3_650 * 86_400;

/// What happens to one alert.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Time passes, in milliseconds.
    Pass(i64),
    /// It begins, worsens or goes on, by a clock that is so far off.
    Fires { clock_off: i64, replica: u8, is_critical: bool },
    /// It ends.
    Recovers { clock_off: i64, replica: u8 },
    /// The last request comes once more.
    Again,
    /// Nothing was heard of it for too long.
    Expires,
    /// Somebody says that it is over.
    IsResolved,
}

/// What a table would hold of one alert.
#[derive(Default)]
struct Table {
    known: HashSet<EventId>,
    alert: Option<Alert>,
}

impl Table {
    /// Records as the store does.
    fn record(&mut self, event: AlertEvent, received_at: Timestamp) {
        let event = event.bounded().received(received_at).event;
        assert!(event.occurred_at <= received_at);
        if self.known.insert(event.event_id) {
            return self.fold(&event, received_at);
        }
        let again = self.alert.as_ref().and_then(|alert| heard_again(alert, &event, received_at));
        if let Some(again) = again.filter(|again| self.known.insert(again.event_id)) {
            self.fold(&again, received_at);
        }
    }

    fn fold(&mut self, event: &AlertEvent, received_at: Timestamp) {
        self.alert = fold(self.alert.take(), event, received_at).alert;
    }

    fn deliver(&mut self, sender: Sender, inbound: &InboundRequest) {
        for event in sender.normalize(inbound) {
            self.record(event, inbound.received_at);
        }
    }

    fn condition(&self) -> Option<Condition> {
        self.alert.as_ref().map(|alert| alert.condition)
    }
}

fn step() -> impl Strategy<Value = Step> {
    let clock_off = || prop_oneof![6 => Just(0), 2 => select(&AHEAD_OR_RIGHT[..]), 1 => Just(BEHIND)];
    prop_oneof![
        2 => prop_oneof![0..3_000_i64, 0..7_200_000_i64].prop_map(Step::Pass),
        4 => (clock_off(), 0..2_u8, any::<bool>())
            .prop_map(|(clock_off, replica, is_critical)| Step::Fires { clock_off, replica, is_critical }),
        3 => (clock_off(), 0..2_u8).prop_map(|(clock_off, replica)| Step::Recovers { clock_off, replica }),
        2 => Just(Step::Again),
        1 => Just(Step::Expires),
        1 => Just(Step::IsResolved),
    ]
}

/// Plays `steps` and holds the alert after each to what was said last.
fn play(sender: Sender, steps: &[Step]) {
    let mut simulated = Simulated::new(sender);
    let mut table = Table::default();
    let mut now: Timestamp = "2026-11-01T12:00:00.25Z".parse().unwrap();
    let mut last: Option<InboundRequest> = None;
    let mut expected = None;
    for (index, step) in steps.iter().enumerate() {
        now += sender.pause();
        match *step {
            Step::Pass(milliseconds) => now += SignedDuration::from_millis(milliseconds),
            Step::Fires { clock_off, replica, is_critical } => {
                let inbound = simulated.fires(now, clock_off, replica, is_critical);
                table.deliver(sender, &inbound);
                (last, expected) = (Some(inbound), Some(Condition::Firing));
            }
            Step::Recovers { clock_off, replica } if expected.is_some() => {
                let inbound = simulated.ends(now, clock_off, replica);
                table.deliver(sender, &inbound);
                (last, expected) = (Some(inbound), Some(Condition::Resolved));
            }
            Step::Again => {
                if let Some(inbound) = &last {
                    let inbound = InboundRequest { received_at: now, ..inbound.clone() };
                    table.deliver(sender, &inbound);
                    let revives = expected == Some(Condition::Expired) || sender.is_news_again();
                    // The end that a Prometheus announces comes if it is not put off.
                    let still_fires = sender.normalize(&inbound)[0].signal == Signal::Firing;
                    if simulated.fires_now() && !still_fires {
                        expected = Some(Condition::Resolved);
                    } else if simulated.fires_now() && revives {
                        expected = Some(Condition::Firing);
                    }
                }
            }
            Step::Expires if expected == Some(Condition::Firing) => {
                table.alert = table.alert.take().map(|alert| expire(alert, now));
                expected = Some(Condition::Expired);
            }
            Step::IsResolved if expected == Some(Condition::Firing) => {
                let event = resolve(table.alert.as_ref().unwrap(), "ada", now).unwrap();
                table.record(event, now);
                expected = Some(Condition::Resolved);
            }
            Step::Recovers { .. } | Step::Expires | Step::IsResolved => {}
        }
        assert_eq!(table.condition(), expected, "{sender:?} after step {index} of {steps:?}");
    }
}

/// What must not depend on the order of arrival.
fn essence(alert: &Alert) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (alert.condition, alert.severity, alert.episode.clone(), alert.title.clone()),
        (alert.condition_since, alert.started_at, alert.ended_at),
        (alert.first_seen, alert.last_seen, alert.occurrences),
    )
}

/// Requests of a life whose sender's clock is right, with the seconds that pass before each.
fn life(sender: Sender, gaps: &[(i64, bool)]) -> Vec<InboundRequest> {
    let mut simulated = Simulated::new(sender);
    let mut now: Timestamp = "2026-11-01T12:00:00Z".parse().unwrap();
    let requests = gaps.iter().enumerate().map(|(index, (seconds, is_critical))| {
        now += SignedDuration::from_secs(*seconds);
        if index % 3 == 2 { simulated.ends(now, 0, 0) } else { simulated.fires(now, 0, 0, *is_critical) }
    });
    requests.collect()
}

fn known_from(sender: Sender, requests: &[InboundRequest]) -> Alert {
    let mut table = Table::default();
    for inbound in requests {
        table.deliver(sender, inbound);
    }
    table.alert.unwrap()
}

const fn fires(clock_off: i64, replica: u8) -> Step {
    Step::Fires { clock_off, replica, is_critical: true }
}

const fn ends(clock_off: i64, replica: u8) -> Step {
    Step::Recovers { clock_off, replica }
}

#[test]
fn a_clock_that_was_ahead_by_any_time_and_is_set_right_hides_nothing() {
    for sender in Sender::ALL {
        for ahead in [1, 69, 86_400, 400 * 86_400, 250 * 365 * 86_400] {
            play(
                *sender,
                &[fires(ahead, 0), ends(0, 0), fires(0, 0), ends(0, 0), fires(ahead, 0), ends(ahead, 0)],
            );
        }
    }
}

#[test]
fn a_clock_that_falls_years_back_hides_nothing() {
    for sender in Sender::ALL {
        play(*sender, &[fires(0, 0), ends(0, 0), fires(BEHIND, 0), ends(BEHIND, 0), fires(0, 0), ends(0, 0)]);
    }
}

#[test]
fn one_of_a_pair_that_ends_or_dies_takes_nothing_from_the_other() {
    let a_minute = Step::Pass(60_000);
    play(Sender::Prometheus, &[fires(0, 0), fires(0, 1), ends(0, 0), fires(0, 1), a_minute, fires(0, 1)]);
    let b_is_gone = [fires(0, 0), a_minute, fires(0, 1), a_minute, fires(0, 0), Step::Expires, fires(0, 0)];
    play(Sender::Prometheus, &b_is_gone);
}

#[test]
fn whatever_repeats_itself_after_it_expired_fires_again() {
    for sender in Sender::ALL {
        play(*sender, &[fires(0, 0), Step::Pass(7_200_000), Step::Expires, Step::Again, ends(0, 0)]);
    }
}

#[test]
fn what_fires_again_with_the_same_start_is_open_again() {
    let mut simulated = Simulated::new(Sender::Alertmanager);
    let mut table = Table::default();
    let now: Timestamp = "2026-11-01T12:00:00.25Z".parse().unwrap();
    let first = simulated.fires(now, 0, 0, true);
    let over = simulated.ends(now + SignedDuration::from_mins(5), 0, 0);
    let again = InboundRequest { received_at: now + SignedDuration::from_mins(6), ..first.clone() };
    for (inbound, expected) in
        [(first, Condition::Firing), (over, Condition::Resolved), (again, Condition::Firing)]
    {
        table.deliver(Sender::Alertmanager, &inbound);
        assert_eq!(table.condition(), Some(expected));
    }
    assert_eq!(table.alert.unwrap().occurrences, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn what_a_source_last_said_is_what_holds(
        sender in select(Sender::ALL),
        steps in prop::collection::vec(step(), 1..24),
    ) {
        play(sender, &steps);
    }

    #[test]
    fn where_a_source_names_times_the_order_of_arrival_changes_nothing(
        sender in select(Sender::ORDERED),
        (requests, shuffled) in prop::collection::vec((1..900_i64, any::<bool>()), 1..9)
            .prop_flat_map(|gaps| (Just(gaps.clone()), Just((0..gaps.len()).collect::<Vec<_>>()).prop_shuffle())),
    ) {
        // All arrive within a moment, after the last of them was said.
        let received_at: Timestamp = "2026-11-01T20:00:00Z".parse().unwrap();
        let sent: Vec<_> = life(sender, &requests)
            .into_iter()
            .map(|inbound| InboundRequest { received_at, ..inbound })
            .collect();
        let shuffled: Vec<_> = shuffled.into_iter().map(|index| sent[index].clone()).collect();
        prop_assert_eq!(essence(&known_from(sender, &sent)), essence(&known_from(sender, &shuffled)));
    }
}
