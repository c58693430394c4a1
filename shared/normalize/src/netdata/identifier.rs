//! The identifiers of spaces, nodes and transitions.

/// An identifier that is nothing but zeros is an unset one.
const NIL: &str = "00000000-0000-0000-0000-000000000000";
const UUID_LENGTH: usize = NIL.len();

/// `text` as it identifies: a UUID in lower case, anything else as it is; `None` for the nil UUID, because all
/// that is unset would be taken for one.
pub(super) fn canonical(text: String) -> Option<String> {
    let id = if is_uuid(&text) { text.to_ascii_lowercase() } else { text };
    (id != NIL).then_some(id)
}

/// Whether `text` is a UUID in its usual form, in any case.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == UUID_LENGTH
        && text.bytes().zip(NIL.bytes()).all(|(byte, pattern)| match pattern {
            b'-' => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
