//! What the operations of AWS answer.

use channels::testing::{channel, notification, now};
use channels::{Attempt, Event, Memory, Next, Verdict};
use serde_json::json;

use super::{FAILED, GONE, PROBED, answer, assert_limited, check, interpret, retry};

fn error(code: &str) -> String {
    json!({ "__type": code, "message": "m" }).to_string()
}

fn error_saying(code: &str, message: &str) -> String {
    json!({ "__type": code, "message": message }).to_string()
}

#[test]
fn codes_that_all_services_have_go_before_the_status() {
    for type_name in ["sns", "eventbridge", "email"] {
        for (status, code, verdict) in [
            (400, "ThrottlingException", retry()),
            (400, "Throttling", retry()),
            (429, "Throttled", retry()),
            (400, "RequestLimitExceeded", retry()),
            (400, "ExpiredToken", retry()),
            (403, "ExpiredTokenException", retry()),
            (500, "InternalFailure", retry()),
            (503, "ServiceUnavailable", retry()),
            (403, "AccessDenied", PROBED),
            (400, "AccessDeniedException", PROBED),
            (403, "AuthorizationError", PROBED),
            (403, "InvalidClientTokenId", PROBED),
            (400, "UnrecognizedClientException", PROBED),
            (403, "SignatureDoesNotMatch", PROBED),
            (403, "OptInRequired", PROBED),
            (404, "NotFound", GONE),
            (400, "ValidationException", FAILED),
            (400, "SomethingNew", FAILED),
            (500, "SomethingNew", retry()),
        ] {
            check(type_name, &[(status, &error(code), verdict)]);
        }
    }
}

#[test]
fn a_code_is_found_wherever_a_protocol_puts_it() {
    let in_header = [("x-amzn-errortype", "NotFoundException:http://internal.amazon.com/coral/")];
    let of = |answer| interpret("email", answer).next;
    assert_eq!(of(answer(400, &in_header, r#"{"message":"m"}"#)), Next::End(GONE));
    let with_namespace = error("com.amazonaws.sesv2#NotFoundException");
    assert_eq!(of(answer(404, &[], &with_namespace)), Next::End(GONE));
    assert_eq!(of(answer(404, &[], r#"{"code":"NotFoundException"}"#)), Next::End(GONE));
}

#[test]
fn sns_success_is_a_message_id() {
    let published = interpret("sns", answer(200, &[], r#"{"MessageId":"m-1","SequenceNumber":"1"}"#));
    assert_eq!((published.next, published.receipt.as_deref()), (Next::End(Verdict::Sent), Some("m-1")));
    check("sns", &[(200, "{}", FAILED)]);
}

#[test]
fn sns_has_codes_of_its_own() {
    for (status, code, verdict) in [
        (400, "InvalidParameter", FAILED),
        (400, "ParameterValueInvalid", FAILED),
        (403, "InvalidSecurity", PROBED),
        (500, "InternalError", retry()),
        (400, "KMSAccessDenied", PROBED),
        (400, "KMSDisabled", PROBED),
        (400, "KMSInvalidState", PROBED),
        (400, "KMSNotFound", PROBED),
        (403, "KMSOptInRequired", PROBED),
        (400, "KMSThrottling", retry()),
        (400, "EndpointDisabled", FAILED),
        (400, "PlatformApplicationDisabled", FAILED),
    ] {
        check("sns", &[(status, &error(code), verdict)]);
    }
}

#[test]
fn a_success_of_eventbridge_can_hold_a_failure() {
    let taken = r#"{"FailedEntryCount":0,"Entries":[{"EventId":"e-1"}]}"#;
    let taken = interpret("eventbridge", answer(200, &[], taken));
    assert_eq!((taken.next, taken.receipt.as_deref()), (Next::End(Verdict::Sent), Some("e-1")));
    for (code, verdict) in [
        ("ThrottlingException", retry()),
        ("InternalFailure", retry()),
        ("InternalException", retry()),
        ("NotAuthorizedForSourceException", PROBED),
        ("NotAuthorizedForDetailTypeException", PROBED),
        ("AccessDeniedException", PROBED),
        ("InvalidAccountIdException", PROBED),
        ("MalformedDetail", FAILED),
        ("InvalidArgument", FAILED),
        ("RedactionFailure", FAILED),
        ("ResourceNotFoundException", GONE),
        ("SomethingNew", FAILED),
    ] {
        let failed =
            json!({ "FailedEntryCount": 1, "Entries": [{ "ErrorCode": code, "ErrorMessage": "m" }] });
        check("eventbridge", &[(200, &failed.to_string(), verdict)]);
    }
    check("eventbridge", &[(200, r#"{"FailedEntryCount":1,"Entries":[]}"#, retry()), (200, "{}", FAILED)]);
}

#[test]
fn ses_has_codes_of_its_own_and_sentences() {
    for (status, code, message, verdict) in [
        (429, "TooManyRequestsException", "m", retry()),
        (400, "ThrottlingException", "Maximum sending rate exceeded.", retry()),
        (400, "AccountSuspendedException", "m", PROBED),
        (400, "SendingPausedException", "m", PROBED),
        (400, "MailFromDomainNotVerifiedException", "m", PROBED),
        (400, "MessageRejected", "Email address is not verified. The following identities failed", PROBED),
        (400, "MessageRejected", "Transaction failed: File type is not allowed", FAILED),
        (400, "BadRequestException", "m", FAILED),
        (404, "NotFoundException", "Configuration set <x> does not exist.", GONE),
    ] {
        check("email", &[(status, &error_saying(code, message), verdict)]);
    }
    let quota = error_saying("ThrottlingException", "Daily message quota exceeded.");
    assert_limited(&interpret("email", answer(400, &[], &quota)), 600);
    assert_limited(&interpret("email", answer(400, &[], &error("LimitExceededException"))), 600);
}

#[test]
fn a_refused_mail_begins_no_thread() {
    let email = channel("email", "", &json!({}));
    let opened = notification(Event::Opened);
    let attempt = Attempt::first("ops", &opened, now());
    let of = |status, body: &str| email.interpret(&attempt, &Ok(answer(status, &[], body))).memory;
    let known = json!({ "thread": opened.id, "subject": "[Campanile] used_swap on db-1" });
    assert_eq!(of(200, r#"{"MessageId":"m-1"}"#), Some(Memory(known)));
    assert_eq!(of(400, &error("ThrottlingException")), None);
    assert_eq!(of(200, "{}"), None);
}
