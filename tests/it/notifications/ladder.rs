//! A ladder: a chat at once, a pager later unless somebody has it, and the manager later still.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use channels::testing::destinations::StandIn;
use futures::future::join;
use serde_json::{Value, json};
use tests::{Alarm, Bundle, Call, Data, Receiver, eventually, secrets};
use tokio::time::{Instant, sleep};

use super::call;
use super::killed::{ABREAST, ANSWERS_AFTER, KILLS, Scenario, Storm, incidents};

/// When the pager is notified and when the manager, in seconds after an alert opened.
const RUNGS: [u64; 2] = [3, 6];
const ALERTS: usize = 6;
/// When the pager is notified of what nobody has: long enough to follow a link before it.
const PAGED_AFTER: Duration = Duration::from_secs(15);

/// By alert, how often the first rung was notified of it.
fn first(stand_in: &StandIn) -> BTreeMap<String, usize> {
    let mut notified: BTreeMap<_, usize> = BTreeMap::new();
    for opened in stand_in.notified("webhook") {
        assert_eq!(opened.transition, "opened", "{}", opened.body);
        *notified.entry(opened.body["alarm"].to_string()).or_default() += 1;
    }
    notified
}

fn has_everybody_been_notified(stand_in: &StandIn) -> bool {
    let pager = incidents(&stand_in.notified("pagerduty"));
    first(stand_in).len() == ALERTS && pager.len() == ALERTS && manager(stand_in).len() == ALERTS
}

/// By alert, how often the manager was notified of it.
fn manager(stand_in: &StandIn) -> BTreeMap<String, usize> {
    let mut notified: BTreeMap<_, usize> = BTreeMap::new();
    for created in stand_in.notified("opsgenie") {
        *notified.entry(created.body["alias"].to_string()).or_default() += 1;
    }
    notified
}

fn ladder(stand_in: &StandIn) -> Vec<Value> {
    let [pager, manager] =
        RUNGS.map(|after_secs| json!({ "after_secs": after_secs, "unless": "acknowledged" }));
    vec![
        stand_in.destination("webhook", &Value::Null),
        stand_in.destination("pagerduty", &pager),
        stand_in.destination("opsgenie", &manager),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_is_reached_once_however_often_the_notifier_is_killed() {
    let stand_in = StandIn::start().await;
    stand_in.delay(ANSWERS_AFTER);
    let scenario = Scenario {
        destinations: ladder(&stand_in),
        alerts: ALERTS,
        steps: &["Critical"],
        is_done: has_everybody_been_notified,
    };
    let Some(storm) = Storm::brew(7, scenario, stand_in).await else { return };
    join(storm.speak(), storm.rage()).await;

    let pager = incidents(&storm.stand_in.notified("pagerduty"));
    assert!(pager.values().flatten().all(|action| action == "trigger"), "{pager:?}");
    let counts = first(&storm.stand_in).into_values().chain(pager.values().map(Vec::len));
    let repeated: usize = counts.chain(manager(&storm.stand_in).into_values()).map(|count| count - 1).sum();
    assert!(repeated <= KILLS * ABREAST, "{repeated} repeated");
    println!("{repeated} repeated, {} invocations died", storm.lost.load(Ordering::SeqCst));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acknowledges_by_the_link_keeps_the_pager_silent() {
    let stand_in = StandIn::start().await;
    let mut secrets = secrets();
    let pager = json!({ "after_secs": PAGED_AFTER.as_secs(), "unless": "acknowledged" });
    let pager = stand_in.destination("pagerduty", &pager);
    let chat = stand_in.destination("slack", &json!({ "group_by": ["..."], "group_interval_secs": 0 }));
    secrets["campanile/destinations"] = json!({ "destinations": [chat, pager] });
    secrets["campanile/links"] = json!({ "key": "a-key-of-the-tests-that-is-long" });
    let environment = vec![("CAMPANILE_CONSOLE_URL".to_owned(), "https://alerts.example.com".to_owned())];
    let bundle = Bundle::start_in(&Data::InMemory, Some(&secrets), environment).await;
    let opened = Instant::now();
    for number in 0..2 {
        // It begins now by its source, too: the comparison with which the notifier starts counts from there.
        let triggered_at = alert::Clock::now(&aws::SystemClock).to_string();
        let alarm = Alarm { triggered_at, ..Alarm::step(number, 0, "Critical") };
        assert_eq!(bundle.answer(&call(&alarm)).await.status, 200);
    }
    let of_first = |text: &str| text.contains("alert_0");
    let chat = async || stand_in.notified("slack").into_iter().find(|notified| of_first(&notified.text()));
    eventually("the chat is notified", async || chat().await.is_some()).await;
    let chat = chat().await.unwrap();
    let link = link_in(&chat.body).unwrap_or_else(|| panic!("no link in {}", chat.body));
    let path = link.strip_prefix("https://alerts.example.com").unwrap();
    let page = bundle.answer(&Call::new("GET", path)).await;
    assert!(page.status == 200 && page.text().contains("alert_0"), "{}", page.text());
    let form = Call::post(path, "name=ada").header("content-type", "application/x-www-form-urlencoded");
    let answer = bundle.answer(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        opened.elapsed() < PAGED_AFTER,
        "this machine is too slow to acknowledge in time: {:?}",
        opened.elapsed()
    );

    eventually("the pager is notified of the other", async || !stand_in.notified("pagerduty").is_empty())
        .await;
    sleep(PAGED_AFTER / 3).await;
    let notified = stand_in.notified("pagerduty");
    assert!(notified.iter().all(|one| !of_first(&one.text())), "{notified:?}");
}

/// The link to acknowledge, wherever it stands.
fn link_in(body: &Value) -> Option<String> {
    match body {
        Value::String(text) => Some(
            text[text.find("https://alerts.example.com/a/l1.")?..]
                .split(['|', '>', ' ', '"'])
                .next()?
                .to_owned(),
        ),
        Value::Array(items) => items.iter().find_map(link_in),
        Value::Object(members) => members.values().find_map(link_in),
        _ => None,
    }
}
