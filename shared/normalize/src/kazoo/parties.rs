//! Who calls, writes or faxes, and to whom.

use super::Payload;

/// One side of a call: its name and its number, each where it is found first.
struct Party {
    names: &'static [&'static str],
    numbers: &'static [&'static str],
}

const CALLER: Party = Party {
    names: &["caller_id_name", "emergency_caller_id_name"],
    numbers: &["caller_id_number", "emergency_caller_id_number", "from_user", "fax_from_email", "from"],
};

const CALLEE: Party = Party {
    names: &["callee_id_name"],
    numbers: &["callee_id_number", "emergency_to_did", "to_user", "fax_to_email", "to"],
};

/// `from Front Desk (+15555550100) to 2001`; `None` if the payload names neither side.
pub(super) fn phrase(payload: &Payload) -> Option<String> {
    let sides = [("from", CALLER.named_in(payload)), ("to", CALLEE.named_in(payload))];
    let named: Vec<_> =
        sides.into_iter().filter_map(|(word, party)| Some(format!("{word} {}", party?))).collect();
    (!named.is_empty()).then(|| named.join(" "))
}

impl Party {
    fn named_in(&self, payload: &Payload) -> Option<String> {
        match (payload.first_text(self.names), payload.first_text(self.numbers)) {
            (Some(name), Some(number)) if name != number => Some(format!("{name} ({number})")),
            (name, number) => number.or(name),
        }
    }
}
