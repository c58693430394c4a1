//! Which functions there are.

use std::collections::BTreeSet;

use super::document::{functions, resources};
use super::workspace::function_packages;

/// Functions of the template whose folder is still to come; a folder that has come must leave this list.
const STILL_TO_COME: [&str; 1] = ["notifier"];

#[test]
fn every_folder_under_functions_is_a_function_of_the_template_and_the_other_way_round() {
    let deployed: BTreeSet<_> = functions().into_keys().collect();
    let mut expected = function_packages();
    for function in STILL_TO_COME {
        assert!(
            expected.insert(function.to_owned()),
            "`{function}` has come: it is no longer to be listed here"
        );
    }
    assert_eq!(deployed, expected);
}

#[test]
fn a_function_is_named_after_its_folder_and_logs_under_that_name() {
    let groups = resources("AWS::Logs::LogGroup");
    for (folder, function) in functions() {
        let name = format!("${{AWS::StackName}}-{folder}");
        assert_eq!(function["FunctionName"]["Fn::Sub"], name);
        let group = function["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap();
        let (_, group) = groups.iter().find(|(id, _)| id == group).unwrap();
        assert_eq!(group["Properties"]["LogGroupName"]["Fn::Sub"], format!("/aws/lambda/{name}"));
    }
}
