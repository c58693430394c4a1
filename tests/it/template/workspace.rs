//! What cargo and cargo-lambda know of the workspace.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::document::{functions, list, root};

/// `cargo metadata` without dependencies.
pub(super) fn metadata() -> Value {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&cargo.stdout).unwrap()
}

/// The packages under `functions/`, which are named like their folders.
pub(crate) fn function_packages() -> BTreeSet<String> {
    let packages = list(&metadata()["packages"]).into_iter();
    let packages =
        packages.filter(|package| package["manifest_path"].as_str().unwrap().contains("/functions/"));
    packages.map(|package| package["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_function_is_built_by_cargo_lambda_and_nothing_else_is() {
    let built = list(&metadata()["metadata"]["lambda"]["build"]["packages"]);
    let built: BTreeSet<_> = built.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    assert_eq!(built, function_packages());
}

#[test]
fn cargo_lambda_deploys_each_function_with_the_memory_and_deadline_of_the_template() {
    let template = super::document::template();
    let default =
        |parameter: &Value| template["Parameters"][parameter["Ref"].as_str().unwrap()]["Default"].clone();
    let functions = functions();
    for package in list(&metadata()["packages"]) {
        let Some(function) = functions.get(package["name"].as_str().unwrap()) else {
            continue;
        };
        let deploy = &package["metadata"]["lambda"]["deploy"];
        let of_template = (default(&function["MemorySize"]), default(&function["Timeout"]));
        assert_eq!((deploy["memory"].clone(), deploy["timeout"].clone()), of_template, "{}", package["name"]);
        assert_eq!(
            deploy["merge_env"], true,
            "{}: deploying code must not take its variables away",
            package["name"]
        );
    }
}
