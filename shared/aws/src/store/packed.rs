//! Deflated parts of items: DynamoDB charges by the KiB, and JSON repeats itself.

use std::cell::RefCell;
use std::io::{self, Read};

use aws_sdk_dynamodb::primitives::Blob;
use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes that are inflated; ours are far fewer, and a damaged item must not take the memory away.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024;

thread_local! {
    /// Kept, because a new one is a quarter of a megabyte of fresh memory: more work than most of what it deflates.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
}

/// Deflates `bytes`.
pub(crate) fn deflate(bytes: &[u8]) -> io::Result<Blob> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let mut deflated = Vec::with_capacity(bytes.len() / 2 + 64);
        let mut rest = bytes;
        loop {
            let before = compressor.total_in();
            let status = compressor.compress_vec(rest, &mut deflated, FlushCompress::Finish)?;
            if status == Status::StreamEnd {
                return Ok(Blob::new(deflated));
            }
            let taken = usize::try_from(compressor.total_in() - before).unwrap_or(usize::MAX);
            rest = rest.get(taken..).unwrap_or_default();
            deflated.reserve(deflated.len());
        }
    })
}

/// What was deflated.
pub(crate) fn inflate(blob: &Blob) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(blob.as_ref()).take(LIMIT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Packs `value` as JSON.
pub(crate) fn pack<T: Serialize + ?Sized>(value: &T) -> io::Result<Blob> {
    deflate(&serde_json::to_vec(value)?)
}

/// Unpacks what [`pack`] packed.
pub(crate) fn unpack<T: DeserializeOwned>(blob: &Blob) -> io::Result<T> {
    Ok(serde_json::from_slice(&inflate(blob)?)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_deflated_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            prop_assert_eq!(inflate(&deflate(&bytes).unwrap()).unwrap(), bytes);
        }
    }

    #[test]
    fn what_deflates_to_more_than_was_expected_comes_back() {
        let mut noise = 1_u32;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        })
        .take(300_000)
        .collect();
        assert_eq!(inflate(&deflate(&bytes).unwrap()).unwrap(), bytes);
    }
}
