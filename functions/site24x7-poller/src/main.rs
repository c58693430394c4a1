//! The poller of Site24x7 as a Lambda function that EventBridge Scheduler calls.

use aws::{Configuration, SystemClock, connect, log_to_stdout, serve_events};
use poll::site24x7::Poller;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let configuration = Configuration::from_environment()?;
    log_to_stdout(&configuration.log);
    let poller = Poller::new(connect(configuration).await, SystemClock)?;
    serve_events(move |event, deadline| poller.clone().run(event, deadline)).await
}
