//! Statements about webhooks that are sent (OWASP's draft); SECURITY.md maps every number to its test.

use std::net::IpAddr;
use std::sync::Arc;

use notify::{Attempt, Courier, Kind, Lookup, Lookups, Probe, Reach, Settings, Verdict};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::stand_in::{PATH, deliver, destination, impatient, message, now, outcome, server, success};

/// One address of each range that nobody may be sent to.
const DENIED: [&str; 24] = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2001:db8::1",
    "fc00::1",
    "fe80::1",
    "ff02::1",
];

/// A name that leads to one address.
struct LeadsTo(IpAddr);

impl Lookup for LeadsTo {
    fn lookup(&self, _: &str) -> Lookups {
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

fn mistakes(url: &str) -> usize {
    let slack = json!({ "id": "ops", "type": "slack", "settings": { "webhook_url": url } });
    Settings::read(&json!({ "destinations": [slack] }).to_string(), &Reach::public()).mistakes.len()
}

#[tokio::test]
async fn statement_18_every_denied_range_is_refused_in_a_url_and_behind_a_name() {
    let named = json!({ "id": "ops", "type": "slack", "settings": { "webhook_url": format!("https://x.example.com{PATH}") } });
    let settings = Settings::read(&json!({ "destinations": [named] }).to_string(), &Reach::public());
    for address in DENIED {
        let address: IpAddr = address.parse().unwrap();
        let host = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
        assert_eq!(mistakes(&format!("https://{host}{PATH}")), 1, "{address}");
        let lookup: Arc<dyn Lookup> = Arc::new(LeadsTo(address));
        let courier =
            Courier::with_lookup(&settings.destinations, Reach::public(), impatient(), &lookup).unwrap();
        let message = message(Kind::Opened);
        let outcome = courier.deliver(&settings.destinations[0], &Attempt::first(&message, now())).await;
        assert_eq!(outcome.verdict, Verdict::Suspended(Probe::Never), "{address}");
    }
}

#[tokio::test]
async fn statement_19_redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = server(success("slack")).await;
        let redirect = ResponseTemplate::new(status).insert_header("Location", elsewhere.uri());
        assert_ne!(outcome("slack", redirect).await.verdict, Verdict::Sent, "{status}");
        assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0, "{status}");
    }
}

#[test]
fn statement_20_no_header_value_holds_a_line_break() {
    for value in ["a\r\nx-evil: 1", "a\nb", "a\rb"] {
        for settings in [
            json!({ "url": "https://hooks.example.com/x", "headers": { "x-team": value } }),
            json!({ "url": "https://hooks.example.com/x", "auth": "bearer", "token": value }),
        ] {
            let webhook = json!({ "id": "own", "type": "webhook", "settings": settings });
            let read = Settings::read(&json!({ "destinations": [webhook] }).to_string(), &Reach::public());
            assert!(read.destinations.is_empty() && !read.mistakes.is_empty(), "{value:?} {settings}");
        }
    }
}

#[tokio::test]
async fn statement_22_the_wait_that_a_destination_asks_for_is_kept() {
    for kind in ["slack", "webhook"] {
        let busy = server(ResponseTemplate::new(429).insert_header("Retry-After", "47")).await;
        let outcome = deliver(&destination(kind, &busy.uri(), &json!({})), &message(Kind::Opened)).await;
        assert_ne!(outcome.verdict, Verdict::Sent, "{kind}");
        assert!(format!("{outcome:?}").contains("47s"), "{kind}: {outcome:?}");
    }
}
