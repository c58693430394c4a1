//! Damage to every fixture of every source: no panic ever, and no spot of damage in a text or a number takes more than
//! that spot.
//!
//! What may be lost is found out, not listed: where a fixture says the same of the same alert with a harmless text in
//! the place of a text, or with `null` in the place of a number, it must say so with any damage in that very place.
//!
//! `CAMPANILE_DAMAGES` sets how many damages each of the two tests tries.

use std::path::PathBuf;

use alert::{AlertEvent, Fingerprint, Signal};
use fastrand::Rng;
use normalize::{
    InboundRequest, Normalized, REPAIRED, Rejection, SourceConfiguration, alertmanager, kazoo, netdata,
    site24x7, tencent,
};
use serde_json::Value;

use crate::inbound;

/// How many damages are tried unless somebody asks for more.
const DAMAGES: usize = 2_000;
/// Decides what is left to chance, the same in every run.
const SEED: u64 = 0x6272_6f6b_656e;

type Reader = fn(&InboundRequest) -> Result<Normalized, Rejection>;

/// How each source's requests are read.
const SOURCES: &[(&str, Reader)] = &[
    ("alertmanager", |request| alertmanager::normalize(request, &SourceConfiguration::default())),
    ("kazoo", |request| kazoo::normalize(&kazoo::redact(request.clone()), &SourceConfiguration::default())),
    ("netdata", |request| netdata::normalize(request, &SourceConfiguration::default())),
    ("site24x7", |request| {
        site24x7::normalize(&site24x7::redact(request.clone()), &SourceConfiguration::default())
    }),
    ("tencent", |request| tencent::normalize(request, &SourceConfiguration::default())),
];

/// One fixture, and how its source is read.
struct Fixture {
    path: PathBuf,
    request: InboundRequest,
    reader: Reader,
}

fn fixtures() -> Vec<Fixture> {
    fixtures_below(".")
}

/// The fixtures of all sources in `folder`, which has a folder for each.
fn fixtures_below(folder: &str) -> Vec<Fixture> {
    let of = |&(source, reader): &(&str, Reader)| {
        let folder: PathBuf =
            [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures", folder, source].iter().collect();
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        paths.retain(|path| path.is_file());
        paths.sort();
        paths.into_iter().map(move |path| Fixture { request: inbound(&path), path, reader })
    };
    SOURCES.iter().flat_map(of).collect()
}

impl Fixture {
    fn read(&self, body: Vec<u8>) -> Result<Vec<AlertEvent>, Rejection> {
        let normalized = (self.reader)(&InboundRequest { body, ..self.request.clone() })?;
        Ok(normalized.events)
    }
}

#[test]
fn every_damaged_fixture_is_understood_with_a_warning() {
    let mut seen = 0;
    for fixture in fixtures_below("damaged") {
        let normalized = (fixture.reader)(&fixture.request).unwrap_or_default();
        assert_eq!(normalized.events.len(), 1, "{}", fixture.path.display());
        assert!(normalized.warnings.contains(&REPAIRED), "{}", fixture.path.display());
        seen += 1;
    }
    assert!(seen >= 15);
}

#[expect(clippy::disallowed_methods, reason = "how long a test runs is no configuration")]
fn damages() -> usize {
    std::env::var("CAMPANILE_DAMAGES").map_or(DAMAGES, |number| number.parse().unwrap())
}

#[test]
fn no_damage_panics() {
    let (fixtures, mut chance) = (fixtures(), Rng::with_seed(SEED));
    let (mut understood, mut rejected) = (0_usize, 0_usize);
    for _ in 0..damages() {
        let fixture = chance.choice(&fixtures).unwrap();
        let mut body = fixture.request.body.clone();
        for _ in 0..chance.usize(1..4) {
            damage_anywhere(&mut body, &mut chance);
        }
        match fixture.read(body) {
            Ok(_) => understood += 1,
            Err(rejection) => {
                assert!(!rejection.reason.is_empty() && !rejection.message.is_empty());
                rejected += 1;
            }
        }
    }
    println!("{understood} damaged bodies understood, {rejected} rejected");
    assert!(understood > 0 && rejected > 0);
}

/// Flips, drops, doubles or cuts off bytes, or swaps the encoding.
fn damage_anywhere(body: &mut Vec<u8>, chance: &mut Rng) {
    if body.is_empty() {
        return;
    }
    let at = chance.usize(0..body.len());
    match chance.u8(0..9) {
        0 => body[at] ^= 1 << chance.u8(0..8),
        1 => body[at] = chance.u8(..),
        2 => drop(body.remove(at)),
        3 => body.insert(at, *chance.choice(b"{}[]\",:\\0-9eN").unwrap()),
        4 => body.truncate(at),
        5 => body.extend_from_within(at..),
        6 => drop(body.splice(at..at, br"\ud83d".iter().copied())),
        7 => *body = String::from_utf8_lossy(body).encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => *body = String::from_utf8_lossy(body).chars().map(|c| c.to_string().as_bytes()[0]).collect(),
    }
}

#[test]
fn damage_in_a_text_or_a_number_takes_that_spot_alone() {
    let mut chance = Rng::with_seed(SEED);
    let fixtures = fixtures();
    let places: Vec<_> = fixtures.iter().flat_map(Spot::of).collect();
    assert!(places.len() > 1_000);
    let mut tried = 0;
    while tried < damages() {
        tried += usize::from(chance.choice(&places).unwrap().check(&mut chance));
    }
    println!("{tried} damages in {} places", places.len());
}

/// A text or a number of a fixture that is neither the identity of an alert nor its state.
struct Spot<'a> {
    fixture: &'a Fixture,
    before: String,
    value: Value,
    after: String,
    is_element: bool,
    /// What is said of which alerts.
    said: Vec<(Fingerprint, Signal)>,
}

/// What stands in the place while the text around it is cut out.
const MARK: &str = "MARK-OF-THE-PLACE";

impl<'a> Spot<'a> {
    /// All such places of a fixture.
    fn of(fixture: &'a Fixture) -> Vec<Self> {
        let Ok(whole) = serde_json::from_slice::<Value>(fixture.request.body.trim_ascii()) else {
            return Vec::new();
        };
        let Ok(events) = fixture.read(whole.to_string().into_bytes()) else {
            return Vec::new();
        };
        let mut pointers = Vec::new();
        list_scalars(&whole, String::new(), &mut pointers);
        pointers.iter().filter_map(|pointer| Self::at(fixture, &whole, said(&events), pointer)).collect()
    }

    fn at(
        fixture: &'a Fixture,
        whole: &Value,
        said_by_whole: Vec<(Fingerprint, Signal)>,
        pointer: &str,
    ) -> Option<Self> {
        let mut marked = whole.clone();
        let value = std::mem::replace(marked.pointer_mut(pointer)?, MARK.into());
        let text = marked.to_string();
        let (before, after) = text.split_once(&format!("\"{MARK}\""))?;
        let with = |stand_in: &str| fixture.read(format!("{before}{stand_in}{after}").into_bytes()).ok();
        let harmless = if value.is_string() { ["\"xyz\"", "\"\""] } else { ["null", "1234567"] };
        let [one, other] = harmless.map(|stand_in| with(stand_in).map(|events| said(&events)));
        if one? != said_by_whole || other? != said_by_whole {
            return None;
        }
        let (parent, _) = pointer.rsplit_once('/')?;
        Some(Self {
            fixture,
            before: before.into(),
            value,
            after: after.into(),
            is_element: marked.pointer(parent)?.is_array(),
            said: said_by_whole,
        })
    }

    /// Damages the place in one way and asks for what is said; `false` if that spot of it is part of an identity.
    fn check(&self, chance: &mut Rng) -> bool {
        let (damaged, harmless) = match &self.value {
            Value::String(text) => damaged_text(text, self.is_element, chance),
            number => (damaged_number(&number.to_string(), chance), [b"null".to_vec(), b"7".to_vec()]),
        };
        let says_the_same = |body: &Vec<u8>| self.with(body).is_ok_and(|events| said(&events) == self.said);
        if !harmless.iter().all(says_the_same) {
            return false;
        }
        let shown = || String::from_utf8_lossy(&self.body(&damaged)).into_owned();
        let path = self.fixture.path.display();
        let events = self.with(&damaged).map(|events| said(&events));
        assert_eq!(events.as_ref(), Ok(&self.said), "{path}: {}", shown());
        true
    }

    fn with(&self, stand_in: &[u8]) -> Result<Vec<AlertEvent>, Rejection> {
        self.fixture.read(self.body(stand_in))
    }

    fn body(&self, stand_in: &[u8]) -> Vec<u8> {
        [self.before.as_bytes(), stand_in, self.after.as_bytes()].concat()
    }
}

fn said(events: &[AlertEvent]) -> Vec<(Fingerprint, Signal)> {
    events.iter().map(|event| (event.fingerprint, event.signal)).collect()
}

fn list_scalars(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                list_scalars(member, format!("{pointer}/{key}"), pointers);
            }
        }
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                list_scalars(element, format!("{pointer}/{at}"), pointers);
            }
        }
        Value::String(_) | Value::Number(_) => pointers.push(pointer),
        Value::Null | Value::Bool(_) => {}
    }
}

/// What happens to texts on their way.
const IN_TEXTS: [&[u8]; 17] = [
    b"\xe9",
    b"\xff",
    b"\x80\x80",
    b"\xc3",
    b"\xf0\x9f\x98",
    br"\ud83d",
    br"\ude00",
    br"\ud83d\ud83d",
    b"\n",
    b"\r\n",
    b"\t",
    b"\0",
    b"\x1b[0m",
    br"\Users",
    br"\u12",
    br"\x41",
    b"a\"b",
];

/// `text` in quotes, whole or cut short, with damage somewhere in it; and with a letter or nothing in place of that.
fn damaged_text(text: &str, is_element: bool, chance: &mut Rng) -> (Vec<u8>, [Vec<u8>; 2]) {
    let places: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let (before, after) = text.split_at(*chance.choice(&places).unwrap());
    // In a list a quote that was not escaped looks like the end of an element.
    let kinds = if is_element { IN_TEXTS.len() - 1 } else { IN_TEXTS.len() };
    let after = if chance.bool() { after } else { "" };
    let inside = |text: &str| Value::from(text).to_string().trim_matches('"').to_owned();
    let (before, after) = (inside(before), inside(after));
    let with = |spot: &[u8]| [b"\"", before.as_bytes(), spot, after.as_bytes(), b"\""].concat();
    (with(IN_TEXTS[chance.usize(0..kinds)]), [with(b"x"), with(b"")])
}

/// What programs write for a number.
const FOR_NUMBERS: [&str; 14] = [
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1e400",
    "-1e400",
    "undefined",
    "",
    "None",
    "0x1F",
    "+1",
    ".5",
    "123456789012345678901234567890",
];

/// Something else than the number `digits`, or the number with damage in it.
fn damaged_number(digits: &str, chance: &mut Rng) -> Vec<u8> {
    match chance.usize(0..=FOR_NUMBERS.len()) {
        0 => [digits.as_bytes(), b"\xff"].concat(),
        kind => FOR_NUMBERS[kind - 1].as_bytes().to_vec(),
    }
}
