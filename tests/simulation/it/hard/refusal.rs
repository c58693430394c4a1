//! How the table says no (*Error handling with DynamoDB*; the codes within a cancelled transaction are those of
//! *TransactWriteItems*, "TransactionCanceledException").

use campanile::embedded::AwsAnswer;
use http::StatusCode;
use serde_json::{Value, json};

const THROTTLED: &str = "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your \
                         table or index so please try again shortly.";

/// Another transaction is at one of the items of this one.
pub(super) fn transaction_conflict(conflicts: &[bool]) -> AwsAnswer {
    cancelled(conflicts, "TransactionConflict", "Transaction is ongoing for the item")
}

/// The partition of one of the items carries no more.
pub(super) fn transaction_throttled(throttled: &[bool]) -> AwsAnswer {
    cancelled(throttled, "ThrottlingError", THROTTLED)
}

/// A transaction is at the item of this write.
pub(super) fn item_in_transaction() -> AwsAnswer {
    AwsAnswer::error(
        StatusCode::BAD_REQUEST,
        "TransactionConflictException",
        "Transaction is ongoing for the item",
    )
}

/// The transaction with this token is under way.
pub(super) fn transaction_in_progress() -> AwsAnswer {
    let message = "The transaction with the given request token is already in progress";
    AwsAnswer::error(StatusCode::BAD_REQUEST, "TransactionInProgressException", message)
}

/// The partition carries no more.
pub(super) fn throttled() -> AwsAnswer {
    AwsAnswer::error(StatusCode::BAD_REQUEST, "ThrottlingException", THROTTLED)
}

/// Something is wrong at AWS.
pub(super) fn broken() -> AwsAnswer {
    AwsAnswer::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "Internal server error")
}

fn cancelled(refused: &[bool], code: &str, message: &str) -> AwsAnswer {
    let reason = |is_refused: &bool| {
        if *is_refused { json!({ "Code": code, "Message": message }) } else { json!({ "Code": "None" }) }
    };
    let reasons: Vec<_> = refused.iter().map(reason).collect();
    let body = json!({
        "__type": "TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": reasons,
    });
    AwsAnswer { status: StatusCode::BAD_REQUEST, body: body.to_string().into() }
}

/// The code of a refusal; of a cancelled transaction that of the first reason. Nothing for success.
pub(super) fn code_of(answer: &AwsAnswer) -> String {
    if answer.status.is_success() {
        return String::new();
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = body["__type"].as_str().and_then(|name| name.rsplit(['#', '.']).next()).unwrap_or("unknown");
    let mut reasons = body["CancellationReasons"].as_array().into_iter().flatten();
    let reason = reasons.find_map(|reason| reason["Code"].as_str().filter(|code| *code != "None"));
    reason.unwrap_or(code).to_owned()
}
