//! How long to wait for a source, as variables say it: one for all sources, and one for each that differs.

use std::collections::BTreeMap;
use std::time::Duration;

use alert::{ExpiryRules, Patience, Source};

use super::Variables;

/// `CAMPANILE_EXPIRE_RECOVERY_SECS` and `CAMPANILE_EXPIRE_QUIET_SECS`, and each with `_<SOURCE>` behind it.
pub(super) fn expiry(variables: &Variables<'_>) -> ExpiryRules {
    let default = Patience::default();
    let patience = |recovery: Option<Duration>, quiet: Option<Duration>, otherwise: Patience| Patience {
        recovery: recovery.unwrap_or(otherwise.recovery),
        quiet: quiet.unwrap_or(otherwise.quiet),
    };
    let read = |suffix: &str, otherwise| {
        let recovery = variables.seconds(&format!("CAMPANILE_EXPIRE_RECOVERY_SECS{suffix}"));
        let quiet = variables.seconds(&format!("CAMPANILE_EXPIRE_QUIET_SECS{suffix}"));
        (patience(recovery, quiet, otherwise), recovery.or(quiet).is_some())
    };
    let (otherwise, _) = read("", default);
    let mut by_source = BTreeMap::new();
    for source in Source::ALL {
        let (patience, differs) = read(&suffix(*source), otherwise);
        if differs {
            by_source.insert(*source, patience);
        }
    }
    ExpiryRules { otherwise, by_source }
}

/// `CAMPANILE_SILENT_AFTER_SECS`, and the same with `_<SOURCE>` behind it.
pub(super) fn silent_after(variables: &Variables<'_>) -> BTreeMap<Source, Duration> {
    const NAME: &str = "CAMPANILE_SILENT_AFTER_SECS";
    let otherwise = variables.seconds(NAME);
    let mut silent_after = BTreeMap::new();
    for source in Source::ALL.iter().filter(|source| **source != Source::Campanile) {
        let own = variables.seconds(&format!("{NAME}{}", suffix(*source)));
        let after = own.or(otherwise).filter(|after| *after < Duration::MAX);
        silent_after.extend(after.map(|after| (*source, after)));
    }
    silent_after
}

fn suffix(source: Source) -> String {
    format!("_{}", source.as_str().to_ascii_uppercase())
}
