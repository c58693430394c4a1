//! How much of a body is read, and how much of it is kept.

use std::borrow::Cow;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use normalize::InboundRequest;
use sha2::{Digest, Sha256};

/// The largest body that is read, in bytes.
///
/// Lambda takes 6 MB, of which API Gateway makes a third out of a body that it does not take for text: what is larger
/// may not arrive at all, and nobody would count it.
pub const LIMIT_BYTES: usize = 4_500_000;

/// Most bytes of a body, deflated, that are kept: a table item holds 400 KB, and the event beside it has its share.
const KEPT_BYTES: usize = 192 * 1024;
/// Most bytes of a body that are kept with the second and each later one of many events.
const EXCERPT_BYTES: usize = 8 * 1024;
/// From how many events on only the first one has the whole body.
const MANY_EVENTS: usize = 16;

/// The member of [`InboundRequest::headers`] that says how long a body was of which only the beginning is kept.
pub const BODY_LENGTH: &str = "campanile-body-length";
/// The member of [`InboundRequest::headers`] with the SHA-256 of such a body, in hex.
pub const BODY_SHA256: &str = "campanile-body-sha256";

/// `request` with as much of its body as a table item holds: all of it, as a rule.
pub fn kept(request: &InboundRequest) -> Cow<'_, InboundRequest> {
    if request.body.len() <= KEPT_BYTES || is_cut(request) || deflated_length(&request.body) <= KEPT_BYTES {
        return Cow::Borrowed(request);
    }
    Cow::Owned(cut(request, KEPT_BYTES))
}

/// Whether only the beginning of the body is kept.
pub fn is_cut(request: &InboundRequest) -> bool {
    request.headers.contains_key(BODY_LENGTH)
}

/// The requests that the first and the other ones of `events` events are kept with.
pub(crate) fn kept_with_each(
    request: &InboundRequest,
    events: usize,
) -> (Cow<'_, InboundRequest>, Cow<'_, InboundRequest>) {
    let first = kept(request);
    let is_small = events < MANY_EVENTS || request.body.len() <= EXCERPT_BYTES || is_cut(request);
    let others = if is_small { first.clone() } else { Cow::Owned(cut(request, EXCERPT_BYTES)) };
    (first, others)
}

/// `request` with the first `bytes` bytes of its body, and a note of what the whole was.
fn cut(request: &InboundRequest, bytes: usize) -> InboundRequest {
    let whole = &request.body;
    let notes = [
        (BODY_LENGTH.to_owned(), whole.len().to_string()),
        (BODY_SHA256.to_owned(), format!("{:x}", Sha256::digest(whole))),
    ];
    InboundRequest {
        method: request.method.clone(),
        query: request.query.clone(),
        content_type: request.content_type.clone(),
        headers: request.headers.clone().into_iter().chain(notes).collect(),
        body: whole.get(..bytes).unwrap_or(whole).to_vec(),
        received_at: request.received_at,
    }
}

fn deflated_length(bytes: &[u8]) -> usize {
    let mut encoder = DeflateEncoder::new(Length(0), Compression::default());
    // Counting never fails.
    let counted = encoder.write_all(bytes).and_then(|()| encoder.finish());
    counted.map_or(usize::MAX, |Length(length)| length)
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: Vec<u8>) -> InboundRequest {
        InboundRequest {
            method: "POST".into(),
            query: "hook=all".into(),
            content_type: None,
            headers: [("x-hook-id".into(), "h1".into())].into(),
            body,
            received_at: "2026-11-21T18:45:12Z".parse().unwrap(),
        }
    }

    /// Bytes that nothing deflates.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[0]
        })
        .take(length)
        .collect()
    }

    #[test]
    fn a_large_body_is_kept_whole_where_it_deflates_well() {
        for body in [b"{}".to_vec(), noise(KEPT_BYTES), br#"{"name":"disk"}"#.repeat(200_000)] {
            let request = request(body);
            assert_eq!(*kept(&request), request);
        }
    }

    #[test]
    fn of_a_body_that_no_item_holds_the_beginning_is_kept_with_a_note() {
        let whole = request(noise(300_000));
        let cut = kept(&whole).into_owned();
        assert_eq!(cut.body, whole.body[..KEPT_BYTES]);
        assert_eq!(cut.headers["x-hook-id"], "h1");
        assert_eq!(cut.headers[BODY_LENGTH], "300000");
        assert_eq!(cut.headers[BODY_SHA256], format!("{:x}", Sha256::digest(&whole.body)));
        assert!(is_cut(&cut) && !is_cut(&whole));
        assert_eq!(*kept(&cut), cut);
    }

    #[test]
    fn of_many_events_the_first_has_the_whole_body() {
        let request = request(noise(20_000));
        let (first, others) = kept_with_each(&request, MANY_EVENTS);
        assert_eq!((first.body.len(), others.body.len()), (20_000, EXCERPT_BYTES));
        let (first, others) = kept_with_each(&request, MANY_EVENTS - 1);
        assert_eq!((first.body.len(), others.body.len()), (20_000, 20_000));
    }
}
