//! The two AWS services that Campanile needs, inside one process: DynamoDB with its stream, and Secrets Manager.
//!
//! They are for the local bundle and the tests only. The real AWS SDK clients talk to them, either in process
//! ([`sdk_config`], no socket) or, from another process, over loopback HTTP ([`Endpoint`]). Nothing here checks
//! a signature or a permission.

mod at_once;
mod disk;
mod endpoint;
mod in_process;
mod operations;
mod secrets;
mod secrets_file;
mod service;
mod table;
mod upkeep;

pub use self::disk::is_logged_already;
pub use self::endpoint::{Endpoint, EndpointError};
pub use self::in_process::sdk_config;
pub use self::secrets::{EmbeddedSecrets, SecretsError};
pub use self::secrets_file::{SecretsFile, SecretsFileError};
pub use self::service::{AwsAnswer, AwsCall, AwsService, EmbeddedAws};
pub use self::table::{EmbeddedTable, Location, OpenError};
pub use self::upkeep::{StreamRecord, UpkeepError};
