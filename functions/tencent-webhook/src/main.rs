//! The webhook of Tencent as a Lambda function.

use aws::{Ended, connect, serve, start};
use intake::Tencent;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let webhook = connect(start()).await.warm_webhook::<Tencent>().await;
    serve(move |request| webhook.clone().handle(request)).await
}
