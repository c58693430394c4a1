//! The destinations as the secret describes them, ready to be reached.

use std::sync::Arc;

use notify::{Courier, Destination, Settings};
use serde_json::value::RawValue;

use crate::{Notifier, NotifierError};

/// Name of the secret behind the prefix.
const SECRET: &str = "destinations";

/// The settings in force, and the courier that was made for them.
pub(crate) struct Prepared {
    text: String,
    pub(crate) settings: Settings,
    pub(crate) courier: Courier,
}

impl Prepared {
    /// The destinations that are to be told anything.
    pub(crate) fn enabled(&self) -> impl Iterator<Item = &Destination> {
        self.settings.destinations.iter().filter(|destination| destination.is_enabled)
    }
}

impl Notifier {
    /// What the secret says now; read anew only where it has changed.
    pub(crate) async fn prepared(&self) -> Result<Arc<Prepared>, NotifierError> {
        let keyring = self.platform.secrets.get::<Box<RawValue>>(SECRET).await;
        let keyring = keyring.map_err(NotifierError::Secrets)?;
        let text = keyring.as_ref().map_or(r#"{"destinations":[]}"#, |keyring| keyring.current.get());
        let mut prepared = self.prepared.lock().await;
        if let Some(prepared) = prepared.as_ref().filter(|prepared| prepared.text == text) {
            return Ok(Arc::clone(prepared));
        }
        Ok(Arc::clone(prepared.insert(Arc::new(self.prepare(text)?))))
    }

    fn prepare(&self, text: &str) -> Result<Prepared, NotifierError> {
        let settings = Settings::read(text, &self.reach);
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
        let courier = Courier::new(&settings.destinations, self.reach.clone(), self.deadlines);
        let courier = courier.map_err(NotifierError::Courier)?;
        Ok(Prepared { text: text.to_owned(), settings, courier })
    }
}
