//! `docs/settings.md` beside the code and the template: every variable, parameter and member of a secret, and no other.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use alert::Source;
use aws::Configuration;
use dispatch::NotificationConfiguration;
use intake::check_source_secret;
use net::EgressPolicy;
use serde_json::{Map, Value, json};

use super::document::{root, template};

const PAGE: &str = include_str!("../../../docs/settings.md");
/// Where the names stand that a member of a secret may have.
const NAMES: [&str; 8] = [
    include_str!("../../../shared/intake/src/protocol/kazoo.rs"),
    include_str!("../../../shared/intake/src/protocol/netdata.rs"),
    include_str!("../../../shared/intake/src/protocol/site24x7.rs"),
    include_str!("../../../shared/intake/src/protocol/tencent.rs"),
    include_str!("../../../shared/intake/src/secret/syntax.rs"),
    include_str!("../../../shared/dispatch/src/settings.rs"),
    include_str!("../../../shared/dispatch/src/settings/inhibition.rs"),
    include_str!("../../../shared/dispatch/src/settings/intervals.rs"),
];

/// The cells of a section's table, row by row, without its head.
fn rows(section: &str) -> Vec<Vec<&'static str>> {
    let section = PAGE.split(&format!("## {section}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What stands between the marks of code in a cell.
fn words(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The first word of a cell, which is none where nothing is the default.
fn default(cell: &str) -> Option<&str> {
    cell.strip_prefix('`').and_then(|cell| cell.split('`').next())
}

#[test]
fn every_variable_that_is_read_has_a_row_and_no_other() {
    let read = RefCell::new(BTreeSet::new());
    Configuration::from_variables(|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    let described: BTreeSet<_> =
        rows("Variables").iter().flat_map(|row| words(row[0])).map(str::to_owned).collect();
    let of_one_source = rows("Variables").into_iter().filter(|row| row[2].contains("`_<SOURCE>`"));
    let of_one_source: Vec<_> = of_one_source.flat_map(|row| words(row[0])).collect();
    assert_eq!(of_one_source.len(), 3);
    let mut expected = described.clone();
    for variable in of_one_source {
        let sources = Source::ALL.iter().map(|source| source.as_str().to_uppercase());
        expected.extend(sources.map(|source| format!("{variable}_{source}")));
    }
    // Campanile itself is never awaited.
    expected.remove("CAMPANILE_SILENT_AFTER_SECS_CAMPANILE");
    assert_eq!(expected, read.into_inner());
}

#[test]
fn the_defaults_of_the_variables_are_the_codes() {
    let rows = rows("Variables");
    let read = Configuration::from_variables(|name| {
        let row = rows.iter().find(|row| words(row[0]).contains(name))?;
        default(row[3]).map(str::to_owned)
    });
    assert_eq!(read.unwrap(), Configuration::default());
}

#[test]
fn every_parameter_of_the_template_has_a_row_with_its_default_and_no_other() {
    let mut described = BTreeMap::new();
    for row in rows("Variables") {
        described.extend(words(row[1]).into_iter().map(|name| (name, None)));
    }
    for row in rows("Parameters of the template") {
        let name = words(row[0]).into_iter().next().unwrap();
        described.insert(name, Some(default(row[2]).unwrap_or_default().to_owned()));
    }
    let parameters = template()["Parameters"].clone();
    let parameters = parameters.as_object().unwrap();
    assert_eq!(described.keys().copied().collect::<Vec<_>>(), sorted(parameters));
    for (name, stated) in described.into_iter().filter_map(|(name, stated)| Some((name, stated?))) {
        let default = &parameters[name]["Default"];
        let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        assert_eq!(stated, default, "{name}");
    }
}

fn sorted(object: &Map<String, Value>) -> Vec<&str> {
    object.keys().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Which of the names a secret may have; `unknown` says of a text which are not known. Each is asked for by itself, because
/// a restriction that cannot be read ends the reading.
fn known(unknown: impl Fn(&str) -> Vec<String>) -> BTreeSet<&'static str> {
    let literals = NAMES.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|one| one.is_alphanumeric() || one == '_');
    let candidates = literals.filter(is_name).chain(["nonsense"]);
    let known: BTreeSet<_> = candidates
        .filter(|name| !unknown(&json!({ *name: "x" }).to_string()).iter().any(|one| one == name))
        .collect();
    assert!(!known.contains("nonsense"));
    known
}

/// The members that the page describes of the secrets that `is_meant` names.
fn described(is_meant: impl Fn(&str) -> bool) -> BTreeSet<&'static str> {
    rows("Secrets")
        .into_iter()
        .filter(|row| is_meant(row[0].trim_matches('`')))
        .flat_map(|row| words(row[1]))
        .collect()
}

#[test]
fn every_member_of_a_sources_secret_has_a_row_and_no_other() {
    for (source, name) in [Source::Netdata, Source::Kazoo, Source::Tencent, Source::Site24x7]
        .into_iter()
        .map(|source| (source, source.as_str()))
    {
        let known = known(|text| {
            let findings = check_source_secret(source, text).findings.into_iter();
            findings
                .filter(|finding| finding.problem.contains("not known here"))
                .map(|finding| finding.path)
                .collect()
        });
        assert_eq!(described(|secret| secret == "every source" || secret == name), known, "{name}");
    }
}

#[test]
fn every_member_of_the_destinations_secret_has_a_row_and_no_other() {
    let known = known(|text| {
        let mistakes = NotificationConfiguration::read(text, &EgressPolicy::public()).mistakes;
        let unknown =
            mistakes.iter().map(ToString::to_string).filter(|mistake| mistake.contains("not known here"));
        unknown.filter_map(|mistake| Some(mistake.split_once(':')?.0.trim_matches('`').to_owned())).collect()
    });
    assert_eq!(described(|secret| secret == "destinations"), known);
}

#[test]
fn the_page_is_named_where_people_look() {
    for page in ["README.md", "docs/README.md", "docs/SUMMARY.md", "docs/deploy.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        assert!(text.contains("settings.md"), "{page}");
    }
}
