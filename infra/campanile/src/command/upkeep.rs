//! What the keeper of a source last came to, as `campanile sources` and `campanile check` say it.

use std::collections::BTreeMap;

use alert::Clock as _;
use aws::SystemClock;
use intake::chain;
use jiff::Timestamp;
use serde::Deserialize;

use super::address::Address;
use super::server::{Caller, Server, ServerError};
use super::table::distance;
use super::terminal_text::sanitize_for_terminal;
use super::{remark, say};

/// What the keeper of a source last came to.
#[derive(Deserialize)]
pub(super) struct Upkeep {
    ran_at: Timestamp,
    missing: Option<String>,
    failure: Option<String>,
    healed_at: Option<Timestamp>,
    healed: Option<String>,
}

/// What the API says of it.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    upkeep: BTreeMap<String, Upkeep>,
}

impl Upkeep {
    pub(super) fn in_words(&self, now: Timestamp) -> String {
        if let Some(missing) = &self.missing {
            return format!("not kept, {missing}");
        }
        let ago = |at: Timestamp| format!("{} ago", distance(at, now));
        let healed = match (&self.healed, self.healed_at) {
            (Some(healed), Some(at)) => format!("healed {}: {healed}", ago(at)),
            _ => "nothing healed yet".to_owned(),
        };
        let words = format!("looked after {}; {healed}", ago(self.ran_at));
        match &self.failure {
            Some(failure) => format!("{words}; the last run failed: {failure}"),
            None => words,
        }
    }
}

/// Asks the Campanile at `url` what its keeper of `source` last came to, and says so. A Campanile that does not answer
/// is no fault of the source: that is only remarked.
pub(super) async fn say_healed(url: Option<Address>, caller: Caller, source: &str) {
    let server = Server::new(url.map(|url| url.without(source)), caller);
    match ask(&server).await {
        Ok(None) => remark("what Campanile healed lately is shown after `campanile login`, or with --token"),
        Ok(Some(mut kept)) => {
            let words = kept.upkeep.remove(source).map(|upkeep| upkeep.in_words(SystemClock.now()));
            let words = words.unwrap_or_else(|| "not looked after yet".to_owned());
            say(sanitize_for_terminal(&format!("kept by Campanile: {words}")));
        }
        Err(error) => remark(format!("what Campanile healed lately cannot be seen: {}", chain(&error))),
    }
}

/// What the API says, where there is a token for it.
async fn ask(server: &Server) -> Result<Option<Kept>, ServerError> {
    if !server.has_token()? {
        return Ok(None);
    }
    server.get("/v1/sources", &[("limit", "1".to_owned())]).await?.read().map(Some)
}
