//! One HTTP request and its answer, whatever carries them.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// What answers HTTP requests: the local bundle, the deployment, or one function.
#[async_trait]
pub trait Receiver: Send + Sync {
    /// Answers one call; panics where there is no answer at all.
    async fn answer(&self, call: &Call) -> Answer;
}

/// One HTTP request.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its method, which may be none that HTTP knows.
    pub method: String,
    /// Its path, as it is written in the request line.
    pub path: String,
    /// Its query, as it is written in the request line.
    pub query: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
    /// The subject of the TLS client certificate that API Gateway has verified.
    pub client_certificate: Option<String>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Call {
    /// A request without headers and body; `target` is path and query.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            client_certificate: None,
        }
    }

    /// A `GET`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A `POST` of JSON.
    pub fn post(target: &str, body: impl Into<Bytes>) -> Self {
        Self::new("POST", target).header("content-type", "application/json").body(body)
    }

    /// The same with this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without the header `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The same with `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The same with `Authorization: Basic`; `pair` is username, colon, password.
    #[must_use]
    pub fn basic(self, pair: &str) -> Self {
        self.header("authorization", &format!("Basic {}", STANDARD.encode(pair)))
    }

    /// The same over a connection whose client certificate has this subject.
    #[must_use]
    pub fn client_certificate(mut self, subject: &str) -> Self {
        self.client_certificate = Some(subject.to_owned());
        self
    }

    /// The event that API Gateway makes of it for an HTTP API (payload format 2.0).
    ///
    /// See <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.
    pub fn to_event(&self) -> Value {
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            // API Gateway hands the path over decoded, and the query as it was sent.
            "rawPath": percent_decode_str(&self.path).decode_utf8_lossy(),
            "rawQueryString": self.query,
            "headers": self.headers_of_event(),
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api-id",
                "domainName": "alerts.example.org",
                "domainPrefix": "alerts",
                "http": {
                    "method": self.method, "path": self.path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "tests",
                },
                "requestId": "request-id",
                "routeKey": "$default",
                "stage": "$default",
                "time": "12/Mar/2026:19:03:58 +0000",
                "timeEpoch": 1_773_342_238_000_i64,
            },
            "isBase64Encoded": !self.body.is_empty(),
        });
        if !self.body.is_empty() {
            event["body"] = STANDARD.encode(&self.body).into();
        }
        if let Some(subject) = &self.client_certificate {
            event["requestContext"]["authentication"] = json!({ "clientCert": {
                "clientCertPem": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                "subjectDN": subject,
                "issuerDN": "CN=Netdata Root CA",
                "serialNumber": "1",
                "validity": { "notBefore": "Feb 22 12:43:00 2023 GMT", "notAfter": "Feb 19 12:43:00 2033 GMT" },
            }});
        }
        event
    }

    /// Lower-case names; API Gateway joins values of one name with commas.
    fn headers_of_event(&self) -> Value {
        let mut headers = serde_json::Map::new();
        for (name, value) in &self.headers {
            let joined = match headers.get(name).and_then(Value::as_str) {
                Some(earlier) => format!("{earlier},{value}"),
                None => value.clone(),
            };
            headers.insert(name.to_lowercase(), joined.into());
        }
        Value::Object(headers)
    }
}

impl Answer {
    /// What a function's result means to API Gateway.
    pub(crate) fn from_result(result: &Value) -> Self {
        let status = result["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
        let body = result["body"].as_str().unwrap_or_default();
        let is_base64 = result["isBase64Encoded"].as_bool().unwrap_or(false);
        let body =
            if is_base64 { STANDARD.decode(body).unwrap().into() } else { Bytes::from(body.to_owned()) };
        let mut headers = HeaderMap::new();
        for (name, value) in result["headers"].as_object().into_iter().flatten() {
            headers
                .insert(name.parse::<http::HeaderName>().unwrap(), value.as_str().unwrap().parse().unwrap());
        }
        Self { status: status.expect("a result has a status"), headers, body }
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The header `name`, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Whether it promises that what was sent is durable.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
