//! The secret `<prefix>/destinations`: read anew only where it has changed, and the last usable one where it is broken.

use std::sync::Arc;

use async_trait::async_trait;
use dispatch::{NotificationConfiguration, OutboxError, SettingsSource};
use serde_json::value::RawValue;
use tokio::sync::Mutex;

use crate::Platform;

/// Name of the secret behind the prefix.
const SECRET: &str = "destinations";
/// What a missing secret says.
const NOTHING: &str = r#"{"destinations":[]}"#;

/// Destinations as the secret describes them.
pub struct DestinationSettings {
    platform: Platform,
    known: Mutex<Option<Known>>,
}

/// What was read last.
struct Known {
    text: String,
    settings: Arc<NotificationConfiguration>,
    /// How many mistakes `text` has, which need not be those of `settings`.
    mistakes: usize,
}

impl DestinationSettings {
    /// Those of `platform`.
    pub fn new(platform: Platform) -> Self {
        Self { platform, known: Mutex::new(None) }
    }

    /// The settings that the secret describes; where it describes none at all the `known` ones, and in a process that knows
    /// none those of its previous version.
    fn read(&self, Versions { current, previous }: Versions, known: Option<&Known>) -> Known {
        let settings = NotificationConfiguration::read(&current, &self.platform.egress());
        say(&settings);
        let mistakes = settings.mistakes.len();
        let settings = match known {
            _ if !is_useless(&settings) => Arc::new(settings),
            Some(known) => Arc::clone(&known.settings),
            None => Arc::new(self.usable(previous.as_deref()).unwrap_or(settings)),
        };
        Known { text: current, settings, mistakes }
    }

    fn usable(&self, previous: Option<&str>) -> Option<NotificationConfiguration> {
        let settings = NotificationConfiguration::read(previous?, &self.platform.egress());
        let settings = Some(settings).filter(|settings| !is_useless(settings))?;
        tracing::error!(
            "the destinations are unusable, their previous version stays in use: correct the current one"
        );
        Some(settings)
    }
}

/// The versions of the secret, as texts.
struct Versions {
    current: String,
    previous: Option<String>,
}

/// What is wrong as a whole, and not in one destination, leaves the others as they were.
const fn is_useless(settings: &NotificationConfiguration) -> bool {
    settings.destinations.is_empty() && !settings.mistakes.is_empty()
}

fn say(settings: &NotificationConfiguration) {
    for mistake in &settings.mistakes {
        tracing::error!(field = mistake.path, problem = mistake.problem, "destination not usable");
    }
    for warning in &settings.warnings {
        tracing::warn!(
            field = warning.path,
            warning = warning.text,
            "destination will not be usable for ever"
        );
    }
}

#[async_trait]
impl SettingsSource for DestinationSettings {
    async fn settings(&self) -> Result<Arc<NotificationConfiguration>, OutboxError> {
        let keyring = self.platform.secrets.get::<Box<RawValue>>(SECRET).await;
        let mut known = self.known.lock().await;
        let versions = match (keyring, known.as_ref()) {
            (Ok(None), Some(known)) if !known.settings.destinations.is_empty() => {
                misconfigured(1);
                tracing::error!("the secret with the destinations is gone: the known ones stay in use");
                return Ok(Arc::clone(&known.settings));
            }
            (Ok(None), _) => Versions { current: NOTHING.to_owned(), previous: None },
            (Ok(Some(keyring)), _) => Versions {
                current: keyring.current.get().to_owned(),
                previous: keyring.previous.as_ref().map(|previous| previous.get().to_owned()),
            },
            (Err(error), Some(known)) => {
                misconfigured(1);
                tracing::error!(
                    error = intake::chain(&error),
                    "the destinations cannot be read: the known ones stay in use"
                );
                return Ok(Arc::clone(&known.settings));
            }
            (Err(error), None) => {
                misconfigured(1);
                return Err(OutboxError::Unavailable {
                    operation: "read the destinations",
                    source: Box::new(error),
                });
            }
        };
        let present = match known.take() {
            Some(known) if known.text == versions.current => known,
            other => self.read(versions, other.as_ref()),
        };
        misconfigured(present.mistakes);
        let settings = Arc::clone(&present.settings);
        *known = Some(present);
        Ok(settings)
    }
}

/// Says for an alarm how many mistakes the settings have, whenever they are used, for as long as they have any.
fn misconfigured(mistakes: usize) {
    if mistakes > 0 {
        tracing::trace!(target: intake::COUNTS, measure = "DestinationsMisconfigured", count = mistakes);
    }
}
