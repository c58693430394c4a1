//! The notifier as a Lambda function.

use aws::{Configuration, Notifier, connect, log_to_stdout, serve_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let configuration = Configuration::from_environment()?;
    log_to_stdout(&configuration.log);
    let notifier = Notifier::new(connect(configuration).await);
    serve_batches(move |event, time_left| notifier.clone().handle(event, time_left)).await
}
