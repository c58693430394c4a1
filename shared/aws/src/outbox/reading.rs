//! Alerts and silences, as the way out reads them.

use std::collections::HashMap;
use std::sync::Arc;

use alert::{Alert, Clock, Condition, Fingerprint, Silence, SilenceState};
use async_trait::async_trait;
use dispatch::{AlertReader, OutboxError, Page, Silences};

use super::item::unavailable;
use crate::{AlertFilter, Cursor, PageSize, Table};

/// The alerts of a table.
#[derive(Debug, Clone)]
pub struct AlertsOfTable(pub Arc<Table>);

/// The silences of a table.
#[derive(Debug, Clone)]
pub struct SilencesOfTable(pub Arc<Table>);

#[async_trait]
impl AlertReader for AlertsOfTable {
    async fn alerts(&self, fingerprints: &[Fingerprint]) -> Result<HashMap<Fingerprint, Alert>, OutboxError> {
        let alerts = self.0.alerts_of(fingerprints.iter().copied()).await;
        alerts.map_err(unavailable("read alerts"))
    }

    async fn firing(&self, cursor: Option<String>, limit: usize) -> Result<Page<Alert>, OutboxError> {
        let filter = AlertFilter { conditions: vec![Condition::Firing], ..AlertFilter::default() };
        // A cursor that nobody can read any more begins anew.
        let cursor = cursor.and_then(|cursor| cursor.parse::<Cursor>().ok());
        let page = self
            .0
            .alerts_now(&filter, PageSize::items(limit), cursor.as_ref())
            .await
            .map_err(unavailable("list what fires"))?;
        Ok(Page { items: page.alerts, next: page.next.map(|cursor| cursor.to_string()) })
    }
}

#[async_trait]
impl Silences for SilencesOfTable {
    async fn live(&self) -> Result<Vec<Silence>, OutboxError> {
        let now = self.0.clock.now();
        let silences = self.0.silences().await.map_err(unavailable("read the silences"))?;
        Ok(silences.into_iter().filter(|silence| silence.state(now) != SilenceState::Expired).collect())
    }
}
