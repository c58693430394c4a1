//! The rules by which alerts mute others, in Alertmanager's form.

use alert::matcher::Matcher;
use channels::settings::Fields;

use super::selection::read_matcher;
use crate::InhibitRule;

/// Reads `inhibit_rules` and `builtin_inhibition`; a rule with a mistake is left out.
pub(super) fn read(root: &mut Fields) -> Vec<InhibitRule> {
    let is_built_in = root.flag("builtin_inhibition").unwrap_or(true);
    let mut rules = if is_built_in { InhibitRule::built_in() } else { Vec::new() };
    for (place, value) in root.list("inhibit_rules").into_iter().enumerate() {
        let mut mistakes = Vec::new();
        if let Some(mut fields) = Fields::of(format!("inhibit_rules[{place}]"), value, &mut mistakes) {
            let rule = read_rule(&mut fields);
            mistakes.append(&mut fields.finish());
            rules.extend(Some(rule).filter(|_| mistakes.is_empty()));
        }
        for mistake in mistakes {
            root.mistake(&mistake.path, mistake.problem);
        }
    }
    rules
}

fn read_rule(fields: &mut Fields) -> InhibitRule {
    let rule = InhibitRule {
        source_matchers: read_matchers(fields, "source_matchers"),
        target_matchers: read_matchers(fields, "target_matchers"),
        equal: fields.texts("equal", |name| Ok(name.to_owned())),
    };
    fields.text("name");
    rule
}

fn read_matchers(fields: &mut Fields, name: &str) -> Vec<Matcher> {
    if !fields.is_present(name) {
        fields.mistake(name, "is missing: list matchers, like severity=\"critical\"");
    }
    let matchers = fields.texts(name, read_matcher);
    if fields.mistakes() == 0 && matchers.is_empty() {
        fields.mistake(name, "is empty, and would match every alert: list at least one matcher");
    }
    matchers
}
