//! Silences: made, changed, ended, and what they do.

use super::*;

const UNKNOWN: &str = "6f1c2a34-5b67-489a-abcd-0123456789ab";

impl Server {
    async fn silence(&self, body: &Value) -> String {
        let answer = self.post("/api/v2/silences", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["silenceID"].as_str().unwrap().to_owned()
    }

    async fn read_silence(&self, id: &str) -> Value {
        self.get(&format!("/api/v2/silence/{id}")).await.json()
    }

    async fn states(&self, query: &str) -> Vec<String> {
        let silences = self.get(&format!("/api/v2/silences{query}")).await.json();
        let state = |silence: &Value| silence["status"]["state"].as_str().unwrap().to_owned();
        silences.as_array().unwrap().iter().map(state).collect()
    }
}

/// What amtool posts, for alerts named `name`.
fn silence_of(name: &str) -> Value {
    json!({
        "matchers": [{ "name": "alertname", "value": name, "isRegex": false }],
        "startsAt": minutes_from_now(0), "endsAt": minutes_from_now(60),
        "createdBy": "ada", "comment": "planned work",
    })
}

fn with(mut silence: Value, member: &str, value: impl Into<Value>) -> Value {
    silence[member] = value.into();
    silence
}

#[tokio::test]
async fn a_silence_has_every_member_that_clients_follow() {
    let server = Server::start().await;
    let id = server.silence(&silence_of("A")).await;
    let mut silence = server.read_silence(&id).await;
    assert_eq!(server.get("/api/v2/silences").await.json(), json!([silence]));
    for member in ["startsAt", "endsAt", "updatedAt"] {
        let time = silence.as_object_mut().unwrap().remove(member).unwrap();
        assert!(
            time.as_str().unwrap().len() == "2026-01-02T03:04:05.000Z".len()
                && time.as_str().unwrap().ends_with('Z')
        );
    }
    assert_eq!(
        silence,
        json!({
            "id": id, "status": { "state": "active" }, "createdBy": "ada", "comment": "planned work",
            "annotations": {},
            "matchers": [{ "name": "alertname", "value": "A", "isRegex": false, "isEqual": true }],
        })
    );
}

#[tokio::test]
async fn annotations_of_a_silence_come_back_and_outlive_a_change_in_our_own_api() {
    let server = Server::start().await;
    let ticket = json!({ "ticket": "CHG-1042" });
    let id = server.silence(&with(silence_of("A"), "annotations", ticket.clone())).await;
    assert_eq!(server.read_silence(&id).await["annotations"], ticket);

    let longer = json!({ "comment": "longer", "duration_secs": 7200,
        "matchers": [{ "name": "alertname", "value": "A" }] });
    let target = format!("/v1/silences/{id}");
    let changed =
        server.send(with_token("PUT", &target, "t0-write"), serde_json::to_vec(&longer).unwrap()).await;
    assert_eq!((changed.status, &changed.json()["annotations"]), (StatusCode::OK, &ticket));

    let other = json!({ "runbook": "r" });
    let posted = with(with(server.read_silence(&id).await, "annotations", other.clone()), "id", &*id);
    assert_eq!(server.silence(&posted).await, id);
    assert_eq!(server.read_silence(&id).await["annotations"], other);
}

#[tokio::test]
async fn a_silence_suppresses_until_it_is_ended() {
    let server = Server::start().await;
    server.fire(&json!([firing(&json!({ "alertname": "A" })), firing(&json!({ "alertname": "B" }))])).await;
    let id = server.silence(&silence_of("A")).await;

    let silenced = server.get("/api/v2/alerts?filter=alertname%3DA").await.json();
    assert_eq!(
        silenced[0]["status"],
        json!({ "state": "suppressed", "silencedBy": [id], "inhibitedBy": [], "mutedBy": [] })
    );
    assert_eq!(silenced[0]["annotations"]["campanile_handling"], "silenced");
    assert_eq!(server.names("?silenced=false").await, ["B"]);
    assert_eq!(server.names("?active=false").await, ["A"]);

    let target = format!("/api/v2/silence/{id}");
    for _ in 0..2 {
        let ended = server.delete(&target).await;
        assert_eq!((ended.status, ended.body.len()), (StatusCode::OK, 0));
        assert_eq!(server.names("?silenced=false").await, ["A", "B"]);
        assert_eq!(server.read_silence(&id).await["status"]["state"], "expired");
    }
}

#[tokio::test]
async fn silences_match_the_labels_that_are_served() {
    let server = Server::start().await;
    server
        .fire(&json!([
            firing(&json!({ "alertname": "A", "env": "prod" })),
            firing(&json!({ "alertname": "B" }))
        ]))
        .await;
    let matchers = json!([
        { "name": "alertname", "value": "A|B", "isRegex": true },
        { "name": "env", "value": "prod", "isRegex": false, "isEqual": false },
    ]);
    server.silence(&with(silence_of("A"), "matchers", matchers)).await;
    assert_eq!(server.names("?active=false").await, ["B"]);
}

#[tokio::test]
async fn a_change_that_keeps_the_past_keeps_the_id() {
    let server = Server::start().await;
    let id = server.silence(&silence_of("A")).await;
    let known = server.read_silence(&id).await;
    let longer = with(known.clone(), "endsAt", minutes_from_now(120));
    assert_eq!(server.silence(&longer).await, id);
    assert_eq!(server.read_silence(&id).await["endsAt"], longer["endsAt"]);

    let other = server.silence(&with(longer, "matchers", silence_of("B")["matchers"].clone())).await;
    assert_ne!(other, id);
    assert_eq!(server.read_silence(&id).await["status"]["state"], "expired");
    assert_eq!(server.read_silence(&other).await["status"]["state"], "active");
}

#[tokio::test]
async fn a_start_in_the_past_becomes_now() {
    let server = Server::start().await;
    let id = server.silence(&with(silence_of("A"), "startsAt", minutes_from_now(-600))).await;
    let started: Timestamp = server.read_silence(&id).await["startsAt"].as_str().unwrap().parse().unwrap();
    assert!(now().duration_since(started) < SignedDuration::from_mins(1));
}

#[tokio::test]
async fn what_makes_no_sense_is_answered_with_a_string() {
    let server = Server::start().await;
    let silence = || silence_of("A");
    let matchers = |matchers: Value| with(silence(), "matchers", matchers);
    for (body, because) in [
        (matchers(json!([])), "needs a matcher"),
        (matchers(json!([{ "name": "a", "value": ".*", "isRegex": true }])), "every matcher also matches"),
        (
            matchers(json!([{ "name": "a", "value": "b", "isRegex": false, "isEqual": false }])),
            "every matcher also",
        ),
        (matchers(json!([{ "name": "a", "value": "(", "isRegex": true }])), "not a regex"),
        (matchers(json!([{ "name": "", "value": "b", "isRegex": false }])), "no label name"),
        (with(silence(), "endsAt", silence()["startsAt"].clone()), "ends before it starts"),
        (
            with(with(silence(), "startsAt", minutes_from_now(-9)), "endsAt", minutes_from_now(-1)),
            "in the past",
        ),
    ] {
        let answer = server.post("/api/v2/silences", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer.message().contains(because), "{because}: {}", answer.message());
    }
    assert_eq!(server.states("").await, [""; 0]);
}

#[tokio::test]
async fn what_breaks_the_schema_has_go_openapis_codes() {
    let server = Server::start().await;
    for (body, code) in [
        (json!([]), 601),
        (with(silence_of("A"), "endsAt", Value::Null), 602),
        (with(silence_of("A"), "endsAt", "tomorrow"), 601),
        (with(silence_of("A"), "comment", 5), 601),
        (with(silence_of("A"), "matchers", Value::Null), 602),
        (with(silence_of("A"), "matchers", "alertname=A"), 601),
        (with(silence_of("A"), "matchers", json!([{ "name": "a", "value": "b" }])), 602),
        (with(silence_of("A"), "id", "no-uuid"), 601),
        (with(silence_of("A"), "annotations", json!([])), 601),
        (with(silence_of("A"), "annotations", json!({ "ticket": 1042 })), 601),
    ] {
        let answer = server.post("/api/v2/silences", &body).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)),
            "{body}"
        );
        assert!(answer.json()["message"].is_string());
    }
    for method in ["GET", "DELETE"] {
        let answer = server.send(with_token(method, "/api/v2/silence/no-uuid", "t0-write"), "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn an_unknown_silence_is_not_found() {
    let server = Server::start().await;
    let target = format!("/api/v2/silence/{UNKNOWN}");
    for answer in [server.get(&target).await, server.delete(&target).await] {
        assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_FOUND, 0));
    }
    let answer = server.post("/api/v2/silences", &with(silence_of("A"), "id", UNKNOWN)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn silences_are_listed_by_state_and_by_equal_matchers() {
    let server = Server::start().await;
    server.silence(&silence_of("A")).await;
    server.silence(&with(silence_of("B"), "startsAt", minutes_from_now(30))).await;
    let ended = server.silence(&silence_of("C")).await;
    server.delete(&format!("/api/v2/silence/{ended}")).await;

    assert_eq!(server.states("").await, ["active", "pending", "expired"]);
    assert_eq!(server.states("?expired=false&pending=&active").await, ["active", "pending"]);
    assert_eq!(server.states("?active=false&pending=false").await, ["expired"]);
    assert_eq!(server.states("?filter=alertname%3DA").await, ["active"]);
    assert_eq!(server.states("?filter=alertname%3D~A").await, [""; 0], "another type is another matcher");
    assert_eq!(server.get("/api/v2/silences?filter=foo").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_silence_that_is_not_durable_is_not_answered_with_success() {
    let server = Server::start().await;
    server.is_broken.store(true, Ordering::SeqCst);
    let answer = server.post("/api/v2/silences", &silence_of("A")).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.message().contains("try again"));
}
