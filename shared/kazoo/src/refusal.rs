//! What Crossbar refuses, and why.

use std::fmt;

use serde_json::Value;

use crate::answer::Answer;
use crate::document::text;
use crate::error::Operation;
use crate::redaction::Redaction;

/// Why Crossbar refused a request. What it echoes is shown without secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 401 at the login: wrong user name, password or account.
    #[error("KAZOO does not know these credentials: check the user name, the password and the account")]
    InvalidCredentials,
    /// 404 at the login: KAZOO does not know the API key.
    #[error("KAZOO does not know this API key: copy it from the account again")]
    UnknownApiKey,
    /// 401 at the login: a second factor is asked for.
    #[error("KAZOO asks for a second factor, which a command cannot give: use the account's API key")]
    SecondFactorNeeded,
    /// 401: too many failed logins.
    #[error(
        "KAZOO has locked the account after too many failed logins: wait, and check the credentials first"
    )]
    AccountLocked,
    /// 401 even with a new token.
    #[error("KAZOO does not accept the token it has just given: check that the account is the user's own")]
    TokenRejected,
    /// 400: the document breaks KAZOO's rules.
    #[error("KAZOO does not accept the document: {}", joined(.0))]
    Validation(Vec<FieldProblem>),
    /// 400 `parse_error`.
    #[error("KAZOO could not read the request as JSON: something between here and there changes it")]
    BadJson,
    /// 403: outside of the user's account tree.
    #[error(
        "the account is not among those that these credentials may change: log in to it or to its reseller"
    )]
    Forbidden,
    /// 405.
    #[error("KAZOO does not offer this at this address: check that the address ends in Crossbar's `/v2`")]
    MethodNotAllowed,
    /// 404: no such account, hook or path.
    #[error("KAZOO has no such thing{}: check the account and the address", named(.identifiers))]
    NotFound {
        /// What KAZOO says it does not have.
        identifiers: Vec<String>,
    },
    /// 409, also after the document was read again.
    #[error("somebody else is changing the same document: run the command again")]
    Conflict,
    /// 423.
    #[error("KAZOO has disabled the account, or it has expired: ask the reseller")]
    AccountDisabled,
    /// 429, also after waiting.
    #[error(
        "KAZOO's request allowance is used up (a login alone costs 35 of 100 and 10 come back each second): wait a minute"
    )]
    TooManyRequests,
    /// 500 when hooks are to be enabled again.
    #[error("KAZOO's webhooks application does not run: start it and run the command again")]
    WebhooksDown,
    /// 503. For a new hook it also means a hook that the server does not know.
    #[error(
        "KAZOO's database or webhooks application does not answer ({}): start it, or try again later", quoted(.message)
    )]
    Unavailable {
        /// KAZOO's own words.
        message: String,
    },
    /// 3xx. Redirects are not followed: the token would be shown to whoever they lead to.
    #[error("the address answers with a redirect ({status}): give the address that it leads to")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// Anything else.
    #[error("KAZOO answered {status} {}: look it up in Crossbar's log", quoted(.message))]
    Other {
        /// The HTTP status.
        status: u16,
        /// KAZOO's own words.
        message: String,
    },
}

/// One rule that a document breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The member, nested ones with dots.
    pub field: String,
    /// The rule, such as `required`.
    pub rule: String,
    /// KAZOO's own words. The offending value is left out: it may be the hook's address.
    pub message: String,
}

impl Refusal {
    /// What a failed answer to `operation` means.
    pub(crate) fn of(operation: Operation, answer: &Answer, redaction: &Redaction) -> Self {
        let nothing = Value::Null;
        let data = answer.envelope.as_ref().map_or(&nothing, |envelope| &envelope.data);
        let raw_message = answer.envelope.as_ref().map_or("", |envelope| &envelope.message);
        let message = redaction.clean(raw_message);
        match answer.status() {
            400 => bad_request(message, data, redaction),
            401 => unauthorized(operation, raw_message, data),
            403 => Self::Forbidden,
            404 if operation == Operation::LogIn && answer.envelope.is_some() => Self::UnknownApiKey,
            404 => Self::NotFound { identifiers: identifiers(data, redaction) },
            405 => Self::MethodNotAllowed,
            409 => Self::Conflict,
            423 => Self::AccountDisabled,
            429 => Self::TooManyRequests,
            500 if operation == Operation::ReenableHooks => Self::WebhooksDown,
            503 => Self::Unavailable { message },
            status @ 300..=399 => Self::Redirected { status },
            status => Self::Other { status, message },
        }
    }
}

fn unauthorized(operation: Operation, message: &str, data: &Value) -> Refusal {
    let says = |word: &str| message.contains(word) || data.to_string().contains(word);
    if says("account_is_locked") {
        Refusal::AccountLocked
    } else if operation != Operation::LogIn {
        Refusal::TokenRejected
    } else if says("multi_factor_request") {
        Refusal::SecondFactorNeeded
    } else {
        Refusal::InvalidCredentials
    }
}

fn bad_request(message: String, data: &Value, redaction: &Redaction) -> Refusal {
    if message == "parse_error" {
        return Refusal::BadJson;
    }
    let problems = field_problems("", data, redaction);
    if problems.is_empty() { Refusal::Other { status: 400, message } } else { Refusal::Validation(problems) }
}

/// Collects `{"<field>": {"<rule>": {"message": ..}}}`, where a field may be nested instead of dotted.
fn field_problems(parent: &str, data: &Value, redaction: &Redaction) -> Vec<FieldProblem> {
    let members = data.as_object().into_iter().flatten().filter(|(_, rules)| rules.is_object());
    members.flat_map(|(name, rules)| problems_of(&joined_name(parent, name), rules, redaction)).collect()
}

fn problems_of(field: &str, rules: &Value, redaction: &Redaction) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (rule, detail) in rules.as_object().into_iter().flatten() {
        match text(detail, "message").or_else(|| detail.as_str().map(str::to_owned)) {
            Some(message) => problems.push(FieldProblem {
                field: redaction.clean(field),
                rule: redaction.clean(rule),
                message: redaction.clean(&message),
            }),
            None => problems.extend(problems_of(&joined_name(field, rule), detail, redaction)),
        }
    }
    problems
}

fn joined_name(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

// `["<id>"]`, or an object that holds it under one name or another.
fn identifiers(data: &Value, redaction: &Redaction) -> Vec<String> {
    let found: Vec<&Value> = match data {
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    found.into_iter().filter_map(Value::as_str).take(3).map(|id| redaction.clean(id)).collect()
}

fn named(identifiers: &[String]) -> String {
    if identifiers.is_empty() { String::new() } else { format!(" as `{}`", identifiers.join("`, `")) }
}

fn quoted(message: &str) -> String {
    if message.is_empty() { "without a word".to_owned() } else { format!("`{message}`") }
}

fn joined(problems: &[FieldProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {} ({})", self.field, self.message, self.rule)
    }
}
