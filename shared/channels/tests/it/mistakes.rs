//! What is said about settings that are wrong: where, and what to do.

mod cloud;
mod robots;

use channels::testing::{read, read_within};
use channels::{CHANNEL_TYPES, read_channel, settings::Fields};
use net::EgressPolicy;
use serde_json::{Value, json};

#[track_caller]
fn says(type_name: &str, settings: Value, expected: &[&str]) {
    let mistakes = read_within(type_name, settings, &EgressPolicy::public()).err().unwrap_or_default();
    assert_eq!(mistakes, expected);
}

fn with(mut settings: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    settings
}

#[test]
fn every_type_names_what_is_missing_and_what_is_not_known() {
    for channel_type in CHANNEL_TYPES {
        let mistakes = read(channel_type.name, json!({ "colour": "red" })).unwrap_err();
        assert!(mistakes.len() > 1, "{}", channel_type.name);
        assert!(mistakes.iter().any(|mistake| mistake.contains(": is missing: ")), "{mistakes:?}");
        let unknown = "settings.colour: is not known here: check its spelling, or remove it";
        assert_eq!(mistakes.last().map(String::as_str), Some(unknown));
    }
}

#[test]
fn a_type_that_is_none_is_not_read() {
    let mut fields = Fields::of(String::new(), json!({}), &mut Vec::new()).unwrap();
    assert!(read_channel("pigeon", &mut fields, &EgressPolicy::public()).is_none());
    assert_eq!(fields.finish(), []);
}

#[test]
fn mistakes_in_urls() {
    let says = |url: &str, expected: &str| says("slack", json!({ "webhook_url": url }), &[expected]);
    says(
        "hooks.slack.com/hidden",
        "settings.webhook_url: is not a URL: give an absolute one, like https://host/path",
    );
    says("http://hooks.slack.com/hidden", "settings.webhook_url: has the scheme `http`: use https");
    says(
        "https://u:hidden@hooks.slack.com/",
        "settings.webhook_url: has a user name or password in front of the host: remove it",
    );
    says(
        "https://metadata.google.internal/hidden",
        "settings.webhook_url: has the host `metadata.google.internal`, which is private by its name: use a public name",
    );
    says(
        "https://2130706433/hidden",
        "settings.webhook_url: `127.0.0.1` is in a network that requests may not go to: use a public address, or let \
         the operator allow the network",
    );
}

#[test]
fn mistakes_of_discord() {
    let of = |more: Value| with(json!({ "webhook_url": "https://discord.com/api/webhooks/1/hidden" }), &more);
    says("discord", of(json!({ "channel_type": "Text" })), &[]);
    says(
        "discord",
        of(json!({ "channel_type": "voice" })),
        &["settings.channel_type: `voice` is not known: use text, forum"],
    );
    says(
        "discord",
        of(json!({ "channel_type": "forum" })),
        &["settings.thread_name: is missing: name the thread that messages go to"],
    );
    says(
        "discord",
        of(json!({ "thread_name": "Alerts" })),
        &["settings.thread_name: is for channel_type `forum` only: remove it"],
    );
    says(
        "discord",
        of(json!({ "channel_type": "forum", "thread_name": "é".repeat(101), "thread_tags": ["x"] })),
        &[
            "settings.thread_name: is no thread's name: use 1 to 100 characters",
            "settings.thread_tags[0]: is not a tag's id: write its digits in quotes",
        ],
    );
}

#[test]
fn mistakes_of_the_paging_types() {
    says(
        "pagerduty",
        json!({ "integration_key": "hidden" }),
        &[
            "settings.integration_key: is not a key of 32 letters and digits: copy it from the service's integration of \
           type Events API v2",
        ],
    );
    says(
        "opsgenie",
        json!({ "api_key": "hid\nden" }),
        &["settings.api_key: has characters that no header may have: copy it again"],
    );
    says(
        "opsgenie",
        json!({ "api_key": "k", "tags": vec!["t"; 20], "responders": [{ "name": "x" }] }),
        &[
            "settings.responders[0]: is not a responder: write {\"type\":\"team\",\"name\":…} with a type of team, user, \
             escalation or schedule, and id, name or username",
            "settings.tags: are too many: use at most 19",
        ],
    );
}

#[test]
fn teams_keeps_its_signature_and_refuses_what_has_ended() {
    let old = "https://example.webhook.office.com/webhookb2/hidden";
    says(
        "teams",
        json!({ "webhook_url": old }),
        &[
            "settings.webhook_url: is of an Office 365 connector, which have ended: make a flow with the template for Teams \
             webhooks",
        ],
    );
    let flow = "https://defaultabc.12.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/1/\
                triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-b_c%3D";
    let teams = read("teams", json!({ "webhook_url": flow })).unwrap();
    let notification = channels::testing::notification(channels::Event::Opened);
    let attempt = channels::Attempt::first("ops", &notification, channels::testing::now());
    let Some(channels::Request::Http(request)) = teams.request(&attempt) else { unreachable!("over HTTP") };
    assert_eq!(request.url.as_str(), flow);
    assert!(request.headers.iter().all(|(name, _)| name != "authorization"));
}

#[test]
fn mistakes_of_telegram() {
    let token = "123456:0123456789secret-0123456789-abcdefg";
    let chat =
        "settings.chat_id: is not a chat: give its id in quotes, like \"-1001234567890\", or its @name";
    for (more, expected) in [
        (json!({ "bot_token": token, "chat_id": "-5" }), &[][..]),
        (json!({ "bot_token": token, "chat_id": "@ops_alerts", "topic_id": 0 }), &[]),
        (json!({ "bot_token": token, "chat_id": "ops" }), &[chat]),
        (json!({ "bot_token": token, "chat_id": "@" }), &[chat]),
        (
            json!({ "bot_token": "hidden", "chat_id": "5" }),
            &["settings.bot_token: is not a bot's token: copy it from BotFather, like 123456:ABC…"],
        ),
    ] {
        says("telegram", more, expected);
    }
}

#[test]
fn opsgenie_is_warned_of_its_end() {
    let mut fields = Fields::of("settings".to_owned(), json!({ "api_key": "k" }), &mut Vec::new()).unwrap();
    assert!(read_channel("opsgenie", &mut fields, &EgressPolicy::public()).is_some());
    let warnings: Vec<_> = fields.take_warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("2027-04-05") && warnings[0].contains("`jsm`"));
}

#[test]
fn an_address_of_the_other_of_the_two_names_its_type() {
    for url in [
        "https://api.atlassian.com/jsm/ops/integration",
        "https://api.atlassian.com/jsm/ops/api/0123/v1/alerts",
        "https://ops.atlassian.net/",
        "https://relay.example.com/jsm/ops/integration/",
    ] {
        says(
            "opsgenie",
            json!({ "api_key": "k", "api_url": url }),
            &[
                "settings.api_url: leads to Jira Service Management: write \"type\":\"jsm\" instead of `opsgenie`",
            ],
        );
        says("jsm", json!({ "api_key": "k", "api_url": url }), &[]);
    }
    for url in ["https://api.opsgenie.com", "https://api.eu.opsgenie.com/"] {
        says("opsgenie", json!({ "api_key": "k", "api_url": url }), &[]);
        says(
            "jsm",
            json!({ "api_key": "k", "api_url": url }),
            &[
                "settings.api_url: leads to Opsgenie: remove it, or write \"type\":\"opsgenie\" for an account that has \
                 not moved",
            ],
        );
    }
    says("opsgenie", json!({ "api_key": "k", "api_url": "https://notatlassian.com/" }), &[]);
}

fn webhook(more: &Value) -> Value {
    with(json!({ "url": "https://hooks.example.com/" }), more)
}

#[test]
fn mistakes_of_a_webhooks_authentication() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (more, expected) in [
        (
            json!({}),
            &[
                "settings.auth: `mtls` needs client_certificate and client_key: give both, or choose basic or bearer",
            ][..],
        ),
        (
            json!({ "auth": "digest" }),
            &["settings.auth: `digest` is not known: use mtls, basic, bearer, none"],
        ),
        (
            json!({ "auth": "basic", "username": "a:b" }),
            &[
                "settings.password: is missing: auth `basic` needs it",
                "settings.username: has a `:`, which Basic cannot carry: choose another",
            ],
        ),
        (
            json!({ "auth": "bearer", "token": "hid\r\nden" }),
            &["settings.token: has characters that no header may have: copy it again"],
        ),
        (
            json!({ "auth": "bearer", "token": "t", "password": "hidden" }),
            &["settings.password: is for auth `basic` only: remove it, or write \"auth\":\"basic\""],
        ),
        (
            json!({ "auth": "bearer", "token": "t", "signing_secret": "hidden" }),
            &[
                "settings.signing_secret: is not a signing secret: write whsec_ and the base64 of 24 to 64 random bytes",
            ],
        ),
        (
            json!({ "auth": "bearer", "token": "t", "signing_secret_previous": secret }),
            &["settings.signing_secret_previous: stands without signing_secret: give that too"],
        ),
        (
            json!({ "auth": "bearer", "token": "t", "client_certificate": "hidden", "client_key": "hidden" }),
            &[
                "settings.client_certificate: holds no certificate: paste the PEM text, from -----BEGIN to -----END",
                "settings.client_key: holds no private key: paste the PEM text, from -----BEGIN to -----END",
            ],
        ),
    ] {
        says("webhook", webhook(&more), expected);
    }
}

/// The warnings about settings that are read.
fn warnings(type_name: &str, settings: Value) -> Vec<String> {
    let mut fields = Fields::of("settings".to_owned(), settings, &mut Vec::new()).unwrap();
    assert!(read_channel(type_name, &mut fields, &EgressPolicy::public()).is_some());
    let warnings = fields.take_warnings().iter().map(ToString::to_string).collect();
    assert_eq!(fields.finish(), []);
    warnings
}

#[test]
fn a_webhook_that_nobody_can_know_us_by_is_read_and_warned_of() {
    let bare = warnings("webhook", webhook(&json!({ "auth": "none" })));
    let text = "settings.auth: is `none` without a signing_secret: whoever knows the URL can pretend to be Campanile; \
                give a signing_secret, or choose mtls, basic or bearer";
    assert_eq!(bare, [text]);
    let signed = json!({ "auth": "none", "signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
    assert_eq!(warnings("webhook", webhook(&signed)), Vec::<String>::new());
}

#[test]
fn headers_that_are_not_the_settings_to_set_are_refused() {
    let of = |headers: Value| webhook(&json!({ "auth": "bearer", "token": "t", "headers": headers }));
    for name in [
        "Authorization",
        "HOST",
        "connection",
        "Transfer-Encoding",
        "Content-Type",
        "content-length",
        "Webhook-Id",
        "webhook-signature",
        "ce-id",
        "CE-Type",
        "Campanile-Transition",
    ] {
        let expected = format!("settings.headers.{name}: is set by Campanile or by HTTP itself: remove it");
        says("webhook", of(json!({ name: "hidden" })), &[&expected]);
    }
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b"] {
        let expected = "settings.headers.X-A: has a line break or another control character: remove it";
        says("webhook", of(json!({ "X-A": value })), &[expected]);
    }
    says(
        "webhook",
        of(json!({ "X A": "b" })),
        &["settings.headers.X A: is not a header's name: use letters, digits and - without blanks"],
    );
    says(
        "webhook",
        of(json!(["X-A: b"])),
        &["settings.headers: is not an object: write {\"name\":\"value\"}"],
    );
}

#[test]
fn mistakes_of_a_webhooks_body() {
    let of = |more: Value| webhook(&with(json!({ "auth": "bearer", "token": "t" }), &more));
    says(
        "webhook",
        of(json!({ "body": "xml" })),
        &["settings.body: `xml` is not known: use netdata, alertmanager, cloudevents"],
    );
    says(
        "webhook",
        of(json!({ "event_type_prefix": "x" })),
        &["settings.event_type_prefix: is for body `cloudevents` only: remove it"],
    );
}

#[test]
fn no_mistake_shows_a_value_that_may_be_secret() {
    let wrong = json!({
        "client_certificate": "hidden", "client_key": "hidden", "ca_certificate": "hidden", "signing_secret": "hidden",
        "auth": "basic", "username": "hid:den", "token": "hidden", "headers": { "Host": "hidden", "X-B": "hid\nden" },
        "url": "http://hidden:hidden@example.com/hidden",
    });
    let said = read("webhook", wrong).unwrap_err().join("\n");
    assert!(said.lines().count() > 6 && !said.contains("hid"), "{said}");
}
