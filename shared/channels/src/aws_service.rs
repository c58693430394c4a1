//! How the operations of [`Request::Aws`](crate::Request::Aws) go over HTTP: each service's host, its request before it is
//! signed, and its answer in the one form that channels read.
//!
//! `EventBridge` speaks [JSON 1.1](https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html), SES REST with JSON, and
//! SNS nothing but the [Query protocol](https://smithy.io/2.0/aws/protocols/aws-query-protocol.html).

mod json_1_1;
mod query;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use net::{HttpAnswer, HttpRequest, sanitize};
use serde_json::{Value, json};
use url::Url;

use crate::aws::Refusal;

/// An operation of a service of AWS that notifies destinations, or inspects them.
#[derive(Debug, PartialEq, Eq)]
pub struct AwsService {
    /// What [`Request::Aws`](crate::Request::Aws) calls it.
    pub name: &'static str,
    /// The type of the destinations that it notifies.
    pub type_name: &'static str,
    /// The name that a signature is made out to.
    pub signing_name: &'static str,
    /// Its id in the SDKs, by which their configuration names an endpoint of its own.
    pub sdk_id: &'static str,
    host_prefix: &'static str,
    protocol: Protocol,
}

/// How an operation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Query {
        action: &'static str,
        version: &'static str,
    },
    Json {
        target: &'static str,
    },
    Rest {
        path: &'static str,
    },
    /// Without an input.
    Read {
        path: &'static str,
    },
}

/// For each type the operation that notifies comes first.
const SERVICES: [AwsService; 6] = [
    AwsService {
        name: "sns",
        type_name: "sns",
        signing_name: "sns",
        sdk_id: "SNS",
        host_prefix: "sns",
        protocol: Protocol::Query { action: "Publish", version: "2010-03-31" },
    },
    AwsService {
        name: "eventbridge",
        type_name: "eventbridge",
        signing_name: "events",
        sdk_id: "EventBridge",
        host_prefix: "events",
        protocol: Protocol::Json { target: "AWSEvents.PutEvents" },
    },
    AwsService {
        name: "ses",
        type_name: "email",
        signing_name: "ses",
        sdk_id: "SESv2",
        host_prefix: "email",
        protocol: Protocol::Rest { path: "/v2/email/outbound-emails" },
    },
    AwsService {
        name: "sns:GetTopicAttributes",
        type_name: "sns",
        signing_name: "sns",
        sdk_id: "SNS",
        host_prefix: "sns",
        protocol: Protocol::Query { action: "GetTopicAttributes", version: "2010-03-31" },
    },
    AwsService {
        name: "eventbridge:DescribeEventBus",
        type_name: "eventbridge",
        signing_name: "events",
        sdk_id: "EventBridge",
        host_prefix: "events",
        protocol: Protocol::Json { target: "AWSEvents.DescribeEventBus" },
    },
    AwsService {
        name: "ses:GetAccount",
        type_name: "email",
        signing_name: "ses",
        sdk_id: "SESv2",
        host_prefix: "email",
        protocol: Protocol::Read { path: "/v2/email/account" },
    },
];

impl AwsService {
    /// The service that [`Request::Aws`](crate::Request::Aws) calls `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// The service that notifies destinations of type `type_name`, if it is one of AWS.
    pub fn of_type(type_name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.type_name == type_name)
    }

    /// Its host in `region`.
    pub fn host(&self, region: &str) -> String {
        let end = if region.starts_with("cn-") { ".cn" } else { "" };
        format!("{}.{region}.amazonaws.com{end}", self.host_prefix)
    }

    /// What `input` says, to whom and how much of it: nothing of its links, which let whoever has them act.
    pub fn summary(&self, input: &Value) -> String {
        let text = |place: &str| input.pointer(place).and_then(Value::as_str);
        let to = ["/TopicArn", "/Entries/0/EventBusName", "/Destination/ToAddresses/0", "/Name"];
        let what = ["/Subject", "/Entries/0/DetailType", "/Content/Simple/Subject/Data"];
        let to = to.iter().find_map(|place| text(place)).unwrap_or(self.name);
        let what = what.iter().find_map(|place| text(place)).unwrap_or("a message");
        sanitize::line(&format!("`{what}` to {to}, {} bytes", input.to_string().len()))
    }

    /// The operation with `input` at `endpoint`, not signed yet.
    pub fn request(&self, endpoint: &Url, input: &Value) -> HttpRequest {
        let (path, content_type, body) = match self.protocol {
            Protocol::Query { action, version } => {
                ("/", "application/x-www-form-urlencoded; charset=utf-8", query::form(action, version, input))
            }
            Protocol::Json { .. } => {
                ("/", "application/x-amz-json-1.1", json_1_1::with_seconds(input).to_string())
            }
            Protocol::Rest { path } => (path, "application/json", input.to_string()),
            Protocol::Read { path } => return HttpRequest::get(at(endpoint, path)),
        };
        let content_type = (CONTENT_TYPE, HeaderValue::from_static(content_type));
        let request = HttpRequest {
            method: Method::POST,
            url: at(endpoint, path),
            headers: vec![content_type],
            body: body.into_bytes(),
        };
        let Protocol::Json { target } = self.protocol else { return request };
        request.with_header(json_1_1::TARGET, HeaderValue::from_static(target))
    }

    /// `answer` with the body that [`Request::Aws`](crate::Request::Aws) promises. One that does not come from the service,
    /// as a proxy's, stays as it is: its status decides.
    pub fn answer(&self, answer: HttpAnswer) -> HttpAnswer {
        let body = match (self.protocol, answer.is_success()) {
            (Protocol::Query { .. }, true) => query::output(&answer.text()),
            (Protocol::Query { .. }, false) => query::refusal(&answer.text()).as_ref().map(error),
            (_, true) => None,
            (_, false) => Refusal::of(&answer).as_ref().map(error),
        };
        match body {
            Some(body) => HttpAnswer { body: body.to_string().into_bytes(), ..answer },
            None => answer,
        }
    }
}

/// `path` at `endpoint`, which may have a path itself.
fn at(endpoint: &Url, path: &str) -> Url {
    let mut url = endpoint.clone();
    url.set_path(&format!("{}{path}", endpoint.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

fn error(refusal: &Refusal) -> Value {
    json!({ "__type": refusal.code, "message": refusal.message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_its_hosts() {
        let host = |name: &str, region: &str| AwsService::named(name).unwrap().host(region);
        assert_eq!(host("sns", "eu-central-1"), "sns.eu-central-1.amazonaws.com");
        assert_eq!(host("eventbridge", "cn-north-1"), "events.cn-north-1.amazonaws.com.cn");
        assert_eq!(host("ses", "us-gov-west-1"), "email.us-gov-west-1.amazonaws.com");
    }

    #[test]
    fn an_endpoint_keeps_its_own_path() {
        let at = |endpoint: &str, path: &str| at(&endpoint.parse().unwrap(), path).to_string();
        assert_eq!(
            at("https://sns.eu-central-1.amazonaws.com", "/"),
            "https://sns.eu-central-1.amazonaws.com/"
        );
        assert_eq!(at("http://127.0.0.1:4566/aws/?x#y", "/v2/email"), "http://127.0.0.1:4566/aws/v2/email");
    }
}
