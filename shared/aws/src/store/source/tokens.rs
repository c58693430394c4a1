//! The access token of an account, shared by everyone who polls it.

use std::sync::Arc;

use alert::Source;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use net::Secret;
use site24x7::{StoreError, Token, TokenRecord, TokenStore};

use super::super::Table;
use super::super::definition::EXPIRES_AT;
use super::super::item::{FORMAT, Item, VERSION, integer, key, number, source_pk, string, text};

const TOKEN: &str = "TOKEN";
const ACCESS_TOKEN: &str = "access_token";
/// Not [`EXPIRES_AT`]: the item has to outlive the token, as the end of a cool-down still means something.
const TOKEN_EXPIRES_AT: &str = "token_expires_at";
const COOLDOWN_UNTIL: &str = "cooldown_until";
const LEASE_UNTIL: &str = "lease_until";
/// How much longer than its newest time an item lives. A token lives an hour at most, so that this is an hour beyond
/// any time in the item, whichever of them is written.
const KEPT_SECS: i64 = 2 * 3_600;

/// The `TOKEN` item of one account.
#[derive(Debug, Clone)]
pub struct AccountTokens {
    table: Arc<Table>,
    source: Source,
    account: String,
}

impl AccountTokens {
    /// The tokens of `account` of `source` in `table`.
    pub fn new(table: Arc<Table>, source: Source, account: &str) -> Self {
        Self { table, source, account: account.to_owned() }
    }

    fn pk(&self) -> String {
        source_pk(self.source, &self.account)
    }

    /// A write of the item, which lives on for a while after `latest`.
    fn update(&self, expression: &str, latest: Timestamp) -> UpdateItemFluentBuilder {
        let expires_at = latest.as_second().saturating_add(KEPT_SECS);
        self.table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(key(self.pk(), TOKEN)))
            .update_expression(expression.replacen("SET ", &format!("SET {VERSION} = :version, "), 1))
            .expression_attribute_values(":version", number(FORMAT))
            .expression_attribute_values(":expires_at", number(expires_at))
    }
}

impl TokenStore for AccountTokens {
    async fn load(&self) -> Result<TokenRecord, StoreError> {
        Ok(self.table.item(self.pk(), TOKEN).await?.as_ref().map(record).unwrap_or_default())
    }

    async fn take_lease(&self, now: Timestamp, until: Timestamp) -> Result<Option<TokenRecord>, StoreError> {
        let update = self
            .update(&format!("SET {LEASE_UNTIL} = :until, {EXPIRES_AT} = :expires_at"), until)
            .condition_expression(format!("attribute_not_exists({LEASE_UNTIL}) OR {LEASE_UNTIL} <= :now"))
            .expression_attribute_values(":until", number(until.as_second()))
            .expression_attribute_values(":now", number(now.as_second()))
            .return_values(ReturnValue::AllNew);
        match update.send().await {
            Ok(output) => Ok(Some(output.attributes.as_ref().map(record).unwrap_or_default())),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn save_token(&self, token: &Token) -> Result<(), StoreError> {
        let expression = format!(
            "SET {ACCESS_TOKEN} = :token, {TOKEN_EXPIRES_AT} = :until, {EXPIRES_AT} = :expires_at \
             REMOVE {COOLDOWN_UNTIL}, {LEASE_UNTIL}"
        );
        let update = self
            .update(&expression, token.expires_at)
            .expression_attribute_values(":token", string(token.access_token.expose()))
            .expression_attribute_values(":until", number(token.expires_at.as_second()));
        update.send().await?;
        Ok(())
    }

    async fn save_cooldown(&self, until: Timestamp) -> Result<(), StoreError> {
        let expression =
            format!("SET {COOLDOWN_UNTIL} = :until, {EXPIRES_AT} = :expires_at REMOVE {LEASE_UNTIL}");
        let update = self.update(&expression, until);
        update.expression_attribute_values(":until", number(until.as_second())).send().await?;
        Ok(())
    }
}

/// The record that an item holds; times that are past still mean something.
fn record(item: &Item) -> TokenRecord {
    TokenRecord {
        token: token(item),
        cooldown_until: time(item, COOLDOWN_UNTIL),
        lease_until: time(item, LEASE_UNTIL),
    }
}

fn token(item: &Item) -> Option<Token> {
    let access_token = Secret::new(text(item, ACCESS_TOKEN)?);
    Some(Token { access_token, expires_at: time(item, TOKEN_EXPIRES_AT)? })
}

fn time(item: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_second(integer(item, name)?).ok()
}
