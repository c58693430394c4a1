//! Texts made fit for a destination: cleaned, escaped, cut.
//!
//! Limits count UTF-16 code units, which is never more lenient than code points, or bytes, and are measured after
//! escaping. An escape belongs to one character, so cutting the raw text can never split one.

mod lines;
mod markup;

pub(crate) use lines::guard_lines;
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
    /// Bytes of UTF-8.
    bytes: usize,
}

impl Room {
    /// Room for everything.
    pub(crate) const ANY: Self = Self { units: usize::MAX, json_units: usize::MAX, bytes: usize::MAX };

    /// Room for `units` UTF-16 code units.
    pub(crate) const fn units(units: usize) -> Self {
        Self { units, ..Self::ANY }
    }

    /// The same room, but not more than `json_units` code units of JSON.
    pub(crate) const fn and_json(self, json_units: usize) -> Self {
        Self { json_units, ..self }
    }

    /// Room for `bytes` bytes of UTF-8.
    pub(crate) const fn bytes(bytes: usize) -> Self {
        Self { bytes, ..Self::ANY }
    }

    /// What is left of it beside `text`.
    pub(crate) fn beside(self, text: &str) -> Self {
        self.without(Size::of(text))
    }

    /// Whether `text`, which is escaped already, fits into it.
    pub(crate) fn has_room_for(self, text: &str) -> bool {
        self.holds(Size::of(text))
    }

    /// Three quarters of it.
    pub(crate) const fn three_quarters(self) -> Self {
        Self { units: self.units / 4 * 3, json_units: self.json_units / 4 * 3, bytes: self.bytes / 4 * 3 }
    }

    fn without(self, used: Size) -> Self {
        Self {
            units: self.units.saturating_sub(used.units),
            json_units: self.json_units.saturating_sub(used.json_units),
            bytes: self.bytes.saturating_sub(used.bytes),
        }
    }

    fn holds(self, used: Size) -> bool {
        used.units <= self.units && used.json_units <= self.json_units && used.bytes <= self.bytes
    }
}

/// How much room a text takes.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    units: usize,
    json_units: usize,
    bytes: usize,
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
            bytes: self.bytes.saturating_add(character.len_utf8()),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_add(other.units),
            json_units: self.json_units.saturating_add(other.json_units),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// UTF-16 code units of `text`.
pub(crate) fn units(text: &str) -> usize {
    Size::of(text).units
}

/// The longest prefix of `raw` whose escaped form fits into `room`, ending in `…` if anything was cut.
///
/// `raw` must be cleaned already, by [`net::sanitize`].
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

/// As many of `lines`, each cleaned, as fit into `room` as wholes, one below the other.
pub(crate) fn fit_lines(lines: &[String], room: Room, markup: Markup) -> Vec<String> {
    let mut left = room;
    let mut fitting = Vec::new();
    for line in lines {
        let escaped = escape(line, markup);
        let size = Size::of(&escaped).and(Size::of(markup.line_break()));
        if !left.holds(size) {
            break;
        }
        left = left.without(size);
        fitting.push(escaped);
    }
    fitting
}

/// `raw`, which must be cleaned already, so that it stands for itself.
pub(crate) fn escape(raw: &str, markup: Markup) -> String {
    fit(raw, Room::ANY, markup)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERY_MARKUP: [Markup; 10] = [
        Markup::None,
        Markup::Slack,
        Markup::Discord,
        Markup::Mattermost,
        Markup::MattermostPlain,
        Markup::Teams,
        Markup::Html,
        Markup::WeCom,
        Markup::DingTalk,
        Markup::Mail,
    ];

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
    fn bytes_are_counted_where_they_are_what_is_limited() {
        assert_eq!(fit("字字字", Room::bytes(9), Markup::None), "字字字");
        assert_eq!(fit("字字字", Room::bytes(8), Markup::None), "字…");
        assert_eq!(fit("aé🔔", Room::bytes(6), Markup::None), "aé…");
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
    fn lines_are_kept_as_wholes() {
        let lines = ["one", "two", "three"].map(str::to_owned);
        assert_eq!(fit_lines(&lines, Room::units(8), Markup::None), ["one", "two"]);
        assert_eq!(fit_lines(&lines, Room::units(13), Markup::None), ["one", "two"]);
        assert_eq!(fit_lines(&lines, Room::units(14), Markup::None), ["one", "two", "three"]);
        assert_eq!(fit_lines(&lines, Room::units(3), Markup::None), Vec::<String>::new());
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
            let text = net::sanitize::lines(&raw);
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(Size::of(&text).json_units, json.encode_utf16().count() - 2);
            prop_assert_eq!(units(&text), text.encode_utf16().count());
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
