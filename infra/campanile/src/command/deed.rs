//! What is done with several things, one after another, each whatever became of the others.

use clap::Args;
use intake::chain;
use reqwest::Method;
use serde_json::{Value, json};

use super::beginning::Beginning;
use super::lookup::Place;
use super::plain::{plain_json, plain_lines};
use super::server::{Answer, Server, ServerError};
use super::{Outcome, remark, say};

/// How something is done
#[derive(Debug, Args)]
pub(super) struct Doing {
    /// The API's JSON instead of a line for each, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// What is done with one thing.
#[derive(Debug)]
pub(super) struct Deed {
    method: Method,
    /// What stands behind the thing's id in the path.
    action: &'static str,
    body: Value,
    /// What to tell of it: the thing's id, and what came of it.
    told: fn(&str, &Answer) -> Result<String, ServerError>,
}

/// How many could not be done; each was complained about.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {of} failed")]
struct SomeFailed {
    failed: usize,
    of: usize,
}

impl Deed {
    /// What `POST …/<action>` does with `body`.
    pub(super) const fn post(
        action: &'static str,
        body: Value,
        told: fn(&str, &Answer) -> Result<String, ServerError>,
    ) -> Self {
        Self { method: Method::POST, action, body, told }
    }

    /// What `DELETE` does.
    pub(super) fn delete(told: fn(&str, &Answer) -> Result<String, ServerError>) -> Self {
        Self { method: Method::DELETE, action: "", body: json!({}), told }
    }
}

impl Doing {
    /// Does `deed` to each thing of `place` that is meant; to none if one of them is not known.
    pub(super) async fn to_each(&self, meant: &[Beginning], place: Place, deed: &Deed) -> Outcome {
        let ids = self.server.meant(meant, place).await?;
        if let [only] = &ids[..] {
            return Ok(self.to(only, place, deed).await?);
        }
        let mut failed = 0;
        for id in &ids {
            if let Err(error) = self.to(id, place, deed).await {
                remark(format!("campanile: {id}: {}", plain_lines(&chain(&error))));
                failed += 1;
            }
        }
        if failed == 0 { Ok(()) } else { Err(SomeFailed { failed, of: ids.len() }.into()) }
    }

    async fn to(&self, id: &str, place: Place, deed: &Deed) -> Result<(), ServerError> {
        let path = format!("{}/{id}{}", place.path(), deed.action);
        let answer = self.server.act(deed.method.clone(), &path, &deed.body).await;
        let answer = answer.map_err(|error| place.explain(error))?;
        if !self.json {
            say((deed.told)(id, &answer)?);
        } else if !answer.text().is_empty() {
            say(plain_json(answer.text()));
        }
        Ok(())
    }
}
