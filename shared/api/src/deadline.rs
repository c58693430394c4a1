//! How long a change may take: whoever asks for one is answered before their own patience ends.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use intake::{Deadline, StoreError};
use tokio::time::timeout;

use crate::failure::Failure;

/// The gateway waits for 30 seconds, less what the way back takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);

/// Answers 503 where a change is not done in time; what was written of it by then stays written.
pub(crate) async fn in_time(request: Request, next: Next) -> Result<Response, Failure> {
    let left = request.extensions().get().map_or(PATIENCE, |Deadline(left)| PATIENCE.min(*left));
    let out_of_time = |_| Failure::Store(StoreError::OutOfTime { limit_ms: left.as_millis() });
    timeout(left, next.run(request)).await.map_err(out_of_time)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use http_body_util::BodyExt;
    use tokio::time::Instant;
    use tower::ServiceExt;

    use super::*;

    async fn answer(left: Option<Deadline>) -> (u16, String) {
        let slow = post(|| tokio::time::sleep(Duration::from_hours(1)));
        let router: Router = Router::new().route("/", slow).route_layer(from_fn(in_time));
        let mut request = Request::post("/").body(Body::empty()).unwrap();
        request.extensions_mut().extend(
            left.map(|left| {
                let mut extensions = http::Extensions::new();
                extensions.insert(left);
                extensions
            })
            .unwrap_or_default(),
        );
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.into()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_that_hangs_is_answered_503_before_the_gateway_gives_up() {
        let began = Instant::now();
        let (status, body) = answer(None).await;
        assert_eq!((status, began.elapsed()), (503, PATIENCE));
        assert!(body.starts_with(r#"{"error":{"code":"unavailable","message":""#), "{body}");
        let began = Instant::now();
        assert_eq!(answer(Some(Deadline(Duration::from_secs(2)))).await.0, 503);
        assert_eq!(began.elapsed().as_secs(), 2);
    }
}
