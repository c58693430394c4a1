//! A body out of its `Content-Encoding`, bounded: a few kilobytes of gzip can hold gigabytes.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::Failure;

/// How gzip begins.
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// How deflate begins, the form with a head.
const ZLIB: u8 = 0x78;

/// A body as far as it could be decoded.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The body without its encoding; as it was sent, where that could not be taken off.
    pub body: Cow<'a, [u8]>,
    /// The encoding that could not be taken off.
    pub unreadable: Option<String>,
}

/// Takes gzip or deflate off `body`, unless that makes more than `limit_bytes` of it.
///
/// The body's first bytes count for more than the header: proxies take an encoding off and leave the header, or forget
/// the header.
pub fn decoded<'a>(headers: &HeaderMap, body: &'a [u8], limit_bytes: usize) -> Result<Decoded<'a>, Failure> {
    let named = named(headers);
    let inflated = match named.as_deref() {
        _ if body.starts_with(&GZIP) => bounded(MultiGzDecoder::new(body), limit_bytes),
        Some("deflate") if body.first() == Some(&ZLIB) => bounded(ZlibDecoder::new(body), limit_bytes),
        Some("deflate") if !is_text(body) => bounded(DeflateDecoder::new(body), limit_bytes),
        None => return Ok(as_it_is(body, None)),
        Some(_) if is_text(body) => return Ok(as_it_is(body, None)),
        Some(_) => return Ok(as_it_is(body, named)),
    };
    match inflated {
        Ok(inflated) if inflated.len() > limit_bytes => Err(Failure::TooLarge { limit_bytes }),
        Ok(inflated) => Ok(Decoded { body: Cow::Owned(inflated), unreadable: None }),
        Err(_) => Ok(as_it_is(body, Some(named.unwrap_or_else(|| "gzip".to_owned())))),
    }
}

fn as_it_is(body: &[u8], unreadable: Option<String>) -> Decoded<'_> {
    Decoded { body: Cow::Borrowed(body), unreadable }
}

/// The encoding that the headers name, in lower case; `None` for none.
fn named(headers: &HeaderMap) -> Option<String> {
    let named = headers.get(CONTENT_ENCODING)?;
    let named = String::from_utf8_lossy(named.as_bytes()).trim().to_ascii_lowercase();
    (!named.is_empty() && named != "identity").then_some(named)
}

/// Whether `body` begins like text: no encoding's first byte is one of JSON's or of a form's.
fn is_text(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()))
}

/// What `reader` yields, one byte more than `limit_bytes` at most.
fn bounded(reader: impl Read, limit_bytes: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(u64::try_from(limit_bytes).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use http::HeaderValue;

    use super::*;

    const TEXT: &[u8] = br#"{"alarm":"disk"}"#;

    fn headers(encoding: &'static str) -> HeaderMap {
        [(CONTENT_ENCODING, HeaderValue::from_static(encoding))].into_iter().collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn check(headers: &HeaderMap, body: &[u8]) {
        let expected = Decoded { body: Cow::Borrowed(TEXT), unreadable: None };
        assert_eq!(decoded(headers, body, 100).unwrap(), expected, "{headers:?}");
    }

    #[test]
    fn gzip_and_both_forms_of_deflate_are_taken_off() {
        for name in ["gzip", "GZIP", "x-gzip", "deflate"] {
            check(&headers(name), &gzip(TEXT));
        }
        check(&HeaderMap::new(), &gzip(TEXT));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        check(&headers("deflate"), &zlib.finish().unwrap());
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        check(&headers("deflate"), &raw.finish().unwrap());
    }

    #[test]
    fn a_text_is_taken_as_it_is_whatever_its_header_says() {
        for name in ["gzip", "deflate", "br", "identity", "", "zstd"] {
            check(&headers(name), TEXT);
        }
        check(&HeaderMap::new(), TEXT);
    }

    #[test]
    fn what_cannot_be_taken_off_is_named_and_stays() {
        let mut broken = gzip(TEXT);
        broken.truncate(20);
        for (name, body) in [("br", &b"\x0b\x02\x80{}\x03"[..]), ("gzip", &broken), ("gzip", b"\x00\x01\x02")]
        {
            let seen = decoded(&headers(name), body, 100).unwrap();
            assert_eq!((seen.unreadable.as_deref(), &*seen.body), (Some(name), body));
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked_beyond_the_limit() {
        let bomb = gzip(&vec![b' '; 50_000_000]);
        assert!(bomb.len() < 100_000);
        let failure = decoded(&headers("gzip"), &bomb, 1_000_000).unwrap_err();
        assert!(matches!(failure, Failure::TooLarge { limit_bytes: 1_000_000 }));
        let exact = gzip(&[b' '; 1_000]);
        assert!(decoded(&headers("gzip"), &exact, 1_000).is_ok());
        assert!(decoded(&headers("gzip"), &exact, 999).is_err());
    }
}
