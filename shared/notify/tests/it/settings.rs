//! The secret `campanile/destinations`, right and wrong.

use notify::{Choice, Level, NoticeType, Reach, Settings, Type};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) fn read(secret: &Value) -> Settings {
    Settings::read(&secret.to_string(), &Reach::public())
}

/// The example of each type, with `more` beside its members.
pub(crate) fn example(kind: &str, more: &Value) -> Value {
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
    let basic = crate::mistakes::webhook(&json!({
        "auth": "basic", "username": "u", "password": "hidden", "headers": headers, "challenge_secret": "hidden",
        "signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }));
    let settings = read(&json!({ "destinations": [basic] }));
    assert_eq!(settings.mistakes, []);
    let printed = format!("{settings:?}");
    assert!(!printed.contains("hidden") && !printed.contains("MfKQ"), "{printed}");
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
