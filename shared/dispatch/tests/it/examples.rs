//! The example of all destination types in `docs/destinations/`, read as the notifier reads its secret.

use std::collections::BTreeSet;
use std::path::Path;

use channels::CHANNEL_TYPES;
use dispatch::NotificationConfiguration;
use net::EgressPolicy;
use serde_json::{Value, json};

fn example() -> Value {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/destinations/README.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = page.split("```json\n").nth(1).and_then(|block| block.split("```").next()).unwrap();
    serde_json::from_str(block).unwrap()
}

fn read(destinations: &Value) -> NotificationConfiguration {
    NotificationConfiguration::read(
        &json!({ "destinations": destinations }).to_string(),
        &EgressPolicy::public(),
    )
}

#[test]
fn the_example_has_every_type_and_is_read_without_a_mistake() {
    let example = example();
    let settings = read(&example["destinations"]);
    assert_eq!(settings.mistakes, []);
    let read: Vec<_> =
        settings.destinations.iter().map(|destination| destination.channel.type_name()).collect();
    let types: BTreeSet<_> = CHANNEL_TYPES.iter().map(|channel_type| channel_type.name).collect();
    assert_eq!(read.len(), types.len());
    assert_eq!(BTreeSet::from_iter(read), types);
}

#[test]
fn nothing_in_it_can_be_left_out() {
    for destination in example()["destinations"].as_array().unwrap() {
        for name in destination["settings"].as_object().unwrap().keys() {
            let mut less = destination.clone();
            less["settings"].as_object_mut().unwrap().remove(name);
            assert!(!read(&json!([less])).mistakes.is_empty(), "{}: {name}", destination["type"]);
        }
    }
}
