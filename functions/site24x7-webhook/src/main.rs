//! The webhook of Site24x7 as a Lambda function.

use aws::{Ended, connect, serve, start};
use intake::Site24x7;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let webhook = connect(start()).await.warm_webhook::<Site24x7>().await;
    serve(move |request| webhook.clone().handle(request)).await
}
