//! Profiles: where a Campanile is and the token for it, stored by `campanile login` for the other commands.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use net::Secret;
use serde_json::{Map, Value, json};

use super::address::Address;

/// The profile that commands use unless another one is named.
const DEFAULT: &str = "default";
/// What no one but its owner may do with the file.
const OTHERS: u32 = 0o077;

/// Which profile
#[derive(Debug, Args)]
pub(super) struct Profile {
    /// Profile that `campanile login` stored; `default` unless given
    #[arg(
        long, value_name = "NAME", env = "CAMPANILE_PROFILE", hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    profile: Option<String>,
    /// Where programs keep their settings.
    #[arg(long, hide = true, env = "XDG_CONFIG_HOME")]
    config_home: Option<PathBuf>,
}

/// Where a Campanile is, and the token for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) url: Address,
    pub(super) token: Secret,
}

/// What keeps a profile from being read or written. None quotes a token.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProfileError {
    #[error("there is no profile `{name}`: make it with `campanile login --profile {name} --url ADDRESS`")]
    Unknown { name: String },
    #[error("others may read `{}`, and it holds tokens: `chmod 600` it", file.display())]
    Exposed { file: PathBuf },
    #[error("`{}` is not as `campanile login` writes it: log in again, or remove it", file.display())]
    Damaged { file: PathBuf },
    #[error("it is not known where settings are kept: set HOME or XDG_CONFIG_HOME")]
    Homeless,
    #[error("cannot read `{}`", file.display())]
    Read {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot write `{}`", file.display())]
    Write {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Profile {
    /// What is stored under the name; none where nothing is and no name was given.
    pub(super) fn stored(&self) -> Result<Option<Stored>, ProfileError> {
        let Some(file) = self.file() else {
            return self.profile.is_some().then_some(()).map_or(Ok(None), |()| Err(ProfileError::Homeless));
        };
        let mut profiles = read(&file)?;
        match (profiles.remove(self.name()), &self.profile) {
            (Some(stored), _) => Ok(Some(stored)),
            (None, None) => Ok(None),
            (None, Some(name)) => Err(ProfileError::Unknown { name: name.clone() }),
        }
    }

    /// Stores `entry` under the name in place of what was; the file, which nobody else may read.
    pub(super) fn store(&self, entry: Stored) -> Result<PathBuf, ProfileError> {
        self.change(|profiles, name| {
            profiles.insert(name.to_owned(), entry);
        })
    }

    /// Forgets what is stored under the name.
    pub(super) fn forget(&self) -> Result<PathBuf, ProfileError> {
        self.change(|profiles, name| {
            profiles.remove(name);
        })
    }

    /// The profile's name.
    pub(super) fn name(&self) -> &str {
        self.profile.as_deref().unwrap_or(DEFAULT)
    }

    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Stored>, &str),
    ) -> Result<PathBuf, ProfileError> {
        let file = self.file().ok_or(ProfileError::Homeless)?;
        let mut profiles = read(&file)?;
        change(&mut profiles, self.name());
        write(&file, &profiles).map_err(|source| ProfileError::Write { file: file.clone(), source })?;
        Ok(file)
    }

    fn file(&self) -> Option<PathBuf> {
        let given = self.config_home.clone().filter(|folder| folder.is_absolute());
        let folder = given.or_else(|| Some(home()?.join(".config")));
        Some(folder?.join("campanile").join("credentials.json"))
    }
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// The profiles in `file`; none where there is no file.
fn read(file: &Path) -> Result<BTreeMap<String, Stored>, ProfileError> {
    let failed = |source| ProfileError::Read { file: file.to_owned(), source };
    let metadata = match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        metadata => metadata.map_err(failed)?,
    };
    if metadata.permissions().mode() & OTHERS != 0 {
        return Err(ProfileError::Exposed { file: file.to_owned() });
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    let damaged = || ProfileError::Damaged { file: file.to_owned() };
    let document: Map<String, Value> = serde_json::from_str(&text).map_err(|_| damaged())?;
    let profiles = document.into_iter().map(|(name, entry)| Some((name, Stored::read(&entry)?)));
    profiles.collect::<Option<_>>().ok_or_else(damaged)
}

/// Writes all of it or nothing, beside the file first.
fn write(file: &Path, profiles: &BTreeMap<String, Stored>) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let beside = file.with_extension("json.new");
    let _ = fs::remove_file(&beside);
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let document: Map<String, Value> =
        profiles.iter().map(|(name, stored)| (name.clone(), stored.written())).collect();
    writeln!(new, "{:#}", Value::Object(document))?;
    new.sync_all()?;
    fs::rename(&beside, file)
}

impl Stored {
    fn read(entry: &Value) -> Option<Self> {
        let url = entry["url"].as_str()?.parse().ok()?;
        Some(Self { url, token: Secret::new(entry["token"].as_str()?) })
    }

    fn written(&self) -> Value {
        json!({ "url": self.url.to_string(), "token": self.token.expose() })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
