//! What each target begins with: what sources really send, and what the manual says to write.

use std::fs;
use std::path::{Path, PathBuf};

use channels::CHANNEL_TYPES;
use dispatch::{Destination, NotificationConfiguration};
use intake::WEBHOOKS;
use net::EgressPolicy;

/// Every target is tried with these, too.
const ANYTHING: [&[u8]; 4] = [b"", b"\0", b"{}", b"\xff\xfe\0\0[]"];

/// What `target` begins with.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = match target {
        "webhooks" => webhooks(),
        "batches" => folder("tests/fixtures/alertmanager").into_iter().map(|(_, content)| content).collect(),
        "encodings" => encodings(),
        "secrets" => secrets(),
        "matchers" => texts(&MATCHERS),
        "recurrences" => texts(&RECURRENCES),
        "intervals" => texts(&INTERVALS),
        "items" => texts(&ITEMS),
        "destinations" => destinations(),
        "answers" => answers(),
        "links" => texts(&["v1.eyJmIjoiIn0.AAAA", "v1..", "a.b.c.d"]),
        "addresses" => texts(&ADDRESSES),
        _ => Vec::new(),
    };
    found.extend(ANYTHING.map(<[u8]>::to_vec));
    found
}

const MATCHERS: [&str; 10] = [
    "alertname=\"HighLoad\"",
    "host=~db-.*",
    "env!=prod",
    "env!~\"a|b\"",
    "{team=\"db\"}",
    "\"a name\"=\"a \\\"value\\\"\"",
    "a=",
    "a=\"\\n\\t\\\\\"",
    "Ä=ö",
    "severity=~\"^(critical|warning)$\"",
];

const RECURRENCES: [&str; 7] = [
    "FREQ=WEEKLY;BYDAY=SU\nEurope/Berlin",
    "FREQ=DAILY;INTERVAL=2;COUNT=10\nAmerica/New_York",
    "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=31,-1;UNTIL=20271231",
    "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=MO,WE\nPacific/Apia",
    "FREQ=MONTHLY;BYDAY=2TU,-1FR;UNTIL=20270101T000000Z",
    "FREQ=DAILY\nAustralia/Lord_Howe",
];

const INTERVALS: [&str; 3] = [
    "times=09:00-17:00\nweekdays=monday:friday\nlocation=Europe/Berlin",
    "times=22:00-24:00\ndays_of_month=-3:-1\nmonths=january:march\nyears=2026:2028",
    "days_of_month=29:31\nweekdays=sunday\nmonths=2\nlocation=Pacific/Apia",
];

const ITEMS: [&str; 5] = [
    "\u{0}{\"fingerprint\":\"\",\"source\":\"netdata\",\"labels\":{}}",
    "\u{1}{\"source\":\"kazoo\",\"signal\":\"firing\",\"severity\":\"critical\",\"occurred_at\":\"2026-11-01T12:00:00Z\"}",
    "\u{2}{\"id\":\"6f1c2a34-5b67-489a-abcd-0123456789ab\",\"matchers\":[{\"name\":\"a\",\"value\":\"b\",\"isRegex\":true,\"isEqual\":true}],\"starts_at\":\"2026-11-01T12:00:00Z\",\"ends_at\":\"2026-11-01T14:00:00Z\",\"recurrence\":\"FREQ=DAILY\",\"created_by\":\"a\",\"comment\":\"b\",\"created_at\":\"2026-11-01T12:00:00Z\",\"updated_at\":\"2026-11-01T12:00:00Z\"}",
    "\u{3}0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "\u{5}6f1c2a34-5b67-489a-abcd-0123456789ab",
];

const ADDRESSES: [&str; 9] = [
    "https://hooks.example.com/services/T0/B0/x",
    "http://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/",
    "https://user:password@example.com:8443/a?b=c#d",
    "https://0x7f.1/",
    "https://localhost./",
    "120",
    "Sun, 01 Nov 2026 12:00:00 GMT",
    "inf",
];

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The files of a folder of the project, in order: their endings and contents.
fn folder(path: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<_> =
        fs::read_dir(root(path)).into_iter().flatten().flatten().map(|file| file.path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let ending = |path: &Path| path.extension().unwrap_or_default().to_string_lossy().into_owned();
    paths.iter().filter_map(|path| Some((ending(path), fs::read(path).ok()?))).collect()
}

fn webhooks() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (place, source) in (0..).zip(WEBHOOKS) {
        let folders = ["tests/fixtures", "tests/fixtures/damaged"].map(|folder| format!("{folder}/{source}"));
        for (ending, content) in folders.iter().flat_map(|path| folder(path)) {
            let form = match ending.as_str() {
                "json" => 0,
                "form" => 1,
                "query" => 4,
                _ => 3,
            };
            found.push([&[place, form], content.trim_ascii_end()].concat());
        }
    }
    found
}

/// Gzip, zlib and deflate of a short body, as Python makes them.
fn encodings() -> Vec<Vec<u8>> {
    let gzip = b"\x00\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabVJ\xccI,\xcaU\xb2RJ.(U\xd2\x01\xf2R\x8bJ\xa0\xbcZ\x00w\xcd\xc0\x83\x1d\x00\x00\x00";
    let zlib = b"\x01x\xda\xabVJ\xccI,\xcaU\xb2RJ.(U\xd2\x01\xf2R\x8bJ\xa0\xbcZ\x00\x8c\xec\x09^";
    let deflate = b"\x01\xabVJ\xccI,\xcaU\xb2RJ.(U\xd2\x01\xf2R\x8bJ\xa0\xbcZ\x00";
    vec![gzip.to_vec(), zlib.to_vec(), deflate.to_vec(), b"\x02{\"a\":1}".to_vec(), b"\x03\x8b\x02".to_vec()]
}

fn secrets() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for file in ["infra/development-secrets.json", "infra/events/secrets.json"] {
        let secrets = fs::read(root(file)).unwrap_or_default();
        let secrets: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&secrets).unwrap_or_default();
        for (place, source) in (0_u8..).zip(WEBHOOKS) {
            let of_it = secrets.iter().filter(|(name, _)| name.ends_with(source.as_str()));
            found.extend(of_it.map(|(_, secret)| [&[place], secret.to_string().as_bytes()].concat()));
        }
    }
    found
}

/// The secrets of the examples, and the blocks of the manual's pages, each as the only destination.
fn destinations() -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = fs::read_dir(root("examples"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| fs::read(entry.path().join("destinations.json")).ok())
        .collect();
    let secrets = CHANNEL_TYPES.iter().flat_map(|channel_type| secrets_of(channel_type.name));
    found.extend(secrets.map(String::into_bytes));
    found
}

/// An answer of a status and a body that each vendor gives, by the type's place.
fn answers() -> Vec<Vec<u8>> {
    let bodies: [(u16, &str); 6] = [
        (200, "{\"ok\":true,\"ts\":\"1.2\",\"channel\":\"C0\",\"result\":{\"message_id\":7}}"),
        (200, "{\"ok\":false,\"error\":\"invalid_auth\",\"errcode\":310000,\"code\":9499,\"errmsg\":\"x\"}"),
        (
            202,
            "{\"status\":\"success\",\"dedup_key\":\"x\",\"requestId\":\"r\",\"result\":\"Request will be processed\"}",
        ),
        (204, ""),
        (400, "{\"__type\":\"Throttling\",\"message\":\"slow down\",\"errors\":[\"Invalid routing key\"]}"),
        (429, "{\"retry_after\":1.5,\"parameters\":{\"retry_after\":7,\"migrate_to_chat_id\":-100}}"),
    ];
    let places = 0..u8::try_from(CHANNEL_TYPES.len()).unwrap_or(u8::MAX);
    let of_each = places.flat_map(|place| bodies.map(|(status, body)| (place, status, body)));
    let bytes = |(place, status, body): (u8, u16, &str)| {
        let [high, low] = (status - 100).to_be_bytes();
        [&[place, high, low, 0], body.as_bytes()].concat()
    };
    of_each.map(bytes).collect()
}

/// The blocks of a type's page that configure a destination, each in a secret of its own.
fn secrets_of(name: &str) -> Vec<String> {
    let page = fs::read_to_string(root(&format!("docs/destinations/{name}.md"))).unwrap_or_default();
    let blocks = page.split("```json\n").skip(1).filter_map(|block| block.split("\n```").next());
    let is_destination = |block: &&str| block.contains(&format!("\"type\": \"{name}\""));
    blocks.filter(is_destination).map(|block| format!("{{\"destinations\":[{block}]}}")).collect()
}

/// The first destination on the page of the type `name`.
///
/// # Panics
///
/// Where the page shows none that can be used: there is no fuzzing of answers without it.
pub(crate) fn configured(name: &str) -> Destination {
    let secrets = secrets_of(name);
    let read = secrets.iter().map(|secret| NotificationConfiguration::read(secret, &EgressPolicy::public()));
    let usable = read.flat_map(|settings| settings.destinations).next();
    usable.unwrap_or_else(|| panic!("docs/destinations/{name}.md configures no destination"))
}
