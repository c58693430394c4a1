//! The secret `campanile/destinations`, right and wrong.

use notify::{Choice, Level, NoticeType, Reach, Settings, Type};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(secret: &Value) -> Settings {
    Settings::read(&secret.to_string(), &Reach::public())
}

/// The example of each type, with `more` beside its members.
fn example(kind: &str, more: &Value) -> Value {
    let settings = match kind {
        "pagerduty" => json!({ "integration_key": "0123456789abcdef0123456789abcdef" }),
        "opsgenie" => json!({ "api_key": "11111111-2222-3333-4444-555555555555" }),
        "webhook" => {
            json!({ "url": "https://hooks.example.com/x?y=z", "auth": "bearer", "token": "hidden-token" })
        }
        _ => json!({ "webhook_url": "https://hooks.example.com/services/hidden-path" }),
    };
    let mut destination = json!({ "id": kind, "type": kind, "settings": settings });
    for (name, value) in more.as_object().unwrap() {
        destination[name] = value.clone();
    }
    destination
}

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
fn one_of_each_type_is_read() {
    let list: Vec<_> = Type::ALL.iter().map(|kind| example(kind.as_str(), &json!({}))).collect();
    let settings = read(&json!({ "destinations": list }));
    assert_eq!(settings.mistakes, []);
    let kinds: Vec<_> = settings.destinations.iter().map(notify::Destination::kind).collect();
    assert_eq!(kinds, Type::ALL);
    assert_eq!(settings.destination("slack").unwrap().host(), "hooks.example.com");
    assert_eq!(settings.destination("pagerduty").unwrap().host(), "events.pagerduty.com");
    assert_eq!(settings.destination("opsgenie").unwrap().host(), "api.opsgenie.com");
    assert_eq!(settings.destination("elsewhere"), None);
}

#[test]
fn every_member_is_read() {
    let more = json!({
        "name": "Ops channel", "enabled": false, "sources": ["netdata", "Kazoo"], "rooms": ["All Nodes"],
        "labels": ["env=\"prod\"", "region=~\"eu-.*\""], "notify": "critical ONLY", "damping_secs": 600,
    });
    let settings = read(&json!({ "destinations": [example("slack", &more)] }));
    assert_eq!(settings.mistakes, []);
    let destination = &settings.destinations[0];
    assert_eq!((destination.id.as_str(), destination.name.as_deref()), ("slack", Some("Ops channel")));
    assert!(!destination.is_enabled);
    assert_eq!(destination.choice, Choice::Level(Level::CriticalOnly));
    assert_eq!(destination.damping_secs, Some(600));
    assert_eq!(destination.filter.sources.len(), 2);
    assert!(destination.filter.rooms.contains("all-nodes"));
    let labels: Vec<_> = destination.filter.labels.iter().map(ToString::to_string).collect();
    assert_eq!(labels, ["env=\"prod\"", "region=~\"eu-.*\""]);
}

#[test]
fn what_is_absent_null_or_empty_is_the_default() {
    let empty = json!({
        "name": null, "enabled": null, "sources": [], "rooms": null, "labels": [], "notify": null, "damping_secs": null,
    });
    let settings =
        read(&json!({ "destinations": [example("slack", &json!({})), example("discord", &empty)] }));
    assert_eq!(settings.mistakes, []);
    for destination in &settings.destinations {
        assert!(destination.is_enabled && destination.name.is_none() && destination.damping_secs.is_none());
        assert_eq!(destination.choice, Choice::Level(Level::AllAndUnreachable));
        assert_eq!(destination.filter, notify::Filter::default());
    }
}

#[test]
fn types_are_read_in_any_case() {
    let types = json!({ "notify": ["Critical", "CLEAR", "reachable"] });
    let settings = read(&json!({ "destinations": [example("slack", &types)] }));
    let expected = [NoticeType::Critical, NoticeType::Clear, NoticeType::Reachable].into_iter().collect();
    assert_eq!(settings.destinations[0].choice, Choice::Types(expected));
}

#[test]
fn a_wrong_destination_leaves_the_others_standing() {
    let wrong = json!({ "id": "wrong", "type": "slack", "settings": {} });
    let list = json!([example("slack", &json!({})), wrong, 7, example("discord", &json!({}))]);
    let settings = read(&json!({ "destinations": list }));
    assert_eq!(settings.destinations.len(), 2);
    let texts: Vec<_> = settings.mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "destinations[1].settings.webhook_url: is missing: copy it from the app's page Incoming Webhooks",
            "destinations[2]: is not an object: write {…}",
        ]
    );
}

#[test]
fn a_document_that_is_none_is_one_mistake() {
    for (secret, expected) in [
        ("", "the document: is not JSON at line 1, column 0: write {\"destinations\":[…]}"),
        ("{\"hidden", "the document: is not JSON at line 1, column 8: write {\"destinations\":[…]}"),
        ("[]", "the document: is not an object: write {…}"),
        ("{}", "destinations: is missing: list the destinations, or write []"),
        ("{\"destinations\":{}}", "destinations: is not a list: write […]"),
        (
            "{\"destinations\":[],\"routes\":[]}",
            "routes: is not known here: check its spelling, or remove it",
        ),
    ] {
        let settings = Settings::read(secret, &Reach::public());
        assert_eq!(settings.destinations, []);
        let texts: Vec<_> = settings.mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(texts, [expected]);
    }
    assert_eq!(Settings::read("{\"destinations\":[]}", &Reach::public()), Settings::default());
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
            "settings.thread_name: is too long: use at most 100 characters",
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

fn webhook(more: &Value) -> Value {
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
fn opsgenies_end_is_announced() {
    let settings = read(&json!({ "destinations": [example("opsgenie", &json!({}))] }));
    let texts: Vec<_> = settings.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "destinations[0].settings.api_url: Opsgenie is not sold since 2025-06-04 and its API ends on 2027-04-05: \
          plan to move to another destination"
        ]
    );
}

#[test]
fn nothing_secret_is_printed() {
    let list: Vec<_> = Type::ALL.iter().map(|kind| example(kind.as_str(), &json!({}))).collect();
    let settings = read(&json!({ "destinations": list }));
    let printed = format!("{settings:?}");
    for secret in ["hidden", "0123456789abcdef", "11111111-2222", "y=z"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    let headers = json!({ "X-Key": "hidden" });
    let basic = webhook(&json!({
        "auth": "basic", "username": "u", "password": "hidden", "headers": headers, "challenge_secret": "hidden",
        "signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }));
    let settings = read(&json!({ "destinations": [basic] }));
    assert_eq!(settings.mistakes, []);
    let printed = format!("{settings:?}");
    assert!(!printed.contains("hidden") && !printed.contains("MfKQ"), "{printed}");
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

#[test]
fn the_digest_changes_with_the_settings_and_with_nothing_else() {
    let digest = |kind: &str, more: Value| {
        let settings = read(&json!({ "destinations": [example(kind, &more)] }));
        settings.destinations[0].settings_digest().to_owned()
    };
    let same = digest("slack", json!({}));
    assert_eq!(digest("slack", json!({ "id": "other", "notify": "All Alerts", "name": "x" })), same);
    let other = json!({ "settings": { "webhook_url": "https://hooks.example.com/services/other" } });
    assert_ne!(digest("slack", other), same);
    assert_ne!(digest("mattermost", json!({})), same);
    assert_eq!(same.len(), 16);
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "id",
        "type",
        "settings",
        "notify",
        "labels",
        "rooms",
        "sources",
        "webhook_url",
        "url",
        "auth",
        "headers",
        "channel_type",
        "thread_tags",
        "responders",
        "tags",
        "client_key",
        "damping_secs",
        "enabled",
        "name",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "slack", "webhook", "discord", "opsgenie", "forum", "basic", "none", "CRITICAL"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An example with one member, of it or of its settings, replaced by anything.
fn nearly_right() -> impl Strategy<Value = Value> {
    let kinds = Type::ALL.map(|kind| example(kind.as_str(), &json!({})));
    let names = prop::sample::select(vec![
        "id",
        "enabled",
        "sources",
        "rooms",
        "labels",
        "notify",
        "damping_secs",
        "webhook_url",
        "url",
        "auth",
        "token",
        "body",
        "headers",
        "api_url",
        "api_key",
        "tags",
        "responders",
        "channel_type",
        "thread_name",
        "icon_url",
        "client_key",
        "ca_certificate",
        "challenge_secret",
        "signing_secret",
        "integration_key",
        "event_type_prefix",
    ]);
    let blank = prop_oneof![any_json(), Just(json!("")), Just(json!(" ")), Just(json!([])), Just(json!({}))];
    (prop::sample::select(kinds.to_vec()), names, blank, any::<bool>()).prop_map(
        |(mut kind, name, value, is_inner)| {
            let place = if is_inner { &mut kind["settings"] } else { &mut kind };
            place[name] = value;
            kind
        },
    )
}

proptest! {
    #[test]
    fn a_destination_that_is_nearly_right_is_read_or_has_a_mistake(destination in nearly_right()) {
        let settings = read(&json!({ "destinations": [destination] }));
        prop_assert_eq!(settings.destinations.is_empty(), !settings.mistakes.is_empty());
    }

    #[test]
    fn every_destination_is_either_read_or_has_a_mistake(destinations in prop::collection::vec(any_json(), 0..4)) {
        let settings = read(&json!({ "destinations": destinations }));
        let is_wrong = |index: usize| {
            let (path, inside) = (format!("destinations[{index}]"), format!("destinations[{index}]."));
            settings.mistakes.iter().any(|mistake| mistake.path == path || mistake.path.starts_with(&inside))
        };
        let right = (0..destinations.len()).filter(|index| !is_wrong(*index)).count();
        prop_assert_eq!(settings.destinations.len(), right);
    }

    #[test]
    fn no_text_panics(text in ".{0,64}") {
        let _ = Settings::read(&text, &Reach::public());
    }
}
