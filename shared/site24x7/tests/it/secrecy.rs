//! Whatever goes wrong, and whatever the other side repeats of what it was sent: no credential is shown.

use std::error::Error;

use alert::Clock;
use jiff::civil::date;
use net::Secret;
use serde_json::json;
use site24x7::check::{Subject, check};
use site24x7::hook::{KeyDisplay, WebhookSpec, install, instructions, uninstall};
use site24x7::testing::{
    CLIENT_ID, CLIENT_SECRET, Fault, GRANT_CODE, HOOK_KEY, REFRESH_TOKEN, SECRET, StandIn, calls, hook_key,
    transport,
};
use site24x7::{
    AccountConfiguration, Application, DataCenter, Hosts, MemoryTokenStore, Token, TokenRecord, TokenStore,
    exchange_code,
};

const ACCESS_TOKEN: &str = "1000.access";

/// Everything that people or logs could be shown.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn error(&mut self, error: &(dyn Error + 'static)) {
        self.text(&format!("{error:?}\n{error:#?}\n"));
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.text(&format!("{error}\n"));
            cause = error.source();
        }
    }

    fn assert_hides(&self, secrets: &[&str]) {
        for secret in secrets {
            assert!(!self.0.contains(secret), "{secret} in:\n{}", self.0);
        }
    }
}

#[tokio::test]
async fn no_error_of_any_call_shows_a_credential() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    let spec =
        WebhookSpec::new("Campanile", &format!("https://a.example.com/site24x7/{HOOK_KEY}"), hook_key())
            .unwrap();
    let mut shown = Shown::default();
    for status in [200, 400, 401, 404, 429, 500] {
        let calls = calls(&client);
        let faults = || (0..6).map(|_| Fault::Echo(status));
        for path in
            ["/alert_logs", "/current_status", "/monitors", "/third_party_services", "/integration/webhooks"]
        {
            stand_in.world().faults.clear();
            stand_in.world().webhooks.clear();
            stand_in.world().fail(path, faults());
            let errors = [
                calls.alert_logs(date(2026, 3, 1)).await.err(),
                calls.current_status().await.err(),
                calls.monitors().await.err(),
                calls.third_party_services().await.err(),
            ];
            for error in errors.into_iter().flatten() {
                shown.error(&error);
            }
            if let Err(error) = install(calls, &spec).await {
                shown.error(&error);
            }
            if let Err(error) = uninstall(calls, "Campanile", spec.url()).await {
                shown.error(&error);
            }
        }
        // Refused tokens have been renewed: let Zoho forget them.
        stand_in.clock.forward_secs(11 * 60);
    }
    for repeated in ["Zoho-oauthtoken [redacted]", r#""value":"[redacted]""#] {
        assert!(shown.0.contains(repeated), "{repeated} not in:\n{}", shown.0);
    }
    shown.assert_hides(&[ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, HOOK_KEY]);
}

#[tokio::test]
async fn no_error_of_the_accounts_server_shows_a_credential() {
    let stand_in = StandIn::start().await;
    let application = Application::from_secret(SECRET).unwrap();
    let mut shown = Shown::default();
    let all = [GRANT_CODE, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN].join(" ");
    for body in [
        json!({ "error": all }),
        json!({ "error": { "seen": all } }),
        json!({ "error": "invalid_code", "error_description": all }),
        json!({ "error": "Access Denied", "error_description": all }),
        json!({ "message": all }),
    ] {
        for _ in 0..2 {
            stand_in.world().token_answers.push_back((400, body.to_string()));
        }
        let (code, now) = (Secret::new(GRANT_CODE), stand_in.clock.now());
        let exchanged = exchange_code(&transport(), &stand_in.hosts(), &application, &code, now).await;
        shown.error(&exchanged.unwrap_err());
        if let Err(error) = calls(&stand_in.client()).ready().await {
            shown.error(&error);
        }
    }
    let nowhere = Hosts::at("http://127.0.0.1:1/api", "http://127.0.0.1:1");
    let client = stand_in.client().at(nowhere);
    shown.error(&calls(&client).ready().await.unwrap_err());
    // The lease of who asked in vain has to lapse first.
    stand_in.clock.forward_secs(11);
    shown.error(&calls(&client).monitors().await.unwrap_err());
    shown.assert_hides(&[GRANT_CODE, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN]);
}

#[tokio::test]
async fn no_debug_of_anything_that_holds_a_credential_shows_it() {
    let stand_in = StandIn::start().await;
    let settings = AccountConfiguration::from_secret(SECRET).unwrap();
    let token = Token { access_token: Secret::new(ACCESS_TOKEN), expires_at: stand_in.clock.now() };
    let store = MemoryTokenStore::holding(TokenRecord { token: Some(token), ..TokenRecord::default() });
    let client = stand_in.client_with(store.clone());
    let url = format!("https://a.example.com/site24x7/{HOOK_KEY}");
    let spec = WebhookSpec::new("Campanile", &url, hook_key()).unwrap();
    let (code, now) = (Secret::new(GRANT_CODE), stand_in.clock.now());
    let grant =
        exchange_code(&transport(), &stand_in.hosts(), &settings.application, &code, now).await.unwrap();
    let record = store.load().await.unwrap();
    let mut shown = Shown::default();
    shown.text(&format!("{settings:?} {:?} {client:?} {:?}", settings.application, calls(&client)));
    shown.text(&format!("{store:?} {record:?} {grant:?} {code:?} {spec:?} {:#?}", settings.refresh_token));
    shown.assert_hides(&[ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, GRANT_CODE, HOOK_KEY]);
}

#[tokio::test]
async fn no_report_and_no_instructions_show_a_credential_unless_asked() {
    let stand_in = StandIn::start().await;
    let client = stand_in.client();
    let url = format!("https://a.example.com/site24x7/{HOOK_KEY}");
    let spec = WebhookSpec::new("Campanile", &url, hook_key()).unwrap();
    let mut shown = Shown::default();
    shown.text(&instructions(&spec, DataCenter::Us, KeyDisplay::Masked));
    shown.text(&install(calls(&client), &spec).await.unwrap().to_string());
    let subject = Subject { webhook: Some(spec.clone()), calls_per_day: 1 };
    for status in [200, 400, 401, 500] {
        for path in ["/monitors", "/third_party_services"] {
            stand_in.world().fail(path, (0..3).map(|_| Fault::Echo(status)));
        }
        let report = check(calls(&client), &subject).await;
        shown.text(&format!("{report} {report:?}"));
        stand_in.world().faults.clear();
        stand_in.clock.forward_secs(11 * 60);
    }
    stand_in.world().webhooks[0].insert("url".to_owned(), json!(format!("https://b.example.com/{HOOK_KEY}")));
    shown.text(&format!("{}", check(calls(&client), &subject).await));
    shown.text(&format!("{:?}", install(calls(&client), &spec).await.unwrap()));
    shown.assert_hides(&[ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, HOOK_KEY]);
}
