//! The secret `<prefix>/destinations`: read anew only where it has changed, and the last usable one where it is broken.

use std::sync::Arc;

use async_trait::async_trait;
use dispatch::{OutboxError, Settings, SettingsSource};
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
    settings: Arc<Settings>,
}

impl DestinationSettings {
    /// Those of `platform`.
    pub fn new(platform: Platform) -> Self {
        Self { platform, known: Mutex::new(None) }
    }

    /// The settings that `text` describes; `known` ones where it describes none at all.
    fn read(&self, text: &str, known: Option<&Known>) -> Arc<Settings> {
        let settings = Settings::read(text, &self.platform.egress());
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
        if !settings.mistakes.is_empty() {
            misconfigured(settings.mistakes.len());
        }
        // What is wrong as a whole, and not in one destination, leaves the others as they were.
        let is_useless = settings.destinations.is_empty() && !settings.mistakes.is_empty();
        match known.filter(|_| is_useless) {
            Some(known) => Arc::clone(&known.settings),
            None => Arc::new(settings),
        }
    }
}

#[async_trait]
impl SettingsSource for DestinationSettings {
    async fn settings(&self) -> Result<Arc<Settings>, OutboxError> {
        let keyring = self.platform.secrets.get::<Box<RawValue>>(SECRET).await;
        let mut known = self.known.lock().await;
        let text = match (keyring, known.as_ref()) {
            (Ok(keyring), _) => {
                keyring.map_or_else(|| NOTHING.to_owned(), |keyring| keyring.current.get().to_owned())
            }
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
        if let Some(known) = known.as_ref().filter(|known| known.text == text) {
            return Ok(Arc::clone(&known.settings));
        }
        let settings = self.read(&text, known.as_ref());
        *known = Some(Known { text, settings: Arc::clone(&settings) });
        Ok(settings)
    }
}

/// Counts mistakes in the settings, for an alarm.
fn misconfigured(count: usize) {
    tracing::trace!(target: intake::COUNTS, measure = "misconfigured", count);
}
