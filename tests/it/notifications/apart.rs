//! The webhooks carry nothing of the way out: neither their size nor their start grows with destination types.

use std::collections::BTreeSet;

use regex::bytes::Regex;
use tests::binary;

use crate::template::workspace::function_packages;

/// Which of the texts of destination types are in the binary `name`.
fn texts_of(name: &str) -> BTreeSet<String> {
    let texts =
        Regex::new("AWSEvents\\.PutEvents|adaptivecards\\.io|api\\.atlassian\\.com|qyapi\\.weixin").unwrap();
    let binary = std::fs::read(binary(name)).unwrap();
    texts.find_iter(&binary).map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned()).collect()
}

#[test]
fn no_webhook_links_a_destination_type() {
    let webhooks: Vec<_> =
        function_packages().into_iter().filter(|package| package.ends_with("-webhook")).collect();
    assert_eq!(webhooks.len(), 4, "{webhooks:?}");
    for webhook in webhooks {
        assert_eq!(texts_of(&webhook), BTreeSet::new(), "{webhook}");
    }
    // Otherwise nothing would have been shown.
    assert!(texts_of("notifier").contains("AWSEvents.PutEvents"));
}

#[test]
fn no_client_of_the_sdk_is_there_for_a_destination_type() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap();
    for service in ["sns", "eventbridge", "sesv2"] {
        assert!(!lock.contains(&format!("name = \"aws-sdk-{service}\"")), "{service}");
    }
}
