//! The webhook of Tencent as a Lambda function.

use aws::{Configuration, connect, log_to_stdout, serve};
use intake::Tencent;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let configuration = Configuration::from_environment()?;
    log_to_stdout(&configuration.log);
    let webhook = connect(configuration).await.warm_webhook::<Tencent>().await;
    serve(move |request| webhook.clone().handle(request)).await
}
