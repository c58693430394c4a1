//! What accounts and things are called where people read; ids are for machines.

use super::Payload;

/// Where the account's name may stand, the best first.
const ACCOUNT_NAMES: [&str; 4] =
    ["account_name", "account.name", "details.account_name", "custom_channel_vars.account_name"];

/// Where its realm may stand, which is as good as a name.
const REALMS: [&str; 2] = ["account_realm", "realm"];

/// From this many hexadecimal digits on, a word is an id that means nothing to a reader.
const OPAQUE_CHARS: usize = 16;

/// What the account is called, where the payload says so.
pub(super) fn account_name(payload: &Payload) -> Option<String> {
    let realm = || payload.first_text(&REALMS).map(|realm| realm.to_lowercase());
    payload.first_text(&ACCOUNT_NAMES).or_else(realm)
}

/// ` of account Example`; nothing for an account that is only known by an id.
pub(super) fn of_account(payload: &Payload) -> String {
    let name = account_name(payload).or_else(|| shown(payload.account()));
    name.map(|name| format!(" of account {name}")).unwrap_or_default()
}

/// `text` with a capital at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `text`, unless it is an id that means nothing to a reader.
pub(super) fn shown(text: Option<String>) -> Option<String> {
    text.filter(|text| !is_opaque(text))
}

fn is_opaque(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    digits >= OPAQUE_CHARS && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_database_is_not_shown_and_a_name_is() {
        for id in ["7600efb3424dc4b79854521fd4563d0a", "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913"] {
            assert_eq!(shown(Some(id.to_owned())), None, "{id}");
        }
        for name in ["A", "vm-1", "15555550110", "trunk-berlin", "Example Corp", "deadbeef"] {
            assert_eq!(shown(Some(name.to_owned())).as_deref(), Some(name));
        }
    }
}
