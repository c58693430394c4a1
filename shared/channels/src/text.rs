//! Texts made fit for a destination: cleaned, escaped, cut.
//!
//! Limits count UTF-16 code units, which is never more lenient than code points, and are measured after
//! escaping. An escape belongs to one character, so cutting the raw text can never split one.

mod markup;

pub(crate) use markup::Markup;

/// What ends a text that was cut; counts like any other character.
const ELLIPSIS: char = '…';

/// How much room a text has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// UTF-16 code units of the escaped text.
    units: usize,
    /// The same once the text stands in a JSON string.
    json_units: usize,
}

impl Room {
    /// Room for `units` UTF-16 code units.
    pub(crate) const fn units(units: usize) -> Self {
        Self { units, json_units: usize::MAX }
    }

    /// The same room, but not more than `json_units` code units of JSON.
    pub(crate) const fn and_json(self, json_units: usize) -> Self {
        Self { json_units, ..self }
    }

    /// What is left of it beside `text`.
    pub(crate) fn beside(self, text: &str) -> Self {
        let used = Size::of(text);
        Self {
            units: self.units.saturating_sub(used.units),
            json_units: self.json_units.saturating_sub(used.json_units),
        }
    }

    fn holds(self, used: Size) -> bool {
        used.units <= self.units && used.json_units <= self.json_units
    }
}

/// How much room a text takes.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    units: usize,
    json_units: usize,
}

impl Size {
    fn of(text: &str) -> Self {
        text.chars().fold(Self::default(), Self::plus)
    }

    fn plus(self, character: char) -> Self {
        let units = character.len_utf16();
        let json_units = if matches!(character, '"' | '\\' | '\n' | '\t') { 2 } else { units };
        Self {
            units: self.units.saturating_add(units),
            json_units: self.json_units.saturating_add(json_units),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_add(other.units),
            json_units: self.json_units.saturating_add(other.json_units),
        }
    }
}

/// UTF-16 code units of `text`.
pub(crate) fn units(text: &str) -> usize {
    Size::of(text).units
}

/// The longest prefix of `raw` whose escaped form fits into `room`, ending in `…` if anything was cut.
///
/// `raw` must be cleaned already, by [`line`] or [`lines`].
pub(crate) fn fit(raw: &str, room: Room, markup: Markup) -> String {
    let ellipsis = Size::of("…");
    let mut escaped = String::with_capacity(raw.len());
    let mut used = Size::default();
    let mut keep = None;
    for character in raw.chars() {
        if room.holds(used.and(ellipsis)) {
            keep = Some(escaped.len());
        }
        let start = escaped.len();
        markup.push(character, &mut escaped);
        used = used.and(Size::of(&escaped[start..]));
        if !room.holds(used) {
            return cut(escaped, keep);
        }
    }
    escaped
}

fn cut(mut escaped: String, keep: Option<usize>) -> String {
    let Some(keep) = keep else { return String::new() };
    escaped.truncate(keep);
    escaped.push(ELLIPSIS);
    escaped
}

/// `raw` as one line: no controls, no bidi controls, and line breaks as blanks.
pub(crate) fn line(raw: &str) -> String {
    let one_line = raw.chars().map(|character| match character {
        '\n' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        other => other,
    });
    one_line.filter(|character| is_harmless(*character)).collect::<String>().trim().to_owned()
}

/// `raw` with its line breaks and tabs, without other controls and without bidi controls.
pub(crate) fn lines(raw: &str) -> String {
    raw.chars().filter(|character| is_harmless(*character)).collect::<String>().trim().to_owned()
}

fn is_harmless(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
        other => !other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERY_MARKUP: [Markup; 5] =
        [Markup::None, Markup::Slack, Markup::Discord, Markup::Mattermost, Markup::MattermostPlain];

    #[test]
    fn a_text_that_fits_is_left_whole() {
        assert_eq!(fit("12345", Room::units(5), Markup::None), "12345");
    }

    #[test]
    fn a_text_that_does_not_fit_ends_in_an_ellipsis_that_counts() {
        assert_eq!(fit("123456", Room::units(5), Markup::None), "1234…");
    }

    #[test]
    fn a_character_of_two_units_is_kept_whole_or_left_out() {
        assert_eq!(fit("🔔🔔🔔", Room::units(4), Markup::None), "🔔…");
        assert_eq!(fit("🔔🔔🔔", Room::units(5), Markup::None), "🔔🔔…");
    }

    #[test]
    fn no_entity_is_split() {
        assert_eq!(fit("a&b&c", Room::units(9), Markup::Slack), "a&amp;b…");
        assert_eq!(fit("a&&&c", Room::units(9), Markup::Slack), "a&amp;…");
    }

    #[test]
    fn without_room_there_is_no_text() {
        assert_eq!(fit("abc", Room::units(0), Markup::None), "");
        assert_eq!(fit("", Room::units(0), Markup::None), "");
    }

    #[test]
    fn a_title_is_one_line_without_tricks() {
        assert_eq!(line(" db-1\r\nis\u{7} \u{202E}nwod\u{2069}\tnow "), "db-1 is nwod now");
    }

    #[test]
    fn a_summary_keeps_its_lines() {
        assert_eq!(lines("a\r\nb\tc\u{0}\u{9b}"), "a\nb\tc");
    }

    proptest! {
        #[test]
        fn a_limit_is_never_exceeded(raw in hostile_text(), units in 0_usize..60, json_units in 0_usize..60) {
            for markup in EVERY_MARKUP {
                let text = fit(&raw, Room::units(units).and_json(json_units), markup);
                prop_assert!(text.encode_utf16().count() <= units);
                let json = serde_json::to_string(&text).unwrap();
                prop_assert!(json.encode_utf16().count() - 2 <= json_units);
            }
        }

        #[test]
        fn what_is_cut_ends_in_an_ellipsis_after_the_longest_prefix_that_fits(raw in hostile_text(), units in 1_usize..60) {
            for markup in EVERY_MARKUP {
                let whole = fit(&raw, Room::units(usize::MAX), markup);
                let text = fit(&raw, Room::units(units), markup);
                if whole.encode_utf16().count() <= units {
                    prop_assert_eq!(text, whole);
                    continue;
                }
                let kept = text.strip_suffix('…').expect("what is cut ends in an ellipsis");
                let prefixes = raw.char_indices().map(|(end, _)| fit(&raw[..end], Room::units(usize::MAX), markup));
                let mut fitting = prefixes.filter(|prefix| prefix.encode_utf16().count() < units);
                prop_assert_eq!(kept, fitting.next_back().unwrap_or_default());
            }
        }

        #[test]
        fn json_is_measured_as_it_is_written(raw in hostile_text()) {
            let text = lines(&raw);
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(Size::of(&text).json_units, json.encode_utf16().count() - 2);
            prop_assert_eq!(units(&text), text.encode_utf16().count());
        }

        #[test]
        fn cleaning_leaves_no_control(raw in any::<String>()) {
            let line = line(&raw);
            let is_forbidden = |c: char| c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c);
            prop_assert!(!line.chars().any(is_forbidden));
            let lines = lines(&raw);
            prop_assert!(!lines.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }

    fn hostile_text() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![
                Just("&"),
                Just("<"),
                Just(">"),
                Just("@"),
                Just("\\"),
                Just("\""),
                Just("*"),
                Just("_"),
                Just("`"),
                Just("\n"),
                Just("a"),
                Just("é"),
                Just("字"),
                Just("🔔"),
                Just("👨‍👩‍👧"),
                Just("…"),
            ],
            0..80,
        )
        .prop_map(|parts| parts.concat())
    }
}
