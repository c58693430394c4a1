//! The embedded DynamoDB: where its tables live, and how calls reach them.

use std::fmt;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use dynoxide::{Database, DynoxideError};
use http::StatusCode;
use rusqlite::Connection;
use tokio::sync::Mutex;
use tokio::task;

use super::service::{AwsAnswer, AwsCall, AwsService};
use super::{operations, upkeep};

/// File of the tables below their directory.
const DATABASE_FILE: &str = "table.sqlite";

/// File whose lock says that a process uses the directory.
const LOCK_FILE: &str = "lock";

/// Distinguishes this process's databases in memory.
static NEXT_IN_MEMORY: AtomicU64 = AtomicU64::new(0);

/// Where the tables are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Below this directory, which is made where it is missing; what a client was answered is on disk.
    Directory(PathBuf),
    /// In this process's memory, 1 GiB at most; gone with the last [`EmbeddedTable`], however the process ends.
    InMemory,
}

/// Why a table could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made.
    #[error("cannot make the data directory `{}`", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The lock file cannot be made or locked.
    #[error("cannot lock `{}`", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Another process, or another table of this one, has the directory.
    #[error("the data directory `{}` is in use: stop the other Campanile or choose another directory", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The database file cannot be made.
    #[error(
        "cannot make the table's file `{file}`: is its directory writable, and is there room on the disk"
    )]
    File {
        /// The database file.
        file: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// SQLite takes no such name.
    #[error("the data directory `{}` is not UTF-8: choose another name", path.display())]
    Name {
        /// The directory.
        path: PathBuf,
    },
    /// dynoxide cannot open the file, which may be damaged or not a database at all.
    #[error(
        "cannot open the table in `{file}`: make it readable, or move it away to start with an empty one"
    )]
    Database {
        /// The database file.
        file: String,
        /// What dynoxide says.
        #[source]
        source: DynoxideError,
    },
    /// The file cannot be opened a second time, or its stream not be put in order.
    #[error("cannot prepare the stream in `{file}`")]
    Stream {
        /// The database file.
        file: String,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
}

/// An embedded DynamoDB; clones share it. It holds as many tables as are created in it.
///
/// Its calls need a Tokio runtime. They run one after the other, so it never answers
/// `TransactionConflict` or `ProvisionedThroughputExceeded`.
#[derive(Clone)]
pub struct EmbeddedTable {
    pub(super) engine: Arc<Mutex<Engine>>,
}

/// What one call at a time may use. Fields are closed in this order, the lock last.
pub(super) struct Engine {
    pub(super) database: Database,
    /// A second way into the same file, for what dynoxide leaves undone with the stream.
    pub(super) upkeep: Connection,
    _lock: Option<File>,
}

impl EmbeddedTable {
    /// Opens the tables at `location`, which is empty at first. It waits for the disk.
    pub fn open(location: &Location) -> Result<Self, OpenError> {
        let (file, lock) = match location {
            Location::Directory(directory) => {
                let lock = lock(directory)?;
                let file = database_file(directory)?;
                prepare(&file).map_err(|source| OpenError::File { file: file.clone(), source })?;
                (file, Some(lock))
            }
            Location::InMemory => (in_memory_file(), None),
        };
        let database =
            Database::new(&file).map_err(|source| OpenError::Database { file: file.clone(), source })?;
        let upkeep = upkeep::prepare(&file).map_err(|source| OpenError::Stream { file, source })?;
        let engine = Engine { database, upkeep, _lock: lock };
        Ok(Self { engine: Arc::new(Mutex::new(engine)) })
    }

    /// Runs `work` on a thread that may block, after those who asked before.
    ///
    /// Taking turns here rather than at SQLite's own lock is fair, and keeps waiting calls from occupying threads.
    pub(super) async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, task::JoinError> {
        let engine = Arc::clone(&self.engine).lock_owned().await;
        task::spawn_blocking(move || work(&engine)).await
    }
}

#[async_trait]
impl AwsService for EmbeddedTable {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let answer = self.in_turn(move |engine| operations::run(&engine.database, &call)).await;
        answer.unwrap_or_else(|error| {
            AwsAnswer::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", &error.to_string())
        })
    }
}

impl fmt::Debug for EmbeddedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedTable").finish_non_exhaustive()
    }
}

/// Keeps a second process out: dynoxide caches what tables there are, and would not see the other's.
fn lock(directory: &Path) -> Result<File, OpenError> {
    let directories = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    directories.map_err(|source| OpenError::Directory { path: directory.to_owned(), source })?;
    let path = directory.join(LOCK_FILE);
    let file = match File::create(&path) {
        Ok(file) => file,
        Err(source) => return Err(OpenError::Lock { path, source }),
    };
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: directory.to_owned() }),
        Err(TryLockError::Error(source)) => Err(OpenError::Lock { path, source }),
    }
}

/// Makes the database file where it is missing, for its owner alone: what alerts say is nobody else's.
fn prepare(file: &str) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(known) if known.len() == 0 => {
            tracing::warn!(
                file,
                "the table's file is there but empty, so the table starts empty: restore it if it held something"
            );
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn database_file(directory: &Path) -> Result<String, OpenError> {
    let file = directory.join(DATABASE_FILE).into_os_string().into_string();
    file.map_err(|_| OpenError::Name { path: directory.to_owned() })
}

/// A name under which SQLite keeps a database in memory for every connection of this process that knows it.
/// dynoxide's own in-memory mode has no name, and so no second connection (see <https://sqlite.org/inmemorydb.html>).
fn in_memory_file() -> String {
    let number = NEXT_IN_MEMORY.fetch_add(1, Ordering::Relaxed);
    format!("file:/campanile-{number}?vfs=memdb")
}
