//! Which operation of the embedded DynamoDB a call is for.
//!
//! dynoxide has a table like this one, but only behind its own HTTP server. What is missing here is answered as
//! unknown: PartiQL, tags, vectors, and what dynoxide itself has not (backups, point-in-time recovery).

use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::{Database, DynoxideError};
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::disk;
use super::service::{AwsAnswer, AwsCall};

/// Runs `call` to its end, which includes the disk: not for a thread that must not block.
pub(super) fn run(database: &Database, call: &AwsCall) -> AwsAnswer {
    let body = &call.body;
    let output = match call.operation() {
        "BatchGetItem" => with(body, |input| database.batch_get_item(input)),
        "BatchWriteItem" => with(body, |input| database.batch_write_item(input)),
        "CreateTable" => with(body, |input| database.create_table(input)),
        "DeleteItem" => with(body, |input| database.delete_item(input)),
        "DeleteTable" => with(body, |input| database.delete_table(input)),
        "DescribeStream" => with(body, |input| database.describe_stream(input)),
        "DescribeTable" => with(body, |input| database.describe_table(input)),
        "DescribeTimeToLive" => with(body, |input| database.describe_time_to_live(input)),
        "GetItem" => with(body, |input| database.get_item(input)),
        "GetRecords" => with(body, |input| database.get_records(input)),
        "GetShardIterator" => with(body, |input| database.get_shard_iterator(input)),
        "ListStreams" => with(body, |input| database.list_streams(input)),
        "ListTables" => with(body, |input| database.list_tables(input)),
        "PutItem" => with(body, |input| database.put_item(input)),
        "Query" => with(body, |input| database.query(input)),
        "Scan" => with(body, |input| database.scan(input)),
        "TransactGetItems" => with(body, |input| database.transact_get_items(input)),
        "TransactWriteItems" => with(body, |input| database.transact_write_items(without_token(input))),
        "UpdateItem" => with(body, |input| database.update_item(input)),
        "UpdateTable" => with(body, |input| database.update_table(input)),
        "UpdateTimeToLive" => with(body, |input| database.update_time_to_live(input)),
        unknown => return not_supported(unknown),
    };
    disk::note(call, &output);
    output.map_or_else(|error| failure(&error), success)
}

fn with<Input: DeserializeOwned, Output: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Input) -> Result<Output, DynoxideError>,
) -> Result<Vec<u8>, DynoxideError> {
    let input = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    let output = operation(input)?;
    serde_json::to_vec(&output).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The same transaction without its `ClientRequestToken`.
///
/// dynoxide looks through the tokens of the last ten minutes at every transaction, so that a busy table becomes slower by
/// the minute. By a token a repetition by the SDK after a lost answer is recognised, and no answer is lost within one process. Where
/// the SDK gives up waiting and asks again, the conditions of all our transactions know what is there already: a history
/// entry, a guard and a note are put where none is, a silence where it is the one that was read. In AWS the token stays:
/// there an answer can be lost, and the repetition is then answered as done and not as a duplicate.
fn without_token(input: TransactWriteItemsRequest) -> TransactWriteItemsRequest {
    TransactWriteItemsRequest { client_request_token: None, ..input }
}

fn success(output: Vec<u8>) -> AwsAnswer {
    AwsAnswer { status: StatusCode::OK, body: output.into() }
}

fn failure(error: &DynoxideError) -> AwsAnswer {
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    AwsAnswer { status, body: error.to_json().into() }
}

fn not_supported(operation: &str) -> AwsAnswer {
    let message = format!("the embedded table has no operation `{operation}`");
    AwsAnswer::error(StatusCode::BAD_REQUEST, "UnknownOperationException", &message)
}
