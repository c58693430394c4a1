//! Tables for people: no lines, one row a thing, colour for severities alone; and what stands in their cells.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};
use jiff::Timestamp;

use super::output_format::Look;
use super::terminal_text::sanitize_for_terminal;

/// How narrow a text may become, in characters; the terminal breaks what is still too wide.
const NARROWEST: u16 = 16;
/// Fewest characters of an id that begins with a time.
const LONGER: usize = 18;
/// Most characters of a name of a person or thing.
const NAME_CHARS: usize = 20;

/// Fewest characters of an id that are shown.
const SHORTEST: usize = 8;

/// A column's name, and what becomes of it where there is little room.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    /// Ids, of which as much is shown as distinguishes them.
    Id(&'static str),
    /// Ids that begin with a time, so that more of them is shown: in another list there would be others of that time.
    TimedId(&'static str),
    /// It keeps its width.
    Fixed(&'static str),
    /// The same, and severities in it have their colours.
    Word(&'static str),
    /// It is broken into lines.
    Broken(&'static str),
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Id(name)
            | Self::TimedId(name)
            | Self::Fixed(name)
            | Self::Word(name)
            | Self::Broken(name) => name,
        }
    }

    const fn constraint(self) -> ColumnConstraint {
        match self {
            Self::Id(_) | Self::TimedId(_) | Self::Fixed(_) | Self::Word(_) => ColumnConstraint::ContentWidth,
            Self::Broken(_) => ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST)),
        }
    }

    fn cell(self, text: &str, look: Look) -> Cell {
        let cell = Cell::new(sanitize_for_terminal(text));
        let colour = if let (Self::Word(_), true) = (self, look.is_coloured) { colour(text) } else { None };
        if let Some(colour) = colour { cell.fg(colour) } else { cell }
    }

    /// How much of its cells is shown.
    fn chars<'a>(self, cells: impl Iterator<Item = &'a str>) -> usize {
        match self {
            Self::Id(_) => SHORTEST.max(distinct(cells)),
            Self::TimedId(_) => LONGER.max(distinct(cells)),
            Self::Fixed(_) | Self::Word(_) | Self::Broken(_) => usize::MAX,
        }
    }
}

/// A table of `rows`, without colours.
pub(super) fn table<const N: usize>(
    columns: [Column; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Table {
    let look = Look { columns: None, is_coloured: false };
    table_of(&columns, rows.into_iter().map(Vec::from), look)
}

/// A table of `rows`, each of as many cells as there are `columns`.
pub(super) fn table_of(columns: &[Column], rows: impl IntoIterator<Item = Vec<String>>, look: Look) -> Table {
    let rows: Vec<_> = rows.into_iter().collect();
    let of_column = |n: usize| rows.iter().filter_map(move |row| row.get(n)).map(String::as_str);
    let chars: Vec<_> = columns.iter().enumerate().map(|(n, column)| column.chars(of_column(n))).collect();
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|column| column.name()));
    table.add_rows(rows.iter().map(|row| {
        let cells = row.iter().zip(columns).zip(&chars);
        cells.map(|((text, column), chars)| column.cell(&short(text, *chars), look)).collect::<Vec<_>>()
    }));
    for (column, cells) in columns.iter().zip(table.column_iter_mut()) {
        cells.set_padding((0, 2)).set_constraint(column.constraint());
    }
    if look.is_coloured {
        table.enforce_styling();
    }
    table
}

/// The colour of a severity; those that can wait have none.
fn colour(severity: &str) -> Option<Color> {
    match severity {
        "critical" => Some(Color::Red),
        "high" => Some(Color::Magenta),
        "warning" => Some(Color::Yellow),
        _ => None,
    }
}

/// How many of their characters distinguish `ids`.
fn distinct<'a>(ids: impl IntoIterator<Item = &'a str>) -> usize {
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let shared = ids.windows(2).map(|pair| match pair {
        [one, other] => one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count(),
        _ => 0,
    });
    shared.max().map_or(0, |shared| shared + 1)
}

/// The first `chars` of `id`.
fn short(id: &str, chars: usize) -> String {
    id.chars().take(chars).collect()
}

/// Makes of each of `ids` as much as is shown of it.
pub(super) fn shortening<'a>(ids: impl IntoIterator<Item = &'a str>) -> impl Fn(&str) -> String {
    let chars = SHORTEST.max(distinct(ids));
    move |id| short(id, chars)
}

/// As much of `id` as is shown of one that is alone.
pub(super) fn alone(id: &str) -> String {
    short(id, SHORTEST)
}

/// `name`, which somebody chose, of a bearable length.
pub(super) fn name(name: &str) -> String {
    cut(name, NAME_CHARS)
}

/// `text` of at most `chars` characters, the last of which says that there were more.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(chars.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// `at` to the second: more is for machines.
pub(super) fn written(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// How far `at` is from `now`, in its two largest units: `3h12m` ago, or `in 3h12m`.
pub(super) fn distance(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    let length = length(seconds.unsigned_abs());
    if seconds < 0 { format!("in {length}") } else { length }
}

/// So many seconds, in their two largest units.
pub(super) fn length(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h{:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_has_at_most_two_units() {
        let at = Timestamp::UNIX_EPOCH;
        let distances = [5, 65, 3_700, 90_000, -1, -7_200]
            .map(|seconds| distance(at, Timestamp::from_second(seconds).unwrap()));
        assert_eq!(distances, ["5s", "1m", "1h01m", "1d01h", "in 1s", "in 2h00m"]);
        assert_eq!(distance(Timestamp::MIN, Timestamp::MAX), "7304481d20h");
    }

    #[test]
    fn as_much_of_an_id_is_shown_as_distinguishes_it_from_the_others() {
        let shown = |column: Column, ids: &[&str]| {
            table([column], ids.iter().map(|id| [(*id).to_owned()])).trim_fmt()
        };
        assert_eq!(shown(Column::Id("ID"), &["0123456789ab", "1123456789ab"]), "ID\n01234567\n11234567");
        let alike = &["0123456789ab", "0123456789cd", "0123456789ab"];
        assert_eq!(shown(Column::Id("ID"), alike), "ID\n0123456789a\n0123456789c\n0123456789a");
        let timed = shown(Column::TimedId("ID"), &["01a2002f-4237-739f-884d-c231ffe7e165"]);
        assert_eq!(timed, "ID\n01a2002f-4237-739f");
        assert_eq!(distinct([]), 0);
        assert_eq!(alone("é123456789"), "é1234567");
    }

    #[test]
    fn a_name_is_cut_where_it_is_too_long() {
        assert_eq!(name("ana"), "ana");
        assert_eq!(name(&"é".repeat(20)), "é".repeat(20));
        assert_eq!(name(&"é".repeat(21)), format!("{}…", "é".repeat(19)));
    }

    #[test]
    fn a_narrow_table_breaks_texts_and_never_ids() {
        let row = ["01234567".to_owned(), "a disk\nis \u{1b}[31mfull, as it seems".to_owned()];
        let mut table = table([Column::Id("ID"), Column::Broken("TITLE")], [row]);
        insta::assert_snapshot!(table.set_width(30).trim_fmt(), @"
        ID        TITLE
        01234567  a disk is
                  �[31mfull, as it
                  seems
        ");
    }
}
