//! The environment, read once.

use std::time::Duration;

use alert::{Severity, UnknownWord};
use site24x7::Hosts;

/// What an operator can set by environment variables; each field names its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// `CAMPANILE_TABLE`: the table's name; `campanile` unless set.
    pub table: String,
    /// `CAMPANILE_SECRET_PREFIX`: what stands before `/<source>` in names of secrets; `campanile` unless set.
    pub secret_prefix: String,
    /// `CAMPANILE_SECRET_MAX_AGE_SECS`: how long a secret is used before it is read again; 300 unless set.
    pub secret_max_age: Duration,
    /// `CAMPANILE_HISTORY_DAYS`: how long history entries and ended alerts are kept; 90 unless set.
    pub history_days: u32,
    /// `CAMPANILE_QUARANTINE_DAYS`: how long quarantined deliveries are kept; 30 unless set.
    pub quarantine_days: u32,
    /// `CAMPANILE_DEFAULT_SEVERITY`: of events whose source names none or an unknown one; `warning` unless set.
    pub default_severity: Severity,
    /// `CAMPANILE_SITE24X7_API_ROOT` and `CAMPANILE_SITE24X7_ACCOUNTS`, both or neither: base URLs such as
    /// `https://www.site24x7.eu/api` and `https://accounts.zoho.eu`, in the place of the data centre's own.
    pub site24x7_hosts: Option<Hosts>,
    /// `CAMPANILE_LOG`: a level or a tracing filter; `info` unless set.
    pub log: String,
}

/// A variable that does not say what it should.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// Not a whole number.
    #[error("`{variable}` is `{value}`: give a whole number above zero")]
    NotANumber {
        /// The variable.
        variable: &'static str,
        /// What it holds.
        value: String,
    },
    /// One of two that belong together: a token of one system would go to the other's data centre.
    #[error(
        "`CAMPANILE_SITE24X7_API_ROOT` and `CAMPANILE_SITE24X7_ACCOUNTS` belong together: set both or neither"
    )]
    HalfOfTheHosts,
    /// Not a severity.
    #[error("`CAMPANILE_DEFAULT_SEVERITY` names no severity")]
    Severity(#[source] UnknownWord),
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            table: "campanile".to_owned(),
            secret_prefix: "campanile".to_owned(),
            secret_max_age: Duration::from_mins(5),
            history_days: 90,
            quarantine_days: 30,
            default_severity: Severity::Warning,
            site24x7_hosts: None,
            log: "info".to_owned(),
        }
    }
}

impl Configuration {
    /// Reads the process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read, once")]
    pub fn from_environment() -> Result<Self, ConfigurationError> {
        Self::from_variables(|variable| std::env::var(variable).ok())
    }

    /// Reads variables from `variable`, by name; blank ones count as unset.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let number = |name: &'static str, default: u32| match set(name) {
            None => Ok(default),
            Some(value) => whole_number(name, value),
        };
        let default = Self::default();
        Ok(Self {
            table: set("CAMPANILE_TABLE").unwrap_or(default.table),
            secret_prefix: set("CAMPANILE_SECRET_PREFIX").unwrap_or(default.secret_prefix),
            secret_max_age: Duration::from_secs(number("CAMPANILE_SECRET_MAX_AGE_SECS", 300)?.into()),
            history_days: number("CAMPANILE_HISTORY_DAYS", default.history_days)?,
            quarantine_days: number("CAMPANILE_QUARANTINE_DAYS", default.quarantine_days)?,
            default_severity: match set("CAMPANILE_DEFAULT_SEVERITY") {
                None => default.default_severity,
                Some(word) => word.parse().map_err(ConfigurationError::Severity)?,
            },
            site24x7_hosts: match (set("CAMPANILE_SITE24X7_API_ROOT"), set("CAMPANILE_SITE24X7_ACCOUNTS")) {
                (Some(api_root), Some(accounts)) => Some(Hosts::at(&api_root, &accounts)),
                (None, None) => None,
                _ => return Err(ConfigurationError::HalfOfTheHosts),
            },
            log: set("CAMPANILE_LOG").unwrap_or(default.log),
        })
    }
}

/// `AWS_LAMBDA_FUNCTION_NAME`: the function's name, set by Lambda; `None` elsewhere.
#[expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]
pub(crate) fn function_name() -> Option<String> {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").ok().filter(|name| !name.is_empty())
}

fn whole_number(variable: &'static str, value: String) -> Result<u32, ConfigurationError> {
    let number = value.trim().parse().ok().filter(|number| *number > 0);
    number.ok_or(ConfigurationError::NotANumber { variable, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Result<Configuration, ConfigurationError> {
        Configuration::from_variables(|variable| (variable == name).then(|| value.to_owned()))
    }

    #[test]
    fn an_empty_environment_is_the_default() {
        assert_eq!(Configuration::from_variables(|_| None).unwrap(), Configuration::default());
        assert_eq!(with("CAMPANILE_TABLE", " ").unwrap(), Configuration::default());
    }

    #[test]
    fn a_variable_is_read() {
        assert_eq!(with("CAMPANILE_HISTORY_DAYS", "7").unwrap().history_days, 7);
        assert_eq!(with("CAMPANILE_DEFAULT_SEVERITY", "high").unwrap().default_severity, Severity::High);
    }

    #[test]
    fn a_mistake_names_its_variable_and_the_remedy() {
        let error = with("CAMPANILE_HISTORY_DAYS", "a week").unwrap_err();
        assert_eq!(error.to_string(), "`CAMPANILE_HISTORY_DAYS` is `a week`: give a whole number above zero");
        assert!(with("CAMPANILE_QUARANTINE_DAYS", "0").is_err());
        assert!(with("CAMPANILE_DEFAULT_SEVERITY", "meh").is_err());
    }
}
