//! What became of a run over Netdata Cloud.

use alert::Source;
use intake::{Failure, StoreError, chain};
use net::Unanswered;
use netdata::AnswerError;

/// What a run came to.
#[derive(Debug)]
pub enum NetdataOutcome {
    /// There is nothing to keep.
    NotConfigured {
        /// What is missing, for people.
        missing: String,
    },
    /// There is no token: alerts were compared with what notifications list.
    Compared(Ended),
    /// At least one space was asked.
    Cared(Cared),
}

/// What became of each space.
#[derive(Debug)]
pub struct Cared {
    /// Each space by its id.
    pub spaces: Vec<(String, SpaceCared)>,
}

/// What became of one space.
#[derive(Debug)]
pub struct SpaceCared {
    /// What happened there.
    pub changes: Result<Changes, NetdataPartError>,
    /// What fires here and may be over there; `None` where it was not time to look.
    pub ended: Result<Option<Ended>, NetdataPartError>,
}

/// What became of the changes of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Events that are in the table now.
    pub recorded: usize,
    /// Of those, events of which Netdata notified nobody and we do not either.
    pub unannounced: usize,
    /// Changes that were there before.
    pub known: usize,
    /// Changes that Netdata may yet notify.
    pub waiting: usize,
    /// Changes that nobody understands: in quarantine, or without an id or a time.
    pub unreadable: usize,
    /// Nodes that change so often that Netdata notifies nothing of them.
    pub flooding: usize,
}

/// What became of the alerts that fire here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    /// How many fire.
    pub open: usize,
    /// Of those, how many were over.
    pub ended: usize,
}

/// A call that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum NetdataCallError {
    /// No answer came.
    #[error("netdata did not answer to {what}")]
    Unanswered {
        /// What was asked.
        what: &'static str,
        /// Why not.
        #[source]
        source: Unanswered,
    },
    /// The answer was no.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

/// Why one part came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum NetdataPartError {
    /// Netdata did not say.
    #[error("netdata could not be asked")]
    Call(#[from] NetdataCallError),
    /// It could not be recorded.
    #[error("what netdata says could not be recorded")]
    Record(#[source] Failure),
    /// The table did not take it.
    #[error("what the keeper knows could not be stored")]
    Store(#[from] StoreError),
}

impl NetdataOutcome {
    /// Logs what became of the run.
    pub(crate) fn say(&self) {
        let source = Source::Netdata;
        match self {
            Self::NotConfigured { missing } => tracing::info!(%source, missing, "source not kept"),
            Self::Compared(Ended { open, ended }) => {
                if *open > 0 {
                    tracing::info!(%source, open, ended, "open alerts compared with what notifications list");
                }
            }
            Self::Cared(Cared { spaces }) => spaces.iter().for_each(|(space, cared)| cared.say(space)),
        }
    }
}

impl SpaceCared {
    fn say(&self, space: &str) {
        let source = Source::Netdata;
        match &self.changes {
            Ok(Changes { recorded, unannounced, known, waiting, unreadable, flooding }) => tracing::info!(
                %source, space, recorded, unannounced, known, waiting, unreadable, flooding, "changes fetched"
            ),
            Err(error) => tracing::warn!(%source, space, error = chain(error), "changes not fetched"),
        }
        match &self.ended {
            Ok(None) => {}
            Ok(Some(Ended { open, ended })) => {
                tracing::info!(%source, space, open, ended, "open alerts looked at");
            }
            Err(error) => tracing::warn!(%source, space, error = chain(error), "open alerts not looked at"),
        }
    }
}
