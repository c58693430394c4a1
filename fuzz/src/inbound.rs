//! What webhooks are sent, and the secrets by which senders are known.

use alert::{AlertEvent, Source};
use http::{HeaderMap, HeaderValue, header};
use intake::{Protocol, ProtocolVisitor, WEBHOOKS, check_source_secret, decoded, with_protocol};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration, alertmanager};

use crate::NOW;

/// The most that an encoding may make of a body, in bytes.
const LIMIT_BYTES: usize = 64 * 1024;

/// How the content is named, by the second byte.
const CONTENT_TYPES: [Option<&str>; 4] =
    [Some("application/json"), Some("application/x-www-form-urlencoded"), Some("text/plain"), None];

/// The first byte chooses the source, the second the content type, or a query in the place of a body; the rest is content.
pub fn webhooks(bytes: &[u8]) {
    let [source, form, content @ ..] = bytes else { return };
    let source = WEBHOOKS[usize::from(*source) % WEBHOOKS.len()];
    with_protocol(source, &mut Reader { source, request: request(*form, content) });
}

/// What an Alertmanager or a Prometheus sends.
pub fn batches(bytes: &[u8]) {
    let request = request(0, bytes);
    let read = || alertmanager::normalize(&request, &SourceConfiguration::default());
    assert_sound(Source::Alertmanager, &request, read);
}

fn request(form: u8, content: &[u8]) -> InboundRequest {
    let is_query = form % 8 == 4;
    InboundRequest {
        method: if is_query { "GET" } else { "POST" }.to_owned(),
        query: if is_query { String::from_utf8_lossy(content).into_owned() } else { String::new() },
        content_type: CONTENT_TYPES[usize::from(form) % 4].filter(|_| !is_query).map(str::to_owned),
        headers: [].into(),
        body: if is_query { Vec::new() } else { content.to_vec() },
        received_at: NOW,
    }
}

struct Reader {
    source: Source,
    request: InboundRequest,
}

impl ProtocolVisitor for Reader {
    type Output = ();

    fn visit<P: Protocol>(&mut self) {
        if !P::accepts(&self.request) {
            return;
        }
        let request = P::redact(self.request.clone());
        assert_eq!(P::redact(request.clone()), request, "what is redacted stays as it is");
        assert_sound(self.source, &request, || P::normalize(&request, &SourceConfiguration::default()));
    }
}

/// What is read is the same whenever it is read, belongs to its source, can be kept and shown; what is not says why.
fn assert_sound(source: Source, request: &InboundRequest, read: impl Fn() -> Result<Normalized, Rejection>) {
    let outcome = read();
    assert_eq!(outcome, read(), "the same request reads differently the second time");
    match outcome {
        Ok(normalized) => normalized.events.iter().for_each(|event| assert_event(source, request, event)),
        Err(rejection) => {
            assert!(!rejection.reason.is_empty() && !rejection.message.is_empty());
        }
    }
}

fn assert_event(source: Source, request: &InboundRequest, event: &AlertEvent) {
    assert_eq!(event.source, source);
    assert!(!event.title.is_empty());
    let received = event.clone().received(request.received_at).event;
    assert!(received.occurred_at <= request.received_at, "{} lies ahead", received.occurred_at);
    let kept = serde_json::to_vec(event).expect("an event is JSON");
    assert_eq!(
        serde_json::from_slice::<AlertEvent>(&kept).ok().as_ref(),
        Some(event),
        "it is kept otherwise"
    );
}

/// The first byte chooses the `Content-Encoding`.
pub fn encodings(bytes: &[u8]) {
    let [encoding, body @ ..] = bytes else { return };
    let names = ["gzip", "deflate", "identity", "br", "x-gzip", "gzip, deflate"];
    let mut headers = HeaderMap::new();
    if let Some(name) = names.get(usize::from(*encoding)) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    if let Ok(decoded) = decoded(&headers, body, LIMIT_BYTES) {
        let is_as_sent = *decoded.body == *body;
        assert!(is_as_sent || decoded.body.len() <= LIMIT_BYTES);
        assert!(decoded.unreadable.is_none() || is_as_sent, "what cannot be decoded is kept as it was sent");
    }
}

/// The first byte chooses the source.
pub fn secrets(bytes: &[u8]) {
    let [source, text @ ..] = bytes else { return };
    let text = String::from_utf8_lossy(text);
    let report = check_source_secret(WEBHOOKS[usize::from(*source) % WEBHOOKS.len()], &text);
    assert!(report.secret.is_some() || !report.findings.is_empty(), "an unusable secret says why");
}
