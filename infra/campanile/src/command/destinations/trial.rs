//! `campanile notify`: a destination is told of something that is not so.

use aws::SystemClock;
use clap::Args;
use intake::Clock as _;
use notify::{Courier, Deadlines, Verdict};

use super::super::terminal_text::sanitize_for_terminal;
use super::super::{Outcome, remark, say};
use super::{Named, Opened, Origin};

/// Send a test to a destination
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
        "there is no destination `{0}` that can be told: `campanile check destinations` lists them, and what is wrong"
    )]
    Unknown(String),
    #[error("the test was not taken: {0}")]
    Refused(String),
}

impl Notify {
    pub(in crate::command) async fn run(self) -> Outcome {
        let Opened { settings, reach } = self.origin.open().await?;
        settings
            .mistakes
            .iter()
            .for_each(|mistake| remark(sanitize_for_terminal(&format!("mistake: {mistake}"))));
        let is_meant = |name: &Option<String>| name.as_ref() == Some(&self.test);
        let found = settings.destination(&self.test);
        let found =
            found.or_else(|| settings.destinations.iter().find(|destination| is_meant(&destination.name)));
        let destination = found.ok_or_else(|| TestError::Unknown(self.test.clone()))?;
        let courier = Courier::new(std::slice::from_ref(destination), reach, Deadlines::default())?;
        let token = format!("{:032x}", fastrand::u128(..));
        let outcome = courier.test(destination, &token, SystemClock.now()).await;
        if outcome.verdict != Verdict::Sent {
            return Err(TestError::Refused(outcome.reason.unwrap_or_default()).into());
        }
        say(format!("{} took the test", Named(destination)));
        if !destination.is_enabled {
            remark("it is disabled: it is told of nothing else");
        }
        Ok(())
    }
}
