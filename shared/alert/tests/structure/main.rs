//! The picture of docs/architecture.md, held to what the manifests say.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The crates of `shared/`, from the bottom up; one depends on crates of lower layers only.
const LAYERS: [&[&str]; 6] = [
    &["alert", "net"],
    &["normalize", "channels", "kazoo", "tencent", "netdata"],
    &["intake", "dispatch", "site24x7"],
    &["aws"],
    &["api", "poll"],
    &["campanile"],
];

/// What a function may be made of.
const PARTS: [&str; 5] = ["api", "aws", "intake", "poll", "tokio"];

/// All that the pure crates depend on: nothing that reads a clock, the environment, a file or a socket. Of `net` it is the
/// types alone; it is its HTTP client that does what `channels` describes.
const PURE: [(&str, &[&str]); 3] = [
    ("alert", &["async-trait", "jiff", "regex", "serde", "sha2", "thiserror", "uuid"]),
    (
        "normalize",
        &["alert", "base64", "form_urlencoded", "hmac", "jiff", "serde", "serde_json", "sha2", "thiserror"],
    ),
    (
        "channels",
        &[
            "alert",
            "base64",
            "hmac",
            "http",
            "jiff",
            "net",
            "percent-encoding",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "url",
        ],
    ),
];

/// How AWS's crates and services are called in code.
const AWS_NAMES: [&str; 9] = [
    "aws_sdk",
    "aws_config",
    "aws_smithy",
    "aws_sigv4",
    "lambda_http",
    "lambda_runtime",
    "serde_dynamo",
    "DynamoDb",
    "SecretsManager",
];

/// Most files of the two walks of docs/architecture.md.
const WALKS: [(&str, usize); 2] = [("DynamoDB", 5), ("recorded", 8)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Each package's name, folder and dependencies, without those for tests: of development only, or optional.
fn packages() -> Vec<(String, PathBuf, Vec<String>)> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn package(package: &Value) -> (String, PathBuf, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let dependencies = dependencies
        .filter(|dependency| dependency["kind"].as_str() != Some("dev") && dependency["optional"] == false);
    let manifest = PathBuf::from(text(&package["manifest_path"]));
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap().to_owned();
    (text(&package["name"]), folder, dependencies.map(|dependency| text(&dependency["name"])).collect())
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

#[test]
fn arrows_point_down_only() {
    for (name, folder, dependencies) in packages() {
        if !folder.starts_with("shared") {
            continue;
        }
        let own = layer(&name);
        assert!(own.is_some(), "`{name}` has no place in the picture: give it a layer here");
        for dependency in dependencies {
            let below = layer(&dependency);
            assert!(
                below.is_none() || below < own,
                "`{name}` depends on `{dependency}`, which is not below it"
            );
        }
    }
}

#[test]
fn aws_alone_depends_on_aws() {
    for (name, folder, dependencies) in packages() {
        if !folder.starts_with("shared") && !folder.starts_with("functions") || name == "aws" {
            continue;
        }
        for dependency in dependencies {
            // A library of cryptography that knows none of AWS's services.
            let is_library = dependency == "aws-lc-rs";
            let is_aws = ["aws-", "lambda_http", "lambda_runtime", "serde_dynamo"]
                .iter()
                .any(|named| dependency.starts_with(named));
            assert!(!is_aws || is_library, "`{name}` depends on `{dependency}`: only `shared/aws` may");
        }
    }
}

#[test]
fn aws_alone_names_aws() {
    for folder in ["shared", "functions"] {
        for source in sources(&root().join(folder)) {
            if source.starts_with(root().join("shared/aws")) || source.ends_with("tests/structure/main.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&source).unwrap();
            let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let named = code.find(|line| AWS_NAMES.iter().any(|name| line.contains(name)));
            assert_eq!(named, None, "in {}: only `shared/aws` may name AWS", source.display());
        }
    }
}

/// Every Rust file below `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[test]
fn pure_crates_know_no_input_and_no_output() {
    let packages = packages();
    for (name, allowed) in PURE {
        let (.., dependencies) = packages.iter().find(|(package, ..)| package == name).unwrap();
        let other = dependencies.iter().find(|dependency| !allowed.contains(&dependency.as_str()));
        assert_eq!(other, None, "of `{name}`, which is pure: whoever needs more belongs into another crate");
    }
}

/// The walks are lines of code in the document: `file` ▸ `file` ▸ … ▸ where it ends.
#[test]
fn the_walks_are_short_and_lead_through_files_that_are_there() {
    let document = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap().replace("▸\n", "▸ ");
    for (end, most) in WALKS {
        let walk = document.lines().find(|line| line.ends_with(&format!(" ▸ {end}"))).unwrap();
        let steps = walk.split(" ▸ ").filter(|step| step.starts_with('`'));
        let files: Vec<_> = steps.map(|step| file_of(step.trim_matches('`'))).collect();
        assert!((3..=most).contains(&files.len()), "{walk}");
        for file in files {
            assert!(file.is_file(), "{} is not there: the walk to {end} leads elsewhere", file.display());
        }
    }
}

/// `<crate>/<file>` as docs/architecture.md writes it.
fn file_of(step: &str) -> PathBuf {
    let (name, file) = step.split_once('/').unwrap();
    let folders = ["functions", "shared"].map(|folder| root().join(folder).join(name));
    let folder = folders.into_iter().find(|folder| folder.is_dir()).unwrap_or_default();
    folder.join("src").join(file)
}

#[test]
fn a_function_is_a_parts_list() {
    for (name, folder, dependencies) in packages() {
        if !folder.starts_with("functions") {
            continue;
        }
        let other = dependencies.iter().find(|dependency| !PARTS.contains(&dependency.as_str()));
        assert_eq!(other, None, "of `{name}`");
        let sources = std::fs::read_dir(root().join(&folder).join("src")).unwrap();
        let sources: Vec<_> = sources.map(|file| file.unwrap().file_name()).collect();
        assert_eq!(sources, ["main.rs"], "of `{name}`");
        let main = std::fs::read_to_string(root().join(&folder).join("src/main.rs")).unwrap();
        assert!(main.lines().count() <= 15, "`{name}` does more than to put its parts together");
    }
}

/// `cargo lambda build` compiles exactly the functions, so that their features are what they need together.
#[test]
fn no_function_is_built_with_what_is_for_tests() {
    let functions = packages().into_iter().filter(|(_, folder, _)| folder.starts_with("functions"));
    let chosen: Vec<_> = functions.flat_map(|(name, ..)| ["--package".to_owned(), name]).collect();
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "features,no-dev", "--prefix", "none"])
        .args(chosen)
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("channels feature \"default\""), "cargo prints no features: {tree}");
    let testing: Vec<_> = tree.lines().filter(|line| line.contains("feature \"testing\"")).collect();
    assert!(testing.is_empty(), "{testing:#?}");
}
