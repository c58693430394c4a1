//! Deflated parts of items: DynamoDB charges by the KiB, and JSON repeats itself.

use std::io::{self, Read};

use aws_sdk_dynamodb::primitives::Blob;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes that are inflated; ours are far fewer, and a damaged item must not take the memory away.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024;

/// Deflates what `write` writes.
pub(crate) fn deflate(
    write: impl FnOnce(&mut DeflateEncoder<Vec<u8>>) -> io::Result<()>,
) -> io::Result<Blob> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    write(&mut deflate)?;
    deflate.finish().map(Blob::new)
}

/// What was deflated.
pub(crate) fn inflate(blob: &Blob) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(blob.as_ref()).take(LIMIT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Packs `value` as JSON.
pub(crate) fn pack<T: Serialize + ?Sized>(value: &T) -> io::Result<Blob> {
    deflate(|deflate| Ok(serde_json::to_writer(deflate, value)?))
}

/// Unpacks what [`pack`] packed.
pub(crate) fn unpack<T: DeserializeOwned>(blob: &Blob) -> io::Result<T> {
    Ok(serde_json::from_slice(&inflate(blob)?)?)
}
