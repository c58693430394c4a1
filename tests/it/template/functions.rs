//! Which functions there are.

use std::collections::BTreeSet;

use super::document::{functions, resources};
use super::workspace::function_packages;

#[test]
fn every_folder_under_functions_is_a_function_of_the_template_and_the_other_way_round() {
    let deployed: BTreeSet<_> = functions().into_keys().collect();
    assert_eq!(deployed, function_packages());
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
