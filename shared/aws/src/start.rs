//! The first steps of a function: read the environment, begin to log.

use std::error::Error;
use std::fmt;

use intake::chain;

use crate::configuration::{ParsedConfiguration, environment};
use crate::{Configuration, log_to_stdout};

/// Reads the environment and begins to log. What is mistaken there is logged as an error, and the default holds.
pub fn start() -> Configuration {
    let ParsedConfiguration { configuration, mistakes } = Configuration::read(environment);
    log_to_stdout(&configuration);
    for mistake in mistakes {
        tracing::error!(error = chain(&mistake), "environment variable ignored, its default is used");
    }
    configuration
}

/// Why a function ended. What `main` returns is printed by `Debug`, which here is a sentence with its causes.
pub struct Ended(Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chain(self.0.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConfigurationError;

    #[test]
    fn the_reason_of_an_end_is_printed_as_a_sentence_with_its_causes() {
        let severity = "meh".parse::<alert::Severity>().unwrap_err();
        let cause = severity.to_string();
        let ended = Ended::from(ConfigurationError::Severity(severity));
        assert_eq!(format!("{ended:?}"), format!("`CAMPANILE_DEFAULT_SEVERITY` names no severity: {cause}"));
        let ended = Ended::from(ConfigurationError::HalfOfTheHosts);
        assert!(format!("{ended:?}").ends_with("set both or neither"), "{ended:?}");
    }
}
