//! The client of Crossbar: one method per request that Campanile makes.

use std::fmt;
use std::sync::Arc;

use alert::Clock;
use http::Method;
use net::Deadlines;
use serde_json::{Value, json};

use crate::answer::Envelope;
use crate::attempt::{Attempt, AttemptRange};
use crate::available::AvailableHook;
use crate::base_url::BaseUrl;
use crate::call::{Call, document, entries, page, secrets_of, starting_at};
use crate::credentials::Credentials;
use crate::error::{Error, Operation};
use crate::hook::{Hook, HookSummary, NewHook};
use crate::id::{AccountId, HookId};
use crate::page::{Page, PageKey};
use crate::patch::Patch;
use crate::refusal::Refusal;
use crate::session::{Obtained, Session, Sessions};
use crate::transport::{Request, Transport};
use crate::uri::HookUri;

/// What a [`Client`] needs to know.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// Where Crossbar is.
    pub base_url: BaseUrl,
    /// Who we are to it.
    pub credentials: Credentials,
    /// The account to work on; the one that is logged in to, unless another is named.
    pub account: Option<AccountId>,
    /// How long a request may take.
    pub deadlines: Deadlines,
}

/// A client of Crossbar. It logs in when the first request needs it, keeps the token for its life of an
/// hour and logs in once more where a token is rejected before that.
///
/// A request that Crossbar has no allowance for (429) is repeated three times with growing pauses before
/// [`Refusal::TooManyRequests`] is returned.
pub struct Client {
    transport: Transport,
    sessions: Sessions,
}

impl Client {
    /// Makes a client; nothing is sent yet.
    pub fn new(configuration: Configuration, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let Configuration { base_url, credentials, account, deadlines } = configuration;
        let transport = Transport::new(base_url, deadlines, clock)?;
        Ok(Self { transport, sessions: Sessions::new(credentials, account) })
    }

    /// The account that is worked on; logs in to learn it.
    pub async fn account(&self) -> Result<AccountId, Error> {
        match self.sessions.obtain(&self.transport).await? {
            Obtained::Kept(session) | Obtained::New(session) => Ok(session.account),
        }
    }

    /// The hooks that the server offers. Needs no login.
    pub async fn available_hooks(&self) -> Result<Vec<AvailableHook>, Error> {
        let request = Request {
            operation: Operation::ListAvailableHooks,
            method: Method::GET,
            path: vec!["webhooks".to_owned()],
            query: vec![("paginate", "false".to_owned())],
            data: None,
            secrets: Vec::new(),
        };
        let envelope = self.transport.exchange(&request, None).await?;
        entries(Operation::ListAvailableHooks, &envelope, AvailableHook::read)
    }

    /// All webhooks of the account.
    pub async fn hooks(&self) -> Result<Vec<HookSummary>, Error> {
        let query = vec![("paginate", "false".to_owned())];
        let envelope = self.call(Call::get(Operation::ListHooks, &[]).with_query(query)).await?;
        entries(Operation::ListHooks, &envelope, HookSummary::read)
    }

    /// A page of the account's webhooks, the first unless `start` says where to begin.
    pub async fn hooks_page(&self, start: Option<&PageKey>) -> Result<Page<HookSummary>, Error> {
        let envelope = self.call(Call::get(Operation::ListHooks, &[]).with_query(starting_at(start))).await?;
        page(Operation::ListHooks, &envelope, HookSummary::read)
    }

    /// The document of one webhook.
    pub async fn hook(&self, id: &HookId) -> Result<Hook, Error> {
        let envelope = self.call(Call::get(Operation::ReadHook, &[id.as_str()])).await?;
        document(Operation::ReadHook, &envelope)
    }

    /// Creates a webhook. KAZOO never checks for an equal one: where [`Error::may_have_been_done`], list
    /// before trying again, as [`apply`](crate::apply()) does.
    pub async fn create(&self, hook: &NewHook) -> Result<Hook, Error> {
        let call = Call::new(Operation::CreateHook, Method::PUT, &[])
            .with_data(hook.document())
            .with_secrets(secrets_of(&hook.uri));
        document(Operation::CreateHook, &self.call(call).await?)
    }

    /// Changes settings of a webhook. On a conflict the document is read again and what is then still
    /// to be changed is sent once more.
    pub async fn patch(&self, id: &HookId, patch: &Patch) -> Result<Hook, Error> {
        match self.patch_once(id, patch).await {
            Err(error) if error.refusal() == Some(&Refusal::Conflict) => {
                self.patch_remaining(id, patch).await
            }
            settled => settled,
        }
    }

    async fn patch_remaining(&self, id: &HookId, patch: &Patch) -> Result<Hook, Error> {
        let found = self.hook(id).await?;
        let remaining = patch.remaining(&found);
        if remaining.is_empty() { Ok(found) } else { self.patch_once(id, &remaining).await }
    }

    async fn patch_once(&self, id: &HookId, patch: &Patch) -> Result<Hook, Error> {
        let settings = patch.settings();
        let uri = settings.get("uri").and_then(Value::as_str).map(HookUri::new);
        let call = Call::new(Operation::ChangeHook, Method::PATCH, &[id.as_str()])
            .with_data(Value::Object(settings))
            .with_secrets(uri.iter().flat_map(secrets_of).collect());
        document(Operation::ChangeHook, &self.call(call).await?)
    }

    /// Switches one webhook on and has KAZOO forget its failures.
    pub async fn reenable(&self, id: &HookId) -> Result<Hook, Error> {
        self.patch(id, &Patch::enable()).await
    }

    /// Switches on every webhook of the account that KAZOO, not a person, switched off: others' as well.
    pub async fn reenable_disabled(&self) -> Result<(), Error> {
        self.call(
            Call::new(Operation::ReenableHooks, Method::PATCH, &[]).with_data(json!({ "re-enable": true })),
        )
        .await
        .map(drop)
    }

    /// Like [`Self::reenable_disabled`], for the account's descendants.
    pub async fn reenable_descendants(&self) -> Result<(), Error> {
        let call =
            Call::new(Operation::ReenableHooks, Method::PATCH, &[]).with_data(json!({ "re-enable": true }));
        self.call(call.on_descendants()).await.map(drop)
    }

    /// Deletes a webhook. On a conflict the document is read again and deleted once more.
    pub async fn delete(&self, id: &HookId) -> Result<(), Error> {
        match self.delete_once(id).await {
            Err(error) if error.refusal() == Some(&Refusal::Conflict) => {
                self.hook(id).await?;
                self.delete_once(id).await
            }
            settled => settled,
        }
    }

    async fn delete_once(&self, id: &HookId) -> Result<(), Error> {
        self.call(Call::new(Operation::DeleteHook, Method::DELETE, &[id.as_str()])).await.map(drop)
    }

    /// A page of the account's attempts to deliver within `range`, as Crossbar orders them: newest first.
    pub async fn attempts(
        &self,
        range: AttemptRange,
        start: Option<&PageKey>,
    ) -> Result<Page<Attempt>, Error> {
        self.attempts_at(&["attempts"], range, start).await
    }

    /// A page of one webhook's attempts to deliver within `range`, as Crossbar orders them: newest first.
    pub async fn hook_attempts(
        &self,
        id: &HookId,
        range: AttemptRange,
        start: Option<&PageKey>,
    ) -> Result<Page<Attempt>, Error> {
        self.attempts_at(&[id.as_str(), "attempts"], range, start).await
    }

    /// The first page of the account's attempts to deliver within `range`, the oldest first where the server can do so. What
    /// comes after it is asked for from the time of its last entry on: Crossbar's own keys are whole seconds as well.
    pub async fn oldest_attempts(&self, range: AttemptRange) -> Result<Page<Attempt>, Error> {
        let mut query = range.query().to_vec();
        query.push(("ascending", "true".to_owned()));
        self.attempts_by(&["attempts"], query).await
    }

    /// All of the account's attempts to deliver within `range` at once, for a second that has more than a page of them.
    pub async fn all_attempts(&self, range: AttemptRange) -> Result<Page<Attempt>, Error> {
        let mut query = range.query().to_vec();
        query.push(("paginate", "false".to_owned()));
        self.attempts_by(&["attempts"], query).await
    }

    async fn attempts_at(
        &self,
        path: &[&str],
        range: AttemptRange,
        start: Option<&PageKey>,
    ) -> Result<Page<Attempt>, Error> {
        let mut query = range.query().to_vec();
        query.extend(starting_at(start));
        self.attempts_by(path, query).await
    }

    async fn attempts_by(
        &self,
        path: &[&str],
        query: Vec<(&'static str, String)>,
    ) -> Result<Page<Attempt>, Error> {
        let envelope = self.call(Call::get(Operation::ListAttempts, path).with_query(query)).await?;
        page(Operation::ListAttempts, &envelope, |entry| Some(Attempt::read(entry)))
    }

    /// Makes a call with a valid token; where it is rejected although it was kept, with a new one.
    async fn call(&self, call: Call) -> Result<Envelope, Error> {
        match self.sessions.obtain(&self.transport).await? {
            Obtained::New(session) => self.call_in(&session, call).await,
            Obtained::Kept(session) => match self.call_in(&session, call.clone()).await {
                Err(error) if error.refusal() == Some(&Refusal::TokenRejected) => {
                    let session = self.sessions.renew(&self.transport, &session.token).await?;
                    self.call_in(&session, call).await
                }
                settled => settled,
            },
        }
    }

    async fn call_in(&self, session: &Session, call: Call) -> Result<Envelope, Error> {
        let envelope = self.transport.exchange(&call.request(session), Some(&session.token)).await?;
        // Compared with the token that was sent: meanwhile another request may have renewed it.
        if let Some(token) = envelope.auth_token.as_ref().filter(|token| **token != session.token) {
            self.sessions.adopt(&self.transport, token).await;
        }
        Ok(envelope)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
