//! Getting at Tencent: which key, and where Campanile is for it.

use aws::{Configuration, DEVELOPMENT_TOKEN, SystemClock};
use clap::Args;
use net::{EgressPolicy, Secret};
use poll::tencent::{TencentApi, TencentSecret};
use tencent::Access as Key;
use tencent::install::Wanted;

use crate::command::Outcome;
use crate::command::address::Address;
use crate::command::secrets::Secrets;

/// The path of the function that Tencent calls.
const PATH: &str = "tencent";
/// What a template is called.
const NAME: &str = "campanile";

/// Which account of Tencent, and where Campanile is for it.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// Address under which Tencent reaches Campanile, such as `https://alerts.example.com`
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    pub(super) url: Address,
    /// Name of the template where one is made
    #[arg(long, default_value = NAME)]
    name: String,
    #[command(flatten)]
    secrets: Secrets,
}

/// A Tencent that can be asked, and the template that is wanted there.
pub(super) struct Opened {
    pub(super) wanted: Wanted,
    pub(super) secret_name: String,
    key: Key,
    clock: SystemClock,
}

/// A secret that does not do.
#[derive(Debug, thiserror::Error)]
pub(super) enum TencentSecretError {
    #[error(
        "the secret `{0}` has no `secret_id` and `secret_key`: make a key of a sub-account and put it there"
    )]
    NoKey(String),
    #[error("the secret `{0}` has no `tokens`: put a random one there, 32 random bytes long")]
    NoToken(String),
    #[error("the secret `{0}` holds a token of development: put one of your own there, 32 random bytes long")]
    Development(String),
    #[error(
        "the first token of the secret `{0}` cannot stand in an address: use letters, digits, `-` and `_`"
    )]
    Unusable(String),
}

impl Access {
    /// Reads the secret; nothing is sent yet.
    pub(super) async fn open(&self) -> Outcome<Opened> {
        let configuration = Configuration::from_environment()?;
        let secret_name = format!("{}/tencent", configuration.secret_prefix);
        let secret: TencentSecret = self.secrets.read("tencent", &configuration).await?;
        let key = secret.access().ok_or_else(|| TencentSecretError::NoKey(secret_name.clone()))??;
        let token = token(&secret, &secret_name)?;
        let wanted = Wanted { name: self.name.clone(), address: self.address(), token: Secret::new(token) };
        Ok(Opened { wanted, secret_name, key, clock: SystemClock })
    }

    /// The address of the function, without a token.
    fn address(&self) -> String {
        let base = self.url.url().as_str().trim_end_matches('/');
        let base = base.strip_suffix(PATH).unwrap_or(base).trim_end_matches('/');
        format!("{base}/{PATH}")
    }
}

impl Opened {
    /// The API; a stand-in of this machine may be among what the secret names.
    pub(super) fn api(&self) -> Outcome<TencentApi<'_>> {
        Ok(TencentApi::new(&self.key, EgressPolicy::public().and_loopback(), &self.clock)?)
    }
}

fn token<'a>(secret: &'a TencentSecret, name: &str) -> Result<&'a str, TencentSecretError> {
    let token = secret.token().ok_or_else(|| TencentSecretError::NoToken(name.to_owned()))?;
    if token.starts_with(DEVELOPMENT_TOKEN) {
        return Err(TencentSecretError::Development(name.to_owned()));
    }
    let stands_in_a_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !token.bytes().all(stands_in_a_path) {
        return Err(TencentSecretError::Unusable(name.to_owned()));
    }
    Ok(token)
}
