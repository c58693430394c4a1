//! The environment, read once.

mod patience;

use std::collections::BTreeMap;
use std::time::Duration;

use alert::{ExpiryRules, Severity, Source, UnknownWord};
use net::IpNet;
use site24x7::Hosts;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

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
    /// `CAMPANILE_EXPIRE_RECOVERY_SECS`, `CAMPANILE_EXPIRE_QUIET_SECS`, and each with `_<SOURCE>` behind it: how long a
    /// firing alert without news goes on firing, where its source will and where it will not report the end; a week and
    /// four hours unless set.
    pub expiry: ExpiryRules,
    /// `CAMPANILE_SILENT_AFTER_SECS`, and the same with `_<SOURCE>` behind it: how long a source may say nothing before
    /// that is an alert itself; for ever unless set.
    pub silent_after: BTreeMap<Source, Duration>,
    /// `CAMPANILE_NOTIFY_NETWORKS`: private networks in which destinations may be, such as `10.1.0.0/16,fd00::/8`;
    /// none unless set.
    pub notify_networks: Vec<IpNet>,
    /// `CAMPANILE_CONSOLE_URL`: where people find the console, for links in messages; none unless set.
    pub console_url: Option<String>,
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
        variable: String,
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
    /// Neither a level nor a filter.
    #[error(
        "`CAMPANILE_LOG` is `{value}`: give `error`, `warn`, `info` or `debug`, or a filter such as `info,notifier=debug`"
    )]
    Log {
        /// What it holds.
        value: String,
    },
    /// Not a network.
    #[error(
        "`CAMPANILE_NOTIFY_NETWORKS` holds `{value}`: give networks such as 10.1.0.0/16, with commas between them"
    )]
    Network {
        /// What is none.
        value: String,
    },
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
            expiry: ExpiryRules::default(),
            silent_after: BTreeMap::new(),
            notify_networks: Vec::new(),
            console_url: None,
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
        let variables = Variables(&variable);
        let default = Self::default();
        Ok(Self {
            table: variables.set("CAMPANILE_TABLE").unwrap_or(default.table),
            secret_prefix: variables.set("CAMPANILE_SECRET_PREFIX").unwrap_or(default.secret_prefix),
            secret_max_age: variables
                .seconds("CAMPANILE_SECRET_MAX_AGE_SECS")?
                .unwrap_or(default.secret_max_age),
            history_days: variables.number("CAMPANILE_HISTORY_DAYS")?.unwrap_or(default.history_days),
            quarantine_days: variables
                .number("CAMPANILE_QUARANTINE_DAYS")?
                .unwrap_or(default.quarantine_days),
            default_severity: match variables.set("CAMPANILE_DEFAULT_SEVERITY") {
                None => default.default_severity,
                Some(word) => word.parse().map_err(ConfigurationError::Severity)?,
            },
            notify_networks: networks(&variables.set("CAMPANILE_NOTIFY_NETWORKS").unwrap_or_default())?,
            console_url: variables.set("CAMPANILE_CONSOLE_URL"),
            expiry: patience::expiry(&variables)?,
            silent_after: patience::silent_after(&variables)?,
            site24x7_hosts: site24x7_hosts(&variables)?,
            log: variables.log()?.unwrap_or(default.log),
        })
    }
}

/// `AWS_LAMBDA_FUNCTION_NAME`: the function's name, set by Lambda; `None` elsewhere.
#[expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]
pub(crate) fn function_name() -> Option<String> {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").ok().filter(|name| !name.is_empty())
}

fn site24x7_hosts(variables: &Variables<'_>) -> Result<Option<Hosts>, ConfigurationError> {
    let [api_root, accounts] =
        ["CAMPANILE_SITE24X7_API_ROOT", "CAMPANILE_SITE24X7_ACCOUNTS"].map(|name| variables.set(name));
    match (api_root, accounts) {
        (Some(api_root), Some(accounts)) => Ok(Some(Hosts::at(&api_root, &accounts))),
        (None, None) => Ok(None),
        _ => Err(ConfigurationError::HalfOfTheHosts),
    }
}

/// The environment, by name.
struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    /// What a variable says; blank is as if unset.
    fn set(&self, variable: &str) -> Option<String> {
        (self.0)(variable).filter(|value| !value.trim().is_empty())
    }

    /// A whole number above zero.
    fn number(&self, variable: &str) -> Result<Option<u32>, ConfigurationError> {
        let Some(value) = self.set(variable) else {
            return Ok(None);
        };
        let number = value.trim().parse().ok().filter(|number| *number > 0);
        let mistake = || ConfigurationError::NotANumber { variable: variable.to_owned(), value };
        number.ok_or_else(mistake).map(Some)
    }

    /// A level, or a tracing filter. A word that is no level would be taken for a part of the program, and log nothing else.
    fn log(&self) -> Result<Option<String>, ConfigurationError> {
        let Some(value) = self.set("CAMPANILE_LOG") else {
            return Ok(None);
        };
        let is_clear = |part: &str| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok();
        if value.split(',').all(is_clear) && EnvFilter::try_new(&value).is_ok() {
            return Ok(Some(value));
        }
        Err(ConfigurationError::Log { value })
    }

    fn seconds(&self, variable: &str) -> Result<Option<Duration>, ConfigurationError> {
        Ok(self.number(variable)?.map(|seconds| Duration::from_secs(seconds.into())))
    }
}

fn networks(text: &str) -> Result<Vec<IpNet>, ConfigurationError> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let network =
        |word: &str| word.parse().map_err(|_| ConfigurationError::Network { value: word.to_owned() });
    words.map(network).collect()
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
        for (text, is_clear) in [
            ("WARN", true),
            ("info,notifier=debug", true),
            ("warning", false),
            ("bogus", false),
            ("a=b=c", false),
        ] {
            assert_eq!(with("CAMPANILE_LOG", text).is_ok(), is_clear, "{text}");
        }
        assert!(with("CAMPANILE_QUARANTINE_DAYS", "0").is_err());
        assert!(with("CAMPANILE_DEFAULT_SEVERITY", "meh").is_err());
        assert!(with("CAMPANILE_NOTIFY_NETWORKS", "10.0.0.0/8, here").is_err());
        assert!(with("CAMPANILE_EXPIRE_QUIET_SECS_KAZOO", "-1").is_err());
    }

    #[test]
    fn a_source_that_differs_has_a_patience_of_its_own() {
        let configuration = with("CAMPANILE_EXPIRE_QUIET_SECS_KAZOO", "60").unwrap();
        let default = ExpiryRules::default();
        assert_eq!(configuration.expiry.otherwise, default.otherwise);
        let kazoo = configuration.expiry.by_source[&Source::Kazoo];
        assert_eq!((kazoo.quiet, kazoo.recovery), (Duration::from_mins(1), default.otherwise.recovery));
        assert_eq!(configuration.expiry.by_source.len(), 1);
    }

    #[test]
    fn silence_is_watched_for_all_sources_or_for_one() {
        let all = with("CAMPANILE_SILENT_AFTER_SECS", "60").unwrap().silent_after;
        assert_eq!((all.len(), all.get(&Source::Campanile)), (Source::ALL.len() - 1, None));
        let one = with("CAMPANILE_SILENT_AFTER_SECS_SITE24X7", "60").unwrap().silent_after;
        assert_eq!(one, [(Source::Site24x7, Duration::from_mins(1))].into());
    }
}
