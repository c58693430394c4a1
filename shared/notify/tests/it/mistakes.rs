//! What is said about settings that are wrong: where, and what to do.

use serde_json::{Value, json};

use crate::settings::{example, read};

fn settings_of(kind: &str, settings: &Value) -> Value {
    json!({ "id": "d", "type": kind, "settings": settings })
}

/// What is said about a single destination, without the beginning that all paths have in common.
fn mistakes(destination: &Value) -> Vec<String> {
    let settings = read(&json!({ "destinations": [destination] }));
    assert_eq!(settings.destinations.is_empty(), !settings.mistakes.is_empty());
    let said = settings.mistakes.iter().map(ToString::to_string);
    said.map(|text| text.strip_prefix("destinations[0].").unwrap_or(&text).to_owned()).collect()
}

#[track_caller]
fn says(destination: &Value, expected: &[&str]) {
    assert_eq!(mistakes(destination), expected);
}

#[test]
fn mistakes_in_the_members_of_every_type() {
    let with = |more: Value| example("slack", &more);
    says(
        &with(json!({ "id": "" })),
        &["id: is missing: give the destination a short stable name of a-z, 0-9 and -"],
    );
    says(&with(json!({ "id": "Ops_1" })), &["id: `Ops_1` is not an id: use at most 40 of a-z, 0-9 and -"]);
    says(&with(json!({ "id": 7 })), &["id: is not a text: put it in quotes"]);
    let types = "discord, pagerduty, slack, opsgenie, mattermost, rocketchat, webhook";
    says(&with(json!({ "type": "teams" })), &[&format!("type: `teams` is not known: use {types}")]);
    says(&with(json!({ "type": null })), &[&format!("type: is missing: use {types}")]);
    says(
        &with(json!({ "enabled": "yes" })),
        &["enabled: is neither true nor false: write one of them, without quotes"],
    );
    says(
        &with(json!({ "sources": ["netdata", "nagios"] })),
        &[
            "sources[1]: `nagios` is not a source: use netdata, kazoo, tencent, site24x7, alertmanager, campanile",
        ],
    );
    says(&with(json!({ "sources": "netdata" })), &["sources: is not a list: write […]"]);
    says(&with(json!({ "rooms": [" "] })), &["rooms[0]: is empty: give a room's name, or remove it"]);
    says(
        &with(json!({ "labels": ["env"] })),
        &["labels[0]: `env` is not a matcher: write name, one of = != =~ !~, and a value, like env=\"prod\""],
    );
    says(&with(json!({ "labels": [7] })), &["labels[0]: is not a text: put it in quotes"]);
    says(
        &with(json!({ "notify": "Critical" })),
        &["notify: `Critical` is not known: use All Alerts and unreachable, All Alerts, Critical only, \
           ALARMS_SETTING_ALL, ALARMS_SETTING_ALL_BUT_UNREACHABLE, ALARMS_SETTING_CRITICAL, ALARMS_SETTING_UNREACHABLE"],
    );
    says(
        &with(json!({ "notify": ["CRITICAL", "HIGH"] })),
        &["notify[1]: `HIGH` is not a type: use CRITICAL, WARNING, CLEAR, UNREACHABLE, REACHABLE"],
    );
    says(
        &with(json!({ "notify": [] })),
        &["notify: names no type: use CRITICAL, WARNING, CLEAR, UNREACHABLE, REACHABLE, or leave it out"],
    );
    says(
        &with(json!({ "damping_secs": 0 })),
        &["damping_secs: is not a whole number from 1 to 604800: write one, without quotes"],
    );
    says(&with(json!({ "colour": "red" })), &["colour: is not known here: check its spelling, or remove it"]);
    says(
        &with(json!({ "settings": null })),
        &["settings: is missing: write {…} with the members of the destination's type"],
    );
    says(&with(json!({ "settings": [] })), &["settings: is not an object: write {…}"]);
}

#[test]
fn an_id_is_used_once() {
    let settings =
        read(&json!({ "destinations": [example("slack", &json!({})), example("slack", &json!({}))] }));
    assert_eq!(settings.destinations.len(), 1);
    assert_eq!(
        settings.mistakes[0].to_string(),
        "destinations[1].id: `slack` is the id of an earlier destination: choose another"
    );
}

#[test]
fn mistakes_in_urls() {
    let of = |url: &str| settings_of("slack", &json!({ "webhook_url": url }));
    says(
        &of("hooks.slack.com/hidden"),
        &["settings.webhook_url: is not a URL: give an absolute one, like https://host/path"],
    );
    says(&of("http://hooks.slack.com/hidden"), &["settings.webhook_url: has the scheme `http`: use https"]);
    says(
        &of("https://u:hidden@hooks.slack.com/"),
        &["settings.webhook_url: has a user name or password in front of the host: remove it"],
    );
    says(
        &of("https://metadata.google.internal/hidden"),
        &[
            "settings.webhook_url: has the host `metadata.google.internal`, which is private by its name: use a public name",
        ],
    );
    says(
        &of("https://2130706433/hidden"),
        &[
            "settings.webhook_url: `127.0.0.1` is in a network that destinations may not lie in: use a public address, \
           or let the operator allow the network",
        ],
    );
}

#[test]
fn mistakes_of_discord() {
    let url = "https://discord.com/api/webhooks/1/hidden";
    let of = |more: Value| {
        let mut settings = json!({ "webhook_url": url });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings_of("discord", &settings)
    };
    assert_eq!(mistakes(&of(json!({ "channel_type": "Text" }))), [""; 0]);
    says(
        &of(json!({ "channel_type": "voice" })),
        &["settings.channel_type: `voice` is not known: use text, forum"],
    );
    says(
        &of(json!({ "channel_type": "forum" })),
        &["settings.thread_name: is missing: name the thread that messages go to"],
    );
    says(
        &of(json!({ "thread_name": "Alerts" })),
        &["settings.thread_name: is for channel_type `forum` only: remove it"],
    );
    says(
        &of(json!({ "channel_type": "forum", "thread_name": "é".repeat(101), "thread_tags": ["x"] })),
        &[
            "settings.thread_name: is no thread's name: use 1 to 100 characters",
            "settings.thread_tags[0]: is not a tag's id: write its digits in quotes",
        ],
    );
}

#[test]
fn mistakes_of_the_paging_types() {
    says(
        &settings_of("pagerduty", &json!({ "integration_key": "hidden" })),
        &[
            "settings.integration_key: is not a key of 32 letters and digits: copy it from the service's integration of \
         type Events API v2",
        ],
    );
    says(
        &settings_of("pagerduty", &json!({})),
        &[
            "settings.integration_key: is missing: copy it from the service's integration of type Events API v2",
        ],
    );
    says(
        &settings_of("opsgenie", &json!({ "api_key": "hid\nden" })),
        &["settings.api_key: has characters that no header may have: copy it again"],
    );
    let twenty = vec!["t"; 20];
    says(
        &settings_of("opsgenie", &json!({ "api_key": "k", "tags": twenty, "responders": [{ "name": "x" }] })),
        &[
            "settings.responders[0]: is not a responder: write {\"type\":\"team\",\"name\":…} with a type of team, user, \
         escalation or schedule, and id, name or username",
            "settings.tags: are too many: use at most 19",
        ],
    );
}

pub(crate) fn webhook(more: &Value) -> Value {
    let mut settings = json!({ "url": "https://hooks.example.com/" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings_of("webhook", &settings)
}

#[test]
fn mistakes_of_a_webhooks_authentication() {
    says(
        &webhook(&json!({})),
        &[
            "settings.auth: `mtls` needs client_certificate and client_key: give both, or choose basic or bearer",
        ],
    );
    says(
        &webhook(&json!({ "auth": "digest" })),
        &["settings.auth: `digest` is not known: use mtls, basic, bearer, none"],
    );
    says(
        &webhook(&json!({ "auth": "basic", "username": "a:b" })),
        &[
            "settings.password: is missing: auth `basic` needs it",
            "settings.username: has a `:`, which Basic cannot carry: choose another",
        ],
    );
    says(
        &webhook(&json!({ "auth": "bearer", "token": "hid\r\nden" })),
        &["settings.token: has characters that no header may have: copy it again"],
    );
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "password": "hidden" })),
        &["settings.password: is for auth `basic` only: remove it, or write \"auth\":\"basic\""],
    );
    says(
        &webhook(&json!({ "auth": "none" })),
        &["settings.auth: `none` needs a signing_secret: give one, or choose mtls, basic or bearer"],
    );
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "signing_secret": "hidden" })),
        &[
            "settings.signing_secret: is not a signing secret: write whsec_ and the base64 of 24 to 64 random bytes",
        ],
    );
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "signing_secret_previous": secret })),
        &["settings.signing_secret_previous: stands without signing_secret: give that too"],
    );
    says(
        &webhook(
            &json!({ "auth": "bearer", "token": "t", "client_certificate": "hidden", "client_key": "hidden" }),
        ),
        &[
            "settings.client_certificate: holds no certificate: paste the PEM text, from -----BEGIN to -----END",
            "settings.client_key: holds no private key: paste the PEM text, from -----BEGIN to -----END",
        ],
    );
}

#[test]
fn headers_that_are_not_the_settings_to_set_are_refused() {
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
        let headers = json!({ name: "hidden" });
        says(
            &webhook(&json!({ "auth": "bearer", "token": "t", "headers": headers })),
            &[&format!("settings.headers.{name}: is set by Campanile or by HTTP itself: remove it")],
        );
    }
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b"] {
        says(
            &webhook(&json!({ "auth": "bearer", "token": "t", "headers": { "X-A": value } })),
            &["settings.headers.X-A: has a line break or another control character: remove it"],
        );
    }
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "headers": { "X A": "b" } })),
        &["settings.headers.X A: is not a header's name: use letters, digits and - without blanks"],
    );
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "headers": ["X-A: b"] })),
        &["settings.headers: is not an object: write {\"name\":\"value\"}"],
    );
}

#[test]
fn mistakes_of_a_webhooks_body() {
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "body": "xml" })),
        &["settings.body: `xml` is not known: use netdata, alertmanager, cloudevents"],
    );
    says(
        &webhook(&json!({ "auth": "bearer", "token": "t", "event_type_prefix": "x" })),
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
    let said = mistakes(&settings_of("webhook", &wrong)).join("\n");
    assert!(said.lines().count() > 6 && !said.contains("hid"), "{said}");
}
