//! The webhook of Netdata as a Lambda function.

use aws::{Ended, connect, serve, start};
use intake::Netdata;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let webhook = connect(start()).await.warm_webhook::<Netdata>().await;
    serve(move |request| webhook.clone().handle(request)).await
}
