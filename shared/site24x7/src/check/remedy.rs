//! What to do about each failure.

use std::error::Error;

use crate::{CallError, DataCenter, Rejection, Scope, TokenError, ZohoError};

/// An error with its causes, on one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// How to get a refresh token with every scope.
pub(super) fn new_code(data_center: DataCenter) -> String {
    format!(
        "generate a code for the scopes {} at https://{} (Self Client, Generate Code), and exchange it with \
         `campanile token site24x7`",
        Scope::needed_list(),
        data_center.console_host()
    )
}

pub(super) fn for_token(error: &TokenError, data_center: DataCenter) -> String {
    match error {
        TokenError::CoolingDown { until } => format!("wait until {until}, then check again"),
        TokenError::Busy | TokenError::OutOfTime => "check again in a minute".to_owned(),
        TokenError::Zoho { source } => for_zoho(source, data_center),
        TokenError::Load { .. } | TokenError::Lease { .. } | TokenError::Cooldown { .. } => {
            "see that the table exists and that these credentials may read and write it".to_owned()
        }
    }
}

fn for_zoho(error: &ZohoError, data_center: DataCenter) -> String {
    let console = data_center.console_host();
    match error {
        ZohoError::Rejected { rejection: Rejection::Code, .. } | ZohoError::NoRefreshToken => {
            format!("{}; or set `data_center` to where the client was made", new_code(data_center))
        }
        ZohoError::Rejected { rejection: Rejection::Client, .. } => {
            format!(
                "copy `client_id` from https://{console}, or set `data_center` to where the client was made"
            )
        }
        ZohoError::Rejected { rejection: Rejection::ClientSecret, .. } => {
            format!("copy `client_secret` from https://{console} (Self Client, Client Secret)")
        }
        ZohoError::Throttled => "wait 30 minutes, then check again".to_owned(),
        ZohoError::NoAnswer { .. } => reach(data_center.accounts_host()),
        ZohoError::Refused { .. } | ZohoError::NoAccessToken { .. } => {
            "check again in a few minutes; if it stays, compare the secret with Zoho's console".to_owned()
        }
    }
}

pub(super) fn for_call(error: &CallError, data_center: DataCenter) -> String {
    match error {
        CallError::CoolingDown { until, .. } => format!("wait until {until}, then check again"),
        CallError::Token { source, .. } => for_token(source, data_center),
        CallError::ScopeMissing { .. } => new_code(data_center),
        CallError::Unauthorized { .. } => {
            "see that `zaaid` is an id of this account (or leave it out), and that `data_center` is where the \
             account lives"
                .to_owned()
        }
        CallError::Redirected { .. } | CallError::NotUnderstood { .. } => {
            "set `data_center` to where the account lives: it is the end of the console's address".to_owned()
        }
        CallError::NoAnswer { .. } => reach(data_center.site24x7_host()),
        CallError::Unavailable { .. } | CallError::OutOfTime { .. } => "check again in a few minutes".to_owned(),
        CallError::Refused { .. } => {
            "see that the account is active and its plan includes the API".to_owned()
        }
    }
}

fn reach(host: &str) -> String {
    format!("let this network reach https://{host}, and check again")
}
