//! The plan as a function: what always holds of it.

use std::collections::BTreeMap;

use kazoo::install::{DisabledByPerson, Duplicates, Options, Selection, Subaccounts, Wanted, expand, plan};
use kazoo::{AvailableHook, Change, Hook, HookUri, Location, NoteReason, uninstall};
use proptest::prelude::*;

use crate::install::{options, receiver};

fn wanted(hook: &str, modifiers: &[(&str, &str)]) -> Wanted {
    let custom_data =
        modifiers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Wanted { hook: hook.to_owned(), custom_data }
}

fn all_wanted() -> Vec<Wanted> {
    vec![
        wanted("channel_destroy", &[]),
        wanted("notifications", &[("type", "all")]),
        wanted("object", &[("type", "user"), ("action", "doc_edited")]),
        wanted("object", &[("type", "user"), ("action", "doc_deleted")]),
    ]
}

fn hook() -> impl Strategy<Value = Hook> {
    let uri = prop_oneof![
        Just("https://alerts.example.com/kazoo/s3cr3t?hook="),
        Just("https://alerts.example.com/kazoo/0ld-t0ken?hook="),
        Just("https://elsewhere.example.org/kazoo/s3cr3t?hook="),
    ];
    let reason = prop_oneof![Just(None), Just(Some("too many failed attempts".to_owned()))];
    ((0..5_usize, "[a-e]{1,2}", uri), (0..4_i64, any::<bool>(), any::<bool>(), any::<bool>()), reason)
        .prop_map(
            |(
                (which, id, uri),
                (retries, include_subaccounts, include_internal_legs, enabled),
                disable_reason,
            )| {
                let other = wanted("parking", &[]);
                let Wanted { hook, custom_data } = all_wanted().get(which).cloned().unwrap_or(other);
                Hook {
                    id: id.parse().unwrap(),
                    uri: HookUri::new(format!("{uri}{hook}")),
                    name: format!("campanile {hook}"),
                    hook,
                    http_verb: "post".to_owned(),
                    format: "json".to_owned(),
                    retries,
                    include_subaccounts,
                    include_internal_legs,
                    enabled,
                    disable_reason,
                    custom_data,
                }
            },
        )
}

fn hooks() -> impl Strategy<Value = Vec<Hook>> {
    prop::collection::vec(hook(), 0..8).prop_map(|mut hooks| {
        hooks.sort_by(|a, b| a.id.cmp(&b.id));
        hooks.dedup_by(|a, b| a.id == b.id);
        hooks
    })
}

/// What the account holds once the changes are made, read from what a patch prints.
fn after(hooks: &[Hook], changes: &[Change], token: &str) -> Vec<Hook> {
    let mut hooks = hooks.to_vec();
    for change in changes {
        match change {
            Change::Create(new) => hooks.push(Hook {
                id: format!("new{}", hooks.len()).parse().unwrap(),
                hook: new.hook.clone(),
                name: new.name.clone(),
                uri: new.uri.clone(),
                http_verb: "post".to_owned(),
                format: "json".to_owned(),
                retries: 3,
                include_subaccounts: new.include_subaccounts,
                include_internal_legs: false,
                enabled: true,
                disable_reason: None,
                custom_data: new.custom_data.clone(),
            }),
            Change::Delete { id, .. } => hooks.retain(|hook| hook.id != *id),
            Change::Patch { id, patch, .. } => {
                let hook = hooks.iter_mut().find(|hook| hook.id == *id).unwrap();
                let patch = patch.to_string();
                if patch.contains("enabled: false -> true") {
                    (hook.enabled, hook.disable_reason) = (true, None);
                }
                if patch.contains("uri:") {
                    hook.uri = receiver(token).uri(&hook.hook);
                }
                let words = all_wanted()
                    .into_iter()
                    .find(|one| one.hook == hook.hook && one.custom_data == hook.custom_data);
                hook.name = format!("campanile {}", words.unwrap().to_string().replace(':', " "));
                (hook.retries, hook.include_subaccounts, hook.include_internal_legs) = (3, false, false);
            }
        }
    }
    hooks
}

proptest! {
    #[test]
    fn planning_again_after_the_changes_finds_nothing_to_change(
        hooks in hooks(),
        duplicates in prop_oneof![Just(Duplicates::Report), Just(Duplicates::Prune)],
        disabled_by_person in prop_oneof![Just(DisabledByPerson::Report), Just(DisabledByPerson::Enable)],
    ) {
        let options = Options { duplicates, disabled_by_person, ..options("s3cr3t") };
        let first = plan(&options, &all_wanted(), &hooks);
        let after = after(&hooks, &first.changes, "s3cr3t");
        let second = plan(&options, &all_wanted(), &after);
        prop_assert!(second.is_empty(), "{first}\n{second}");
        for one in all_wanted() {
            let uri = receiver("s3cr3t").uri(&one.hook);
            let there = after.iter().filter(|hook| hook.hook == one.hook && hook.custom_data == one.custom_data && hook.uri == uri);
            prop_assert!(there.count() >= 1);
        }
    }

    #[test]
    fn what_is_not_ours_is_never_touched_nor_named(hooks in hooks()) {
        let options = Options { duplicates: Duplicates::Prune, ..options("s3cr3t") };
        let location = Location::parse("https://alerts.example.com").unwrap();
        let foreign: Vec<_> = hooks.iter().filter(|hook| !location.owns(&hook.hook, &hook.uri)).map(|hook| &hook.id).collect();
        let install = plan(&options, &all_wanted(), &hooks);
        for change in install.changes.iter().chain(&uninstall::plan(&location, &hooks).changes) {
            if let Change::Patch { id, .. } | Change::Delete { id, .. } = change {
                prop_assert!(!foreign.contains(&id));
            }
        }
        prop_assert!(install.notes.iter().all(|note| !foreign.contains(&&note.id)));
    }

    #[test]
    fn no_plan_prints_a_token(hooks in hooks()) {
        let plan = plan(&options("s3cr3t"), &all_wanted(), &hooks);
        let printed = format!("{plan} {plan:?} {hooks:?}");
        prop_assert!(!printed.contains("s3cr3t") && !printed.contains("0ld-t0ken"));
    }
}

#[test]
fn a_hook_of_ours_that_is_not_chosen_now_is_named_and_left() {
    let existing: Vec<_> = all_wanted().into_iter().map(|one| stored(&one)).collect();
    let plan = plan(&options("s3cr3t"), &all_wanted()[..1], &existing);
    assert!(plan.is_empty());
    let reasons: Vec<_> = plan.notes.iter().map(|note| note.reason.clone()).collect();
    assert_eq!(
        reasons,
        [NoteReason::AsWanted, NoteReason::NotChosen, NoteReason::NotChosen, NoteReason::NotChosen]
    );
}

#[test]
fn notifications_with_other_modifiers_are_another_hook() {
    let low_balance = stored(&wanted("notifications", &[("type", "low_balance")]));
    let plan = plan(&options("s3cr3t"), &[wanted("notifications", &[("type", "all")])], &[low_balance]);
    assert!(matches!(plan.changes.as_slice(), [Change::Create(_)]), "{plan}");
}

#[test]
fn a_choice_of_hooks_comes_to_each_webhook_once() {
    let modifiers = |pairs: &[(&str, &[&str])]| -> BTreeMap<String, Vec<String>> {
        pairs
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|v| (*v).to_owned()).collect()))
            .collect()
    };
    let offer = |id: &str, modifiers| AvailableHook {
        id: id.to_owned(),
        name: String::new(),
        description: String::new(),
        modifiers,
    };
    let offered = [
        offer("channel_destroy", BTreeMap::new()),
        offer("notifications", modifiers(&[("type", &["all", "low_balance"])])),
        offer(
            "object",
            modifiers(&[("type", &["user", "device"]), ("action", &["doc_created", "doc_deleted"])]),
        ),
    ];
    let chosen: Vec<Selection> = [
        "notifications",
        "notifications:all",
        "object:user",
        "object:all:doc_deleted",
        "all",
        "channel_destroy",
    ]
    .iter()
    .map(|text| text.parse().unwrap())
    .collect();
    let words: Vec<_> = expand(&chosen, &offered).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "notifications:all",
            "object:user:doc_created",
            "object:user:doc_deleted",
            "object:device:doc_deleted",
            "all",
            "channel_destroy"
        ]
    );
}

/// A webhook as install makes it.
pub(crate) fn stored(one: &Wanted) -> Hook {
    let new = plan(
        &Options { subaccounts: Subaccounts::Exclude, ..options("s3cr3t") },
        std::slice::from_ref(one),
        &[],
    );
    let mut hooks = after(&[], &new.changes, "s3cr3t");
    let mut hook = hooks.remove(0);
    hook.id = one.to_string().replace(':', "-").parse().unwrap();
    hook
}
