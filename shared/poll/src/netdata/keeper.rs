//! One run over Netdata Cloud, from the secret to what became of it.

use std::fmt;
use std::sync::Arc;

use alert::{Clock, Source};
use aws::Platform;
use intake::{SecretsError, StoreError};
use net::BuildError;
use netdata::{Access, AccessError, Call, Room, Space};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::netdata::access::{NetdataSecret, Polled};
use crate::netdata::api::NetdataApi;
use crate::netdata::memory::{Memory, SpaceMemory};
use crate::netdata::report::{Cared, NetdataCallError, NetdataOutcome, NetdataPartError, SpaceCared};

/// The keeper of what one token of Netdata Cloud sees. It outlives runs.
pub struct NetdataKeeper {
    pub(crate) platform: Platform,
    pub(crate) clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
}

/// Why a run came to nothing. No text quotes a token.
#[derive(Debug, thiserror::Error)]
pub enum NetdataError {
    /// The secret cannot be read.
    #[error("could not read the secret of netdata")]
    Secret(#[source] SecretsError),
    /// A member of the secret has another form; its text is never quoted.
    #[error(
        "`api_token` and `endpoint` of the secret `{name}` are texts, and `polled` is `history` or `notify`"
    )]
    Unreadable {
        /// What the secret is called.
        name: String,
    },
    /// The token or the address is none.
    #[error("the secret of netdata cannot be used")]
    Access(#[source] AccessError),
    /// The HTTP client could not be made.
    #[error("could not get ready to call netdata")]
    Client(#[source] BuildError),
    /// Nobody says which spaces there are.
    #[error("netdata could not be asked")]
    Call(#[from] NetdataCallError),
    /// The table does not say what fires.
    #[error("could not compare alerts with what notifications list")]
    Compare(#[source] StoreError),
    /// No space came to anything; the failures of all but one are in the log.
    #[error("no space of netdata could be looked at")]
    NothingWorked(#[source] NetdataPartError),
}

/// What one run has at hand of one space.
pub(crate) struct Visit<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) api: &'a NetdataApi<'a>,
    pub(crate) polled: Polled,
    pub(crate) space: &'a Space,
    pub(crate) room: &'a Room,
}

impl NetdataKeeper {
    /// A keeper of the account in `platform`'s secret that goes by `clock`.
    pub fn new(platform: Platform, clock: Arc<dyn Clock>) -> Self {
        Self { platform, clock, memory: Mutex::default() }
    }

    /// Records what happened and was not notified, and ends what is over. May be done twice, by two runs at once, or again
    /// after a run that died. A limit of time is the caller's.
    pub async fn run(&self) -> Result<NetdataOutcome, NetdataError> {
        let name = format!("{}/netdata", self.platform.configuration.secret_prefix);
        let keyring = self.platform.secrets.get::<Value>(Source::Netdata.as_str()).await;
        let Some(keyring) = keyring.map_err(NetdataError::Secret)? else {
            return Ok(NetdataOutcome::NotConfigured { missing: format!("there is no secret `{name}`") });
        };
        let secret: NetdataSecret = serde_json::from_value(keyring.current.clone())
            .map_err(|_| NetdataError::Unreadable { name: name.clone() })?;
        let mut memory = self.memory.lock().await;
        let Some(access) = secret.access().transpose().map_err(NetdataError::Access)? else {
            let ended = self.end_unlisted(&mut memory).await.map_err(NetdataError::Compare)?;
            return Ok(NetdataOutcome::Compared(ended));
        };
        memory.of(&access);
        self.poll(&access, secret.polled, &mut memory).await
    }

    async fn poll(
        &self,
        access: &Access,
        polled: Polled,
        memory: &mut Memory,
    ) -> Result<NetdataOutcome, NetdataError> {
        let api =
            NetdataApi::new(access, self.platform.egress(), &*self.clock).map_err(NetdataError::Client)?;
        let mut spaces = Vec::new();
        for (space, room) in directory(&api, memory).await? {
            let visit = Visit { platform: &self.platform, api: &api, polled, space: &space, room: &room };
            let cared = visit.care(memory.space(&space)).await;
            spaces.push((space.id.clone(), cared));
        }
        Cared { spaces }.into_outcome()
    }
}

impl Visit<'_> {
    /// Both parts, each by itself. What happened first: it may hold the very end that would else be found missing.
    async fn care(&self, memory: &mut SpaceMemory) -> SpaceCared {
        let changes = self.fetch_changes(memory).await;
        let ended = self.end_inactive(memory).await;
        SpaceCared { changes, ended }
    }
}

/// The spaces that the token sees, each with its room of all nodes.
async fn directory(
    api: &NetdataApi<'_>,
    memory: &mut Memory,
) -> Result<Vec<(Space, Room)>, NetdataCallError> {
    let now = api.clock.now();
    if let Some(known) = memory.directory(now) {
        return Ok(known);
    }
    let mut directory = Vec::new();
    for space in api.ask(&Call::spaces(), Space::read_all).await? {
        let rooms = api.ask(&Call::rooms(&space), Room::read_all).await?;
        match rooms.into_iter().find(|room| room.holds_all_nodes) {
            Some(room) => directory.push((space, room)),
            None => {
                tracing::warn!(source = %Source::Netdata, space = space.id, "space not kept: the token sees no room of all nodes");
            }
        }
    }
    memory.keep_directory(now, &directory);
    Ok(directory)
}

impl Cared {
    /// A run of which anything worked has worked: the rest is tried again with the next one.
    fn into_outcome(self) -> Result<NetdataOutcome, NetdataError> {
        let has_failed = |cared: &SpaceCared| cared.changes.is_err() && cared.ended.is_err();
        if self.spaces.is_empty() || !self.spaces.iter().all(|(_, cared)| has_failed(cared)) {
            return Ok(NetdataOutcome::Cared(self));
        }
        let mut spaces = self.spaces;
        match spaces.pop() {
            Some((_, SpaceCared { changes: Err(error), .. })) => {
                NetdataOutcome::Cared(Self { spaces }).say();
                Err(NetdataError::NothingWorked(error))
            }
            last => {
                spaces.extend(last);
                Ok(NetdataOutcome::Cared(Self { spaces }))
            }
        }
    }
}

impl fmt::Debug for NetdataKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetdataKeeper").finish_non_exhaustive()
    }
}
