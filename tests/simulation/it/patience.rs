//! Whoever waits for somebody else waits longer than the other works: `docs/limits.md` has the table, this test holds the code
//! and the template to it.

use std::collections::BTreeMap;
use std::time::Duration;

use intake::{Kazoo, Netdata, Protocol, Site24x7, Tencent};

const DOCUMENT: &str = include_str!("../../../docs/limits.md");
const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

/// The rows of the table of time-outs: name and seconds.
fn documented() -> BTreeMap<&'static str, f64> {
    let table = DOCUMENT.split("## Time-outs").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let (name, seconds) = (cells.next()?, cells.next()?);
        Some((name, seconds.parse().ok()?))
    });
    rows.collect()
}

/// The default of a parameter of the template.
fn parameter(name: &str) -> Duration {
    let from = TEMPLATE.split(&format!("\n  {name}:\n")).nth(1).unwrap();
    let default = from.lines().find_map(|line| line.trim().strip_prefix("Default: ")).unwrap();
    Duration::from_secs(default.parse().unwrap())
}

#[test]
fn the_table_says_what_the_code_does() {
    let documented = documented();
    for (name, seconds) in [
        ("one attempt of a call to DynamoDB", aws::calls::ATTEMPT),
        ("a webhook of Netdata, before it answers 5xx", Netdata::PATIENCE),
        ("a webhook of KAZOO, before it answers 5xx", Kazoo::PATIENCE),
        ("a webhook of Site24x7, before it answers 5xx", Site24x7::PATIENCE),
        ("a webhook of Tencent, before it answers 5xx", Tencent::PATIENCE),
        ("webhooks and API as Lambda functions", parameter("WebhookTimeoutSecs")),
        ("one request to a destination", net::Deadlines::default().whole),
        ("the notifier as a Lambda function", parameter("NotifierTimeoutSecs")),
        ("the poller as a Lambda function", parameter("PollerTimeoutSecs")),
    ] {
        let documented = documented.get(name).unwrap_or_else(|| panic!("docs/limits.md has no row `{name}`"));
        assert!(
            (documented - seconds.as_secs_f64()).abs() < 0.01,
            "{name}: {documented} there, {seconds:?} here"
        );
    }
}

#[test]
fn who_waits_waits_longer() {
    let documented = documented();
    let of =
        |name: &str| *documented.get(name).unwrap_or_else(|| panic!("docs/limits.md has no row `{name}`"));
    for (inner, outer) in [
        ("one attempt of a call to DynamoDB", "a webhook of Tencent, before it answers 5xx"),
        ("a call to DynamoDB with its repetitions", "a webhook of Netdata, before it answers 5xx"),
        ("a call to DynamoDB with its repetitions", "a webhook of KAZOO, before it answers 5xx"),
        ("a call to DynamoDB with its repetitions", "a change through the API, before it answers 503"),
        ("a webhook of Netdata, before it answers 5xx", "webhooks and API as Lambda functions"),
        ("a webhook of KAZOO, before it answers 5xx", "webhooks and API as Lambda functions"),
        ("a webhook of Site24x7, before it answers 5xx", "webhooks and API as Lambda functions"),
        ("a webhook of Tencent, before it answers 5xx", "Tencent"),
        ("a change through the API, before it answers 503", "webhooks and API as Lambda functions"),
        ("webhooks and API as Lambda functions", "API Gateway"),
        ("one request to a destination", "the last attempt begins before the notifier's end"),
        ("the last attempt begins before the notifier's end", "the lease of a destination"),
        ("the lease of a destination", "the claim of a notification"),
    ] {
        assert!(of(inner) < of(outer), "{inner} takes {}, {outer} {}", of(inner), of(outer));
    }
    let claim = of("the claim of a notification");
    assert!(claim >= of("the notifier as a Lambda function"), "a claim outlives the invocation that made it");
}
