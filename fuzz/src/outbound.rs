//! How destinations are configured, what they answer, and what their readers bring back.

use std::sync::{Arc, LazyLock};

use channels::{Attempt, CHANNEL_TYPES, Channel, test_notifications};
use dispatch::{LinkKeys, NotificationConfiguration};
use http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use net::{EgressPolicy, HttpAnswer, retry_after};

use crate::NOW;
use crate::corpus::configured;

/// The secret `campanile/destinations`.
pub fn destinations(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let settings = NotificationConfiguration::read(&text, &EgressPolicy::public());
    assert!(!settings.is_unusable || !settings.mistakes.is_empty(), "unusable settings say why");
    for destination in &settings.destinations {
        assert!(!destination.id.is_empty());
        let printed = format!("{destination:?}");
        // Short ones are parts of ordinary words.
        let secrets = destination.channel.secrets().into_iter().filter(|secret| secret.len() > 24);
        for secret in secrets {
            assert!(!printed.contains(&secret), "a secret is printed");
        }
    }
}

/// One destination of each type, as its page in the manual has it.
static CHANNELS: LazyLock<Vec<Arc<dyn Channel>>> = LazyLock::new(|| {
    let names = CHANNEL_TYPES.iter().map(|channel_type| channel_type.name);
    names.map(|name| configured(name).channel).collect()
});

/// The first byte chooses the type, two the status, the fourth a header; the rest is the answer's body.
pub fn answers(bytes: &[u8]) {
    let [which, high, low, header, body @ ..] = bytes else { return };
    let channel = &CHANNELS[usize::from(*which) % CHANNELS.len()];
    let status = 100 + u16::from_be_bytes([*high, *low]) % 500;
    let mut headers = HeaderMap::new();
    if header % 2 == 1
        && let Ok(value) = HeaderValue::from_bytes(body)
    {
        let names =
            [RETRY_AFTER, HeaderName::from_static("x-ratelimit-reset-after"), http::header::CONTENT_TYPE];
        headers.insert(names[usize::from(header / 2) % names.len()].clone(), value);
    }
    let answer = Ok(HttpAnswer::new(status, headers, body));
    for notification in test_notifications(&**channel, "of-ours", "token", NOW) {
        let attempt = Attempt::first("of-ours", &notification, NOW);
        channel.interpret(&attempt, &answer);
    }
}

/// Links to acknowledge: without the key nobody makes one.
pub fn links(bytes: &[u8]) {
    let keys =
        LinkKeys::new(b"a key that no fuzzer can know".to_vec(), None).expect("the key is long enough");
    let token = String::from_utf8_lossy(bytes);
    assert_eq!(keys.verify(&token, NOW), Err(dispatch::LinkError::Forged));
}

/// Addresses of destinations, and how long they want to be left alone.
pub fn addresses(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let egress = EgressPolicy::public();
    if let Ok(url) = egress.parse_url(&text) {
        assert_eq!(url.scheme(), "https");
        assert!(egress.check_url(&url).is_ok(), "what is permitted stays so");
    }
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]), NOW);
    }
    for shown in [net::sanitize::line(&text), net::sanitize::text(&text)] {
        assert!(shown.chars().all(net::sanitize::is_harmless));
    }
}
