//! The picture of docs/architecture.md, held to what the manifests say.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The crates of `shared/`, from the bottom up; one depends on crates of lower layers only.
const LAYERS: [&[&str]; 6] = [
    &["alert", "net", "kazoo"],
    &["normalize", "channels"],
    &["intake", "dispatch", "site24x7"],
    &["aws"],
    &["api", "poll"],
    &["campanile"],
];

/// What a function may be made of.
const PARTS: [&str; 5] = ["api", "aws", "intake", "poll", "tokio"];

/// What the pure crates must not depend on, since they know no I/O.
const IMPURE: [&str; 5] = ["tokio", "reqwest", "hyper", "axum", "tracing"];

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
            let is_aws =
                ["aws-", "lambda_", "serde_dynamo"].iter().any(|named| dependency.starts_with(named));
            assert!(!is_aws, "`{name}` depends on `{dependency}`: only `shared/aws` may");
        }
    }
}

#[test]
fn pure_crates_know_no_input_and_no_output() {
    for (name, _, dependencies) in packages() {
        if !["alert", "normalize", "channels"].contains(&name.as_str()) {
            continue;
        }
        let impure = dependencies.iter().find(|dependency| IMPURE.contains(&dependency.as_str()));
        assert_eq!(impure, None, "of `{name}`");
    }
}

#[test]
fn a_function_is_a_parts_list() {
    for (name, folder, dependencies) in packages() {
        if !folder.starts_with("functions") {
            continue;
        }
        let other = dependencies.iter().find(|dependency| !PARTS.contains(&dependency.as_str()));
        assert_eq!(other, None, "of `{name}`");
        let sources = std::fs::read_dir(root().join(folder).join("src")).unwrap();
        let sources: Vec<_> = sources.map(|file| file.unwrap().file_name()).collect();
        assert_eq!(sources, ["main.rs"], "of `{name}`");
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
    assert!(tree.contains("channels feature \"default\""), "cargo tells no features: {tree}");
    let testing: Vec<_> = tree.lines().filter(|line| line.contains("feature \"testing\"")).collect();
    assert!(testing.is_empty(), "{testing:#?}");
}
