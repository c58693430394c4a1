//! Who may do what, and with which resources.

use std::collections::BTreeSet;

use aws::definition::{BY_CONDITION, BY_RECEPTION};
use intake::WEBHOOKS;
use serde_json::Value;

use super::document::{functions, list, resources, template};

/// Actions for which IAM knows no narrower resource than everything.
const WITHOUT_RESOURCE: [&str; 12] = [
    "codedeploy:BatchGetDeploymentTargets",
    "codedeploy:ListDeploymentTargets",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "dynamodb:ListStreams",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];
/// The one role that has a policy of AWS's own: what its service asks for changes with the service.
const WITH_A_MANAGED_POLICY: &str = "BackupRole";

/// The statements of a role; a conditional one counts.
pub(super) fn statements(role: &Value) -> Vec<Value> {
    let policies = list(&role["Properties"]["Policies"]).into_iter();
    let statements = policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    statements
        .map(
            |statement| {
                if statement["Fn::If"].is_array() { statement["Fn::If"][1].clone() } else { statement }
            },
        )
        .collect()
}

#[test]
fn no_statement_has_a_wildcard_that_the_service_does_not_force() {
    let roles = resources("AWS::IAM::Role");
    assert!(!roles.is_empty());
    for (id, role) in roles {
        let is_managed = !role["Properties"]["ManagedPolicyArns"].is_null();
        assert_eq!(is_managed, id == WITH_A_MANAGED_POLICY, "{id}");
        for statement in statements(&role) {
            let actions = list(&statement["Action"]);
            assert!(!actions.is_empty(), "{id}: {statement}");
            assert!(
                actions.iter().all(|action| !action.as_str().unwrap().contains('*')),
                "{id}: {statement}"
            );
            let free = actions.iter().all(|action| WITHOUT_RESOURCE.contains(&action.as_str().unwrap()));
            assert_eq!(statement["Resource"] == "*", free, "{id}: {statement}");
        }
    }
}

#[test]
fn every_role_is_bounded_where_somebody_asks_for_it() {
    for (id, role) in resources("AWS::IAM::Role") {
        let boundary = &role["Properties"]["PermissionsBoundary"]["Fn::If"];
        assert_eq!(
            (&boundary[0], &boundary[1]["Ref"]),
            (&"HasBoundary".into(), &"PermissionsBoundary".into()),
            "{id}"
        );
    }
}

#[test]
fn every_function_has_a_role_that_no_other_function_has() {
    let functions = functions();
    let roles: BTreeSet<_> =
        functions.values().map(|function| function["Role"]["Fn::GetAtt"].to_string()).collect();
    assert_eq!(roles.len(), functions.len());
}

#[test]
fn a_webhook_reads_the_secret_of_its_source_and_no_other() {
    let roles = resources("AWS::IAM::Role");
    for (folder, _) in functions() {
        let Some(source) = folder.strip_suffix("-webhook") else {
            continue;
        };
        let (_, role) = roles
            .iter()
            .find(|(_, role)| role["Properties"]["Policies"][0]["PolicyName"] == *folder)
            .unwrap();
        let reading = statements(role).into_iter().filter(|statement| statement["Sid"] == "Secret");
        let [secret] = reading.collect::<Vec<_>>().try_into().unwrap();
        let by_name = secret["Resource"]["Fn::If"][2]["Fn::Sub"].as_str().unwrap().to_owned();
        assert!(by_name.ends_with(&format!(":secret:${{SecretPrefix}}/{source}-??????")), "{by_name}");
    }
}

#[test]
fn a_role_that_may_query_names_indexes_that_exist() {
    let indexes = [BY_CONDITION, BY_RECEPTION].map(|index| format!("/index/{}", index.name));
    for (id, role) in resources("AWS::IAM::Role") {
        for statement in statements(&role).iter().filter(|statement| statement["Sid"] == "Indexes") {
            for resource in list(&statement["Resource"]) {
                let arn = resource["Fn::Sub"][0].as_str().unwrap();
                assert!(indexes.iter().any(|index| arn.ends_with(index)), "{id}: {arn}");
            }
        }
    }
}

/// The names of the secrets that the role of `function` may read.
fn readable_secrets(function: &str) -> BTreeSet<String> {
    let roles = resources("AWS::IAM::Role");
    let (_, role) =
        roles.iter().find(|(_, role)| role["Properties"]["Policies"][0]["PolicyName"] == function).unwrap();
    let reading = statements(role).into_iter().filter(|statement| statement["Sid"] == "Secret");
    let arns = reading.flat_map(|statement| list(&statement["Resource"]));
    let names = arns.map(|arn| {
        let name = arn["Fn::If"][2]["Fn::Sub"].as_str().unwrap().rsplit('/').next().unwrap();
        name.trim_end_matches("-??????").to_owned()
    });
    names.collect()
}

#[test]
fn the_notifier_and_the_api_read_the_destinations_and_the_key_of_links() {
    assert_eq!(readable_secrets("notifier"), ["destinations", "links"].map(str::to_owned).into());
    // It replays what is in quarantine, so that it reads the secret of every source.
    let sources = WEBHOOKS.iter().map(|source| source.as_str());
    assert_eq!(readable_secrets("source-keeper"), ["kazoo", "netdata", "tencent"].map(str::to_owned).into());
    let of_the_api = sources.chain(["api", "destinations", "links", "oidc", "session"]).map(str::to_owned);
    assert_eq!(readable_secrets("alerts-api"), of_the_api.collect());
}

#[test]
fn the_keys_of_links_and_sessions_are_made_by_the_stack_and_every_other_secret_is_left_empty() {
    for (id, secret) in resources("AWS::SecretsManager::Secret") {
        let made = &secret["Properties"]["GenerateSecretString"];
        assert_eq!(made.is_object(), id == "LinksSecret" || id == "SessionSecret", "{id}");
        if made.is_object() {
            assert_eq!(
                (&made["SecretStringTemplate"], &made["GenerateStringKey"]),
                (&"{}".into(), &"key".into())
            );
        }
        assert!(secret["Properties"]["SecretString"].is_null(), "{id}");
    }
}

#[test]
fn the_notifier_alone_writes_to_destinations_at_aws_and_only_to_those_that_a_parameter_names() {
    let of_the_services = [
        ("sns:Publish", "NotifiesTopics", "NotifyTopics"),
        ("events:PutEvents", "NotifiesBuses", "NotifyBuses"),
        ("ses:SendEmail", "NotifiesByMail", "NotifyIdentities"),
    ];
    let template = template();
    for (action, condition, parameter) in of_the_services {
        assert_eq!(template["Parameters"][parameter]["Default"], "", "{parameter}");
        let set = &template["Conditions"][condition]["Fn::Not"][0]["Fn::Equals"];
        assert_eq!(set[0]["Fn::Join"][1]["Ref"], parameter, "{condition}");
        for (id, role) in resources("AWS::IAM::Role") {
            let all = list(&role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]).into_iter();
            let conditional = all.filter(|statement| statement["Fn::If"][0] == condition);
            let allowing = statements(&role).into_iter();
            let allowing = allowing.filter(|statement| list(&statement["Action"]).contains(&action.into()));
            let resources: Vec<_> = allowing.map(|statement| statement["Resource"]["Ref"].clone()).collect();
            let expected = if id == "NotifierRole" { vec![Value::from(parameter)] } else { Vec::new() };
            assert_eq!(conditional.count(), expected.len(), "{id}: {action}");
            assert_eq!(resources, expected, "{id}: {action}");
        }
    }
}

#[test]
fn the_notifier_may_invoke_itself_and_no_other_function() {
    let roles = resources("AWS::IAM::Role");
    for function in functions().keys() {
        let (_, role) = roles
            .iter()
            .find(|(_, role)| role["Properties"]["Policies"][0]["PolicyName"] == *function)
            .unwrap();
        let invoking = statements(role)
            .into_iter()
            .filter(|statement| list(&statement["Action"]).contains(&"lambda:InvokeFunction".into()));
        let invoked: Vec<_> = invoking.flat_map(|statement| list(&statement["Resource"])).collect();
        assert_eq!(invoked.is_empty(), function != "notifier", "{function}");
        for arn in invoked {
            let arn = arn["Fn::Sub"].as_str().unwrap().trim_end_matches(":live");
            assert!(arn.ends_with(":function:${AWS::StackName}-notifier"), "{arn}");
        }
    }
}
