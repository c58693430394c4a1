//! Tables for people: no lines, no colours, one row a thing; and what stands in their cells.

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use jiff::Timestamp;

use super::plain::plain;

/// Fewest digits of an id that are shown.
const SHORTEST: usize = 8;

/// How narrow a text may become, in characters; the terminal breaks what is still too wide.
const NARROWEST: u16 = 16;
/// Most characters of a name of a person or thing.
const NAME_CHARS: usize = 20;

/// A column's name, and what becomes of it where there is little room.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    /// It keeps its width.
    Fixed(&'static str),
    /// It is broken into lines.
    Broken(&'static str),
}

/// A table of `rows`.
pub(super) fn table<const N: usize>(
    columns: [Column; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.map(|(Column::Fixed(name) | Column::Broken(name))| name));
    table.add_rows(rows.into_iter().map(|row| row.map(|text| plain(&text))));
    for (column, cells) in columns.iter().zip(table.column_iter_mut()) {
        cells.set_padding((0, 2));
        cells.set_constraint(match column {
            Column::Fixed(_) => ColumnConstraint::ContentWidth,
            Column::Broken(_) => ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST)),
        });
    }
    table
}

/// How many of their digits tell `ids` apart.
pub(super) fn digits<'a>(ids: impl IntoIterator<Item = &'a str>) -> usize {
    let mut ids: Vec<_> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let shared = ids.windows(2).map(|pair| {
        let [one, other] = pair else { return 0 };
        one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
    });
    shared.max().map_or(SHORTEST, |shared| SHORTEST.max(shared + 1))
}

/// The first `digits` of `id`.
pub(super) fn short(id: &str, digits: usize) -> String {
    id.chars().take(digits).collect()
}

/// `name`, which somebody chose, of a bearable length.
pub(super) fn name(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARS) {
        None => name.to_owned(),
        Some(_) => name.chars().take(NAME_CHARS - 1).chain(['…']).collect(),
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

fn length(seconds: u64) -> String {
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
    fn as_many_digits_are_shown_as_tell_ids_apart() {
        assert_eq!(digits([]), 8);
        assert_eq!(digits(["0123456789ab", "0123456789ab", "1123456789ab"]), 8);
        assert_eq!(digits(["0123456789ab", "0123456789cd"]), 11);
        assert_eq!(short("0123456789ab", 8), "01234567");
    }

    #[test]
    fn a_name_is_cut_where_it_is_too_long() {
        assert_eq!(name("ana"), "ana");
        assert_eq!(name(&"é".repeat(20)), "é".repeat(20));
        assert_eq!(name(&"é".repeat(21)), format!("{}…", "é".repeat(19)));
    }

    #[test]
    fn a_narrow_table_breaks_texts_and_never_ids() {
        let row = ["0123456789ab".to_owned(), "a disk\nis \u{1b}[31mfull, as it seems".to_owned()];
        let mut table = table([Column::Fixed("ID"), Column::Broken("TITLE")], [row]);
        insta::assert_snapshot!(table.set_width(30).trim_fmt(), @"
        ID            TITLE
        0123456789ab  a disk is
                      �[31mfull, as
                      it seems
        ");
    }
}
