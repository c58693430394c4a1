//! The API as a Lambda function.

use api::AlertsApi;
use aws::{Configuration, connect, log_to_stdout, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let configuration = Configuration::from_environment()?;
    log_to_stdout(&configuration.log);
    let api = AlertsApi::new(connect(configuration).await);
    serve(move |request| api.clone().handle(request)).await
}
