//! A handler of plain HTTP requests, run as a Lambda function behind API Gateway's HTTP API (payload format 2.0).
//!
//! lambda_http's own conversion panics where a path or query is no valid URI, and senders' are not always: here
//! such bytes are percent-encoded instead.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::FutureExt;
use http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use intake::{COUNTS, ClientCertificate};
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Body, Error, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use serde_json::Value;

use crate::Ended;
use crate::deadline::reply_deadline;

/// What a URI's query cannot hold.
const UNFIT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'#');
/// What a URI's path cannot hold, or holds with another meaning. API Gateway hands the path over decoded, so that a `%`
/// is a sender's own character and no escape, and `?` does not begin the query.
const UNFIT_IN_PATH: &AsciiSet = &UNFIT.add(b'%').add(b'?');

/// Serves `handle` until Lambda ends the process.
///
/// The request that it gets is API Gateway's, with the body decoded, the verified [`ClientCertificate`] and the
/// [`Deadline`](intake::Deadline) as extensions.
pub async fn serve<H, F>(handle: H) -> Result<(), Ended>
where
    H: Fn(Request<Bytes>) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Bytes>> + Send + 'static,
{
    let handle = Arc::new(handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handle = Arc::clone(&handle);
        // Boxed, because the compiler gives up on the depth of the future's type otherwise.
        async move {
            let response = handle(to_request(event)?).boxed().await;
            count_failure(response.status());
            Ok::<_, Error>(to_event(response))
        }
        .boxed()
    }))
    .await
    .map_err(Ended::from)
}

/// Counts an answer of the 500s, for an alarm: whichever function gave it, and whatever it was.
fn count_failure(status: StatusCode) {
    if status.is_server_error() {
        tracing::trace!(target: COUNTS, measure = "ResponsesFailed", count = 1);
    }
}

fn to_request(event: LambdaEvent<Value>) -> Result<Request<Bytes>, Error> {
    let (mut event, context) = event.into_parts();
    let certificate = certificate(&mut event);
    let event: ApiGatewayV2httpRequest = serde_json::from_value(event)?;
    let mut request = Request::new(body(event.body.unwrap_or_default(), event.is_base64_encoded)?);
    *request.uri_mut() =
        uri(&event.raw_path.unwrap_or_default(), &event.raw_query_string.unwrap_or_default())?;
    *request.headers_mut() = event.headers;
    // The gateway takes cookies out of the headers.
    let cookies = event.cookies.unwrap_or_default();
    let cookies = cookies.iter().filter_map(|cookie| HeaderValue::try_from(cookie.as_str()).ok());
    request.headers_mut().extend(cookies.map(|cookie| (header::COOKIE, cookie)));
    if let Some(certificate) = certificate {
        request.extensions_mut().insert(certificate);
    }
    request.extensions_mut().insert(reply_deadline(&context));
    *request.method_mut() = event.request_context.http.method;
    Ok(request)
}

/// Takes the client certificate out of an event: of it only the subject matters, and an event without the rest of
/// it must not fail.
fn certificate(event: &mut Value) -> Option<ClientCertificate> {
    let authentication = event.pointer_mut("/requestContext/authentication")?.take();
    let subject_dn = authentication.pointer("/clientCert/subjectDN")?.as_str()?.to_owned();
    Some(ClientCertificate { subject_dn })
}

fn body(text: String, is_base64: bool) -> Result<Bytes, Error> {
    Ok(if is_base64 { STANDARD.decode(text)?.into() } else { text.into() })
}

/// The path decoded and the query as it was sent, as one address; what does not fit is percent-encoded.
fn uri(path: &str, query: &str) -> Result<Uri, Error> {
    let path = percent_encode(path.strip_prefix('/').unwrap_or(path).as_bytes(), UNFIT_IN_PATH);
    let target = match query {
        "" => format!("/{path}"),
        query => format!("/{path}?{}", percent_encode(query.as_bytes(), UNFIT)),
    };
    Ok(target.parse()?)
}

fn to_event(response: Response<Bytes>) -> ApiGatewayV2httpResponse {
    let (mut parts, body) = response.into_parts();
    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = parts.status.as_u16().into();
    // A header has one value there, and cookies have a place of their own.
    let cookies = parts.headers.get_all(header::SET_COOKIE).into_iter();
    event.cookies = cookies.filter_map(|cookie| Some(cookie.to_str().ok()?.to_owned())).collect();
    parts.headers.remove(header::SET_COOKIE);
    event.headers = parts.headers;
    match String::from_utf8(body.into()) {
        Ok(text) => event.body = Some(Body::Text(text)),
        Err(bytes) => {
            event.body = Some(Body::Binary(bytes.into_bytes()));
            event.is_base64_encoded = true;
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &Value) -> LambdaEvent<Value> {
        let mut event = serde_json::json!({
            "version": "2.0", "rawPath": "/kazoo/abc", "rawQueryString": "", "headers": { "x-hook-id": "h1" },
            "requestContext": { "http": { "method": "PUT", "path": "/kazoo/abc" }, "timeEpoch": 0 },
            "isBase64Encoded": false,
        });
        for (key, value) in json.as_object().unwrap() {
            event[key] = value.clone();
        }
        LambdaEvent::new(event, lambda_http::Context::default())
    }

    #[test]
    fn an_event_becomes_the_request_it_was() {
        let given = event(
            &serde_json::json!({ "body": "YT0x", "isBase64Encoded": true, "rawQueryString": "hook=all" }),
        );
        let request = to_request(given).unwrap();
        assert_eq!(
            (request.method().as_str(), request.uri().to_string().as_str()),
            ("PUT", "/kazoo/abc?hook=all")
        );
        assert_eq!(
            (request.headers()["x-hook-id"].as_bytes(), &request.body()[..]),
            (&b"h1"[..], &b"a=1"[..])
        );
    }

    #[test]
    fn what_is_no_uri_is_encoded_and_not_refused() {
        let given = event(&serde_json::json!({ "rawQueryString": "a={\"b\"}&c=ü&d[e]=1" }));
        let request = to_request(given).unwrap();
        assert_eq!(request.uri().query(), Some("a=%7B%22b%22%7D&c=%C3%BC&d[e]=1"));
    }

    #[test]
    fn a_path_arrives_decoded_and_means_what_the_sender_wrote() {
        for (raw, path) in [
            ("/netdata/50%", "/netdata/50%25"),
            ("/netdata/a?b#c", "/netdata/a%3Fb%23c"),
            ("/netdata/a%2Fb", "/netdata/a%252Fb"),
            ("/netdata/ü {x}", "/netdata/%C3%BC%20%7Bx%7D"),
            ("/v1/alerts", "/v1/alerts"),
            ("//evil.example/x", "//evil.example/x"),
            ("", "/"),
        ] {
            let request =
                to_request(event(&serde_json::json!({ "rawPath": raw, "rawQueryString": "q=1%2F" })));
            let uri = request.unwrap().uri().clone();
            assert_eq!((uri.path(), uri.query()), (path, Some("q=1%2F")), "{raw}");
        }
    }

    #[test]
    fn cookies_are_handed_on_both_ways() {
        let request = to_request(event(&serde_json::json!({ "cookies": ["a=1", "b=2"] }))).unwrap();
        let cookies: Vec<_> = request.headers().get_all(header::COOKIE).iter().collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
        let response = Response::builder().header("set-cookie", "a=; Max-Age=0").header("set-cookie", "b=2");
        let event = to_event(response.header("location", "/").body(Bytes::new()).unwrap());
        assert_eq!(event.cookies, ["a=; Max-Age=0", "b=2"]);
        assert!(!event.headers.contains_key("set-cookie") && event.headers["location"] == "/");
    }

    #[test]
    fn the_verified_client_certificate_is_handed_on() {
        let context = serde_json::json!({
            "http": { "method": "POST", "path": "/netdata" }, "timeEpoch": 0,
            "authentication": { "clientCert": { "subjectDN": "CN=app.netdata.cloud" } },
        });
        let request = to_request(event(&serde_json::json!({ "requestContext": context }))).unwrap();
        let certificate = request.extensions().get::<ClientCertificate>().unwrap();
        assert_eq!(certificate.subject_dn, "CN=app.netdata.cloud");
    }
}
