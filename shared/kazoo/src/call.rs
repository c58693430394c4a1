//! A request below an account's webhooks, and reading what it answers.

use http::Method;
use net::Secret;
use serde_json::Value;

use crate::answer::Envelope;
use crate::document::list;
use crate::error::{Error, Operation, Trouble};
use crate::hook::Hook;
use crate::page::{Page, PageKey};
use crate::session::Session;
use crate::transport::Request;
use crate::uri::HookUri;

/// A request below an account's webhooks, before it is known which account.
#[derive(Clone)]
pub(crate) struct Call {
    operation: Operation,
    method: Method,
    /// Between the account and `webhooks`.
    relation: Option<&'static str>,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    data: Option<Value>,
    secrets: Vec<Secret>,
}

impl Call {
    pub(crate) fn new(operation: Operation, method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(ToString::to_string).collect();
        Self { operation, method, relation: None, path, query: Vec::new(), data: None, secrets: Vec::new() }
    }

    pub(crate) fn get(operation: Operation, path: &[&str]) -> Self {
        Self::new(operation, Method::GET, path)
    }

    pub(crate) fn with_query(self, query: Vec<(&'static str, String)>) -> Self {
        Self { query, ..self }
    }

    pub(crate) fn with_data(self, data: Value) -> Self {
        Self { data: Some(data), ..self }
    }

    pub(crate) fn with_secrets(self, secrets: Vec<Secret>) -> Self {
        Self { secrets, ..self }
    }

    pub(crate) fn on_descendants(self) -> Self {
        Self { relation: Some("descendants"), ..self }
    }

    pub(crate) fn request(self, session: &Session) -> Request {
        let Self { operation, method, relation, path, query, data, secrets } = self;
        let account = ["accounts".to_owned(), session.account.to_string()];
        let resource = relation.map(str::to_owned).into_iter().chain(["webhooks".to_owned()]);
        let path = account.into_iter().chain(resource).chain(path).collect();
        Request { operation, method, path, query, data, secrets }
    }
}

pub(crate) fn secrets_of(uri: &HookUri) -> Vec<Secret> {
    let mut secrets = uri.suspects();
    secrets.push(Secret::new(uri.expose()));
    secrets
}

pub(crate) fn starting_at(start: Option<&PageKey>) -> Vec<(&'static str, String)> {
    start.map(|key| ("start_key", key.as_str().to_owned())).into_iter().collect()
}

pub(crate) fn document(operation: Operation, envelope: &Envelope) -> Result<Hook, Error> {
    Hook::read(&envelope.data, &envelope.metadata)
        .ok_or_else(|| Error::new(operation, Trouble::Unreadable("not a webhook's document")))
}

pub(crate) fn entries<T>(
    operation: Operation,
    envelope: &Envelope,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let entries =
        list(&envelope.data).ok_or_else(|| Error::new(operation, Trouble::Unreadable("not a list")))?;
    Ok(entries.iter().filter_map(read).collect())
}

pub(crate) fn page<T>(
    operation: Operation,
    envelope: &Envelope,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Page<T>, Error> {
    let entries = entries(operation, envelope, read)?;
    let next = envelope.next_start_key.clone().map(PageKey::new);
    Ok(Page { entries, next, answered_at: envelope.timestamp })
}
