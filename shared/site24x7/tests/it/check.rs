//! The report of a check: what was seen, what is lost, what to do.

use alert::Clock;
use serde_json::json;
use site24x7::check::{Report, Subject, check, settings};
use site24x7::hook::{WebhookSpec, install};
use site24x7::testing::{
    CLIENT_SECRET, Fault, Hidden, SECRET, StandIn, TestClient, calls, hook_key, transport,
};
use site24x7::{Hosts, MemoryTokenStore, TokenStore};

fn subject() -> Subject {
    let spec = WebhookSpec::new("Campanile", "https://alerts.example.com/site24x7", hook_key()).unwrap();
    Subject { webhook: Some(spec), calls_per_day: 600 }
}

/// Checks, and prints the report with a fixed address in place of the stand-in's.
async fn checked<S: TokenStore>(stand_in: &StandIn, client: &TestClient<S>) -> (bool, String) {
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
    let (usable, report) = checked(&stand_in, &client).await;
    assert!(usable);
    insta::assert_snapshot!(report, @"
    ok           valid_tld: `eu` is a data centre
    ok           authenticated: zoho issued a token and the API takes it
    ok           hosts: http://stand-in answers, http://stand-in/api answers
    ok           scope Site24x7.Admin.Read: a call that needs it succeeds
    ok           scope Site24x7.Operations.Read: the token has it
    ok           scope Site24x7.Reports.Read: the token has it
    ok           scope Site24x7.Admin.Create: the token has it
    ok           scope Site24x7.Admin.Update: the token has it
    ok           webhook: 700 is as it should be
    ok           calls_per_day: some 600 calls a day; 600 are allowed for 3 monitors
    ");
}

#[tokio::test]
async fn scopes_that_the_token_lacks_are_named_with_what_is_lost() {
    let stand_in = StandIn::start().await;
    stand_in.world().scopes =
        vec!["Site24x7.Admin.Read", "Site24x7.Admin.Create", "Site24x7.Operations.Read"];
    let (usable, report) = checked(&stand_in, &stand_in.client()).await;
    assert!(usable);
    insta::assert_snapshot!(report, @"
    ok           valid_tld: `eu` is a data centre
    ok           authenticated: zoho issued a token and the API takes it
    ok           hosts: http://stand-in answers, http://stand-in/api answers
    ok           scope Site24x7.Admin.Read: a call that needs it succeeds
    ok           scope Site24x7.Operations.Read: the token has it
    warning      scope Site24x7.Reports.Read: missing: no current status; the webhook and the alert logs still work, and fire and resolve alone
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    ok           scope Site24x7.Admin.Create: the token has it
    warning      scope Site24x7.Admin.Update: missing: the webhook cannot be changed; everything else works
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    warning      webhook: there is none: only polls report outages
                 -> run `campanile install site24x7`
    warning      calls_per_day: some 600 calls a day; 200 are allowed for 1 monitor
                 -> poll less often: every 15 minutes is right for up to three monitors
    ");
}

#[tokio::test]
async fn scopes_that_zoho_does_not_state_are_tried_by_reading() {
    let stand_in = StandIn::start().await;
    stand_in.world().hide(Hidden::Scopes);
    stand_in.world().lose_scope("Site24x7.Operations.Read");
    let (usable, report) = checked(&stand_in, &stand_in.client()).await;
    assert!(usable);
    insta::assert_snapshot!(report, @"
    ok           valid_tld: `eu` is a data centre
    ok           authenticated: zoho issued a token and the API takes it
    ok           hosts: http://stand-in answers, http://stand-in/api answers
    ok           scope Site24x7.Admin.Read: a call that needs it succeeds
    warning      scope Site24x7.Operations.Read: missing: no alert logs; the webhook and the current status still work
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    ok           scope Site24x7.Reports.Read: a call that needs it succeeds
    not checked  scope Site24x7.Admin.Create: zoho does not state the token's scopes, and trying would change something
    not checked  scope Site24x7.Admin.Update: zoho does not state the token's scopes, and trying would change something
    warning      webhook: there is none: only polls report outages
                 -> run `campanile install site24x7`
    warning      calls_per_day: some 600 calls a day; 200 are allowed for 1 monitor
                 -> poll less often: every 15 minutes is right for up to three monitors
    ");
}

#[tokio::test]
async fn without_admin_read_the_api_still_counts_as_authenticated() {
    let stand_in = StandIn::start().await;
    stand_in.world().scopes = vec!["Site24x7.Operations.Read", "Site24x7.Reports.Read"];
    let (usable, report) = checked(&stand_in, &stand_in.client()).await;
    assert!(usable);
    insta::assert_snapshot!(report, @"
    ok           valid_tld: `eu` is a data centre
    ok           authenticated: zoho issued a token and the API takes it
    ok           hosts: http://stand-in answers, http://stand-in/api answers
    warning      scope Site24x7.Admin.Read: missing: monitor names come from the current status only, and the webhook can be neither checked nor installed
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    ok           scope Site24x7.Operations.Read: the token has it
    ok           scope Site24x7.Reports.Read: the token has it
    warning      scope Site24x7.Admin.Create: missing: the webhook cannot be created; everything else works
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    warning      scope Site24x7.Admin.Update: missing: the webhook cannot be changed; everything else works
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    not checked  webhook: GET /third_party_services is not allowed: generate a new code with the scope `Site24x7.Admin.Read`
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`
    not checked  calls_per_day: some 600 calls a day; the monitors cannot be counted
    ");
}

#[tokio::test]
async fn a_client_of_another_data_centre_fails() {
    let stand_in = StandIn::start().await;
    stand_in.world().token_answers.push_back((200, json!({"error": "invalid_client"}).to_string()));
    let (usable, report) = checked(&stand_in, &stand_in.client()).await;
    assert!(!usable);
    insta::assert_snapshot!(report, @"
    ok           valid_tld: `eu` is a data centre
    failed       authenticated: zoho issued no access token: zoho answers `invalid_client`: the client id is unknown here, or belongs to another data centre
                 -> copy `client_id` from https://api-console.zoho.eu, or set `data_center` to where the client was made
    not checked  hosts: http://stand-in answers, http://stand-in/api was not asked
    not checked  scope Site24x7.Admin.Read: the API does not take the token
    not checked  scope Site24x7.Operations.Read: the API does not take the token
    not checked  scope Site24x7.Reports.Read: the API does not take the token
    not checked  scope Site24x7.Admin.Create: the API does not take the token
    not checked  scope Site24x7.Admin.Update: the API does not take the token
    not checked  webhook: there is no token to look with, or our url is not known
    not checked  calls_per_day: some 600 calls a day; the monitors cannot be counted
    ");
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
    insta::assert_snapshot!(authenticated.concat(), @"
    failed       authenticated: zoho issued no access token: zoho answers `invalid_code`: the refresh token was revoked, or belongs to another client or another data centre
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`; or set `data_center` to where the client was made
    failed       authenticated: zoho issued no access token: zoho answers `invalid_client_secret`: the client secret is not that of the client id
                 -> copy `client_secret` from https://api-console.zoho.eu (Self Client, Client Secret)
    ");
}

#[tokio::test]
async fn a_token_that_the_api_refuses_fails() {
    let stand_in = StandIn::start().await;
    let refused = || {
        Fault::status(401, r#"{"error_code":1124,"message":"OAuth Access Token is invalid or has expired."}"#)
    };
    stand_in.world().fail("/monitors", [refused(), refused()]);
    let (usable, report) = checked(&stand_in, &stand_in.client()).await;
    assert!(!usable);
    insta::assert_snapshot!(report, @"
    ok           valid_tld: `eu` is a data centre
    failed       authenticated: GET /monitors refuses even a new token (`OAuth Access Token is invalid or has expired.`): are the data centre and `zaaid` right
                 -> see that `zaaid` is an id of this account (or leave it out), and that `data_center` is where the account lives
    ok           hosts: http://stand-in answers, http://stand-in/api answers
    ok           scope Site24x7.Admin.Read: the token has it
    ok           scope Site24x7.Operations.Read: the token has it
    ok           scope Site24x7.Reports.Read: the token has it
    ok           scope Site24x7.Admin.Create: the token has it
    ok           scope Site24x7.Admin.Update: the token has it
    not checked  webhook: there is no token to look with, or our url is not known
    not checked  calls_per_day: some 600 calls a day; the monitors cannot be counted
    ");
}

#[tokio::test]
async fn while_zoho_throttles_a_token_from_before_is_a_warning_and_none_is_a_failure() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    calls(&client).monitors().await.unwrap();
    stand_in.world().spend_all(stand_in.clock.now());
    let (usable, report) = checked(&stand_in, &client).await;
    assert!(usable, "{report}");
    assert!(report.contains("the API takes a token from before, but"), "{report}");

    let (usable, report) = checked(&stand_in, &stand_in.client()).await;
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
async fn the_webhook_is_reported_as_it_is() {
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
    insta::assert_snapshot!(lines, @"
    ok           webhook: 700 is as it should be as far as can be seen, but for header `X-API-KEY` (shown masked)
    warning      webhook: 700 differs in `url`, header `X-API-KEY` (shown masked)
                 -> run `campanile install site24x7`
    warning      webhook: 700 is suspended
                 -> run `campanile install site24x7`
    warning      webhook: several have our name, and not exactly one calls our url (service ids 700, 700)
                 -> remove or rename all but one in the console under Admin > Third-Party Integrations
    warning      webhook: there is none: only polls report outages
                 -> run `campanile install site24x7`
    not checked  webhook: GET /third_party_services is refused with HTTP 400 (error_code 7, `no`)
                 -> see that the account is active and its plan includes the API
    ");
}

#[test]
fn a_secret_that_cannot_be_read_is_reported_as_well() {
    let report_of = |secret: &str| {
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
    insta::assert_snapshot!(reports.iter().map(|secret| report_of(secret)).collect::<Vec<_>>().join("\n"), @"
    failed       valid_tld: no `data_center` (or `zohoAccountTLD`)
                 -> set it to where the account lives: it is the end of the console's address, such as `eu`
    failed       authenticated: the secret is not a JSON object: write one with data_center, client_id, client_secret and refresh_token
                 -> write the members of a Self Client into the secret `<prefix>/site24x7`; the prefix is `campanile` unless configured

    failed       valid_tld: no `data_center` (or `zohoAccountTLD`)
                 -> set it to where the account lives: it is the end of the console's address, such as `eu`
    failed       authenticated: the secret lacks `data_center` (or `zohoAccountTLD`), `client_id` (or `zohoClientId`), `client_secret` (or `zohoClientSecret`), `refresh_token` (or `zohoRefreshToken`): add what is missing, as text
                 -> write the members of a Self Client into the secret `<prefix>/site24x7`; the prefix is `campanile` unless configured

    failed       valid_tld: `.mars` is not a Site24x7 data centre: use one of us (.com), eu (.eu), in (.in), au (.com.au, .au, .net.au), cn (.com.cn, .cn), jp (.jp), ca (.ca), uk (.uk), ae (.ae), sa (.sa)
                 -> set `data_center` to one of these
    not checked  authenticated: no data centre to ask

    failed       valid_tld: no `data_center` (or `zohoAccountTLD`)
                 -> set it to where the account lives: it is the end of the console's address, such as `eu`
    failed       authenticated: the secret lacks `data_center` (or `zohoAccountTLD`): add what is missing, as text
                 -> write the members of a Self Client into the secret `<prefix>/site24x7`; the prefix is `campanile` unless configured

    ok           valid_tld: `eu` is a data centre
    failed       authenticated: the secret lacks `refresh_token` (or `zohoRefreshToken`): add what is missing, as text
                 -> generate a code for the scopes Site24x7.Admin.Read,Site24x7.Operations.Read,Site24x7.Reports.Read,Site24x7.Admin.Create,Site24x7.Admin.Update at https://api-console.zoho.eu (Self Client, Generate Code), and exchange it with `campanile token site24x7`

    ok           valid_tld: `eu` is a data centre
    failed       authenticated: the secret's `zaaid` is not an id: use letters, digits, `-` and `_` only
                 -> set `zaaid` to an id of this account, or leave it out
    ");
}
