//! Prints the first occurrences of rules, for `tests/compare_with_dateutil.py`: a line `<rule> <zone> <local start> <count>` in, a line of
//! moments in seconds out.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};

use alert::recurrence::{Recurrence, Recurring};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        writeln!(out, "{}", occurrences(&line?)?.join(" "))?;
    }
    Ok(())
}

fn occurrences(line: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let [rule, zone, start, count] = line.split(' ').collect::<Vec<_>>()[..] else {
        return Err(format!("`{line}` is not four words").into());
    };
    let (rule, zone): (Recurrence, _) = (rule.parse()?, TimeZone::get(zone)?);
    let starts_at = zone.to_timestamp(start.parse::<DateTime>()?)?;
    let recurring = Recurring { rule: &rule, starts_at, length: SignedDuration::from_mins(30), zone: &zone };
    let first = recurring.occurrences_from(starts_at).take(count.parse()?);
    Ok(first.map(|occurrence| occurrence.starts_at.as_second().to_string()).collect())
}
