//! The webhook of KAZOO as a Lambda function.

use aws::{Ended, connect, serve, start};
use intake::Kazoo;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let webhook = connect(start()).await.warm_webhook::<Kazoo>().await;
    serve(move |request| webhook.clone().handle(request)).await
}
