//! Each target holds on its corpus and on damage to it; cargo-fuzz looks further.

use std::collections::BTreeSet;
use std::path::Path;

use fastrand::Rng;

/// How many damages each target is tried with.
const DAMAGES: usize = 3_000;

#[test]
fn every_target_holds_on_its_corpus_and_on_damage_to_it() {
    for (name, target) in fuzz::TARGETS {
        let corpus = fuzz::corpus(name);
        assert!(corpus.len() > 6, "`{name}` begins with nothing");
        corpus.iter().for_each(|bytes| target(bytes));
        let mut chance = Rng::with_seed(0x6675_7a7a);
        for _ in 0..DAMAGES {
            let mut bytes = chance.choice(&corpus).unwrap().clone();
            for _ in 0..chance.usize(1..4) {
                damage(&mut bytes, &mut chance);
            }
            target(&bytes);
        }
    }
}

fn damage(bytes: &mut Vec<u8>, chance: &mut Rng) {
    if bytes.is_empty() {
        return bytes.push(chance.u8(..));
    }
    let at = chance.usize(0..bytes.len());
    match chance.u8(0..6) {
        0 => bytes[at] ^= 1 << chance.u8(0..8),
        1 => bytes[at] = chance.u8(..),
        2 => drop(bytes.remove(at)),
        3 => bytes.insert(at, *chance.choice(b"{}[]\",:;=\\0-9eN\n").unwrap()),
        4 => bytes.truncate(at),
        _ => bytes.extend_from_within(at..),
    }
}

/// A target without its file, or a file without its target, would be fuzzed by nobody.
#[test]
fn every_target_has_its_file_and_every_file_its_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files: BTreeSet<_> =
        files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let targets: BTreeSet<_> = fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, targets);
}

/// What no decoder takes would leave the decoders untried.
#[test]
fn the_corpus_of_encodings_begins_with_what_can_be_decoded() {
    let headers = [(http::header::CONTENT_ENCODING, http::HeaderValue::from_static("deflate"))];
    for bytes in fuzz::corpus("encodings").iter().take(3) {
        let decoded = intake::decoded(&headers.clone().into_iter().collect(), &bytes[1..], 1024).unwrap();
        assert_eq!((&*decoded.body, decoded.unreadable), (&br#"{"alarm":"cpu","alert":"cpu"}"#[..], None));
    }
}
