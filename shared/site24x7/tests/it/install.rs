//! The webhook is created, corrected, left alone and put to sleep; and never made twice.

use serde_json::{Value, json};
use site24x7::hook::{Change, HookError, Installed, Test, Uninstalled, WebhookSpec, install, uninstall};
use site24x7::testing::{Fault, Hidden, StandIn, TestClient, calls, hook_key};
use site24x7::{CallError, MemoryTokenStore};

const URL: &str = "https://alerts.example.com/site24x7";

fn spec() -> WebhookSpec {
    WebhookSpec::new("Campanile", URL, hook_key()).unwrap()
}

async fn run(client: &TestClient<MemoryTokenStore>) -> Result<Installed, HookError> {
    install(calls(client), &spec()).await
}

/// A stand-in on which the webhook has been installed, and what is seen from then on.
async fn installed() -> (StandIn, TestClient<MemoryTokenStore>) {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    run(&client).await.unwrap();
    stand_in.world().seen.clear();
    (stand_in, client)
}

#[tokio::test]
async fn a_missing_webhook_is_created_with_the_documented_body_and_tested() {
    let stand_in = StandIn::start().await;
    let installed = run(&stand_in.client()).await.unwrap();
    assert_eq!((installed.service_id.as_str(), &installed.change), ("700", &Change::Created));
    assert!(matches!(installed.test, Test::Delivered), "{installed:?}");
    let world = stand_in.world();
    assert_eq!(
        world.writes(),
        ["POST /integration/webhooks", "PUT /integration/thirdparty_service/trigger_test/700"]
    );
    let created = world.seen.iter().find(|seen| seen.method == "POST").unwrap();
    assert_eq!(created.headers["content-type"], "application/json;charset=UTF-8");
    let expected: Value = serde_json::from_str(
        r#"{"name":"Campanile","type":8,"url":"https://alerts.example.com/site24x7","method":"P","timeout":30,"selection_type":0,
        "is_poller_webhook":false,"down_alert":true,"critical_alert":true,"trouble_alert":true,"send_incident_parameters":true,
        "send_in_json_format":true,"auth_method":"B","custom_headers":[{"name":"X-API-KEY","value":"hook-key-0123456789"}],
        "alert_tags_id":[],"service_status":0,"manage_tickets":false}"#,
    )
    .unwrap();
    assert_eq!(created.body, expected);
}

#[tokio::test]
async fn installing_twice_changes_nothing() {
    let (stand_in, client) = installed().await;
    let before = stand_in.world().webhooks.clone();
    let again = run(&client).await.unwrap();
    assert_eq!((again.change, again.woken), (Change::Unchanged, false));
    assert_eq!(stand_in.world().writes(), Vec::<String>::new());
    assert_eq!(stand_in.world().webhooks, before);
}

#[tokio::test]
async fn a_webhook_that_differs_is_corrected_once() {
    let (stand_in, client) = installed().await;
    stand_in.world().webhooks[0].insert("trouble_alert".to_owned(), json!(false));
    let corrected = run(&client).await.unwrap();
    assert_eq!(
        corrected.to_string(),
        "webhook 700 corrected: `trouble_alert`; a test notification was sent and answered"
    );
    assert_eq!(run(&client).await.unwrap().change, Change::Unchanged);
}

#[tokio::test]
async fn a_suspended_webhook_is_woken() {
    let (stand_in, client) = installed().await;
    stand_in.world().webhooks[0].insert("service_status".to_owned(), json!("5"));
    let woken = run(&client).await.unwrap();
    assert_eq!((woken.change, woken.woken), (Change::Unchanged, true));
    let writes = stand_in.world().writes();
    assert_eq!(writes[0], "PUT /integration/thirdparty_service/activate/700");
    assert_eq!(stand_in.world().webhooks[0]["service_status"], 0);
}

#[tokio::test]
async fn a_webhook_that_will_not_wake_is_an_error() {
    let (stand_in, client) = installed().await;
    stand_in.world().webhooks[0].insert("service_status".to_owned(), json!(5));
    stand_in.world().fail("/integration/thirdparty_service/activate/700", [Fault::status(400, "{}")]);
    let error = run(&client).await.unwrap_err();
    assert!(matches!(error, HookError::Call { source: CallError::Refused { .. } }), "{error:?}");
}

#[tokio::test]
async fn a_masked_header_is_written_again_without_another_test() {
    let (stand_in, client) = installed().await;
    stand_in.world().hide(Hidden::Headers);
    let written = run(&client).await.unwrap();
    insta::assert_snapshot!(written, @"webhook 700 corrected: header `X-API-KEY` (shown masked); no test notification was needed");
    assert_eq!(stand_in.world().writes(), ["PUT /integration/webhooks/700"]);
}

#[tokio::test]
async fn a_masked_header_that_may_not_be_written_is_a_warning_only() {
    let (stand_in, client) = installed().await;
    stand_in.world().hide(Hidden::Headers);
    stand_in.world().lose_scope("Site24x7.Admin.Update");
    insta::assert_snapshot!(run(&client).await.unwrap(), @"webhook 700 is as it should be as far as can be seen; warning: header `X-API-KEY` (shown masked) can be neither read nor written without the scope Site24x7.Admin.Update; no test notification was needed");
}

#[tokio::test]
async fn any_other_difference_that_may_not_be_written_is_an_error_with_its_remedy() {
    let (stand_in, client) = installed().await;
    stand_in.world().webhooks[0].insert("timeout".to_owned(), json!(5));
    stand_in.world().lose_scope("Site24x7.Admin.Update");
    let error = run(&client).await.unwrap_err();
    let HookError::Call { source } = error else { panic!("{error:?}") };
    insta::assert_snapshot!(source, @"PUT /integration/webhooks is not allowed: generate a new code with the scope `Site24x7.Admin.Update`");
}

#[tokio::test]
async fn of_several_namesakes_the_one_with_our_url_is_meant() {
    for hidden in [Hidden::Scopes, Hidden::Urls] {
        let (stand_in, client) = installed().await;
        let mut other = stand_in.world().webhooks[0].clone();
        other.insert("service_id".to_owned(), json!("701"));
        other.insert("url".to_owned(), json!("https://other.example.com/"));
        stand_in.world().webhooks.insert(0, other);
        stand_in.world().hide(hidden);
        let found = run(&client).await.unwrap();
        assert_eq!((found.service_id.as_str(), found.change), ("700", Change::Unchanged));
        assert_eq!(stand_in.world().writes(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn several_webhooks_of_our_name_that_nothing_distinguishes_stop_the_installation() {
    for url in [URL, "https://other.example.com/"] {
        let (stand_in, client) = installed().await;
        let mut twin = stand_in.world().webhooks[0].clone();
        twin.insert("service_id".to_owned(), json!("701"));
        stand_in.world().webhooks.push(twin);
        for webhook in &mut stand_in.world().webhooks {
            webhook.insert("url".to_owned(), json!(url));
        }
        let error = run(&client).await.unwrap_err();
        assert!(
            matches!(&error, HookError::Several { service_ids } if service_ids == &["700", "701"]),
            "{error:?}"
        );
        assert_eq!(stand_in.world().writes(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_and_not_repeated() {
    for fault in [502, 504, 200] {
        let stand_in = StandIn::start().await;
        stand_in.world().fail("/integration/webhooks", [Fault::AfterAll(fault)]);
        let installed = run(&stand_in.client()).await.unwrap();
        assert_eq!((installed.service_id.as_str(), &installed.change), ("700", &Change::Created));
        assert_eq!(stand_in.world().webhooks.len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_creation_that_left_nothing_is_tried_again() {
    let stand_in = StandIn::start().await;
    let locked = Fault::Answer(429, vec![("retry-after", "9".to_owned())], String::new());
    stand_in.world().fail("/integration/webhooks", [locked, Fault::status(503, "")]);
    assert_eq!(run(&stand_in.client()).await.unwrap().change, Change::Created);
    assert_eq!(stand_in.world().webhooks.len(), 1);
    assert_eq!(stand_in.clock.slept_secs(), [9, 2]);
}

#[tokio::test]
async fn a_creation_that_never_succeeds_is_not_attempted_for_ever() {
    let stand_in = StandIn::start().await;
    stand_in
        .world()
        .fail("/integration/webhooks", [503, 503, 503, 503].map(|status| Fault::status(status, "")));
    let error = run(&stand_in.client()).await.unwrap_err();
    assert!(matches!(error, HookError::Call { source: CallError::Unavailable { .. } }), "{error:?}");
    assert_eq!(stand_in.world().writes().len(), 3);
}

#[tokio::test]
async fn a_creation_that_is_refused_is_not_repeated() {
    let stand_in = StandIn::start().await;
    stand_in.world().lose_scope("Site24x7.Admin.Create");
    let error = run(&stand_in.client()).await.unwrap_err();
    let HookError::Call { source } = error else { panic!("{error:?}") };
    insta::assert_snapshot!(source, @"POST /integration/webhooks is not allowed: generate a new code with the scope `Site24x7.Admin.Create`");
    assert_eq!(stand_in.world().writes().len(), 1);
}

#[tokio::test]
async fn a_test_that_is_not_allowed_or_fails_leaves_the_installation_done() {
    let stand_in = StandIn::start().await;
    let path = "/integration/thirdparty_service/trigger_test/700";
    let disallowed = r#"{"error_code":1121,"message":"disallowed"}"#;
    stand_in.world().fail(path, [Fault::status(403, disallowed)]);
    let client = stand_in.client();
    insta::assert_snapshot!(run(&client).await.unwrap(), @"webhook 700 created; no test notification: the token may not send one, use the console's test button");

    stand_in.world().webhooks.clear();
    stand_in.world().fail(
        path,
        [Fault::status(200, r#"{"code":0,"data":{"response_code":401,"message":"Unauthorized"}}"#)],
    );
    insta::assert_snapshot!(run(&client).await.unwrap(), @"webhook 700 created; a test notification was answered with 401 instead of 200 (`Unauthorized`)");

    stand_in.world().webhooks.clear();
    stand_in.world().fail(path, [Fault::status(404, "")]);
    insta::assert_snapshot!(run(&client).await.unwrap(), @"webhook 700 created; no test notification: PUT /integration/thirdparty_service/trigger_test is refused with HTTP 404");
}

#[tokio::test]
async fn uninstalling_puts_the_webhook_to_sleep_and_installing_wakes_it() {
    let (stand_in, client) = installed().await;
    let outcome = uninstall(calls(&client), "Campanile", URL).await.unwrap();
    insta::assert_snapshot!(outcome, @"webhook 700 is suspended and calls no more; to remove it, delete it in the console under Admin > Third-Party Integrations");
    let again = uninstall(calls(&client), "Campanile", URL).await.unwrap();
    assert!(matches!(again, Uninstalled::AlreadySuspended { .. }), "{again:?}");
    assert_eq!(stand_in.world().writes(), ["PUT /integration/thirdparty_service/suspend/700"]);
    assert!(run(&client).await.unwrap().woken);
}

#[tokio::test]
async fn uninstalling_what_is_not_there_or_will_not_sleep_says_so() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    let absent = uninstall(calls(&client), "Campanile", URL).await.unwrap();
    assert!(matches!(absent, Uninstalled::Absent), "{absent:?}");
    assert_eq!(stand_in.world().writes(), Vec::<String>::new());
    run(&client).await.unwrap();
    stand_in.world().fail("/integration/thirdparty_service/suspend/700", [Fault::status(404, "")]);
    insta::assert_snapshot!(uninstall(calls(&client), "Campanile", URL).await.unwrap(), @"webhook 700 still calls, it cannot be suspended (PUT /integration/thirdparty_service/suspend is refused with HTTP 404); to remove it, delete it in the console under Admin > Third-Party Integrations");
}

#[test]
fn a_webhook_that_could_not_work_is_not_wanted() {
    let complaint = |name: &str, url: &str, key: &str| {
        WebhookSpec::new(name, url, net::Secret::new(key)).unwrap_err().to_string()
    };
    insta::assert_snapshot!(complaint(" ", URL, "key"), @"the webhook needs a name, by which it is found again");
    insta::assert_snapshot!(complaint("Campanile", "alerts.example.com/site24x7", "key"), @"the webhook's url is not one that Site24x7 can call: give it in full, with https://");
    insta::assert_snapshot!(complaint("Campanile", URL, "two words"), @"the webhook's key cannot stand in a header: use visible ASCII characters without blanks");
}
