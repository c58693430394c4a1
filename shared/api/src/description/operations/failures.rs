//! How operations fail: the statuses, each with what it means and an example.

use serde_json::{Map, Value, json};

/// Status, name among the components, what it means, and an example of the body.
pub(super) const FAILURES: [(&str, &str, &str, &str, &str); 7] = [
    (
        "400",
        "BadRequest",
        "A parameter or the body is wrong; the message names it and the remedy.",
        "bad_request",
        "limit: `0` is not between 1 and 1000",
    ),
    (
        "401",
        "Unauthorized",
        "No token, or one that is not known.",
        "unauthorized",
        "no token that is known: send one as `Authorization: Bearer TOKEN`, or as the password of HTTP Basic",
    ),
    (
        "403",
        "Forbidden",
        "The token may only read.",
        "forbidden",
        "this token may read only: use one with the role `write`",
    ),
    (
        "404",
        "NotFound",
        "There is none of this name.",
        "not_found",
        "there is no alert `9b74c9897bac770ffc029102a200c5de`",
    ),
    (
        "409",
        "Conflict",
        "It makes no sense with the alert as it is.",
        "conflict",
        "the alert is resolved already: only a firing one can be taken or ended",
    ),
    (
        "422",
        "NotUnderstood",
        "The stored request is still not understood.",
        "not_understood",
        "it is still not understood: the body has a shape that is not known",
    ),
    (
        "503",
        "Unavailable",
        "Something that is needed does not answer: try again.",
        "unavailable",
        "the table cannot be used at present: try again",
    ),
];

/// What the description has among its components.
pub(super) fn failures() -> Map<String, Value> {
    let failures = FAILURES.iter().map(|(_, name, description, code, message)| {
        let content = json!({ "application/json": {
            "schema": { "$ref": "#/components/schemas/Refusal" },
            "example": { "error": { "code": code, "message": message } },
        } });
        ((*name).to_owned(), json!({ "description": description, "content": content }))
    });
    failures.collect()
}
