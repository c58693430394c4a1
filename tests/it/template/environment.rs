//! Which environment variables there are, what they are unless somebody sets them, and what somebody may set.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use alert::Source;
use aws::Configuration;
use proptest::prelude::*;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::document::{functions, list, template};

/// What stands in for the hosts of Site24x7's data centres; for tests, and in AWS for nobody.
const NOT_DEPLOYED: [&str; 2] = ["CAMPANILE_SITE24X7_ACCOUNTS", "CAMPANILE_SITE24X7_API_ROOT"];
/// Where CloudFormation itself gives the value, or the template builds it.
const WITHOUT_PARAMETER: [(&str, &str); 2] =
    [("CAMPANILE_STACK", "campanile"), ("CAMPANILE_TABLE", "campanile")];

/// Where nothing is the default, and the template builds the value: there is no address but in a stack.
const OF_A_STACK: [&str; 2] = ["CAMPANILE_CANARY_URL", "CAMPANILE_PUBLIC_URL"];

/// Whether a variable holds for one source only, in the place of the one without the source's name. Whoever wants one
/// adds it to the function that it is for.
fn is_of_one_source(variable: &str) -> bool {
    Source::ALL.iter().any(|source| variable.ends_with(&format!("_SECS_{}", source.as_str().to_uppercase())))
}

/// What the template sets, for all functions or for one.
fn variables() -> BTreeMap<String, Value> {
    let template = template();
    let of_all = template["Globals"]["Function"]["Environment"]["Variables"].clone();
    let of_one = functions().into_values().map(|function| function["Environment"]["Variables"].clone());
    let all = of_one.chain([of_all]).filter_map(|variables| variables.as_object().cloned());
    all.flatten().collect()
}

/// The parameter that gives a variable its value.
fn parameter(value: &Value) -> Option<Value> {
    let parameter = value["Ref"].as_str().filter(|name| !name.starts_with("AWS::"))?;
    Some(template()["Parameters"][parameter].clone())
}

#[test]
fn the_template_sets_every_variable_that_a_function_reads_and_no_other() {
    let read = RefCell::new(BTreeSet::new());
    Configuration::from_variables(|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    let set: BTreeSet<_> = variables().into_keys().collect();
    let mut read = read.into_inner();
    read.retain(|variable| !is_of_one_source(variable));
    for variable in NOT_DEPLOYED {
        assert!(read.remove(variable), "nobody reads `{variable}` any more");
    }
    assert_eq!(set, read);
}

#[test]
fn the_templates_defaults_are_the_codes() {
    let variables = variables();
    let deployed = Configuration::from_variables(|name| {
        if let Some((_, value)) = WITHOUT_PARAMETER.iter().find(|(variable, _)| *variable == name) {
            return Some((*value).to_owned());
        }
        let default = parameter(variables.get(name)?)?["Default"].clone();
        Some(default.as_str().map_or_else(|| default.to_string(), str::to_owned))
    });
    assert_eq!(deployed.unwrap(), Configuration::default());
}

#[test]
fn the_tables_name_is_that_of_the_stream_or_else_the_parameters() {
    let name = &variables()["CAMPANILE_TABLE"];
    assert_eq!(name["Fn::Select"][0], 1);
    assert_eq!(name["Fn::Select"][1]["Fn::Split"][0], "/");
    assert_eq!(name["Fn::Select"][1]["Fn::Split"][1]["Fn::Sub"], "${TableStream}/${TableName}");
    let named = |stream: &str| format!("{stream}/campanile").split('/').nth(1).unwrap().to_owned();
    assert_eq!(named(""), "campanile");
    assert_eq!(named("arn:aws:dynamodb:eu-central-1:123456789012:table/restored/stream/2026"), "restored");
}

/// Values that CloudFormation lets through, of every length and kind.
fn admitted(parameter: &Value) -> BoxedStrategy<String> {
    if let Some(pattern) = parameter["AllowedPattern"].as_str() {
        return string_regex(pattern).unwrap().boxed();
    }
    let values = list(&parameter["AllowedValues"]);
    let texts: Vec<_> = values.iter().map(|value| value.as_str().unwrap().to_owned()).collect();
    assert!(!texts.is_empty(), "{parameter} admits everything");
    prop::sample::select(texts).boxed()
}

#[test]
fn no_value_that_a_parameter_admits_is_refused_by_the_code() {
    for (variable, value) in variables() {
        let Some(parameter) = parameter(&value) else {
            let is_built = WITHOUT_PARAMETER.iter().any(|(known, _)| *known == variable);
            assert!(is_built || OF_A_STACK.contains(&variable.as_str()), "{variable}");
            continue;
        };
        TestRunner::default()
            .run(&admitted(&parameter), |text| {
                let read = Configuration::read(|name| (name == variable).then(|| text.clone()));
                prop_assert!(read.mistakes.is_empty(), "{variable}={text}: {:?}", read.mistakes);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn values_that_the_code_refuses_are_refused_before_a_deployment() {
    let admits = |name: &str, text: &str| {
        let template = template();
        let parameter = &template["Parameters"][name];
        if let Some(pattern) = parameter["AllowedPattern"].as_str() {
            return regex::Regex::new(&format!("^(?:{pattern})$")).unwrap().is_match(text);
        }
        list(&parameter["AllowedValues"]).iter().any(|value| value == text)
    };
    for (name, text) in [
        ("Log", "warning"),
        ("Log", "info,"),
        ("ExpireQuietSecs", "1.5"),
        ("ExpireRecoverySecs", "-1"),
        ("SilentAfterSecs", "1e3"),
        ("HistoryDays", "0"),
        ("QuarantineDays", "1.5"),
        ("SecretMaxAgeSecs", "0"),
        ("NotifyNetworks", "10.0.0.1/8x"),
        ("NotifyNetworks", "10.0.0.0/33"),
        ("NotifyNetworks", "10.0.0.256/8"),
        ("NotifyNetworks", "fd00::/129"),
        ("NotifyNetworks", "10.0.0.0/8,"),
        ("DefaultSeverity", "meh"),
    ] {
        assert!(!admits(name, text), "{name}={text}");
    }
    for (name, text) in [
        ("Log", "info,aws_config=debug,alert::fold=trace"),
        ("SilentAfterSecs", "0"),
        ("NotifyNetworks", "10.1.0.0/16,fd00::/8,192.168.7.1/32"),
        ("NotifyNetworks", ""),
    ] {
        assert!(admits(name, text), "{name}={text}");
    }
}
