//! The notifier as a Lambda function.

use aws::{Ended, Notifier, connect, serve_batches, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let notifier = Notifier::new(connect(start()).await);
    serve_batches(move |event, time_left| notifier.clone().handle(event, time_left)).await
}
