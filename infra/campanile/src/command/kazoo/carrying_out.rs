//! What is told of a plan, and its carrying out.

use kazoo::{Applied, Client, Plan, apply};

use crate::command::{Outcome, say};

/// Tells what `plan` would do, and does nothing.
pub(super) fn show(plan: &Plan) {
    say(plan.to_string().trim_end());
    if !plan.is_empty() {
        say("dry run: nothing was changed");
    }
}

/// Does what `plan` says, and tells each change and what is left alone.
pub(super) async fn carry_out(client: &Client, plan: &Plan) -> Outcome<Vec<Applied>> {
    match apply(client, plan).await {
        Ok(done) => {
            done.iter().for_each(say);
            if done.is_empty() {
                say("nothing to change");
            }
            plan.notes.iter().for_each(say);
            Ok(done)
        }
        Err(error) => {
            error.done.iter().for_each(say);
            say(format!("{}: failed", error.change));
            Err(error.into())
        }
    }
}
