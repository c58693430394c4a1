//! The poller of Site24x7 as a Lambda function that EventBridge Scheduler calls.

use aws::{Ended, SystemClock, connect, serve_events, start};
use poll::site24x7::Poller;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let configuration = start().with_site24x7_hosts()?;
    let poller = Poller::new(connect(configuration).await, SystemClock)?;
    serve_events(move |event, deadline| poller.clone().run(event, deadline)).await
}
