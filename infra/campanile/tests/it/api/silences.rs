//! Silences from making one to its end, and what they do to alerts.

use http::StatusCode;
use serde_json::{Value, json};

use super::{World, firing, kinds, path_of, world};

async fn silence(world: &World, filter: Value) -> Value {
    let body = json!({ "matchers": [filter], "duration_secs": 3600, "comment": "planned" });
    let (status, silence) = world.act("POST", "/v1/silences", body).await;
    assert_eq!(status, StatusCode::CREATED, "{silence}");
    silence
}

fn cpu() -> Value {
    json!({ "name": "alertname", "value": "cpu" })
}

#[tokio::test]
async fn a_silence_acts_at_once_and_its_end_does_too() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    world.record(&firing("disk")).await;
    let silence = silence(&world, cpu()).await;
    assert_eq!((&silence["state"], &silence["created_by"]), (&json!("active"), &json!("ada")));

    let alert = world.get(&path_of("cpu")).await;
    assert_eq!((&alert["handling"], &alert["condition"]), (&json!("silenced"), &json!("firing")));
    assert_eq!(alert["silenced_by"], json!([silence["id"]]));
    assert_eq!(kinds(&world.get("/v1/alerts?handling=silenced").await), ["cpu"]);
    assert_eq!(kinds(&world.get("/v1/alerts?handling=open").await), ["disk"]);

    let path = format!("/v1/silences/{}", silence["id"].as_str().unwrap());
    let (status, ended) = world.act("DELETE", &path, Value::Null).await;
    assert_eq!((status, &ended["state"]), (StatusCode::OK, &json!("expired")));
    assert_eq!(world.act("DELETE", &path, Value::Null).await.1, ended);
    assert_eq!(world.get(&path_of("cpu")).await["handling"], "open");
    assert_eq!(world.get("/v1/silences?state=active").await["silences"], json!([]));
    assert_eq!(world.get("/v1/silences?state=expired").await["silences"], json!([ended]));
}

#[tokio::test]
async fn an_acknowledged_alert_shows_its_silence_and_is_acknowledged_after_it() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    world.act("POST", &format!("{}/acknowledge", path_of("cpu")), json!({})).await;
    let silence = silence(&world, cpu()).await;
    assert_eq!(world.get(&path_of("cpu")).await["handling"], "silenced");
    world.act("DELETE", &format!("/v1/silences/{}", silence["id"].as_str().unwrap()), Value::Null).await;
    assert_eq!(world.get(&path_of("cpu")).await["handling"], "acknowledged");
}

#[tokio::test]
async fn a_silence_is_changed_in_place_or_replaced() {
    let world = world().await;
    let silence = silence(&world, cpu()).await;
    let path = format!("/v1/silences/{}", silence["id"].as_str().unwrap());

    let longer = json!({ "matchers": [cpu()], "duration_secs": 7200, "comment": "takes longer" });
    let (status, changed) = world.act("PUT", &path, longer).await;
    assert_eq!((status, &changed["id"]), (StatusCode::OK, &silence["id"]));
    assert_eq!((&changed["starts_at"], &changed["comment"]), (&silence["starts_at"], &json!("takes longer")));

    let disk = json!({ "name": "alertname", "value": "disk" });
    let other = json!({ "matchers": [disk], "duration_secs": 7200, "comment": "another" });
    let (_, replaced) = world.act("PUT", &path, other).await;
    assert_ne!(replaced["id"], silence["id"]);
    assert_eq!(world.get(&path).await["state"], "expired");
    assert_eq!(world.get("/v1/silences?state=active").await["silences"], json!([replaced]));
}

#[tokio::test]
async fn one_that_makes_no_sense_or_is_not_there_is_refused() {
    let world = world().await;
    let make = |matchers: Value| {
        let body = json!({ "matchers": matchers, "duration_secs": 60, "comment": "" });
        let world = world.clone();
        async move { world.act("POST", "/v1/silences", body).await }
    };
    for matchers in [
        json!([]),
        json!([{ "name": "a", "value": "" }]),
        json!([{ "name": "", "value": "b" }]),
        json!([{ "name": "a", "value": "[", "is_regex": true }]),
    ] {
        let (status, body) = make(matchers.clone()).await;
        assert_eq!(
            (status, &body["error"]["code"]),
            (StatusCode::BAD_REQUEST, &json!("bad_request")),
            "{matchers}"
        );
    }
    let unknown = "/v1/silences/6f1c2a34-5b67-489a-abcd-0123456789ab";
    assert_eq!(world.ask("GET", unknown, "reader", None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.act("DELETE", unknown, Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.ask("GET", "/v1/silences/x", "reader", None).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ends_and_who_prolongs_at_once_leave_one_clear_silence() {
    let world = world().await;
    let silence = silence(&world, cpu()).await;
    let path = format!("/v1/silences/{}", silence["id"].as_str().unwrap());
    let longer = json!({ "matchers": [cpu()], "duration_secs": 7200, "comment": "longer" });
    let (ended, prolonged) =
        futures::future::join(world.act("DELETE", &path, Value::Null), world.act("PUT", &path, longer)).await;
    assert_eq!((ended.0, prolonged.0), (StatusCode::OK, StatusCode::OK));
    let now = world.get(&path).await;
    assert!(now == ended.1 || now == prolonged.1, "{now}");
}

#[tokio::test]
async fn a_silence_that_recurs_is_made_listed_and_changed_through_the_api() {
    let world = world().await;
    let body = json!({
        "matchers": [cpu()],
        "starts_at": "2026-03-22T01:00:00Z",
        "ends_at": "2026-03-22T03:00:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SU",
        "time_zone": "Europe/Berlin",
        "comment": "planned",
    });
    let (status, made) = world.act("POST", "/v1/silences", body.clone()).await;
    assert_eq!(
        (status, &made["recurrence"]),
        (StatusCode::CREATED, &json!("FREQ=WEEKLY;BYDAY=SU")),
        "{made}"
    );
    assert!(made["occurrence"]["ends_at"].is_string(), "{made}");
    let live = world.get("/v1/silences?state=active&state=pending").await;
    assert_eq!(live["silences"][0]["id"], made["id"]);

    let path = format!("/v1/silences/{}", made["id"].as_str().unwrap());
    let change = json!({ "matchers": [cpu()], "ends_at": "2026-03-22T02:00:00Z", "comment": "shorter" });
    let (status, changed) = world.act("PUT", &path, change).await;
    assert_eq!((status, &changed["time_zone"]), (StatusCode::OK, &json!("Europe/Berlin")), "{changed}");
    assert_eq!((&changed["id"], &changed["recurrence"]), (&made["id"], &made["recurrence"]));

    for (member, value, reason) in [
        ("recurrence", "FREQ=YEARLY", "`YEARLY` is not a frequency: use DAILY, WEEKLY or MONTHLY"),
        (
            "time_zone",
            "Europe/Atlantis",
            "`Europe/Atlantis` is not a time zone that is known: give an IANA name",
        ),
    ] {
        let mut body = body.clone();
        body[member] = json!(value);
        let (status, refused) = world.act("POST", "/v1/silences", body).await;
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(status == StatusCode::BAD_REQUEST && message.contains(reason), "{refused}");
    }
}
