//! What each role allows is what its function can do.
//!
//! The SDK has a constant for every operation, and the linker keeps those that the function can reach: a binary shows
//! more surely than any list what may be called.

use std::collections::BTreeSet;
use std::io::BufRead;

use serde_json::Value;
use tests::binary;

use super::document::{functions, list, resources};
use super::roles::statements;
use super::workspace::function_packages;

/// How a DynamoDB operation is named in a call.
const DYNAMODB: &[u8] = b"DynamoDB_20120810.";
/// How a Secrets Manager operation is named in a call.
const SECRETS_MANAGER: &[u8] = b"secretsmanager.";

/// Operations of the two services, and the actions that IAM asks for. A transaction is allowed by what is in it: ours
/// put and update.
const OPERATIONS: [(&str, &[&str]); 15] = [
    ("BatchGetItem", &["dynamodb:BatchGetItem"]),
    ("BatchWriteItem", &["dynamodb:BatchWriteItem"]),
    ("CreateTable", &["dynamodb:CreateTable"]),
    ("DeleteItem", &["dynamodb:DeleteItem"]),
    ("DescribeTable", &["dynamodb:DescribeTable"]),
    ("GetItem", &["dynamodb:GetItem"]),
    ("PutItem", &["dynamodb:PutItem"]),
    ("Query", &["dynamodb:Query"]),
    ("Scan", &["dynamodb:Scan"]),
    ("TransactGetItems", &["dynamodb:GetItem"]),
    ("TransactWriteItems", &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
    ("UpdateItem", &["dynamodb:UpdateItem"]),
    ("UpdateTimeToLive", &["dynamodb:UpdateTimeToLive"]),
    ("GetSecretValue", &["secretsmanager:GetSecretValue"]),
    ("PutSecretValue", &["secretsmanager:PutSecretValue"]),
];

/// The actions that the binary needs.
fn needed(function: &str) -> BTreeSet<String> {
    let program = std::fs::read(binary(function)).unwrap();
    let operations = [DYNAMODB, SECRETS_MANAGER].into_iter().flat_map(|service| following(&program, service));
    operations.flat_map(|rest| actions(&rest)).map(|action| (*action).to_owned()).collect()
}

/// What follows each occurrence of `prefix`, where a name does; constants stand next to each other without a gap.
fn following(mut program: &[u8], prefix: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut skipped = Vec::new();
    // A prefix ends at a full stop, and from one to the next the standard library is quick even in a debug build.
    while program.read_until(b'.', &mut skipped).unwrap() > 0 {
        if skipped.ends_with(prefix) {
            let name = program.iter().take(40).take_while(|byte| byte.is_ascii_alphabetic());
            names.push(name.map(|byte| char::from(*byte)).collect::<String>());
        }
        skipped.clear();
    }
    names.retain(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
    names
}

fn actions(rest: &str) -> &'static [&'static str] {
    let operation = OPERATIONS.iter().find(|(operation, _)| rest.starts_with(operation));
    operation.unwrap_or_else(|| panic!("`{rest}` begins with an operation that this test does not know")).1
}

/// The actions on the table, its indexes and the secrets that the role of `function` allows.
fn allowed(function: &Value) -> BTreeSet<String> {
    let role = function["Role"]["Fn::GetAtt"].as_str().unwrap().trim_end_matches(".Arn");
    let roles = resources("AWS::IAM::Role");
    let (_, role) = roles.iter().find(|(id, _)| id == role).unwrap();
    let of_the_code = ["Table", "Indexes", "Secret"];
    let statements = statements(role).into_iter();
    let statements = statements.filter(|statement| of_the_code.contains(&statement["Sid"].as_str().unwrap()));
    let actions = statements.flat_map(|statement| list(&statement["Action"]));
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_role_allows_what_its_function_calls_and_nothing_else() {
    let template = functions();
    for function in function_packages() {
        assert_eq!(allowed(&template[&function]), needed(&function), "{function}");
    }
}

#[test]
fn operations_are_found_in_a_row_of_constants() {
    let program = b"..DynamoDB_20120810.GetItemvalidDynamoDB_20120810.QueryDynamoDB_20120810. GetIt";
    assert_eq!(following(program, DYNAMODB), ["GetItemvalidDynamoDB", "QueryDynamoDB"]);
    assert_eq!(actions("GetItemvalidDynamoDB"), ["dynamodb:GetItem"]);
}
