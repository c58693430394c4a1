//! What is done with several things, one after another, each whatever became of the others.

use clap::Args;
use intake::chain;
use reqwest::Method;
use serde_json::{Value, json};

use super::id_prefix::IdPrefix;
use super::lookup::Resource;
use super::server::{Answer, Server, ServerError};
use super::terminal_text::{sanitize_json_for_terminal, sanitize_lines_for_terminal};
use super::{Outcome, remark, say};

/// How something is done
#[derive(Debug, Args)]
pub(super) struct ActionArgs {
    /// The API's JSON instead of a line for each, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: Server,
}

/// What is done with one thing.
#[derive(Debug)]
pub(super) struct Action {
    method: Method,
    /// What stands behind the thing's id in the path.
    verb: &'static str,
    body: Value,
    /// What to print, given the thing's id and the answer.
    describe: fn(&str, &Answer) -> Result<String, ServerError>,
}

/// How many could not be done; each was complained about.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {of} failed")]
struct SomeFailed {
    failed: usize,
    of: usize,
}

impl Action {
    /// What `POST …/<action>` does with `body`.
    pub(super) const fn post(
        action: &'static str,
        body: Value,
        describe: fn(&str, &Answer) -> Result<String, ServerError>,
    ) -> Self {
        Self { method: Method::POST, verb: action, body, describe }
    }

    /// What `DELETE` does.
    pub(super) fn delete(describe: fn(&str, &Answer) -> Result<String, ServerError>) -> Self {
        Self { method: Method::DELETE, verb: "", body: json!({}), describe }
    }
}

impl ActionArgs {
    /// Does `action` to each thing of `resource` that is meant; to none if one of them is not known.
    pub(super) async fn to_each(&self, meant: &[IdPrefix], resource: Resource, action: &Action) -> Outcome {
        self.to_all(&self.server.meant(meant, resource).await?, resource, action).await
    }

    /// Whom the commands talk to.
    pub(super) const fn server(&self) -> &Server {
        &self.server
    }

    /// Does `action` to each of `ids`, and prints of each what came of it.
    pub(super) async fn to_all(&self, ids: &[String], resource: Resource, action: &Action) -> Outcome {
        if let [only] = ids {
            return Ok(self.to(only, resource, action).await?);
        }
        let mut failed = 0;
        for id in ids {
            if let Err(error) = self.to(id, resource, action).await {
                remark(format!("campanile: {id}: {}", sanitize_lines_for_terminal(&chain(&error))));
                failed += 1;
            }
        }
        if failed == 0 { Ok(()) } else { Err(SomeFailed { failed, of: ids.len() }.into()) }
    }

    async fn to(&self, id: &str, resource: Resource, action: &Action) -> Result<(), ServerError> {
        let path = format!("{}/{id}{}", resource.path(), action.verb);
        let answer = self.server.act(action.method.clone(), &path, &action.body).await;
        let answer = answer.map_err(|error| resource.explain(error))?;
        if !self.json {
            say((action.describe)(id, &answer)?);
        } else if !answer.text().is_empty() {
            say(sanitize_json_for_terminal(answer.text()));
        }
        Ok(())
    }
}
