//! The compressed part of an item: the raw body, a JSON head and the length of the body, deflated together.
//!
//! An event's texts mostly stand in the body that brought it, so that deflating both as one costs little more than
//! the body alone; an item below 1 KiB is one write unit.

use alert::{AlertEvent, Source};
use aws_sdk_dynamodb::primitives::Blob;
use normalize::InboundRequest;
use serde::{Deserialize, Serialize};

use super::packed::{Dictionary, deflate, inflate};

/// Most bytes of a document: an item has 400 KiB, less what stands beside the document.
const MOST_BYTES: usize = 384 * 1024;
/// The header that says how long a body was that had to be cut.
const CUT_FROM: &str = "campanile-body-cut-from-bytes";

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    #[error("it cannot be inflated")]
    Inflate(#[source] std::io::Error),
    #[error("its head is not the JSON that it should be")]
    Head(#[source] serde_json::Error),
}

/// The JSON behind the raw body.
#[derive(Serialize, Deserialize)]
struct Head<E, D> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<E>,
    // Version 1 of the first release called it so.
    #[serde(rename = "request", alias = "delivery")]
    inbound: D,
}

/// A request, and the event it brought if it was understood.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) event: Option<AlertEvent>,
    pub(crate) inbound: InboundRequest,
}

/// Packs `inbound` and the `event` it brought. A body that does not fit an item even deflated is cut, and a header of
/// the stored request says how long it was: the event is worth more than the rest of the body.
pub(crate) fn pack(
    source: Source,
    event: Option<&AlertEvent>,
    inbound: &InboundRequest,
) -> std::io::Result<Blob> {
    let mut blob = pack_whole(source, event, inbound)?;
    let mut kept = inbound.body.len();
    while blob.as_ref().len() > MOST_BYTES && kept > 0 {
        kept /= 2;
        let mut cut =
            InboundRequest { body: inbound.body.get(..kept).unwrap_or_default().to_vec(), ..head(inbound) };
        cut.headers.insert(CUT_FROM.to_owned(), inbound.body.len().to_string());
        blob = pack_whole(source, event, &cut)?;
    }
    Ok(blob)
}

/// `inbound` without its body.
fn head(inbound: &InboundRequest) -> InboundRequest {
    InboundRequest {
        method: inbound.method.clone(),
        query: inbound.query.clone(),
        content_type: inbound.content_type.clone(),
        headers: inbound.headers.clone(),
        body: Vec::new(),
        received_at: inbound.received_at,
    }
}

fn pack_whole(source: Source, event: Option<&AlertEvent>, inbound: &InboundRequest) -> std::io::Result<Blob> {
    let mut document = inbound.body.clone();
    serde_json::to_writer(&mut document, &Head { event, inbound })?;
    document.extend(u32::try_from(inbound.body.len()).unwrap_or(u32::MAX).to_be_bytes());
    deflate(&document, Dictionary::of(source))
}

/// Unpacks what [`pack`] packed.
pub(crate) fn unpack(blob: &Blob) -> Result<Document, DocumentError> {
    let bytes = inflate(blob).map_err(DocumentError::Inflate)?;
    let (bytes, length) = bytes.split_last_chunk().ok_or_else(cut_short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let (body, head) = bytes.split_at_checked(length).ok_or_else(cut_short)?;
    let head: Head<AlertEvent, InboundRequest> = serde_json::from_slice(head).map_err(DocumentError::Head)?;
    Ok(Document { event: head.event, inbound: InboundRequest { body: body.to_vec(), ..head.inbound } })
}

fn cut_short() -> DocumentError {
    DocumentError::Inflate(std::io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound(body: &[u8]) -> InboundRequest {
        InboundRequest {
            method: "POST".into(),
            query: "hook=all".into(),
            content_type: Some("application/json".into()),
            headers: [("x-hook-id".into(), "h1".into())].into(),
            body: body.into(),
            received_at: "2026-11-21T18:45:12.123456789Z".parse().unwrap(),
        }
    }

    #[test]
    fn any_body_comes_back_as_it_was() {
        for body in [b"".to_vec(), b"{}".to_vec(), b"line\nline\n".to_vec(), vec![0xff; 300_000]] {
            let unpacked = unpack(&pack(Source::Netdata, None, &inbound(&body)).unwrap()).unwrap();
            assert_eq!(unpacked.inbound, inbound(&body));
            assert_eq!(unpacked.event, None);
        }
    }

    #[test]
    fn a_body_that_fits_no_item_is_cut_and_says_so() {
        let mut noise = 1_u32;
        let body: Vec<u8> = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        })
        .take(2_000_000)
        .collect();
        let packed = pack(Source::Netdata, None, &inbound(&body)).unwrap();
        assert!(packed.as_ref().len() <= MOST_BYTES);
        let unpacked = unpack(&packed).unwrap().inbound;
        assert!(body.starts_with(&unpacked.body) && unpacked.body.len() > 100_000);
        assert_eq!(unpacked.headers[CUT_FROM], "2000000");
    }

    #[test]
    fn a_damaged_document_is_an_error() {
        assert!(unpack(&Blob::new([1, 2, 3])).is_err());
        let mut packed = pack(Source::Netdata, None, &inbound(b"abc")).unwrap().into_inner();
        packed.truncate(packed.len() / 2);
        assert!(unpack(&Blob::new(packed)).is_err());
    }
}
