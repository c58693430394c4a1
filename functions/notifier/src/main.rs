//! The notifier as a Lambda function.

use aws::{Ended, Notifier, connect, serve_batches, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let notifier = Notifier::new(connect(start()).await);
    serve_batches(move |event, deadline| notifier.clone().handle(event, deadline)).await
}
