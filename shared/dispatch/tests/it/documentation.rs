//! What `docs/notifications.md`, `docs/notification-examples.md` and the examples say of the settings is what the settings'
//! reader knows.

use std::collections::BTreeSet;

use dispatch::NotificationConfiguration;
use net::EgressPolicy;
use serde_json::Value;

const PAGE: &str = include_str!("../../../../docs/notifications.md");
const WORKED_EXAMPLES: &str = include_str!("../../../../docs/notification-examples.md");
const EXAMPLES: [&str; 3] = [
    include_str!("../../../../examples/destinations/company.json"),
    include_str!("../../../../examples/destinations/ladder.json"),
    include_str!("../../../../examples/destinations/small-team.json"),
];
/// Where the names of members stand that a destination may have.
const READERS: [&str; 2] =
    [include_str!("../../src/settings/destination.rs"), include_str!("../../src/settings/selection.rs")];

fn mistakes(secret: &str) -> Vec<String> {
    let settings = NotificationConfiguration::read(secret, &EgressPolicy::public());
    settings.mistakes.iter().map(ToString::to_string).collect()
}

/// Whether a destination may have the member `name`.
fn is_known(name: &str) -> bool {
    let secret = format!(r#"{{"destinations":[{{"{name}":0}}]}}"#);
    let place = format!("destinations[0].{name}");
    !mistakes(&secret).iter().any(|mistake| mistake.contains(&place) && mistake.contains("not known here"))
}

/// The members that the page's table describes: all in the first column.
fn described() -> BTreeSet<&'static str> {
    let table = PAGE.split("## A destination").nth(1).unwrap().split("\n## ").next().unwrap();
    let first_cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

/// The JSON examples of a page.
fn blocks(page: &'static str) -> Vec<&'static str> {
    page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn every_example_is_read_without_a_mistake() {
    let (few, worked) = (blocks(PAGE), blocks(WORKED_EXAMPLES));
    assert!(!few.is_empty() && worked.len() >= EXAMPLES.len());
    for example in few.into_iter().chain(worked).chain(EXAMPLES) {
        assert_eq!(mistakes(example), Vec::<String>::new(), "{example}");
    }
}

#[test]
fn each_file_of_an_example_is_the_one_that_its_page_shows() {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let shown: Vec<_> = blocks(WORKED_EXAMPLES).into_iter().map(read).collect();
    for example in EXAMPLES {
        assert!(shown.contains(&read(example)), "no block of the page is {example}");
    }
}

#[test]
fn the_table_of_settings_describes_every_member_that_the_reader_knows_and_no_other() {
    let names = READERS.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|one| one.is_ascii_lowercase() || one == '_');
    let known: BTreeSet<_> = names.filter(is_name).filter(|name| is_known(name)).collect();
    assert_eq!(described(), known);
    assert!(!is_known("nonsense"));
}
