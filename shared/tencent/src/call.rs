//! A call of Cloud Monitor's API: its signed request, and reading what it answers.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use net::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

use crate::access::Access;
use crate::refusal::Refusal;
use crate::signature::{Signing, authorization};

const SERVICE: &str = "monitor";
const CONTENT_TYPE: &str = "application/json";
/// Most rows of one page of alarm histories.
pub(crate) const PAGE_SIZE: usize = 100;

/// Most templates of one page.
pub(crate) const NOTICES_PAGE_SIZE: usize = 200;

/// Most policies of one page.
pub(crate) const POLICIES_PAGE_SIZE: usize = 100;

/// One operation with its parameters.
#[derive(Clone, PartialEq)]
pub struct Call {
    /// Its name, such as `DescribeAlarmHistories`.
    pub action: &'static str,
    version: &'static str,
    parameters: Value,
}

/// An answer that does not say what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// An error, which Tencent puts into HTTP 200.
    #[error("tencent refused `{action}`")]
    Refused {
        /// What was asked.
        action: &'static str,
        /// Why not.
        #[source]
        refusal: Refusal,
    },
    /// Another status than 200: nothing that the API says itself.
    #[error("tencent answered `{action}` with HTTP {status}")]
    Status {
        /// What was asked.
        action: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// Something that is no answer of the API.
    #[error("the answer to `{action}` is not one of tencent's API")]
    Unreadable {
        /// What was asked.
        action: &'static str,
    },
}

impl Call {
    /// The lives of the alarms of `policy_id` that began at `first_occurred_at`, page by page from 1.
    pub fn histories_of(policy_id: &str, first_occurred_at: Timestamp, page: u32) -> Self {
        let second = first_occurred_at.as_second();
        // Both bounds are exclusive.
        let parameters = json!({
            "Module": "monitor", "PageNumber": page, "PageSize": PAGE_SIZE, "Order": "ASC", "PolicyIds": [policy_id],
            "StartTime": second - 1, "EndTime": second + 1,
        });
        Self { action: "DescribeAlarmHistories", version: "2018-07-24", parameters }
    }

    /// The notifications that Tencent sent within `before_secs` before `until`, page by page from 1.
    pub fn notified(until: Timestamp, before_secs: i64, page: u32) -> Self {
        // The number of a page is a text here.
        let parameters = json!({
            "MonitorType": "MT_QCE", "QueryBaseTime": until.as_second(), "QueryBeforeSeconds": before_secs,
            "PageParams": { "PerPage": 20, "PageNo": page.to_string() },
        });
        Self { action: "DescribeAlarmNotifyHistories", version: "2023-06-16", parameters }
    }

    /// The templates by which Tencent notifies, page by page from 1.
    pub fn notices(page: u32) -> Self {
        let parameters =
            json!({ "Module": "monitor", "PageNumber": page, "PageSize": NOTICES_PAGE_SIZE, "Order": "ASC" });
        Self { action: "DescribeAlarmNotices", version: "2018-07-24", parameters }
    }

    /// The policies, each with the templates that it notifies by, page by page from 1.
    pub fn policies(page: u32) -> Self {
        let parameters = json!({ "Module": "monitor", "PageNumber": page, "PageSize": POLICIES_PAGE_SIZE });
        Self { action: "DescribeAlarmPolicies", version: "2018-07-24", parameters }
    }

    /// What makes a template of `parameters`.
    pub(crate) fn create_notice(parameters: Value) -> Self {
        Self { action: "CreateAlarmNotice", version: "2018-07-24", parameters }
    }

    /// What makes a template that is there into one of `parameters`: what they do not name is gone.
    pub(crate) fn modify_notice(parameters: Value) -> Self {
        Self { action: "ModifyAlarmNotice", version: "2018-07-24", parameters }
    }

    /// What deletes the template `id`.
    pub(crate) fn delete_notice(id: &str) -> Self {
        let parameters = json!({ "Module": "monitor", "NoticeIds": [id] });
        Self { action: "DeleteAlarmNotices", version: "2018-07-24", parameters }
    }

    /// What has policies notify by exactly these templates.
    pub(crate) fn set_notices(parameters: Value) -> Self {
        Self { action: "ModifyAlarmPolicyNotice", version: "2018-07-24", parameters }
    }

    /// The request, signed with the key of `access` at `at`.
    pub fn request(&self, access: &Access, at: Timestamp) -> HttpRequest {
        let request = HttpRequest::json(Method::POST, access.endpoint.clone(), &self.parameters);
        let host = access.host();
        let signing =
            Signing { service: SERVICE, host: &host, content_type: CONTENT_TYPE, at, body: &request.body };
        let authorization = authorization(&access.secret_id, &access.secret_key, signing);
        let headers = [
            (HOST, host.clone()),
            (AUTHORIZATION, authorization),
            (HeaderName::from_static("x-tc-action"), self.action.to_owned()),
            (HeaderName::from_static("x-tc-version"), self.version.to_owned()),
            (HeaderName::from_static("x-tc-timestamp"), at.as_second().to_string()),
            (HeaderName::from_static("x-tc-language"), "en-US".to_owned()),
        ];
        headers.into_iter().fold(request, |request, (name, text)| match HeaderValue::from_str(&text) {
            Ok(mut value) => {
                value.set_sensitive(name == AUTHORIZATION);
                request.with_header(name, value)
            }
            // An id and a host are ASCII, numbers are: there is no other text.
            Err(_) => request,
        })
    }

    /// What `answer` says to it.
    pub fn read(&self, answer: &HttpAnswer) -> Result<Value, AnswerError> {
        let action = self.action;
        if answer.status != 200 {
            return Err(AnswerError::Status { action, status: answer.status });
        }
        let response = match answer.json() {
            Value::Object(mut body) => body.remove("Response").filter(Value::is_object),
            _ => None,
        };
        let response = response.ok_or(AnswerError::Unreadable { action })?;
        match Refusal::read(&response) {
            Some(refusal) => Err(AnswerError::Refused { action, refusal }),
            None => Ok(response),
        }
    }
}

impl std::fmt::Debug for Call {
    /// Without the parameters, among which are addresses with tokens.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({})", self.action)
    }
}

impl AnswerError {
    /// Whether the same call may succeed a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Refused { refusal, .. } => refusal.may_pass(),
            Self::Status { .. } => true,
            Self::Unreadable { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &str) -> HttpAnswer {
        HttpAnswer::new(status, HeaderMap::new(), body)
    }

    #[test]
    fn a_request_is_signed_over_the_bytes_that_are_sent() {
        let access = Access::new("AKIDexample", "h1dden", Some("http://127.0.0.1:8080")).unwrap();
        let at = Timestamp::from_second(1_700_003_700).unwrap();
        let call = Call::histories_of("policy-1", Timestamp::from_second(1_700_000_000).unwrap(), 1);
        let request = call.request(&access, at);
        let header = |name: &str| {
            let found = request.headers.iter().find(|(known, _)| known == name);
            found.unwrap().1.to_str().unwrap().to_owned()
        };
        let signing = Signing {
            service: "monitor",
            host: "127.0.0.1:8080",
            content_type: &header("content-type"),
            at,
            body: &request.body,
        };
        assert_eq!(header("authorization"), authorization("AKIDexample", &access.secret_key, signing));
        assert_eq!(
            (header("x-tc-action").as_str(), header("host").as_str()),
            (call.action, "127.0.0.1:8080")
        );
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["StartTime"], &body["EndTime"]), (&json!(1_699_999_999), &json!(1_700_000_001)));
    }

    #[test]
    fn an_error_in_http_200_is_an_error() {
        let call = Call::notified(Timestamp::UNIX_EPOCH, 600, 1);
        let read = |status, body: &str| call.read(&answer(status, body));
        let refused = read(
            200,
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow down"},"RequestId":"r"}}"#,
        );
        assert!(refused.unwrap_err().may_pass());
        assert!(read(200, "<html>").is_err_and(|error| !error.may_pass()));
        assert!(read(200, "[]").is_err() && read(200, r#"{"Response":7}"#).is_err());
        assert!(read(502, "{}").is_err_and(|error| error.may_pass()));
        assert_eq!(read(200, r#"{"Response":{"RequestId":"r"}}"#).unwrap(), json!({ "RequestId": "r" }));
    }
}
