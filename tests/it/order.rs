//! Promise 2: what comes of different events does not depend on the order in which they arrive.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::Value;
use tests::{Reader, Receiver, everywhere, fixture, webhook_call};

/// Events of one alert, and what in them names the alert: replaced, they are about another one.
struct Story {
    source: &'static str,
    situations: &'static [&'static str],
    identity: &'static str,
}

const STORIES: [Story; 6] = [
    Story {
        source: "netdata",
        situations: &[
            "nested-raised-warning",
            "nested-raised-critical",
            "nested-lowered-to-warning",
            "nested-recovered",
        ],
        identity: "a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28",
    },
    Story {
        source: "netdata",
        situations: &["flat-v1.42-warning", "flat-v1.42-critical", "flat-v1.42-clear"],
        identity: "db-01",
    },
    Story {
        source: "tencent",
        situations: &["metric-firing", "repeat-after-a-day", "recovery"],
        identity: "ins-aaaa1111",
    },
    Story {
        source: "tencent",
        situations: &["event-ping-unreachable", "event-recovery"],
        identity: "ins-eeee5555",
    },
    Story { source: "kazoo", situations: &["port-rejected", "ported"], identity: "port-7" },
    Story {
        source: "site24x7",
        situations: &["down", "critical", "up-with-resolved-reason"],
        identity: "123456000000025013",
    },
];

/// What must be the same.
const OUTCOME: [&str; 10] = [
    "condition",
    "severity",
    "condition_since",
    "started_at",
    "ended_at",
    "first_seen",
    "last_seen",
    "episode",
    "occurrences",
    "revision",
];

impl Story {
    /// Plays the story to `campanile` once in every order, each time of another alert, all at the same time.
    async fn play_in_every_order(&self, campanile: &dyn Receiver) {
        let orders = orders(self.situations);
        join_all(orders.iter().enumerate().map(|(number, order)| self.play(campanile, order, number))).await;
    }

    async fn play(&self, campanile: &dyn Receiver, order: &[&str], number: usize) {
        // A number, as Site24x7's identities are; to all others it is a name like any other.
        let identity = format!("1{:03}{number:014}", self.situations.len());
        for situation in order {
            let mut body = fixture(self.source, situation).replace(self.identity, &identity);
            if *situation == "flat-v1.42-clear" {
                // Its second is that of the warning, and within one second the order of arrival decides.
                body = body.replace("03:00:00Z", "03:08:00Z");
            }
            let answer = campanile.answer(&webhook_call(self.source, body.into_bytes())).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

/// Every order of `items`.
fn orders<'a>(items: &[&'a str]) -> Vec<Vec<&'a str>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let shorter = orders(rest);
    let places = |order: &Vec<&'a str>| {
        let order = order.clone();
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, first);
            order
        })
    };
    shorter.iter().flat_map(places).collect()
}

/// The outcomes of all alerts, by what distinguishes their stories.
fn outcomes(alerts: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut outcomes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for alert in alerts {
        let outcome = OUTCOME.map(|name| format!("{name} {}", alert[name])).join(", ");
        let story = format!("{} {}", alert["source"], alert["labels"]["alertname"]);
        outcomes.entry(story).or_default().insert(outcome);
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn promise_2_every_order_of_different_events_ends_in_the_same_alert() {
    for campanile in everywhere().await {
        join_all(STORIES.iter().map(|story| story.play_in_every_order(&*campanile))).await;

        let alerts = campanile.alerts("").await;
        assert_eq!(alerts.len(), 24 + 6 + 6 + 2 + 2 + 6);
        let outcomes = outcomes(&alerts);
        assert_eq!(outcomes.len(), STORIES.len(), "{:?}", outcomes.keys());
        for (story, outcomes) in outcomes {
            assert_eq!(outcomes.len(), 1, "{story} ends differently: {outcomes:#?}");
        }
    }
}

#[test]
fn every_order_is_there_once() {
    let all = orders(&["a", "b", "c"]);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 6);
}
