//! What fires, as Alertmanager's clients read it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use alert::{Labels, Source, fold, served_labels};
use flate2::read::GzDecoder;
use intake::{Entry, Store};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};

use super::*;

type Normalizer = fn(&InboundRequest, &SourceConfiguration) -> Result<Normalized, Rejection>;

/// A request of Netdata's, as its function keeps it.
fn netdata_request() -> InboundRequest {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/netdata/nested-raised-critical.json");
    InboundRequest {
        method: "POST".into(),
        query: String::new(),
        content_type: Some("application/json".into()),
        headers: BTreeMap::new(),
        body: std::fs::read(path).unwrap(),
        received_at: now(),
    }
}

#[tokio::test]
async fn an_alert_has_every_member_that_clients_follow() {
    let server = Server::start().await;
    let mut sent = firing(&json!({ "alertname": "InstanceDown", "severity": "critical" }));
    sent["generatorURL"] = "http://prometheus-1:9090/graph?g0.expr=up".into();
    sent["annotations"] = json!({ "description": "web-1 does not answer", "summary": "web-1 is down" });
    server.fire(&json!([sent])).await;
    let stored = server.get("/v1/alerts").await.json()["alerts"][0].clone();

    let listed = server.get("/api/v2/alerts").await.json();
    let mut alert = listed[0].clone();
    let ends_at: Timestamp = alert["endsAt"].as_str().unwrap().parse().unwrap();
    let ahead = ends_at.duration_since(now());
    assert!(ahead > SignedDuration::from_mins(4) && ahead <= SignedDuration::from_mins(5));
    alert["endsAt"] = Value::Null;
    let updated_at: Timestamp = alert["updatedAt"].as_str().unwrap().parse().unwrap();
    assert!(now().duration_since(updated_at) < SignedDuration::from_mins(1), "it is re-stated as of now");
    alert["updatedAt"] = Value::Null;
    assert_eq!(
        alert,
        json!({
            "labels": { "alertname": "InstanceDown", "severity": "critical" },
            "annotations": {
                "description": "web-1 does not answer", "summary": "web-1 is down",
                "campanile_fingerprint": stored["fingerprint"], "campanile_handling": "open",
            },
            "receivers": [{ "name": "campanile" }],
            "fingerprint": "767cb822c691ad83",
            "startsAt": sent["startsAt"], "updatedAt": null, "endsAt": null,
            "status": { "state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": [] },
            "generatorURL": "http://prometheus-1:9090/graph?g0.expr=up",
        })
    );
}

#[tokio::test]
async fn an_alert_of_another_source_gets_the_labels_that_it_lacks() {
    let server = Server::start().await;
    let inbound = netdata_request();
    let events = normalize::netdata::normalize(&inbound, &SourceConfiguration::default()).unwrap().events;
    server.platform.table.record(Entry { event: &events[0], inbound: &inbound }).await.unwrap();
    let (by, note) = ("ada", "on it");
    server.platform.table.acknowledge(events[0].fingerprint, by, Some(note)).await.unwrap();

    let listed = server.get("/api/v2/alerts?filter=source%3Dnetdata").await.json();
    let (labels, annotations) = (&listed[0]["labels"], &listed[0]["annotations"]);
    assert_eq!(labels["alertname"], events[0].labels["alertname"]);
    assert_eq!(labels["severity"], events[0].severity.as_str());
    assert_eq!(labels["account"], events[0].account);
    assert_eq!(annotations["summary"], events[0].title);
    assert_eq!(annotations["campanile_handling"], "acknowledged");
    assert_eq!((&annotations["acknowledged_by"], &annotations["note"]), (&json!(by), &json!(note)));
    assert!(annotations["acknowledged_at"].as_str().unwrap().parse::<Timestamp>().is_ok());
    assert_eq!(listed[0]["status"]["state"], "active");
    assert!(!listed.to_string().contains("null"), "{listed}");
}

#[tokio::test]
async fn filters_and_receivers_and_states_narrow_the_list() {
    let server = Server::start().await;
    let labels = [
        json!({ "alertname": "A", "env": "prod", "code": "500" }),
        json!({ "alertname": "B", "env": "dev, prod" }),
        json!({ "alertname": "C" }),
    ];
    server.fire(&json!(labels.each_ref().map(firing))).await;
    for (query, expected) in [
        ("", &["A", "B", "C"][..]),
        ("?silenced&active", &["A", "B", "C"]),
        ("?active=&inhibited=true&unprocessed=true", &["A", "B", "C"]),
        ("?active=false", &[]),
        ("?inhibited=false&unprocessed=false&silenced=false", &["A", "B", "C"]),
        ("?filter=env%3Dprod", &["A"]),
        ("?filter=env%3D%22dev%2C%20prod%22", &["B"]),
        ("?filter=env%3D", &["C"]),
        ("?filter=env%21%3D", &["A", "B"]),
        ("?filter=code%3D~%225..%22", &["A"]),
        ("?filter=code%3D~%225.%22", &[]),
        ("?filter=alertname%21~A%7CB&filter=env%3D", &["C"]),
        ("?filter=alertname%3DA&filter=alertname%3DB", &[]),
        ("?receiver=", &["A", "B", "C"]),
        ("?receiver=camp.*", &["A", "B", "C"]),
        ("?receiver=camp", &[]),
        ("?receiver_matchers=name%3Dcampanile", &["A", "B", "C"]),
        ("?receiver_matchers=name%3Dother", &[]),
        ("?something=else", &["A", "B", "C"]),
    ] {
        assert_eq!(server.names(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_answered_with_a_string() {
    let server = Server::start().await;
    let paths = ["/api/v2/alerts", "/api/v2/alerts/groups"];
    let queries = [
        "filter=",
        "filter=foo",
        "filter=%7Bfoo%3Dbar%7D",
        "filter=job%3D%22value",
        "filter=job%3Dvalue%22",
        "filter=foo%3D~%22invalid%5Bregexp%22",
        "receiver=%5B",
    ];
    for path in paths {
        for query in queries {
            let answer = server.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}?{query}");
            assert!(!answer.message().is_empty());
        }
        let answer = server.get(&format!("{path}?active=maybe")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(601)));
    }
}

#[tokio::test]
async fn lists_are_by_fingerprint_and_groups_by_name() {
    let server = Server::start().await;
    let labels = ["A", "B", "A", "C"].iter().enumerate();
    let labels: Vec<_> =
        labels.map(|(number, name)| firing(&json!({ "alertname": name, "n": number.to_string() }))).collect();
    server.fire(&json!(labels)).await;
    server.fire(&json!([firing(&json!({ "nameless": "1" }))])).await;

    let listed = server.get("/api/v2/alerts").await.json();
    let fingerprints: Vec<_> =
        listed.as_array().unwrap().iter().map(|alert| alert["fingerprint"].as_str().unwrap()).collect();
    assert!(fingerprints.len() == 5 && fingerprints.is_sorted(), "{fingerprints:?}");

    let groups = server.get("/api/v2/alerts/groups?muted&filter=alertname%21%3DC").await.json();
    let shape: Vec<_> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            assert_eq!(
                (&group["routeLabels"], &group["receiver"]),
                (&json!({}), &json!({ "name": "campanile" }))
            );
            (group["labels"].clone(), group["alerts"].as_array().unwrap().len())
        })
        .collect();
    let named = |name: &str| json!({ "alertname": name });
    assert_eq!(shape, [(json!({}), 1), (named("A"), 2), (named("B"), 1)]);
}

#[tokio::test]
async fn a_client_that_takes_gzip_gets_it() {
    let server = Server::start().await;
    server.fire(&json!([firing(&json!({ "alertname": "A" }))])).await;
    let request = with_token("GET", "/api/v2/alerts", "t0-read").header("accept-encoding", "gzip, deflate");
    let answer = server.send(request, "").await;
    assert_eq!(
        (answer.header("content-encoding"), answer.header("content-type")),
        ("gzip", "application/json")
    );
    let mut text = String::new();
    GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    let alerts: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(alerts[0]["labels"]["alertname"], "A");
    assert_eq!(server.get("/api/v2/alerts").await.header("content-encoding"), "");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused_and_not_cut() {
    let server = Server::start().await;
    // Annotations are cut in an alert, labels never are.
    let large: BTreeMap<_, _> = (0..48).map(|number| (format!("a{number}"), "x".repeat(2_000))).collect();
    for batch in 0..4 {
        let alerts: Vec<_> = (0..18)
            .map(|number| {
                let mut labels = large.clone();
                labels.insert("batch".to_owned(), batch.to_string());
                labels.insert("n".to_owned(), number.to_string());
                firing(&json!(labels))
            })
            .collect();
        server.fire(&json!(alerts)).await;
    }
    for path in ["/api/v2/alerts", "/api/v2/alerts/groups"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(answer.message().contains("send `Accept-Encoding: gzip`, or use a filter"), "{path}");
        let request = with_token("GET", path, "t0-read").header("accept-encoding", "gzip");
        let answer = server.send(request, "").await;
        assert_eq!((answer.status, answer.header("content-encoding")), (StatusCode::OK, "gzip"), "{path}");
    }
    assert_eq!(server.names("?filter=batch%3D1").await.len(), 18);
}

/// Alerts of every source, from every fixture: two alerts never look alike to clients that know labels only.
#[test]
fn no_two_alerts_have_equal_labels() {
    let normalizers: [(Source, Normalizer); 5] = [
        (Source::Netdata, normalize::netdata::normalize),
        (Source::Kazoo, normalize::kazoo::normalize),
        (Source::Tencent, normalize::tencent::normalize),
        (Source::Site24x7, normalize::site24x7::normalize),
        (Source::Alertmanager, normalize::alertmanager::normalize),
    ];
    let mut known = BTreeMap::<Labels, _>::new();
    let mut alerts = 0;
    for (source, normalize) in normalizers {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/fixtures/{source}"));
        for file in
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
        {
            let Ok(normalized) = normalize(&request_of(&file), &SourceConfiguration::default()) else {
                continue;
            };
            for event in normalized.events {
                let Some(alert) = fold(None, &event, now()).alert else { continue };
                let labels = served_labels(&alert);
                let first = *known.entry(labels).or_insert(alert.fingerprint);
                assert_eq!(first, alert.fingerprint, "{}", file.display());
                alerts += 1;
            }
        }
    }
    assert!(alerts > 200, "{alerts}");
}

fn request_of(file: &Path) -> InboundRequest {
    let content = std::fs::read(file).unwrap();
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (method, content_type) = match ending {
        "query" => ("GET", None),
        "form" => ("POST", Some("application/x-www-form-urlencoded")),
        "json" => ("POST", Some("application/json")),
        _ => ("POST", None),
    };
    let (query, body) = if ending == "query" {
        (String::from_utf8(content).unwrap().trim().to_owned(), Vec::new())
    } else {
        (String::new(), content)
    };
    InboundRequest {
        method: method.into(),
        query,
        content_type: content_type.map(str::to_owned),
        headers: BTreeMap::new(),
        body,
        received_at: now(),
    }
}
