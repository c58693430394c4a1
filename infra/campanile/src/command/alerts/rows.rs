//! Alerts as a table shows them: the worst first, and with room for titles on a narrow terminal.

use std::cmp::Reverse;

use alert::Severity;
use comfy_table::Table;
use jiff::Timestamp;
use serde::Deserialize;

use super::super::output_format::Look;
use super::super::table::{Column, cut, distance, table_of};

/// Below so many columns the source is left out and states are written short.
const WIDE: u16 = 100;
/// Most characters of a value.
const VALUE_CHARS: usize = 24;
/// The same, on a narrow terminal.
const NARROW_VALUE_CHARS: usize = 10;

/// An alert as the table shows it.
#[derive(Clone, Deserialize)]
pub(in crate::command) struct Row {
    pub(in crate::command) fingerprint: String,
    pub(in crate::command) source: String,
    pub(in crate::command) condition: String,
    pub(in crate::command) handling: String,
    pub(in crate::command) severity: String,
    pub(in crate::command) title: String,
    pub(in crate::command) value: Option<String>,
    pub(in crate::command) condition_since: Timestamp,
    #[serde(default)]
    pub(in crate::command) inhibited_by: Vec<String>,
}

impl Row {
    /// How it is handled while it fires and somebody or something takes care of it, else its condition.
    pub(in crate::command) fn state(&self) -> &str {
        match (self.is_firing(), self.handling.as_str()) {
            (true, "open") if !self.inhibited_by.is_empty() => "inhibited",
            (true, "open") | (false, _) => &self.condition,
            (true, handling) => handling,
        }
    }

    fn is_firing(&self) -> bool {
        self.condition == "firing"
    }

    /// A severity that this version does not know is the least.
    fn severity(&self) -> Option<Severity> {
        self.severity.parse().ok()
    }

    fn value(&self, is_wide: bool) -> String {
        let most = if is_wide { VALUE_CHARS } else { NARROW_VALUE_CHARS };
        cut(self.value.as_deref().unwrap_or_default(), most)
    }
}

/// `rows` as people want them: what fires, the worst of it, and the newest of that first.
pub(super) fn worst_first(rows: &[Row]) -> Vec<&Row> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| {
        (Reverse(row.is_firing()), Reverse(row.severity()), Reverse(row.condition_since), &row.fingerprint)
    });
    rows
}

/// The table of `rows`; there is a column of values where one has any.
pub(super) fn shown(rows: &[Row], now: Timestamp, look: Look) -> Table {
    let is_wide = look.columns.is_none_or(|columns| columns >= WIDE);
    let has_value = rows.iter().any(|row| row.value.is_some());
    let columns = [
        (true, Column::Id("ALERT")),
        (true, Column::Word("SEVERITY")),
        (true, Column::Fixed("STATE")),
        (true, Column::Fixed("SINCE")),
        (is_wide, Column::Fixed("SOURCE")),
        (has_value, Column::Fixed("VALUE")),
        (true, Column::Broken("TITLE")),
    ];
    let cells = |row: &Row| {
        [
            row.fingerprint.clone(),
            row.severity.clone(),
            state(row, is_wide).to_owned(),
            distance(row.condition_since, now),
            row.source.clone(),
            row.value(is_wide),
            row.title.clone(),
        ]
    };
    let is_shown = columns.map(|(is_shown, _)| is_shown);
    let kept = |cells: [String; 7]| cells.into_iter().zip(is_shown).filter(|(_, is_shown)| *is_shown);
    let columns: Vec<_> =
        columns.into_iter().filter(|(is_shown, _)| *is_shown).map(|(_, column)| column).collect();
    let rows = worst_first(rows).into_iter();
    table_of(&columns, rows.map(|row| kept(cells(row)).map(|(cell, _)| cell).collect()), look)
}

fn state(row: &Row, is_wide: bool) -> &str {
    match row.state() {
        "acknowledged" if !is_wide => "acked",
        state => state,
    }
}

/// How many there are of each severity, the worst first.
pub(super) fn counted(rows: &[Row]) -> String {
    let all = match rows.len() {
        1 => "1 alert".to_owned(),
        number => format!("{number} alerts"),
    };
    let of = |severity: &Severity| rows.iter().filter(|row| row.severity() == Some(*severity)).count();
    let severities = Severity::ALL.iter().rev().map(|severity| (severity, of(severity)));
    let counted: Vec<_> = severities
        .filter(|(_, number)| *number > 0)
        .map(|(severity, number)| format!("{number} {severity}"))
        .collect();
    if counted.is_empty() { all } else { format!("{all}: {}", counted.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fingerprint: char, severity: &str, minutes: i64, value: Option<&str>) -> Row {
        Row {
            fingerprint: fingerprint.to_string().repeat(32),
            source: "alertmanager".to_owned(),
            condition: "firing".to_owned(),
            handling: if fingerprint == 'a' { "acknowledged" } else { "open" }.to_owned(),
            severity: severity.to_owned(),
            title: "Disk space on db-01.example.com will run out within four hours".to_owned(),
            value: value.map(str::to_owned),
            condition_since: Timestamp::from_second(100_000 - minutes * 60).unwrap(),
            inhibited_by: Vec::new(),
        }
    }

    fn drawn(rows: &[Row], look: Look) -> String {
        let mut table = shown(rows, Timestamp::from_second(100_000).unwrap(), look);
        if let Some(columns) = look.columns {
            table.set_width(columns);
        }
        table.trim_fmt()
    }

    const PLAIN: Look = Look { columns: None, is_coloured: false };

    #[test]
    fn what_fires_goes_before_what_has_ended_and_the_worst_of_it_first() {
        let mut ended = row('f', "critical", 1, None);
        "resolved".clone_into(&mut ended.condition);
        let rows = [
            ended,
            row('b', "warning", 5, None),
            row('c', "dreadful", 1, None),
            row('d', "critical", 9, None),
            row('e', "critical", 5, None),
        ];
        let order: String = worst_first(&rows).iter().map(|row| &row.fingerprint[..1]).collect();
        assert_eq!(order, "edbcf");
        assert_eq!(counted(&rows), "5 alerts: 3 critical, 1 warning");
        assert_eq!(counted(&rows[2..3]), "1 alert");
    }

    #[test]
    fn a_narrow_terminal_keeps_room_for_titles() {
        let rows = [row('a', "critical", 61, Some("93.25000001 %")), row('b', "warning", 1500, None)];
        insta::assert_snapshot!(drawn(&rows, Look { columns: Some(80), ..PLAIN }), @"
        ALERT     SEVERITY  STATE   SINCE  VALUE       TITLE
        aaaaaaaa  critical  acked   1h01m  93.250000…  Disk space on db-01.example.com
                                                       will run out within four hours
        bbbbbbbb  warning   firing  1d01h              Disk space on db-01.example.com
                                                       will run out within four hours
        ");
        insta::assert_snapshot!(drawn(&rows, PLAIN), @"
        ALERT     SEVERITY  STATE         SINCE  SOURCE        VALUE          TITLE
        aaaaaaaa  critical  acknowledged  1h01m  alertmanager  93.25000001 %  Disk space on db-01.example.com will run out within four hours
        bbbbbbbb  warning   firing        1d01h  alertmanager                 Disk space on db-01.example.com will run out within four hours
        ");
    }

    #[test]
    fn colours_are_those_of_the_severities_and_only_where_they_are_wanted() {
        let rows = [row('a', "critical", 1, None), row('b', "info", 1, None)];
        assert!(!drawn(&rows, PLAIN).contains('\u{1b}'));
        let coloured = drawn(&rows, Look { is_coloured: true, ..PLAIN });
        insta::assert_snapshot!(coloured.replace('\u{1b}', "^"), @"
        ALERT     SEVERITY  STATE         SINCE  SOURCE        TITLE
        aaaaaaaa  ^[38;5;9mcritical  ^[39macknowledged  1m     alertmanager  Disk space on db-01.example.com will run out within four hours
        bbbbbbbb  info      firing        1m     alertmanager  Disk space on db-01.example.com will run out within four hours
        ");
    }
}
