//! The JSON Schemas under `schema/` are the public shape; the code must agree with them.

use schemars::JsonSchema;

fn check<T: JsonSchema>(name: &str) {
    let path = format!("{}/schema/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(T)).unwrap() + "\n";
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != schema {
        std::fs::write(format!("{path}.new"), &schema).unwrap();
        panic!("{path} does not say what the code does: compare it with `{name}.schema.json.new` beside it");
    }
}

#[test]
fn the_schema_of_an_alert_is_kept() {
    check::<alert::Alert>("alert");
}

#[test]
fn the_schema_of_an_event_is_kept() {
    check::<alert::AlertEvent>("alert-event");
}

#[test]
fn an_alert_survives_its_json_but_for_its_timeline() {
    let alert = crate::folded(&[crate::event(alert::Signal::Firing, 1)]);
    let json = serde_json::to_value(&alert).unwrap();
    assert_eq!(json["condition"], "firing");
    assert_eq!(json["ended_at"], serde_json::Value::Null);
    assert!(json.get("timeline").is_none());
    let read: alert::Alert = serde_json::from_value(json).unwrap();
    assert_eq!(read, alert::Alert { timeline: alert::Timeline::default(), ..alert });
}
