//! The API as a Lambda function.

use api::AlertsApi;
use aws::{Ended, connect, serve, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let api = AlertsApi::new(connect(start()).await);
    serve(move |request| api.clone().handle(request)).await
}
