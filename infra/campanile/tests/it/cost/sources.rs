//! What a webhook consumes of the table for what its source says.

use bytes::Bytes;
use campanile::embedded::{EmbeddedTable, Location};
use http::{Request, StatusCode};
use intake::{Kazoo, Netdata, Protocol, Site24x7, Tencent};
use serde_json::{Value, json};

use super::manual::{READ, WRITE, assert_rows, dollars};
use super::meter::{Meter, Units};
use crate::notifier::world::World;

const TOKEN: &str = "t0ken-of-a-source";
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");

/// Routes that lead to a webhook, and how many units a second a new table writes.
const ROUTES: f64 = 8.0;
const NEW_TABLE: f64 = 4_000.0;

/// How many requests a second the template lets through to each route of each source.
fn default_rate() -> f64 {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");
    let template = std::fs::read_to_string(template).unwrap();
    let default = |name: &str| {
        let (_, parameter) = template.split_once(&format!("\n  {name}:\n")).unwrap();
        let (_, default) = parameter.split_once("Default: ").unwrap();
        default.lines().next().unwrap().parse::<f64>().unwrap()
    };
    ["NetdataRate", "KazooRate", "TencentRate", "Site24x7Rate"].map(default).into_iter().fold(0.0, f64::max)
}

/// What one source says of one alert, and before it of another, after which its day is known and its heartbeat written.
struct Story {
    before: String,
    opens: String,
    repeats: String,
    recovers: String,
}

/// The body of a fixture as its source sends it, members in their order and without blanks, edited.
fn edited(fixture: &str, edits: &[(&str, Value)]) -> String {
    let mut body = compact(&std::fs::read_to_string(format!("{FIXTURES}/{fixture}.json")).unwrap());
    let at = |body: &str, place: &str| serde_json::from_str::<Value>(body).unwrap().pointer(place).cloned();
    for (place, value) in edits {
        let known = at(&body, place).unwrap_or_else(|| panic!("{fixture} has no {place}"));
        let (_, name) = place.rsplit_once('/').unwrap();
        body = body.replacen(&format!("\"{name}\":{known}"), &format!("\"{name}\":{value}"), 1);
        assert_eq!(at(&body, place).as_ref(), Some(value), "{fixture}: {place} is not the first of its name");
    }
    body
}

/// `json` without the blanks outside of its texts.
fn compact(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    json.chars()
        .filter(|character| {
            let is_kept = is_text || !character.is_whitespace();
            is_text ^= *character == '"' && !is_escaped;
            is_escaped = is_text && *character == '\\' && !is_escaped;
            is_kept
        })
        .collect()
}

fn netdata() -> Story {
    let of = |name: &str, step: u32, before: &str, status: &str| {
        let transition = format!("5b0e6f21-3a94-4d8c-b7e2-{step:012}");
        edited(
            "netdata/nested-raised-critical",
            &[
                ("/alert/name", name.into()),
                ("/alert/prev_state/status", before.into()),
                ("/alert/state/status", status.into()),
                ("/alert/transition_id", transition.into()),
                ("/alert/triggered_at", format!("2026-03-02T22:11:{step:02}-05:00").into()),
            ],
        )
    };
    Story {
        before: of("another", 0, "Clear", "Critical"),
        opens: of("used_swap_of_the_node", 1, "Clear", "Critical"),
        repeats: of("used_swap_of_the_node", 2, "Critical", "Critical"),
        recovers: of("used_swap_of_the_node", 3, "Critical", "Clear"),
    }
}

/// Its older form, whose body is a third as long.
fn netdata_flat() -> Story {
    let of = |name: &str, minute: u32, severity: &str| {
        edited(
            "netdata/flat-v1.42-critical",
            &[
                ("/alarm", name.into()),
                ("/severity", severity.into()),
                ("/date", format!("2026-03-03T03:{minute:02}:00Z").into()),
            ],
        )
    };
    Story {
        before: of("another", 4, "critical"),
        opens: of("disk_space_usage", 4, "critical"),
        repeats: of("disk_space_usage", 5, "critical"),
        recovers: of("disk_space_usage", 6, "clear"),
    }
}

fn kazoo() -> Story {
    let of = |node: &str, step: u32, what: &str| {
        let subject = format!("System Alert: node freeswitch@{node} {what} ecallmgr@apps1.example.com");
        let edits = [("/subject", subject.into()), ("/msg_id", format!("msg-{step}").into())];
        edited("kazoo/system-alert-node-lost", &edits)
    };
    Story {
        before: of("fs2.example.com", 0, "disconnected from"),
        opens: of("fs1.example.com", 1, "disconnected from"),
        repeats: of("fs1.example.com", 2, "disconnected from"),
        recovers: of("fs1.example.com", 3, "connected to"),
    }
}

fn tencent() -> Story {
    let of = |fixture: &str, instance: &str| {
        let named = |place| format!("/alarmObjInfo/dimensions/{place}");
        let (id, name) = (named("unInstanceId"), named("deviceName"));
        edited(fixture, &[(&id, instance.into()), (&name, "shop-frontend-of-europe-1".into())])
    };
    Story {
        before: of("tencent/metric-firing", "ins-bbbb2222"),
        opens: of("tencent/metric-firing", "ins-aaaa1111"),
        repeats: of("tencent/repeat-after-a-day", "ins-aaaa1111"),
        recovers: of("tencent/recovery", "ins-aaaa1111"),
    }
}

fn site24x7() -> Story {
    let of = |id: u64, minute: u32, status: &str| {
        let link = format!("https://www.site24x7.com/app/client#/home/monitors/{id}/Summary");
        edited(
            "site24x7/down",
            &[
                ("/MONITOR_ID", id.into()),
                ("/MONITOR_DASHBOARD_LINK", link.into()),
                ("/STATUS", status.into()),
                ("/INCIDENT_TIME_ISO", format!("2026-03-01T10:{minute}:27+0530").into()),
            ],
        )
    };
    Story {
        before: of(123_456_000_000_025_014, 15, "DOWN"),
        opens: of(123_456_000_000_025_013, 15, "DOWN"),
        repeats: of(123_456_000_000_025_013, 20, "DOWN"),
        recovers: of(123_456_000_000_025_013, 25, "UP"),
    }
}

async fn say<P: Protocol>(world: &World, body: &str) {
    let request = Request::post(format!("/{}", P::SOURCE))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    let response = Box::pin(world.platform.webhook::<P>().handle(request)).await;
    assert_eq!(response.status(), StatusCode::OK, "{:?}", response.body());
}

/// The units of an opening, a repeat, a recovery, and the same once more.
async fn measured<P: Protocol>(story: Story) -> [Units; 4] {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let meter = Meter::before(table.clone());
    let secrets = json!({ format!("campanile/{}", P::SOURCE): { "tokens": [TOKEN] } });
    let world = World::over(table, meter.clone(), secrets).await;
    say::<P>(&world, &story.before).await;
    meter.take();
    let mut measured = Vec::new();
    for body in [&story.opens, &story.repeats, &story.recovers, &story.recovers] {
        say::<P>(&world, body).await;
        measured.push(meter.take());
        meter.assert_clear_of_limits().await;
    }
    measured.try_into().unwrap()
}

#[tokio::test]
async fn what_a_source_says_costs_so_many_units_and_the_manual_says_so() {
    let measured = [
        ("Netdata", measured::<Netdata>(netdata()).await),
        ("Netdata, flat", measured::<Netdata>(netdata_flat()).await),
        ("KAZOO", measured::<Kazoo>(kazoo()).await),
        ("Tencent", measured::<Tencent>(tencent()).await),
        ("Site24x7", measured::<Site24x7>(site24x7()).await),
    ];
    let row = |(source, [opens, repeats, recovers, again]): (&str, [Units; 4])| {
        format!("| {source} | {opens} | {repeats} | {recovers} | {again} |")
    };
    let rows: Vec<_> = measured.into_iter().map(row).collect();
    assert_rows("docs/performance.md", &rows);
    let both =
        |(_, [opens, _, recovers, _]): &(&str, [Units; 4])| f64::midpoint(opens.written, recovers.written);
    let dearest = measured.iter().map(both).fold(0.0, f64::max);
    assert!(
        dearest * ROUTES * default_rate() <= NEW_TABLE,
        "the defaults let through more than a new table takes"
    );
    let (_, [Units { read, written }, ..]) = measured[0];
    assert_rows(
        "docs/operations.md",
        &[
            format!(
                "| DynamoDB, writes | {written} units | $0.625 a million | {} |",
                dollars(written * WRITE)
            ),
            format!(
                "| DynamoDB, reads | {read} unit for the webhook | $0.125 a million | {} |",
                dollars(read * READ)
            ),
        ],
    );
}
