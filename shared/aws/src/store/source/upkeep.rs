//! What the keeper of a source, or its poller, last came to.

use std::collections::BTreeMap;

use alert::Source;
use aws_sdk_dynamodb::types::AttributeValue;
use intake::StoreError;
use jiff::Timestamp;

use super::super::Table;
use super::super::definition::PK;
use super::super::item::{
    FORMAT, Item, VERSION, check_version, key, number, sortable, string, text, unreadable,
};
use super::super::record::failed;

/// The partition of all sources: there are few, and they are read together.
const UPKEEP: &str = "UPKEEP";
// None of them a word that DynamoDB keeps for itself, as `missing` is.
const RAN_AT: &str = "last_ran_at";
const MISSING: &str = "secret_lacks";
const FAILURE: &str = "last_failure";
const HEALED_AT: &str = "last_healed_at";
const HEALED: &str = "last_healed";

/// What the keeper of a source, or its poller, last came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upkeep {
    /// When it last ran.
    pub ran_at: Timestamp,
    /// What its secret lacks, so that it does nothing.
    pub missing: Option<String>,
    /// Why it, or a part of it, came to nothing.
    pub failure: Option<String>,
    /// When it last healed something, and what.
    pub healed: Option<(Timestamp, String)>,
}

impl Table {
    /// Keeps what a run over `source` came to; what was healed before stays where this run healed nothing.
    pub async fn note_upkeep(&self, source: Source, upkeep: &Upkeep) -> Result<(), StoreError> {
        let (healed_at, healed) = upkeep.healed.clone().unzip();
        let members = [
            (RAN_AT, Some(sortable(upkeep.ran_at))),
            (MISSING, upkeep.missing.clone()),
            (FAILURE, upkeep.failure.clone()),
            (HEALED_AT, healed_at.map(sortable)),
            (HEALED, healed),
        ];
        let set =
            members.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| format!("{name} = :{name}"));
        let set: Vec<_> = set.collect();
        let is_over = |name: &str| [MISSING, FAILURE].contains(&name);
        let gone =
            members.iter().filter(|(name, value)| value.is_none() && is_over(name)).map(|(name, _)| *name);
        let gone: Vec<_> = gone.collect();
        let remove = if gone.is_empty() { String::new() } else { format!(" REMOVE {}", gone.join(", ")) };
        let values =
            members.into_iter().filter_map(|(name, value)| Some((format!(":{name}"), string(value?))));
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(UPKEEP, source.as_str())))
            .update_expression(format!("SET {VERSION} = :version, {}{remove}", set.join(", ")))
            .set_expression_attribute_values(Some(values.collect()))
            .expression_attribute_values(":version", number(FORMAT));
        update.send().await.map(drop).map_err(failed("keep what a run over a source came to"))
    }

    /// What the last run over each source came to.
    pub async fn upkeep(&self) -> Result<BTreeMap<Source, Upkeep>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(format!("{PK} = :upkeep"))
            .expression_attribute_values(":upkeep", AttributeValue::S(UPKEEP.to_owned()));
        let page = query.send().await.map_err(failed("read what runs over sources came to"))?;
        let items = page.items.unwrap_or_default();
        Ok(items.iter().filter_map(|item| self.readable(item, read)).collect())
    }
}

fn read(item: &Item) -> Result<(Source, Upkeep), StoreError> {
    const WHAT: &str = "upkeep of a source";
    check_version(item, WHAT)?;
    let time = |name: &str| {
        text(item, name).map(|time| time.parse::<Timestamp>().map_err(unreadable(WHAT))).transpose()
    };
    let healed_at = time(HEALED_AT)?;
    let upkeep = Upkeep {
        ran_at: time(RAN_AT)?.unwrap_or(Timestamp::UNIX_EPOCH),
        missing: text(item, MISSING).map(str::to_owned),
        failure: text(item, FAILURE).map(str::to_owned),
        healed: healed_at.zip(text(item, HEALED).map(str::to_owned)),
    };
    let source = text(item, super::super::definition::SK).unwrap_or_default().parse();
    Ok((source.map_err(unreadable(WHAT))?, upkeep))
}
