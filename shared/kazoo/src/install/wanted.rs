//! The single webhooks that a choice of hooks comes to on a given server.

use std::collections::BTreeMap;
use std::fmt;

use crate::available::AvailableHook;
use crate::hook::{Hook, NewHook, label};
use crate::receiver::Receiver;

use super::planning::Subaccounts;
use super::selection::{ALL, Selection};

/// The hooks whose modifiers belong to what they are: two of them with others are two hooks.
const DISTINGUISHED_BY_MODIFIERS: [&str; 2] = ["notifications", "object"];

/// One webhook to have: an event and the modifiers that choose among its occasions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The event, such as `channel_destroy`.
    pub hook: String,
    /// The modifiers, such as `type` = `all`.
    pub custom_data: BTreeMap<String, String>,
}

/// A choice that the server does not offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// It offers no hooks whatever.
    #[error("KAZOO offers no hooks at all: start its webhooks application once")]
    Nothing,
    /// It has no such hook.
    #[error("KAZOO has no hook `{hook}`: choose among {} with --hooks", listed(.offered))]
    Hook {
        /// The hook chosen.
        hook: String,
        /// The hooks there are.
        offered: Vec<String>,
    },
    /// The hook has no such modifier.
    #[error("KAZOO's hook `{hook}` has no {modifier}: write `{hook}` alone")]
    Modifier {
        /// The hook chosen.
        hook: String,
        /// The modifier it does not have.
        modifier: &'static str,
    },
    /// The modifier has no such value.
    #[error("KAZOO's hook `{hook}` has no {modifier} `{value}`: choose among {}", listed(.offered))]
    Value {
        /// The hook chosen.
        hook: String,
        /// The modifier.
        modifier: &'static str,
        /// The value chosen.
        value: String,
        /// The values there are.
        offered: Vec<String>,
    },
}

/// What the `selections` come to where `offered` is offered: each `all` that the server does not know
/// becomes every value there is. None comes twice.
pub fn expand(selections: &[Selection], offered: &[AvailableHook]) -> Result<Vec<Wanted>, NotOffered> {
    if offered.is_empty() {
        return Err(NotOffered::Nothing);
    }
    let mut wanted = Vec::new();
    for selection in selections {
        for one in expand_one(selection, offered)? {
            if !wanted.contains(&one) {
                wanted.push(one);
            }
        }
    }
    Ok(wanted)
}

fn expand_one(selection: &Selection, offered: &[AvailableHook]) -> Result<Vec<Wanted>, NotOffered> {
    let nothing = BTreeMap::new();
    let modifiers = match offered.iter().find(|hook| hook.id == selection.hook) {
        Some(hook) => &hook.modifiers,
        // Every event at once is a hook that no server lists.
        None if selection.hook == ALL => &nothing,
        None => return Err(no_such_hook(selection, offered)),
    };
    let kinds = values(selection, "type", selection.kind.as_deref(), modifiers)?;
    let actions = values(selection, "action", selection.action.as_deref(), modifiers)?;
    let pairs = kinds.iter().flat_map(|kind| actions.iter().map(move |action| (kind, action)));
    Ok(pairs.map(|(kind, action)| Wanted::of(&selection.hook, kind.as_ref(), action.as_ref())).collect())
}

/// The values of one modifier to ask for; a single `None` where the hook does not have the modifier.
fn values(
    selection: &Selection,
    modifier: &'static str,
    chosen: Option<&str>,
    modifiers: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<Option<String>>, NotOffered> {
    let hook = || selection.hook.clone();
    let Some(offered) = modifiers.get(modifier).filter(|offered| !offered.is_empty()) else {
        return match chosen {
            Some(_) => Err(NotOffered::Modifier { hook: hook(), modifier }),
            None => Ok(vec![None]),
        };
    };
    let chosen = chosen.unwrap_or(ALL);
    if offered.iter().any(|value| value == chosen) {
        return Ok(vec![Some(chosen.to_owned())]);
    }
    if chosen == ALL {
        return Ok(offered.iter().cloned().map(Some).collect());
    }
    Err(NotOffered::Value { hook: hook(), modifier, value: chosen.to_owned(), offered: offered.clone() })
}

fn no_such_hook(selection: &Selection, offered: &[AvailableHook]) -> NotOffered {
    let mut ids: Vec<_> = offered.iter().map(|hook| hook.id.clone()).collect();
    ids.sort_unstable();
    NotOffered::Hook { hook: selection.hook.clone(), offered: ids }
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

impl Wanted {
    fn of(hook: &str, kind: Option<&String>, action: Option<&String>) -> Self {
        let modifiers = [("type", kind), ("action", action)];
        let custom_data = modifiers
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.clone())))
            .collect();
        Self { hook: hook.to_owned(), custom_data }
    }

    /// Whether `hook`, known to be ours by its address, is this one. Where modifiers distinguish hooks, they
    /// must be equal; elsewhere they are corrected.
    pub(crate) fn is(&self, hook: &Hook) -> bool {
        let apart = DISTINGUISHED_BY_MODIFIERS.contains(&self.hook.as_str()) || !self.custom_data.is_empty();
        self.hook == hook.hook && (!apart || self.custom_data == hook.custom_data)
    }

    /// The webhook to have for it.
    pub(crate) fn new_hook(&self, receiver: &Receiver, subaccounts: Subaccounts) -> NewHook {
        NewHook {
            hook: self.hook.clone(),
            name: format!("campanile {}", self.to_string().replace(':', " ")),
            uri: receiver.uri(&self.hook),
            include_subaccounts: subaccounts == Subaccounts::Include,
            custom_data: self.custom_data.clone(),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&label(&self.hook, &self.custom_data))
    }
}
