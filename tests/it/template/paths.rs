//! Which path belongs to which function: in the template, in `cargo lambda watch` and in the local bundle.

use std::collections::BTreeMap;

use aws::Configuration;
use campanile::bundle::Bundle;
use campanile::embedded::{EmbeddedSecrets, Location};
use serde_json::Value;
use tokio::net::TcpListener;

use super::document::{functions, list, resources};
use super::workspace::{function_packages, metadata};

/// Path to function, as the template has it. API Gateway writes `{proxy+}` for what the others write `{*rest}`.
fn routes() -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for (folder, function) in functions() {
        for event in function["Events"].as_object().into_iter().flat_map(|events| events.values()) {
            if event["Type"] == "HttpApi" {
                assert_eq!(
                    event["Properties"]["Method"], "ANY",
                    "a function answers 405 itself, with its own methods"
                );
                let path = event["Properties"]["Path"].as_str().unwrap().replace("{proxy+}", "{*rest}");
                routes.insert(path, folder.clone());
            }
        }
    }
    routes
}

#[test]
fn cargo_lambda_watch_serves_the_paths_of_the_template() {
    let router = metadata()["metadata"]["lambda"]["watch"]["router"].clone();
    let watched: BTreeMap<_, _> = router
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, function)| (path.clone(), function.as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(watched, routes());
}

#[test]
fn every_webhook_has_its_path_with_and_without_a_token() {
    for function in function_packages() {
        let Some(source) = function.strip_suffix("-webhook") else {
            continue;
        };
        let routes = routes();
        assert_eq!(routes.get(&format!("/{source}")), Some(&function));
        assert_eq!(routes.get(&format!("/{source}/{{token}}")), Some(&function));
    }
}

#[tokio::test]
async fn the_local_bundle_serves_the_paths_of_the_template() {
    let secrets = EmbeddedSecrets::from_json(b"{}").await.unwrap();
    let bundle = Bundle::open(&Location::InMemory, secrets, Configuration::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(bundle.serve(listener, std::future::pending()));

    for path in routes().into_keys() {
        let path = path.replace("{token}", "t0ken").replace("{*rest}", "alerts");
        let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
        let body = answer.text().await.unwrap();
        assert_ne!(body, r#"{"message":"Not Found"}"#, "{path}");
    }
    served.abort();
}

#[test]
fn netdatas_own_domain_has_netdatas_paths_and_no_address_beside_it() {
    let own = resources("AWS::ApiGatewayV2::Route").into_iter();
    let mut own: Vec<_> = own.map(|(_, route)| route["Properties"]["RouteKey"].clone()).collect();
    own.sort_by_key(Value::to_string);
    assert_eq!(own, ["ANY /netdata", "ANY /netdata/{token}"]);
    let [(_, api)] = resources("AWS::ApiGatewayV2::Api").try_into().unwrap();
    assert_eq!(api["Properties"]["DisableExecuteApiEndpoint"], true);
}

#[test]
fn an_access_log_names_the_route_and_never_the_path() {
    let gateways = ["AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Stage"].map(resources).concat();
    assert_eq!(gateways.len(), 2);
    for (id, gateway) in gateways {
        let format = gateway["Properties"]["AccessLogSettings"]["Format"].as_str().unwrap();
        let entry: Value = serde_json::from_str(format).unwrap();
        assert_eq!(entry["route"], "$context.routeKey", "{id}");
        for secret in ["$context.path", "queryString", "$context.http", "header", "authorizer"] {
            assert!(!format.contains(secret), "{id}: {secret}");
        }
    }
}

#[test]
fn every_webhook_route_is_throttled_by_its_own_limit() {
    let [(_, api)] = resources("AWS::Serverless::HttpApi").try_into().unwrap();
    let limits = api["Properties"]["RouteSettings"].as_object().unwrap();
    let webhooks = routes().into_iter().filter(|(_, function)| function.ends_with("-webhook"));
    let webhooks: Vec<_> = webhooks.map(|(path, _)| format!("ANY {path}")).collect();
    let mut limited: Vec<_> = limits.keys().cloned().collect();
    limited.sort();
    assert_eq!(limited, webhooks);
    for (route, limit) in limits {
        let rate = limit["ThrottlingRateLimit"]["Ref"].as_str().unwrap();
        let source = rate.strip_suffix("Rate").unwrap().to_lowercase();
        assert_eq!(route.split('/').nth(1), Some(source.as_str()), "{route} has the limit of another source");
    }
}

#[test]
fn every_schedule_and_the_stream_have_a_place_for_what_failed() {
    let schedules = resources("AWS::Scheduler::Schedule");
    assert!(!schedules.is_empty());
    for (id, schedule) in schedules {
        let target = &schedule["Properties"]["Target"];
        assert!(target["DeadLetterConfig"]["Arn"].is_object(), "{id}");
        assert!(
            target["Arn"]["Ref"].as_str().unwrap().ends_with(".Alias"),
            "{id} calls what is not rolled out"
        );
    }
    for function in ["notifier", "site24x7-poller", "source-keeper"] {
        let invocations = &functions()[function]["EventInvokeConfig"];
        assert_eq!(invocations["MaximumRetryAttempts"], 0, "{function}");
        assert_eq!(invocations["MaximumEventAgeInSeconds"], 60, "{function}");
        assert!(invocations["DestinationConfig"]["OnFailure"]["Destination"].is_object(), "{function}");
    }
    let stream = &functions()["notifier"]["Events"]["Stream"]["Properties"];
    assert_eq!(list(&stream["FunctionResponseTypes"]), ["ReportBatchItemFailures"]);
    assert!(stream["MaximumRecordAgeInSeconds"].is_number());
    assert!(stream["DestinationConfig"]["OnFailure"]["Destination"].is_object());
}
