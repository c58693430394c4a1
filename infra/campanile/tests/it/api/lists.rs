//! What a list admits.

use alert::{AlertEvent, Severity, Source};
use jiff::SignedDuration;

use super::{World, ago, firing, kinds, resolved, world};

async fn check(world: &World, query: &str, expected: &[&str]) {
    assert_eq!(kinds(&world.get(&format!("/v1/alerts?{query}")).await), expected, "{query}");
}

#[tokio::test]
async fn every_filter_admits_what_it_says() {
    let world = world().await;
    world.record(&AlertEvent { occurred_at: ago(300), severity: Severity::Low, ..firing("disk") }).await;
    let kazoo = AlertEvent { source: Source::Kazoo, account: "acme, inc".into(), ..firing("trunk") };
    world.record(&AlertEvent { occurred_at: ago(200), severity: Severity::Critical, ..kazoo }).await;
    world.record(&AlertEvent { occurred_at: ago(110), ..firing("cpu") }).await;
    world.record(&AlertEvent { occurred_at: ago(100), ..resolved("cpu") }).await;

    check(&world, "", &["cpu", "trunk", "disk"]).await;
    check(&world, "limit=&cursor=&q=", &["cpu", "trunk", "disk"]).await;
    check(&world, "condition=firing", &["trunk", "disk"]).await;
    check(&world, "condition=firing&condition=firing", &["trunk", "disk"]).await;
    check(&world, "condition=firing&condition=resolved&severity=high", &["trunk"]).await;
    check(&world, "source=kazoo&source=tencent", &["trunk"]).await;
    check(&world, "account=", &[]).await;
    check(&world, "account=acme,%20inc", &["trunk"]).await;
    check(&world, "filter=alertname%3Ddisk&filter=source%3D~%22net.*%22", &["disk"]).await;
    check(&world, "filter=alertname!%3Ddisk", &["cpu", "trunk"]).await;
    check(&world, "q=HOST-TR", &["trunk"]).await;
    check(&world, &format!("from={}&to={}", ago(250), ago(150)), &["trunk"]).await;
    check(&world, &format!("from={}", ago(150)), &["cpu"]).await;
    check(&world, &format!("from={}&to={}", ago(150), ago(250)), &[]).await;
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_named() {
    let world = world().await;
    for (query, message) in [
        ("condition=down", "condition: `down` is not a condition: use firing, resolved, expired"),
        ("condition=", "condition: `` is not a condition: use firing, resolved, expired"),
        ("handling=%09", "handling: `\t` is not a handling: use open, acknowledged, silenced"),
        (
            "condition=firing,resolved",
            "condition: `firing,resolved` is not a condition: use firing, resolved, expired",
        ),
        ("limit=0", "limit: `0` is not between 1 and 1000"),
        ("severity=high&severity=low", "severity: give it once"),
        ("limit=007", "limit: `007` is not between 1 and 1000"),
        (
            "filter=%7Ba%7D",
            "filter[0]: `{a}` is not a matcher: write name, one of = != =~ !~, and a value, like env=\"prod\"",
        ),
        ("cursor=x", "cursor: the cursor is not one that a page has given out: use `next_cursor` as it is"),
    ] {
        let (_, body) = world.ask("GET", &format!("/v1/alerts?{query}"), "reader", None).await;
        assert_eq!(body["error"]["message"], message, "{query}");
    }
}

#[tokio::test]
async fn pages_join_to_the_whole_list_while_alerts_come_in() {
    let world = world().await;
    let begun = ago(1000);
    let second = |number: i64| begun.checked_add(SignedDuration::from_secs(number)).unwrap();
    for number in 0..25 {
        world.record(&AlertEvent { occurred_at: second(number), ..firing(&format!("{number:02}")) }).await;
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("/v1/alerts?limit=4&from={}&cursor={cursor}", second(11))).await;
        seen.extend(kinds(&page).into_iter().map(str::to_owned));
        world.record(&firing(&format!("new {}", seen.len()))).await;
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    let expected: Vec<_> = (11..25).rev().map(|number| format!("{number:02}")).collect();
    assert_eq!(&seen[..expected.len()], expected);
}
