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
    /// How many mistakes `text` has, which need not be those of `settings`.
    mistakes: usize,
}

impl DestinationSettings {
    /// Those of `platform`.
    pub fn new(platform: Platform) -> Self {
        Self { platform, known: Mutex::new(None) }
    }

    /// The settings that `text` describes; `known` ones where it describes none at all.
    fn read(&self, text: String, known: Option<&Known>) -> Known {
        let settings = Settings::read(&text, &self.platform.egress());
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
        // What is wrong as a whole, and not in one destination, leaves the others as they were.
        let is_useless = settings.destinations.is_empty() && !settings.mistakes.is_empty();
        let mistakes = settings.mistakes.len();
        let settings = match known.filter(|_| is_useless) {
            Some(known) => Arc::clone(&known.settings),
            None => Arc::new(settings),
        };
        Known { text, settings, mistakes }
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
        let present = match known.take() {
            Some(known) if known.text == text => known,
            other => self.read(text, other.as_ref()),
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
