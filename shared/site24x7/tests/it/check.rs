//! The report of a check: what was seen, what is lost, what to do.

use serde_json::json;
use site24x7::check::{Report, Subject, check, settings};
use site24x7::hook::{WebhookSpec, install};
use site24x7::testing::{
    CLIENT_SECRET, Fault, Hidden, SECRET, StandIn, TestClient, calls, hook_key, transport,
};
use site24x7::{Clock, Hosts, MemoryTokenStore, TokenStore};

fn subject() -> Subject {
    let spec = WebhookSpec::new("Campanile", "https://alerts.example.com/site24x7", hook_key()).unwrap();
    Subject { webhook: Some(spec), calls_per_day: 600 }
}

/// Checks, and tells the report with the stand-in's changing address written out.
async fn told<S: TokenStore>(stand_in: &StandIn, client: &TestClient<S>) -> (bool, String) {
    let report = check(calls(client), &subject()).await;
    let address = stand_in.hosts().accounts().to_owned();
    (report.is_usable(), report.to_string().replace(&address, "http://stand-in"))
}

#[tokio::test]
async fn all_is_well() {
    let stand_in = StandIn::start().await;
    stand_in.world().monitors =
        (1..=3).map(|id| json!({"monitor_id": id, "display_name": format!("m{id}")})).collect();
    let client = stand_in.client();
    install(calls(&client), subject().webhook.as_ref().unwrap()).await.unwrap();
    let (usable, report) = told(&stand_in, &client).await;
    assert!(usable);
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn scopes_that_the_token_lacks_are_told_with_what_is_lost() {
    let stand_in = StandIn::start().await;
    stand_in.world().scopes =
        vec!["Site24x7.Admin.Read", "Site24x7.Admin.Create", "Site24x7.Operations.Read"];
    let (usable, report) = told(&stand_in, &stand_in.client()).await;
    assert!(usable);
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn scopes_that_the_token_does_not_tell_are_tried_by_reading() {
    let stand_in = StandIn::start().await;
    stand_in.world().hide(Hidden::Scopes);
    stand_in.world().lose_scope("Site24x7.Operations.Read");
    let (usable, report) = told(&stand_in, &stand_in.client()).await;
    assert!(usable);
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn without_admin_read_the_api_still_counts_as_authenticated() {
    let stand_in = StandIn::start().await;
    stand_in.world().scopes = vec!["Site24x7.Operations.Read", "Site24x7.Reports.Read"];
    let (usable, report) = told(&stand_in, &stand_in.client()).await;
    assert!(usable);
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn a_client_of_another_data_centre_fails() {
    let stand_in = StandIn::start().await;
    stand_in.world().token_answers.push_back((200, json!({"error": "invalid_client"}).to_string()));
    let (usable, report) = told(&stand_in, &stand_in.client()).await;
    assert!(!usable);
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn a_revoked_refresh_token_and_a_wrong_client_secret_fail_with_their_own_remedies() {
    let stand_in = StandIn::start().await;
    let mut authenticated = Vec::new();
    for (right, wrong) in [("1000.refresh.token", "1000.revoked"), (CLIENT_SECRET, "wrong")] {
        let client =
            stand_in.client_of(&SECRET.replace(right, wrong), MemoryTokenStore::default(), transport());
        let report = check(calls(&client), &subject()).await;
        assert!(!report.is_usable());
        authenticated.push(Report { findings: vec![report.findings[1].clone()] }.to_string());
    }
    insta::assert_snapshot!(authenticated.concat());
}

#[tokio::test]
async fn a_token_that_the_api_refuses_fails() {
    let stand_in = StandIn::start().await;
    let refused = || {
        Fault::status(401, r#"{"error_code":1124,"message":"OAuth Access Token is invalid or has expired."}"#)
    };
    stand_in.world().fail("/monitors", [refused(), refused()]);
    let (usable, report) = told(&stand_in, &stand_in.client()).await;
    assert!(!usable);
    insta::assert_snapshot!(report);
}

#[tokio::test]
async fn while_zoho_throttles_a_token_from_before_is_a_warning_and_none_is_a_failure() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    calls(&client).monitors().await.unwrap();
    stand_in.world().spend_all(stand_in.clock.now());
    let (usable, report) = told(&stand_in, &client).await;
    assert!(usable, "{report}");
    assert!(report.contains("the API takes a token from before, but"), "{report}");

    let (usable, report) = told(&stand_in, &stand_in.client()).await;
    assert!(!usable, "{report}");
    assert!(report.contains("-> wait until 2026-03-01T10:10:"), "{report}");
}

#[tokio::test]
async fn hosts_that_do_not_answer_are_named() {
    let stand_in = StandIn::start().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    let hosts = |api: &str, accounts: &str| Hosts::at(&format!("{api}/api"), accounts);
    let up = stand_in.hosts().accounts().to_owned();
    for hosts in [hosts(&nowhere, &nowhere), hosts(&nowhere, &up)] {
        let client = stand_in.client().at(hosts);
        let report = check(calls(&client), &subject()).await;
        assert!(!report.is_usable());
        let reached = report.findings.iter().find(|finding| finding.name == "hosts").unwrap();
        assert!(reached.detail.contains("does not answer"), "{reached:?}");
        assert!(reached.remedy.is_some());
    }
}

#[tokio::test]
async fn the_webhook_is_told_as_it_is() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    install(calls(&client), subject().webhook.as_ref().unwrap()).await.unwrap();
    let webhook = async || {
        let report = check(calls(&client), &subject()).await;
        Report { findings: report.findings.into_iter().filter(|finding| finding.name == "webhook").collect() }
            .to_string()
    };
    let mut lines = String::new();
    stand_in.world().hide(Hidden::Headers);
    lines += &webhook().await;
    stand_in.world().webhooks[0]
        .insert("url".to_owned(), json!("https://old.example.com/site24x7/old-token"));
    lines += &webhook().await;
    stand_in.world().webhooks[0].insert("service_status".to_owned(), json!(5));
    lines += &webhook().await;
    let twin = stand_in.world().webhooks[0].clone();
    stand_in.world().webhooks.push(twin);
    lines += &webhook().await;
    stand_in.world().webhooks.clear();
    lines += &webhook().await;
    stand_in
        .world()
        .fail("/third_party_services", [Fault::status(400, r#"{"error_code":7,"message":"no"}"#)]);
    lines += &webhook().await;
    insta::assert_snapshot!(lines);
}

#[test]
fn a_secret_that_cannot_be_read_is_reported_as_well() {
    let told = |secret: &str| {
        let report = settings(secret).unwrap_err();
        assert!(!report.is_usable(), "{report}");
        report.to_string()
    };
    let reports = [
        "1000.secret".to_owned(),
        "{}".to_owned(),
        SECRET.replace(r#""eu""#, r#"".mars""#),
        SECRET.replace(r#""eu""#, r#""""#),
        SECRET.replace(r#""refresh_token":"1000.refresh.token","#, ""),
        SECRET.replacen('{', r#"{"zaaid":"1; admin=1","#, 1),
    ];
    insta::assert_snapshot!(reports.iter().map(|secret| told(secret)).collect::<Vec<_>>().join("\n"));
}
