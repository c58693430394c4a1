//! The environment, read once.

mod patience;

use std::cell::RefCell;
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
    /// `CAMPANILE_QUARANTINE_DAYS`: how long quarantined requests are kept; 30 unless set.
    pub quarantine_days: u32,
    /// `CAMPANILE_DEFAULT_SEVERITY`: of events whose source names none or an unknown one; `warning` unless set.
    pub default_severity: Severity,
    /// `CAMPANILE_EXPIRE_RECOVERY_SECS`, `CAMPANILE_EXPIRE_QUIET_SECS`, and each with `_<SOURCE>` behind it: how long a
    /// firing alert without news goes on firing, where its source will and where it will not report the end; a week and
    /// four hours unless set, for ever where `0`.
    pub expiry: ExpiryRules,
    /// `CAMPANILE_SILENT_AFTER_SECS`, and the same with `_<SOURCE>` behind it: how long a source may say nothing before
    /// that is an alert itself; for ever unless set, and where `0`.
    pub silent_after: BTreeMap<Source, Duration>,
    /// `CAMPANILE_NOTIFY_NETWORKS`: private networks in which destinations may be, such as `10.1.0.0/16,fd00::/8`;
    /// none unless set.
    pub notify_networks: Vec<IpNet>,
    /// `CAMPANILE_CONSOLE_URL`: where people find the console, for links in messages and for signing in; none unless set.
    pub console_url: Option<String>,
    /// `CAMPANILE_SIGN_IN`: whether people may sign in with an issuer of the secret `<prefix>/oidc`, `yes` or `no`; `no`
    /// unless set. Over a local platform they may in any case.
    pub signs_people_in: bool,
    /// `CAMPANILE_PUBLIC_URL`: the address under which sources reach the webhooks, such as `https://alerts.example.com`; by
    /// it the keeper knows which hooks of a source are ours. None unless set.
    pub public_url: Option<String>,
    /// `CAMPANILE_CANARY_URL`: where the notifier posts the canary, `/canary` of the stack's own gateway; no canary unless
    /// set.
    pub canary_url: Option<String>,
    /// `CAMPANILE_SITE24X7_API_ROOT` and `CAMPANILE_SITE24X7_ACCOUNTS`, both or neither: base URLs such as
    /// `https://www.site24x7.eu/api` and `https://accounts.zoho.eu`, in the place of the data centre's own.
    pub site24x7_hosts: Option<Hosts>,
    /// `CAMPANILE_LOG`: a level or a tracing filter; `info` unless set.
    pub log: String,
    /// `CAMPANILE_STACK`: the dimension `stack` of all metrics; `campanile` unless set.
    pub stack: String,
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
    /// Not a span of time.
    #[error("`{variable}` is `{value}`: give a whole number of seconds, or 0 for never")]
    NotSeconds {
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
    /// Neither yes nor no.
    #[error("`{variable}` is `{value}`: give `yes` or `no`")]
    NotYesOrNo {
        /// The variable.
        variable: String,
        /// What it holds.
        value: String,
    },
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
            signs_people_in: false,
            public_url: None,
            canary_url: None,
            site24x7_hosts: None,
            log: "info".to_owned(),
            stack: "campanile".to_owned(),
        }
    }
}

/// What the environment says, and what of it could not be used.
#[derive(Debug)]
pub struct ParsedConfiguration {
    /// The settings, each mistaken one at its default.
    pub configuration: Configuration,
    /// What is wrong, each with its remedy.
    pub mistakes: Vec<ConfigurationError>,
}

impl Configuration {
    /// Reads the process's environment; the first mistake is an error, for somebody who sits before the terminal.
    pub fn from_environment() -> Result<Self, ConfigurationError> {
        Self::from_variables(environment)
    }

    /// Reads variables from `variable`, by name; blank ones count as unset.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigurationError> {
        let ParsedConfiguration { configuration, mistakes } = Self::read(&variable);
        match mistakes.into_iter().next() {
            Some(mistake) => Err(mistake),
            None => configuration.with_site24x7_hosts_of(&variable),
        }
    }

    /// The same, but a mistake leaves the default in place: a function goes on taking alerts whatever a number says.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> ParsedConfiguration {
        let variables = Variables { variable: &variable, mistakes: RefCell::default() };
        let default = Self::default();
        let configuration = Self {
            table: variables.set("CAMPANILE_TABLE").unwrap_or(default.table),
            secret_prefix: variables.set("CAMPANILE_SECRET_PREFIX").unwrap_or(default.secret_prefix),
            secret_max_age: variables
                .number("CAMPANILE_SECRET_MAX_AGE_SECS")
                .map_or(default.secret_max_age, |seconds| Duration::from_secs(seconds.into())),
            history_days: variables.number("CAMPANILE_HISTORY_DAYS").unwrap_or(default.history_days),
            quarantine_days: variables.number("CAMPANILE_QUARANTINE_DAYS").unwrap_or(default.quarantine_days),
            default_severity: variables.severity().unwrap_or(default.default_severity),
            notify_networks: variables.networks(),
            console_url: variables.set("CAMPANILE_CONSOLE_URL"),
            signs_people_in: variables.is_yes("CAMPANILE_SIGN_IN"),
            public_url: variables.set("CAMPANILE_PUBLIC_URL"),
            canary_url: variables.set("CAMPANILE_CANARY_URL"),
            expiry: patience::expiry(&variables),
            silent_after: patience::silent_after(&variables),
            site24x7_hosts: None,
            log: variables.log().unwrap_or(default.log),
            stack: variables.set("CAMPANILE_STACK").unwrap_or(default.stack),
        };
        ParsedConfiguration { configuration, mistakes: variables.mistakes.into_inner() }
    }

    /// The same with the hosts of Site24x7 that the environment names: for whoever calls them, and nobody else.
    pub fn with_site24x7_hosts(self) -> Result<Self, ConfigurationError> {
        self.with_site24x7_hosts_of(environment)
    }

    fn with_site24x7_hosts_of(
        self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigurationError> {
        let variables = Variables { variable: &variable, mistakes: RefCell::default() };
        Ok(Self { site24x7_hosts: site24x7_hosts(&variables)?, ..self })
    }
}

/// One variable of the process.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub(crate) fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// `AWS_LAMBDA_FUNCTION_NAME`: the function's name, set by Lambda; `None` elsewhere.
pub(crate) fn function_name() -> Option<String> {
    environment("AWS_LAMBDA_FUNCTION_NAME").filter(|name| !name.is_empty())
}

/// `AWS_REGION`, where Lambda has set it together with credentials, so that neither has to be looked for elsewhere.
pub(crate) fn region_of_function() -> Option<String> {
    function_name()?;
    environment("AWS_ACCESS_KEY_ID").filter(|id| !id.is_empty())?;
    environment("AWS_REGION").filter(|region| !region.is_empty())
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

/// The environment, by name, and the mistakes that were met in it.
struct Variables<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    mistakes: RefCell<Vec<ConfigurationError>>,
}

impl Variables<'_> {
    /// What a variable says, without blanks around it; blank is as if unset.
    fn set(&self, variable: &str) -> Option<String> {
        let value = (self.variable)(variable)?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// `None`, and the mistake is noted.
    fn mistaken<T>(&self, mistake: ConfigurationError) -> Option<T> {
        self.mistakes.borrow_mut().push(mistake);
        None
    }

    /// A whole number above zero.
    fn number(&self, variable: &str) -> Option<u32> {
        let value = self.set(variable)?;
        let number = value.parse().ok().filter(|number| *number > 0);
        let mistake = || ConfigurationError::NotANumber { variable: variable.to_owned(), value };
        number.or_else(|| self.mistaken(mistake()))
    }

    /// A span in whole seconds; `0` is without end.
    fn seconds(&self, variable: &str) -> Option<Duration> {
        let value = self.set(variable)?;
        match value.parse::<u32>() {
            Ok(0) => Some(Duration::MAX),
            Ok(seconds) => Some(Duration::from_secs(seconds.into())),
            Err(_) => self.mistaken(ConfigurationError::NotSeconds { variable: variable.to_owned(), value }),
        }
    }

    /// Whether it is `yes`.
    fn is_yes(&self, variable: &str) -> bool {
        let Some(value) = self.set(variable) else { return false };
        let mistake =
            || ConfigurationError::NotYesOrNo { variable: variable.to_owned(), value: value.clone() };
        match value.as_str() {
            "yes" => true,
            "no" => false,
            _ => self.mistaken(mistake()).unwrap_or(false),
        }
    }

    fn severity(&self) -> Option<Severity> {
        let word = self.set("CAMPANILE_DEFAULT_SEVERITY")?;
        word.parse().map_or_else(|error| self.mistaken(ConfigurationError::Severity(error)), Some)
    }

    /// A level, or a tracing filter. A word that is no level would be taken for a part of the program, and log nothing else.
    fn log(&self) -> Option<String> {
        let value = self.set("CAMPANILE_LOG")?;
        let is_clear = |part: &str| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok();
        if value.split(',').all(is_clear) && EnvFilter::try_new(&value).is_ok() {
            return Some(value);
        }
        self.mistaken(ConfigurationError::Log { value })
    }

    /// Networks with commas between them; those that are none are left out.
    fn networks(&self) -> Vec<IpNet> {
        let text = self.set("CAMPANILE_NOTIFY_NETWORKS").unwrap_or_default();
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let network = |word: &str| {
            let mistake = || ConfigurationError::Network { value: word.to_owned() };
            word.parse().ok().or_else(|| self.mistaken(mistake()))
        };
        words.filter_map(network).collect()
    }
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
        let error = with("CAMPANILE_EXPIRE_QUIET_SECS", "1.5").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`CAMPANILE_EXPIRE_QUIET_SECS` is `1.5`: give a whole number of seconds, or 0 for never"
        );
        assert!(with("CAMPANILE_QUARANTINE_DAYS", "0").is_err());
        assert!(with("CAMPANILE_SIGN_IN", "true").is_err());
        assert!(with("CAMPANILE_SIGN_IN", "yes").unwrap().signs_people_in);
        assert!(with("CAMPANILE_DEFAULT_SEVERITY", "meh").is_err());
        assert!(with("CAMPANILE_NOTIFY_NETWORKS", "10.0.0.0/8, here").is_err());
        assert!(with("CAMPANILE_EXPIRE_QUIET_SECS_KAZOO", "-1").is_err());
    }

    #[test]
    fn zero_means_without_end() {
        let never = with("CAMPANILE_EXPIRE_QUIET_SECS", "0").unwrap().expiry.otherwise;
        assert_eq!((never.quiet, never.recovery), (Duration::MAX, ExpiryRules::default().otherwise.recovery));
        assert_eq!(with("CAMPANILE_SILENT_AFTER_SECS", "0").unwrap(), Configuration::default());
    }

    #[test]
    fn a_source_may_be_silent_for_ever_where_the_others_may_not() {
        let variables = [("CAMPANILE_SILENT_AFTER_SECS", "60"), ("CAMPANILE_SILENT_AFTER_SECS_KAZOO", "0")];
        let silent_after = Configuration::from_variables(|variable| {
            variables.iter().find(|(name, _)| *name == variable).map(|(_, value)| (*value).to_owned())
        });
        let silent_after = silent_after.unwrap().silent_after;
        assert_eq!((silent_after.len(), silent_after.get(&Source::Kazoo)), (Source::ALL.len() - 2, None));
    }

    #[test]
    fn a_function_goes_on_with_the_default_in_the_place_of_every_mistake() {
        let mistaken = [
            ("CAMPANILE_HISTORY_DAYS", "a week"),
            ("CAMPANILE_SECRET_MAX_AGE_SECS", "0"),
            ("CAMPANILE_EXPIRE_QUIET_SECS", "1.5"),
            ("CAMPANILE_SILENT_AFTER_SECS", "soon"),
            ("CAMPANILE_DEFAULT_SEVERITY", "meh"),
            ("CAMPANILE_NOTIFY_NETWORKS", "10.0.0.1/8x"),
            ("CAMPANILE_LOG", "warning"),
            ("CAMPANILE_SITE24X7_ACCOUNTS", "https://accounts.example"),
        ];
        let reading = Configuration::read(|variable| {
            mistaken.iter().find(|(name, _)| *name == variable).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(reading.configuration, Configuration::default());
        // The last one is read by the poller alone, for which there is no default that would do.
        assert_eq!(reading.mistakes.len(), mistaken.len() - 1);
    }

    #[test]
    fn a_network_that_is_none_leaves_the_others_in_place() {
        let reading = Configuration::read(|variable| {
            (variable == "CAMPANILE_NOTIFY_NETWORKS").then(|| "10.0.0.0/8, here".to_owned())
        });
        assert_eq!(reading.configuration.notify_networks, ["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(reading.mistakes.len(), 1);
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
