//! The lists of sources that no macro can write, held to the one list `intake::WEBHOOKS`: whoever adds a source reads here
//! where it is still missing.

use std::path::Path;

use alert::Source;
use intake::WEBHOOKS;

/// What a file must contain for a source, with `{source}` and `{Source}` for its word, and what to add where it does not.
struct RequiredRow {
    file: &'static str,
    needed: &'static [&'static str],
    remedy: &'static str,
}

/// Every place that has a row a source.
const REQUIRED_ROWS: [RequiredRow; 11] = [
    RequiredRow {
        file: "Cargo.toml",
        needed: &[
            "\"/{source}\" = \"{source}-webhook\"",
            "\"/{source}/{token}\" = \"{source}-webhook\"",
            "\"{source}-webhook\"",
        ],
        remedy: "its paths to `[workspace.metadata.lambda.watch.router]` and its function to `packages` of `[workspace.metadata.lambda.build]`",
    },
    RequiredRow {
        file: "infra/template.yaml",
        needed: &[
            "${SecretPrefix}/{source}\n",
            "  {Source}Secret:",
            "  {Source}Webhook:",
            "  {Source}Url:",
            "\"ANY /{source}\":",
            "\"ANY /{source}/{token}\":",
        ],
        remedy: "what the other sources have there: secret, function, routes, output",
    },
    RequiredRow {
        file: "infra/stack-policy.json",
        needed: &["\"LogicalResourceId/{Source}Secret\""],
        remedy: "its secret, which no update may replace",
    },
    RequiredRow {
        file: "infra/development-secrets.json",
        needed: &["\"campanile/{source}\": {", "campanile-development-{source}"],
        remedy: "a token of development",
    },
    RequiredRow {
        file: "infra/events/secrets.json",
        needed: &["\"campanile/{source}\": {"],
        remedy: "its secret of development, for `just watch`",
    },
    RequiredRow {
        file: "tests/bench/src/webhook.rs",
        needed: &["function: \"{source}-webhook\"", "path: \"/{source}\""],
        remedy: "a notification to `WEBHOOKS`",
    },
    RequiredRow { file: ".ci/account.py", needed: &["\"{source}\": {"], remedy: "a good secret to `GOOD`" },
    RequiredRow {
        file: ".ci/pre_traffic.py",
        needed: &["\"{source}-webhook\""],
        remedy: "what its function answers to a request before it takes traffic",
    },
    RequiredRow {
        file: ".ci/template",
        needed: &[" {source}"],
        remedy: "its tests to those that run over a second implementation of AWS",
    },
    RequiredRow {
        file: "docs/architecture.md",
        needed: &["| {source}-webhook |"],
        remedy: "a row among the paths",
    },
    RequiredRow { file: "docs/SUMMARY.md", needed: &["(sources/{source}.md)"], remedy: "its page" },
];

/// What must be there for a source.
const FILES: [(&str, &str); 4] = [
    ("functions/{source}-webhook/src/main.rs", "its function"),
    ("tests/fixtures/{source}", "its fixtures"),
    ("tests/it/{source}.rs", "its tests over the real binary"),
    ("docs/sources/{source}.md", "the page that says how to set it up"),
];

fn of(source: &str, pattern: &str) -> String {
    let (first, rest) = source.split_at(1);
    let resource = format!("{}{rest}", first.to_uppercase());
    pattern.replace("{source}", source).replace("{Source}", &resource)
}

#[test]
fn every_place_that_lists_sources_has_each_of_them() {
    let mut missing = Vec::new();
    for source in WEBHOOKS.iter().map(|source| source.as_str()) {
        for RequiredRow { file, needed, remedy } in REQUIRED_ROWS {
            let text = std::fs::read_to_string(root().join(file)).unwrap();
            for needed in needed.iter().map(|needed| of(source, needed)) {
                if !text.contains(&needed) {
                    missing.push(format!("{file} has no `{}`: add {remedy}", needed.trim()));
                }
            }
        }
        for (file, what) in FILES {
            let file = of(source, file);
            if !root().join(&file).exists() {
                missing.push(format!("{file} is missing: add {what}"));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn the_console_offers_each_source_and_no_other() {
    let page = std::fs::read_to_string(root().join("shared/api/console/index.html")).unwrap();
    let (_, select) = page.split_once("<select name=\"source\">").unwrap();
    let (select, _) = select.split_once("</select>").unwrap();
    let offered: Vec<_> =
        select.split("value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let sources = Source::ALL.iter().map(|source| source.as_str());
    let expected: Vec<_> = [""].into_iter().chain(sources).collect();
    assert_eq!(offered, expected, "an <option> a source in shared/api/console/index.html");
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
