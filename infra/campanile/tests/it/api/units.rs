//! What each operation and each list costs, in calls and units: one more fails. What is stored costs nothing, and what is
//! open as much as is shown of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use alert::{AlertEvent, Severity};
use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::cost::{Metered, Units, add_resolved, over, over_already};
use super::{World, firing, now, path_of, resolved};

/// How many alerts are over besides.
const STORED: usize = 1_000;

/// Calls with their units, in one line.
fn summed_up(taken: &BTreeMap<String, Units>) -> String {
    let parts: Vec<_> = taken
        .iter()
        .map(|(operation, units)| format!("{operation} {} = {}", units.calls, units.consumed))
        .collect();
    parts.join(", ")
}

/// One firing of an episode that its source names.
fn in_episode(name: &str, severity: Severity) -> AlertEvent {
    AlertEvent { episode: Some("1".to_owned()), severity, occurred_at: now(), ..firing(name) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_an_alert_costs_so_much_and_no_more() {
    let metered = Metered::new();
    let world = super::world_over(metered.clone(), aws::Configuration::default()).await;
    world.record(&firing("the day is open")).await;
    metered.taken();
    let mut lines = String::new();
    let mut note = |what: &str| writeln!(lines, "{what}: {}", summed_up(&metered.taken())).unwrap();

    let opening = in_episode("a", Severity::Warning);
    world.record(&opening).await;
    note("new");
    world.record(&in_episode("a", Severity::Warning)).await;
    note("repeat of an episode, at once");
    world.record(&opening).await;
    note("duplicate");
    world.record(&in_episode("a", Severity::Critical)).await;
    note("worse");
    let (status, _) =
        world.act("POST", &format!("{}/acknowledge", path_of("a")), json!({ "by": "ada" })).await;
    assert_eq!(status, StatusCode::OK);
    note("acknowledged");
    world.record(&AlertEvent { episode: Some("1".to_owned()), occurred_at: now(), ..resolved("a") }).await;
    note("resolved");
    world.record(&firing("b")).await;
    metered.taken();
    world.record(&AlertEvent { occurred_at: now(), ..firing("b") }).await;
    note("repeat without an episode");

    assert_eq!(
        lines,
        "\
new: GetItem 1 = 1, TransactWriteItems 1 = 6
repeat of an episode, at once: GetItem 1 = 1, PutItem 1 = 2, UpdateItem 1 = 1
duplicate: GetItem 1 = 1, PutItem 1 = 0, UpdateItem 1 = 1
worse: GetItem 1 = 1, TransactWriteItems 1 = 7
acknowledged: GetItem 1 = 1, Query 1 = 1, TransactWriteItems 1 = 4
resolved: GetItem 1 = 1, TransactWriteItems 1 = 7
repeat without an episode: GetItem 1 = 1, TransactWriteItems 1 = 5
"
    );
}

impl World {
    /// The status of an answer, compressed where that is possible, and how long it is.
    async fn weigh(&self, path: &str) -> (StatusCode, usize) {
        let request = Request::get(path).header("authorization", "Bearer reader");
        let request = request.header("accept-encoding", "gzip").body(Bytes::new()).unwrap();
        let response = self.api.clone().handle(request).await;
        (response.status(), response.body().len())
    }
}

/// What reading costs where `open` alerts fire.
async fn reading(open: usize) -> String {
    let directory = tempfile::tempdir().unwrap();
    let (metered, world) = over(directory.path()).await;
    // Times of whole seconds, one after the other: a fraction would make keys longer or shorter.
    let began = Timestamp::from_second(now().as_second()).unwrap();
    for number in 0..open {
        let severity = if number % 100 == 0 { Severity::Critical } else { Severity::Warning };
        let before = SignedDuration::from_secs(i64::try_from(open - number).unwrap());
        let occurred_at = began.checked_sub(before).unwrap();
        world.record(&AlertEvent { severity, occurred_at, ..firing(&format!("open {number}")) }).await;
    }
    let template = over_already(&metered, &world).await;
    drop((metered, world));
    add_resolved(directory.path(), &template, STORED);

    let (metered, world) = over(directory.path()).await;
    let swept = world.platform.table.sweep(now()).await.unwrap();
    assert_eq!(swept.expired, 0);
    // The secret, too, is known from here on.
    assert_eq!(world.get("/v1/counts").await["firing"], open);
    metered.taken();
    let mut lines = String::new();
    for path in [
        "/v1/counts",
        "/metrics",
        "/v1/statistics?days=90",
        "/v1/alerts?limit=100",
        "/v1/alerts?condition=firing&severity=critical&limit=100",
        "/v1/alerts?condition=firing&source=kazoo&limit=100",
        "/v1/alerts?condition=firing&q=nowhere&limit=100",
        "/v1/events?limit=100",
        "/v1/sources",
        "/v1/silences",
        "/v1/quarantine",
        "/v1/notifications",
        "/v1/destinations",
        "/api/v2/alerts",
        "/api/v2/alerts/groups",
    ] {
        let (status, bytes) = world.weigh(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(bytes > 0, "{path}");
        writeln!(lines, "{path}: {}", summed_up(&metered.taken())).unwrap();
    }
    world.platform.table.sweep(now()).await.unwrap();
    writeln!(lines, "sweep: {}", summed_up(&metered.taken())).unwrap();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_of_fifty_open_alerts_costs_so_much_and_no_more() {
    assert_eq!(
        Box::pin(reading(50)).await,
        "\
/v1/counts: GetItem 1 = 1, Query 1 = 1
/metrics: GetItem 1 = 1, Query 1 = 1
/v1/statistics?days=90: Query 6 = 3
/v1/alerts?limit=100: BatchGetItem 2 = 50.5, Query 13 = 13
/v1/alerts?condition=firing&severity=critical&limit=100: BatchGetItem 1 = 0.5, Query 5 = 3
/v1/alerts?condition=firing&source=kazoo&limit=100: Query 5 = 3
/v1/alerts?condition=firing&q=nowhere&limit=100: BatchGetItem 1 = 25, Query 5 = 3
/v1/events?limit=100: BatchGetItem 1 = 26, Query 10 = 8
/v1/sources: Query 2 = 1
/v1/silences: Query 1 = 1
/v1/quarantine: Query 1 = 1
/v1/notifications: Query 1 = 1
/v1/destinations: Query 1 = 1
/api/v2/alerts: BatchGetItem 1 = 25, Query 6 = 3.5
/api/v2/alerts/groups: BatchGetItem 1 = 25, Query 6 = 3.5
sweep: BatchGetItem 1 = 50, GetItem 1 = 1, Query 5 = 3, UpdateItem 1 = 1
"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_of_five_thousand_open_alerts_costs_so_much_and_no_more() {
    assert_eq!(
        Box::pin(reading(5_000)).await,
        "\
/v1/counts: GetItem 1 = 1, Query 1 = 1
/metrics: GetItem 1 = 1, Query 1 = 1
/v1/statistics?days=90: Query 6 = 3
/v1/alerts?limit=100: BatchGetItem 2 = 50.5, Query 13 = 19
/v1/alerts?condition=firing&severity=critical&limit=100: BatchGetItem 3 = 25, Query 24 = 102
/v1/alerts?condition=firing&source=kazoo&limit=100: Query 24 = 102
/v1/alerts?condition=firing&q=nowhere&limit=100: BatchGetItem 40 = 1010, Query 39 = 51.5
/v1/events?limit=100: BatchGetItem 2 = 75, Query 10 = 18
/v1/sources: Query 2 = 1
/v1/silences: Query 1 = 1
/v1/quarantine: Query 1 = 1
/v1/notifications: Query 1 = 1
/v1/destinations: Query 1 = 1
/api/v2/alerts: BatchGetItem 54 = 2502, Query 35 = 116.5
/api/v2/alerts/groups: BatchGetItem 54 = 2502, Query 35 = 116.5
sweep: BatchGetItem 50 = 5000, GetItem 1 = 1, Query 25 = 103, UpdateItem 1 = 1
"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: for the night"]
async fn what_is_read_of_twenty_thousand_open_alerts_costs_so_much_and_no_more() {
    assert_eq!(
        Box::pin(reading(20_000)).await,
        "\
/v1/counts: GetItem 1 = 1, Query 1 = 1
/metrics: GetItem 1 = 1, Query 1 = 1
/v1/statistics?days=90: Query 6 = 3
/v1/alerts?limit=100: BatchGetItem 2 = 50.5, Query 13 = 19
/v1/alerts?condition=firing&severity=critical&limit=100: BatchGetItem 5 = 50.5, Query 45 = 221
/v1/alerts?condition=firing&source=kazoo&limit=100: Query 83 = 401.5
/v1/alerts?condition=firing&q=nowhere&limit=100: BatchGetItem 40 = 1010, Query 38 = 52
/v1/events?limit=100: BatchGetItem 2 = 75, Query 10 = 18
/v1/sources: Query 2 = 1
/v1/silences: Query 1 = 1
/v1/quarantine: Query 1 = 1
/v1/notifications: Query 1 = 1
/v1/destinations: Query 1 = 1
/api/v2/alerts: BatchGetItem 219 = 10009.5, Query 139 = 466
/api/v2/alerts/groups: BatchGetItem 219 = 10009.5, Query 139 = 466
sweep: BatchGetItem 200 = 20000, GetItem 1 = 1, Query 89 = 403.5, UpdateItem 1 = 1
"
    );
}
