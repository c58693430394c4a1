//! The types of AWS as they go over HTTP: what each service is sent, and what its own answers mean.

use channels::testing::{channel, notification, now};
use channels::{Attempt, AwsService, Event, Interpretation, Next, Probe, Progress, Request, Verdict};
use http::{HeaderMap, HeaderValue};
use net::{HttpAnswer, HttpRequest};
use serde_json::{Value, json};

const PUBLISHED: &str = r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
  <PublishResult><MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId><SequenceNumber>10000000000000003000</SequenceNumber></PublishResult>
  <ResponseMetadata><RequestId>f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ResponseMetadata>
</PublishResponse>"#;

/// What a destination of type `type_name` asks of its service, and at what input.
fn sent(type_name: &str, more: &Value) -> (HttpRequest, Value) {
    let (channel, notification) = (channel(type_name, "", more), notification(Event::Opened));
    let attempt = Attempt::first("ops", &notification, now());
    let Some(Request::Aws { service, input }) = channel.request(&attempt) else { unreachable!("by AWS") };
    let service = AwsService::named(service).unwrap();
    assert_eq!(AwsService::of_type(type_name), Some(service));
    let endpoint = format!("https://{}", service.host("eu-central-1")).parse().unwrap();
    (service.request(&endpoint, &input), input)
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let (_, value) = request.headers.iter().find(|(known, _)| known == name)?;
    value.to_str().ok()
}

/// What the service's own answer means to a destination of type `type_name`.
fn meaning(type_name: &str, answer: HttpAnswer) -> (Interpretation, Value) {
    let (channel, notification) = (channel(type_name, "", &json!({})), notification(Event::Opened));
    let attempt = Attempt::first("ops", &notification, now());
    let answer = AwsService::of_type(type_name).unwrap().answer(answer);
    let body = answer.json();
    (channel.interpret(&attempt, &Ok(answer)), body)
}

fn xml_error(status: u16, code: &str) -> HttpAnswer {
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>Rate &lt;exceeded&gt; &amp; more</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    );
    HttpAnswer::new(status, HeaderMap::new(), body)
}

#[test]
fn a_topic_gets_a_form() {
    let (request, input) = sent("sns", &json!({}));
    assert_eq!(request.url.as_str(), "https://sns.eu-central-1.amazonaws.com/");
    assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded; charset=utf-8"));
    let pairs: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!((value("Action"), value("Version")), (Some("Publish"), Some("2010-03-31")));
    for name in ["TopicArn", "Message", "Subject"] {
        assert_eq!(value(name), input[name].as_str(), "{name}");
    }
    let attributes = input["MessageAttributes"].as_object().unwrap();
    assert!(attributes.len() > 3);
    for number in 1..=attributes.len() {
        let entry = |member: &str| value(&format!("MessageAttributes.entry.{number}.{member}")).unwrap();
        assert_eq!(attributes[entry("Name")]["StringValue"], entry("Value.StringValue"));
        assert_eq!(entry("Value.DataType"), "String");
    }
    assert_eq!(pairs.len(), 5 + 3 * attributes.len());
}

#[test]
fn a_bus_gets_json_with_its_time_in_seconds() {
    let (request, mut input) = sent("eventbridge", &json!({}));
    assert_eq!(request.url.as_str(), "https://events.eu-central-1.amazonaws.com/");
    assert_eq!(header(&request, "content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(header(&request, "x-amz-target"), Some("AWSEvents.PutEvents"));
    let time: jiff::Timestamp = input["Entries"][0]["Time"].as_str().unwrap().parse().unwrap();
    input["Entries"][0]["Time"] = time.as_second().into();
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), input);
}

#[test]
fn a_mail_goes_to_version_2() {
    let (request, input) = sent("email", &json!({}));
    assert_eq!(request.url.as_str(), "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails");
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), input);
}

#[test]
fn a_topic_that_took_it_names_it() {
    let (meaning, body) = meaning("sns", HttpAnswer::new(200, HeaderMap::new(), PUBLISHED));
    assert_eq!(meaning.receipt.as_deref(), Some("94f20ce6-13c5-43a0-9a9e-ca52d816e90b"));
    assert_eq!(body["SequenceNumber"], "10000000000000003000");
    assert_eq!(meaning.next, Next::End(Verdict::Sent));
}

#[test]
fn half_an_answer_of_a_topic_is_no_success() {
    let mut answer = HttpAnswer::new(200, HeaderMap::new(), &PUBLISHED[..120]);
    answer.is_complete = false;
    assert!(matches!(meaning("sns", answer).0.next, Next::End(Verdict::Retry { .. })));
}

#[test]
fn every_service_says_in_its_own_way_what_follows() {
    let retry = Verdict::Retry { from: Progress::default(), wait: None };
    let json_error = |code: &str| {
        let body = json!({ "__type": format!("com.amazonaws.events#{code}"), "message": "because" });
        HttpAnswer::new(400, HeaderMap::new(), body.to_string())
    };
    let rest_error = |code: &str| {
        let kind = HeaderValue::try_from(format!("{code}:http://internal.amazon.com/")).unwrap();
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-amzn-errortype"), kind)]);
        HttpAnswer::new(400, headers, json!({ "message": "because" }).to_string())
    };
    for (type_name, code, answer, verdict) in [
        ("sns", "Throttling", xml_error(400, "Throttling"), retry.clone()),
        ("sns", "ExpiredToken", xml_error(403, "ExpiredToken"), retry.clone()),
        ("sns", "InternalError", xml_error(500, "InternalError"), retry.clone()),
        (
            "sns",
            "AuthorizationError",
            xml_error(403, "AuthorizationError"),
            Verdict::Suspended(Probe::Hourly),
        ),
        ("sns", "NotFound", xml_error(404, "NotFound"), Verdict::Suspended(Probe::Never)),
        ("sns", "InvalidParameter", xml_error(400, "InvalidParameter"), Verdict::Failed),
        ("eventbridge", "ThrottlingException", json_error("ThrottlingException"), retry.clone()),
        ("eventbridge", "ExpiredTokenException", json_error("ExpiredTokenException"), retry.clone()),
        (
            "eventbridge",
            "InvalidSignatureException",
            json_error("InvalidSignatureException"),
            Verdict::Suspended(Probe::Hourly),
        ),
        ("email", "TooManyRequestsException", rest_error("TooManyRequestsException"), retry),
        ("email", "MessageRejected", rest_error("MessageRejected"), Verdict::Failed),
        (
            "email",
            "AccessDeniedException",
            rest_error("AccessDeniedException"),
            Verdict::Suspended(Probe::Hourly),
        ),
    ] {
        let (meaning, body) = meaning(type_name, answer);
        assert_eq!(meaning.next, Next::End(verdict), "{type_name} {code}");
        assert_eq!(body["__type"], code, "{type_name}");
        let message = if type_name == "sns" { "Rate <exceeded> & more" } else { "because" };
        assert_eq!(body["message"], message);
    }
}

#[test]
fn a_proxy_in_between_is_judged_by_its_status() {
    for type_name in ["sns", "eventbridge", "email"] {
        let answer = HttpAnswer::new(502, HeaderMap::new(), "<html>Bad Gateway</html>");
        let (meaning, _) = meaning(type_name, answer);
        assert!(matches!(meaning.next, Next::End(Verdict::Retry { .. })), "{type_name}");
    }
}
