//! What the clients look at before anything else: versions, paths, tokens, headers.

use campanile::bundle::Bundle;
use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn the_status_has_every_member_that_clients_follow() {
    let server = Server::start().await;
    let status = server.get("/api/v2/status").await.json();
    assert_eq!(status["cluster"], json!({ "status": "disabled", "peers": [] }));
    assert_eq!(status["config"]["original"], "route: {receiver: campanile}\nreceivers: [{name: campanile}]");
    for member in ["version", "revision", "branch", "buildUser", "buildDate", "goVersion"] {
        assert!(status["versionInfo"][member].is_string(), "{member}");
    }
    let uptime: Timestamp = status["uptime"].as_str().unwrap().parse().unwrap();
    assert!(now().duration_since(uptime) < SignedDuration::from_mins(5));
}

#[tokio::test]
async fn the_version_is_one_that_karma_accepts() {
    let server = Server::start().await;
    let status = server.get("/api/v2/status").await.json();
    let version = status["versionInfo"]["version"].as_str().unwrap().to_owned();
    let numbers: Vec<u32> = version.split('.').map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers.len(), 3);
    assert!(numbers >= vec![0, 22, 0], "{version}");

    let metrics = server.get("/metrics").await;
    assert!(metrics.header("content-type").starts_with("text/plain"));
    let line = format!("alertmanager_build_info{{version=\"{version}\"}} 1");
    assert!(metrics.text().lines().any(|found| found == line), "{}", metrics.text());
}

#[tokio::test]
async fn grafana_does_not_take_this_for_mimir() {
    let server = Server::start().await;
    let not_there =
        ["/alertmanager/api/v2/status", "/prod/alertmanager/api/v2/status", "/api/v1/status/buildinfo"];
    for path in not_there {
        assert_eq!(server.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(server.get("/api/v2/status").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stage_in_front_of_the_path_changes_nothing() {
    let server = Server::start().await;
    let answer = server.post("/prod/api/v2/alerts", &json!([firing(&json!({ "alertname": "A" }))])).await;
    assert_eq!(answer.status, StatusCode::OK);
    let listed = server.get("/prod/api/v2/alerts?filter=alertname%3DA").await;
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
    assert_eq!(server.get("/prod/api/v2/status").await.status, StatusCode::OK);
    assert_eq!(server.get("/prod/-/healthy").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_local_bundle_serves_every_path() {
    let secrets = EmbeddedSecrets::from_json(SECRETS.as_bytes()).await.unwrap();
    let bundle = Bundle::open(&Location::InMemory, secrets, Configuration::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://t0:t0-write@{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(bundle.serve(listener, async move { stopped.await.unwrap_or_default() }));

    let client = reqwest::Client::new();
    let silence = json!({ "matchers": [{ "name": "a", "value": "b", "isRegex": false }], "createdBy": "ada",
        "comment": "", "startsAt": minutes_from_now(0), "endsAt": minutes_from_now(5) });
    let made = client.post(format!("{url}/api/v2/silences")).json(&silence).send().await.unwrap();
    let id = made.json::<Value>().await.unwrap()["silenceID"].as_str().unwrap().to_owned();
    for path in [
        "api/v2/status",
        "api/v2/alerts/groups",
        &format!("api/v2/silence/{id}"),
        "metrics",
        "-/healthy",
        "-/ready",
    ] {
        let answer = client.get(format!("{url}/{path}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
    let grafana = client.get(format!("{url}/alertmanager/api/v2/status")).send().await.unwrap();
    assert_eq!(grafana.status().as_u16(), 404);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn there_is_one_receiver() {
    let server = Server::start().await;
    assert_eq!(server.get("/api/v2/receivers").await.json(), json!([{ "name": "campanile" }]));
    let none = server.get("/api/v2/receivers?receiver_matchers=name%3Dother").await;
    assert_eq!(none.json(), json!([]));
}

#[tokio::test]
async fn who_may_read_may_not_write() {
    let server = Server::start().await;
    let alerts = json!([firing(&json!({ "alertname": "A" }))]).to_string();
    for (target, method) in [
        ("/api/v2/alerts", "POST"),
        ("/v1/alertmanager", "POST"),
        ("/api/v2/silences", "POST"),
        ("/api/v2/silence/6f1c2a34-5b67-489a-abcd-0123456789ab", "DELETE"),
    ] {
        let reader = server.send(with_token(method, target, "t0-read"), alerts.clone()).await;
        assert_eq!(reader.status, StatusCode::FORBIDDEN, "{target}");
        let stranger = server.send(with_token(method, target, "t0-guess"), alerts.clone()).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{target}");
        let nobody = server.send(Request::builder().method(method).uri(target), alerts.clone()).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{target}");
    }
    assert_eq!(server.names("").await, [""; 0]);
}

#[tokio::test]
async fn a_token_is_also_the_password_of_a_url() {
    let server = Server::start().await;
    // anybody:t0-read
    let request =
        Request::builder().uri("/api/v2/alerts").header("authorization", "Basic YW55Ym9keTp0MC1yZWFk");
    assert_eq!(server.send(request, "").await.status, StatusCode::OK);
    let request =
        Request::builder().uri("/api/v2/alerts").header("authorization", "Basic YW55Ym9keTpuby1uby1u");
    assert_eq!(server.send(request, "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn no_answer_is_kept_by_a_browser_or_open_to_another_page() {
    let server = Server::start().await;
    for target in
        ["/api/v2/status", "/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/silences", "/metrics"]
    {
        let request = with_token("GET", target, "t0-read").header("origin", "https://elsewhere.example.com");
        let answer = server.send(request, "").await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"), "{target}");
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{target}");
    }
    let asking = Request::builder().method("OPTIONS").uri("/api/v2/alerts");
    assert_eq!(server.send(asking, "").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn health_is_open_and_the_metrics_of_alerts_are_not() {
    let server = Server::start().await;
    server.fire(&json!([firing(&json!({ "alertname": "A", "severity": "page" }))])).await;
    for target in ["/-/healthy", "/-/ready", "/metrics"] {
        let answer = server.send(Request::builder().uri(target), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{target}");
        assert!(!answer.text().contains("campanile_alerts"), "{target}");
    }
    assert_eq!(
        server.send(with_token("GET", "/metrics", "t0-guess"), "").await.status,
        StatusCode::UNAUTHORIZED
    );
    let metrics = server.get("/metrics").await.text();
    let count = |severity, count| {
        format!(
            "campanile_alerts{{condition=\"firing\",severity=\"{severity}\",source=\"alertmanager\"}} {count}\n"
        )
    };
    assert!(metrics.contains(&count("critical", 1)), "{metrics}");
    assert!(metrics.contains(&count("warning", 0)), "{metrics}");
}
