//! Deflated parts of items: DynamoDB charges by the KiB, and JSON repeats itself.
//!
//! What is deflated begins with a dictionary, so that names which every document has cost next to nothing.

mod dictionary;

use std::cell::RefCell;
use std::io::{self, Error, ErrorKind};

use aws_sdk_dynamodb::primitives::Blob;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use dictionary::Dictionary;

/// Most bytes that are inflated; ours are far fewer, and a damaged item must not take the memory away.
const LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// Begins what was deflated with a dictionary, whose number is the next byte. No deflated block begins so (RFC 1951, 3.2.3:
/// its type is reserved), which distinguishes the first release's documents from it.
const MARK: u8 = 0b111;

thread_local! {
    /// Kept, because a new one is a quarter of a megabyte of fresh memory: more work than most of what it deflates.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
}

/// Deflates `bytes` with `dictionary`.
pub(crate) fn deflate(bytes: &[u8], dictionary: Dictionary) -> io::Result<Blob> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        compressor.set_dictionary(dictionary.words())?;
        let mut deflated = Vec::with_capacity(bytes.len() / 2 + 64);
        deflated.extend([MARK, dictionary.number()]);
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

/// What was deflated, with a dictionary or, by the first release, without one.
pub(crate) fn inflate(blob: &Blob) -> io::Result<Vec<u8>> {
    let mut decompressor = Decompress::new(false);
    let mut rest = match blob.as_ref() {
        [MARK, number, rest @ ..] => {
            decompressor.set_dictionary(Dictionary::numbered(*number)?.words())?;
            rest
        }
        bytes => bytes,
    };
    let mut bytes = Vec::with_capacity(rest.len().saturating_mul(4).clamp(1024, LIMIT_BYTES));
    loop {
        let (taken, made) = (decompressor.total_in(), bytes.len());
        let status = decompressor.decompress_vec(rest, &mut bytes, FlushDecompress::Finish)?;
        if status == Status::StreamEnd {
            return Ok(bytes);
        }
        let taken = usize::try_from(decompressor.total_in() - taken).unwrap_or(usize::MAX);
        rest = rest.get(taken..).unwrap_or_default();
        let has_room = bytes.len() < bytes.capacity();
        if bytes.len() >= LIMIT_BYTES || (has_room && taken == 0 && bytes.len() == made) {
            return Err(Error::new(ErrorKind::UnexpectedEof, "it breaks off, or never ends"));
        }
        bytes.reserve(bytes.len());
    }
}

/// Packs `value` as JSON, deflated with `dictionary`.
pub(crate) fn pack<T: Serialize + ?Sized>(value: &T, dictionary: Dictionary) -> io::Result<Blob> {
    deflate(&serde_json::to_vec(value)?, dictionary)
}

/// Unpacks what [`pack`] packed.
pub(crate) fn unpack<T: DeserializeOwned>(blob: &Blob) -> io::Result<T> {
    Ok(serde_json::from_slice(&inflate(blob)?)?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_deflated_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            for dictionary in Dictionary::ALL {
                prop_assert_eq!(&inflate(&deflate(&bytes, *dictionary).unwrap()).unwrap(), &bytes);
            }
        }

        #[test]
        fn no_bytes_make_inflating_panic_or_go_on_for_ever(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            drop(inflate(&Blob::new(bytes.clone())));
            drop(inflate(&Blob::new([&[MARK, 1], bytes.as_slice()].concat())));
        }

        #[test]
        fn what_the_first_release_deflated_is_read(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            let mut deflated = Vec::new();
            DeflateEncoder::new(bytes.as_slice(), Compression::default()).read_to_end(&mut deflated).unwrap();
            prop_assert_eq!(inflate(&Blob::new(deflated)).unwrap(), bytes);
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
        assert_eq!(inflate(&deflate(&bytes, Dictionary::OUTBOX).unwrap()).unwrap(), bytes);
        let zeros = vec![0; 3_000_000];
        assert_eq!(inflate(&deflate(&zeros, Dictionary::OUTBOX).unwrap()).unwrap(), zeros);
    }

    #[test]
    fn what_breaks_off_or_has_an_unknown_dictionary_says_so() {
        let blob = deflate(b"what is written is read", Dictionary::OUTBOX).unwrap().into_inner();
        for length in 0..blob.len() {
            assert!(inflate(&Blob::new(&blob[..length])).is_err(), "{length} bytes");
        }
        let unknown = inflate(&Blob::new([MARK, 200, 3, 0])).unwrap_err();
        assert!(unknown.to_string().contains("dictionary 200"), "{unknown}");
    }
}
