//! The table itself, item by item, without the code under test in between.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Decompress, FlushDecompress, Status};
use serde_json::Value;

/// Every item of the table at one moment.
#[derive(Debug)]
pub struct Audit {
    items: Vec<Value>,
}

/// What belongs to one alert.
#[derive(Debug, Default)]
struct Partition<'a> {
    state: Option<&'a Value>,
    /// Event id to transition, which notices have none of.
    events: BTreeMap<&'a str, Option<&'a str>>,
}

impl Audit {
    pub(crate) fn of(items: Vec<Value>) -> Self {
        Self { items }
    }

    /// How many items there are, of whatever kind.
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// How many of them are more than the mark that a day is open, which is there before anything of the day is.
    pub fn kept(&self) -> usize {
        self.items.iter().filter(|item| !key(item, "pk").starts_with("DAYS#")).count()
    }

    /// How many history entries there are.
    pub fn events(&self) -> usize {
        self.partitions().values().map(|partition| partition.events.len()).sum()
    }

    /// How many alerts there are.
    pub fn alerts(&self) -> usize {
        self.partitions().values().filter(|partition| partition.state.is_some()).count()
    }

    /// How many requests are in quarantine.
    pub fn quarantined(&self) -> usize {
        self.items.iter().filter(|item| key(item, "pk").starts_with("QUARANTINE#")).count()
    }

    /// Every value of the annotation `name` of a recorded event, each as often as it occurs.
    pub fn annotations(&self, name: &str) -> Vec<String> {
        let documents = self.items.iter().filter(|item| key(item, "sk").starts_with("EVENT#")).map(document);
        documents
            .filter_map(|document| event(&document)["annotations"][name].as_str().map(str::to_owned))
            .collect()
    }

    /// Fails where an event is half in the table: an entry without its share in the alert's state, or the reverse.
    pub fn assert_whole(&self) {
        for (pk, partition) in self.partitions() {
            let folded = partition.events.values().flatten().count();
            let number = |name: &str| {
                let number = partition.state.and_then(|state| state[name]["N"].as_str());
                number.map_or(0, |number| number.parse().unwrap())
            };
            // Repeats take no revision, and are counted beside it.
            assert_eq!(
                number("revision") + number("repeats"),
                folded,
                "{pk}: revision against history entries with a transition"
            );
            let opened =
                partition.events.values().filter(|transition| **transition == Some("opened")).count();
            assert!(opened <= 1, "{pk}: opened {opened} times");
        }
    }

    /// Fails where one of `needles` is in an item, compressed or not.
    pub fn assert_without(&self, needles: &[String]) {
        for item in &self.items {
            let document = document(item);
            let mut item = item.clone();
            // Compressed, and as base64: anything short stands there by chance, once in a while.
            item["document"].take();
            let text = format!("{item} {}", String::from_utf8_lossy(&document));
            let found: BTreeSet<_> = needles.iter().filter(|needle| text.contains(needle.as_str())).collect();
            assert!(found.is_empty(), "{found:?} in the item {} {}", key(&item, "pk"), key(&item, "sk"));
        }
    }

    fn partitions(&self) -> BTreeMap<&str, Partition<'_>> {
        let mut partitions: BTreeMap<&str, Partition<'_>> = BTreeMap::new();
        for item in self.items.iter().filter(|item| key(item, "pk").starts_with("ALERT#")) {
            let partition = partitions.entry(key(item, "pk")).or_default();
            match key(item, "sk").strip_prefix("EVENT#") {
                Some(id) => drop(partition.events.insert(id, item["transition"]["S"].as_str())),
                None if key(item, "sk") == "STATE" => partition.state = Some(item),
                None => {}
            }
        }
        partitions
    }
}

fn key<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().expect("every item has its key")
}

/// The most that one inflates to: more than Lambda hands over.
const LARGEST: usize = 16 * 1024 * 1024;

/// The inflated document of an item: the raw body, and behind it what is known of the request. Empty if it has none.
fn document(item: &Value) -> Vec<u8> {
    let Some(base64) = item["document"]["B"].as_str() else { return Vec::new() };
    let stored = STANDARD.decode(base64).unwrap();
    let [7, number, deflated @ ..] = stored.as_slice() else { panic!("{stored:?} has no dictionary") };
    let mut decompressor = Decompress::new(false);
    decompressor.set_dictionary(&dictionary(*number)).unwrap();
    let mut bytes = Vec::with_capacity(LARGEST);
    let status = decompressor.decompress_vec(deflated, &mut bytes, FlushDecompress::Finish).unwrap();
    assert_eq!(status, Status::StreamEnd);
    bytes
}

/// The dictionary of `number`: docs/adr/0007-dictionaries.md.
fn dictionary(number: u8) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/aws/src/store/packed");
    let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let is_meant =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{number}-"));
    std::fs::read(files.find(is_meant).unwrap()).unwrap()
}

/// The event in a document: the JSON between the raw body and its length, which is the last four bytes.
fn event(document: &[u8]) -> Value {
    let (document, length) = document.split_last_chunk::<4>().unwrap();
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
    let head: Value = serde_json::from_slice(&document[length..]).unwrap();
    head["event"].clone()
}
