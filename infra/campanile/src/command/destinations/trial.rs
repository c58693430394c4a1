//! `campanile notify`: a destination gets a test notification, with the body that real ones have.

use std::time::Duration;

use alert::Clock as _;
use aws::{HttpSender, SystemClock};
use channels::{Attempt, Memory, Next, Notification, Progress, Verdict, reason, test_notifications};
use clap::Args;
use dispatch::{Destination, Transport};
use net::Deadlines;

use super::super::terminal_text::sanitize_for_terminal;
use super::super::{Outcome, remark, say};
use super::{Named, Opened, Origin};

/// Most requests that one test may take.
const MOST_REQUESTS: u32 = 10;

/// Send a test notification to a destination
#[derive(Debug, Args)]
pub(in crate::command) struct Notify {
    /// Id or name of the destination
    #[arg(long, value_name = "NAME")]
    test: String,
    #[command(flatten)]
    origin: Origin,
}

/// A test that did not arrive.
#[derive(Debug, thiserror::Error)]
enum TestError {
    #[error(
        "there is no usable destination `{0}`: `campanile check destinations` lists them, and what is wrong"
    )]
    Unknown(String),
    #[error("the test was not taken: {0}")]
    Refused(String),
}

impl Notify {
    pub(in crate::command) async fn run(self) -> Outcome {
        let Opened { settings, egress, .. } = self.origin.open().await?;
        settings
            .mistakes
            .iter()
            .for_each(|mistake| remark(sanitize_for_terminal(&format!("mistake: {mistake}"))));
        let is_meant = |name: &Option<String>| name.as_ref() == Some(&self.test);
        let found = settings.destination(&self.test);
        let found =
            found.or_else(|| settings.destinations.iter().find(|destination| is_meant(&destination.name)));
        let destination = found.ok_or_else(|| TestError::Unknown(self.test.clone()))?;
        let sender = HttpSender::new(egress, Deadlines::default());
        let token = format!("{:032x}", fastrand::u128(..));
        let (mut memory, mut shared_memory) = (Memory::default(), Memory::default());
        for notification in
            test_notifications(destination.channel.as_ref(), &destination.id, &token, SystemClock.now())
        {
            send(&sender, destination, &notification, &mut memory, &mut shared_memory).await?;
        }
        say(format!("{} took the test", Named(destination)));
        if !destination.is_enabled {
            remark("it is disabled: it gets nothing else");
        }
        Ok(())
    }
}

/// Sends one notification with all the requests that belong to it.
async fn send(
    sender: &HttpSender,
    destination: &Destination,
    notification: &Notification,
    memory: &mut Memory,
    shared_memory: &mut Memory,
) -> Result<(), TestError> {
    let channel = destination.channel.as_ref();
    let mut progress = Progress::default();
    for _ in 0..MOST_REQUESTS {
        let (known, shared) = (memory.clone(), shared_memory.clone());
        let attempt = Attempt {
            destination: &destination.id,
            notification,
            progress,
            number: 1,
            at: SystemClock.now(),
            memory: &known,
            shared_memory: &shared,
        };
        let Some(request) = channel.request(&attempt) else { return Ok(()) };
        let answer = sender.send(destination, request).await;
        let meaning = channel.interpret(&attempt, &answer);
        *memory = meaning.memory.unwrap_or_else(|| known.clone());
        *shared_memory = meaning.shared_memory.unwrap_or_else(|| shared.clone());
        match meaning.next {
            Next::Request { progress: next, wait } => {
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
                progress = next;
            }
            Next::End(Verdict::Sent) => return Ok(()),
            Next::End(_) => return Err(TestError::Refused(reason(channel, &attempt, &answer))),
        }
    }
    Err(TestError::Refused("it takes more requests than a test may make".to_owned()))
}
