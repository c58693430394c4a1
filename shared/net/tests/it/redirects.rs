//! Nobody is followed.

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::servers::{client, request};

#[tokio::test]
async fn a_redirect_is_an_answer_and_nobody_is_followed() {
    let elsewhere = MockServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let server = MockServer::start().await;
        let redirect = ResponseTemplate::new(status).insert_header("Location", elsewhere.uri());
        Mock::given(any()).respond_with(redirect).mount(&server).await;
        assert_eq!(client().send(request(&server.uri())).await.unwrap().status, status);
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}
