//! The pages in `docs/destinations/`: one for each type, whose settings are read as they stand.

use std::path::{Path, PathBuf};

use channels::testing::read_within;
use channels::{CHANNEL_TYPES, Deliver};
use net::EgressPolicy;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/destinations")
}

fn page(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.md")))
        .unwrap_or_else(|_| unreachable!("no page {name}"))
}

/// The JSON examples of a page.
fn examples(page: &str) -> Vec<Value> {
    let blocks = page.split("```json\n").skip(1);
    blocks.map(|block| serde_json::from_str(block.split("```").next().unwrap()).unwrap()).collect()
}

#[test]
fn every_type_has_a_page_whose_examples_are_read() {
    for channel_type in CHANNEL_TYPES {
        let examples = examples(&page(channel_type.name));
        assert!(!examples.is_empty(), "{}", channel_type.name);
        for example in examples {
            assert_eq!(example["type"], channel_type.name);
            let settings = example["settings"].clone();
            let read = read_within(channel_type.name, settings, &EgressPolicy::public());
            assert_eq!(read.err(), None, "{}", channel_type.name);
        }
    }
}

#[test]
fn the_table_says_of_every_type_what_it_can_express() {
    let readme = page("README");
    for channel_type in CHANNEL_TYPES {
        let start = format!("| [`{name}`]({name}.md) |", name = channel_type.name);
        let row = readme.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| unreachable!("no row for {}", channel_type.name));
        let example = examples(&page(channel_type.name)).remove(0);
        let channel =
            read_within(channel_type.name, example["settings"].clone(), &EgressPolicy::public()).unwrap();
        let lifecycle = channel.lifecycle();
        let word = |is_so| if is_so { "yes" } else { "no" };
        let deliver = match lifecycle.deliver {
            Deliver::State => "`state`",
            Deliver::Changes => "`changes`",
        };
        let expected = [
            deliver,
            word(lifecycle.opens_incidents),
            word(lifecycle.updates_in_place),
            word(lifecycle.threads),
            word(lifecycle.acknowledges),
            word(!channel.inspections(channels::testing::now()).is_empty()),
        ];
        let cells: Vec<_> = row.split('|').map(str::trim).skip(2).take(expected.len()).collect();
        assert_eq!(cells, expected, "{}", channel_type.name);
    }
}
