//! Which environment variables there are, and what they are unless somebody sets them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use alert::Source;
use aws::Configuration;

use super::document::template;

/// What stands in for the hosts of Site24x7's data centres; for tests, and in AWS for nobody.
const NOT_DEPLOYED: [&str; 2] = ["CAMPANILE_SITE24X7_ACCOUNTS", "CAMPANILE_SITE24X7_API_ROOT"];

/// Whether a variable holds for one source only, in the place of the one without the source's name. Whoever wants one
/// adds it to the function that it is for.
fn is_of_one_source(variable: &str) -> bool {
    Source::ALL.iter().any(|source| variable.ends_with(&format!("_SECS_{}", source.as_str().to_uppercase())))
}

#[test]
fn the_template_sets_every_variable_that_a_function_reads_and_no_other() {
    let read = RefCell::new(BTreeSet::new());
    Configuration::from_variables(|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    })
    .unwrap();
    let template = template();
    let set = template["Globals"]["Function"]["Environment"]["Variables"].as_object().unwrap();
    let set: BTreeSet<_> = set.keys().cloned().collect();
    let mut read = read.into_inner();
    read.retain(|variable| !is_of_one_source(variable));
    for variable in NOT_DEPLOYED {
        assert!(read.remove(variable), "nobody reads `{variable}` any more");
    }
    assert_eq!(set, read);
}

#[test]
fn the_templates_defaults_are_the_codes() {
    let template = template();
    let variables = &template["Globals"]["Function"]["Environment"]["Variables"];
    let deployed = Configuration::from_variables(|name| {
        let parameter = variables[name]["Ref"].as_str()?;
        let default = &template["Parameters"][parameter]["Default"];
        Some(default.as_str().map_or_else(|| default.to_string(), str::to_owned))
    });
    assert_eq!(deployed.unwrap(), Configuration::default());
}
