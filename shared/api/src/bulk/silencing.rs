//! Silences that cover exactly the alerts that were chosen, and as few of them as that takes.
//!
//! One silence has the labels of one alert. Alerts that differ in one label alone share a silence, whose matcher of that
//! label names all their values. How severe an alert is is no part of it: it stays muted when it gets worse.

use std::collections::{BTreeMap, BTreeSet};

use alert::matcher::{Matcher, Operator};
use alert::{Actor, Alert, Clock, Fingerprint, Labels, SilenceDraft, SilenceId, Source, served_labels};
use aws::{Platform, SystemClock};
use futures::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{AT_A_TIME, BulkAction, BulkAnswer, BulkResult, Named, out_of_time};
use crate::failure::Failure;

/// How many silences one request makes at most: every reader of alerts reads all silences.
const MOST_SILENCES: usize = 100;
/// How long a matcher with several values may be, in bytes; a silence takes no longer regex than 2,048 characters.
const REGEX_BYTES: usize = 1_800;
/// How many values one matcher names at most, so that it compiles to little.
const VALUES: usize = 60;

/// What one silence covers, and whom.
#[derive(Debug, PartialEq, Eq)]
struct Cover {
    matchers: Vec<Matcher>,
    alerts: Vec<usize>,
}

/// Mutes `alerts`; of what is too much for one request nothing is done.
pub(super) async fn silence(
    platform: &Platform,
    alerts: &[Named],
    body: &BulkAction,
    actor: Actor<'_>,
    until: Instant,
) -> Result<BulkAnswer, Failure> {
    let (starts_at, ends_at) = span(body)?;
    let known = alerts.iter().enumerate().filter_map(|(place, named)| match named {
        Named::Known(alert) => Some((place, labels_of(alert))),
        Named::Unknown(_) => None,
    });
    let covers = covers(known.collect());
    if covers.len() > MOST_SILENCES {
        let needed = covers.len();
        return Err(Failure::BadRequest(format!(
            "it takes {needed} silences to cover exactly these alerts, and {MOST_SILENCES} is the most: choose fewer, or \
             make one silence of matchers that they have in common"
        )));
    }
    let mut results: Vec<_> = alerts.iter().map(unknown).collect();
    let mut silences = Vec::new();
    for cover in covers {
        let draft = draft(cover.matchers, body, actor, starts_at, ends_at);
        let made = make(platform, draft, until).await;
        match made {
            Ok(id) => {
                let said =
                    format!("silenced until {ends_at:.0} by {id}: {}", body.note().unwrap_or_default());
                for (place, result) in noted(platform, alerts, &cover.alerts, actor, &said).await {
                    results[place] = result;
                }
                silences.push(id);
            }
            Err(failure) => {
                let error = Some(failure.reason_of_part());
                for place in cover.alerts {
                    results[place].error.clone_from(&error);
                }
            }
        }
    }
    Ok(BulkAnswer { silences, ..BulkAnswer::of(results) })
}

fn unknown(named: &Named) -> BulkResult {
    let fingerprint = named.fingerprint();
    BulkResult::of(fingerprint, Err(Failure::NotFound { what: "alert", id: fingerprint.to_string() }))
}

/// From when to when the silences last.
fn span(body: &BulkAction) -> Result<(Timestamp, Timestamp), Failure> {
    let now = SystemClock.now();
    let end = match (body.ends_at, body.duration_secs) {
        (Some(ends_at), None) => Some(ends_at),
        (None, Some(secs @ 1..)) => now.checked_add(SignedDuration::from_secs(secs.into())).ok(),
        _ => None,
    };
    let end = end.filter(|end| *end > now);
    let remedy = "a silence needs either `ends_at`, still to come, or `duration_secs`";
    end.map(|end| (now, end)).ok_or_else(|| Failure::BadRequest(remedy.to_owned()))
}

fn draft(
    matchers: Vec<Matcher>,
    body: &BulkAction,
    actor: Actor<'_>,
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> SilenceDraft {
    SilenceDraft {
        matchers,
        starts_at,
        ends_at,
        created_by: actor.by.to_owned(),
        comment: body.note().unwrap_or_default().to_owned(),
        recurrence: None,
        time_zone: None,
        annotations: Labels::new(),
    }
}

async fn make(platform: &Platform, draft: SilenceDraft, until: Instant) -> Result<SilenceId, Failure> {
    if Instant::now() >= until {
        return Err(out_of_time());
    }
    Ok(platform.table.add_silence(draft).await?.id)
}

/// Says in the story of each alert who muted it; the silence holds without it.
async fn noted(
    platform: &Platform,
    alerts: &[Named],
    places: &[usize],
    actor: Actor<'_>,
    said: &str,
) -> Vec<(usize, BulkResult)> {
    let note = |place: &usize| noted_one(platform, alerts[*place].fingerprint(), *place, actor, said).boxed();
    let notes: Vec<_> = places.iter().map(note).collect();
    stream::iter(notes).buffer_unordered(AT_A_TIME).collect().await
}

async fn noted_one(
    platform: &Platform,
    fingerprint: Fingerprint,
    place: usize,
    actor: Actor<'_>,
    said: &str,
) -> (usize, BulkResult) {
    let noted = platform.table.add_note(fingerprint, actor, said).await;
    (place, BulkResult::of(fingerprint, noted.map(drop).map_err(Failure::from)))
}

/// The labels by which a silence finds `alert`, and it alone, however severe it becomes.
fn labels_of(alert: &Alert) -> Labels {
    let mut labels = served_labels(alert);
    if alert.source != Source::Alertmanager && !alert.labels.contains_key("severity") {
        labels.remove("severity");
    }
    labels
}

/// The silences that cover `alerts` and nothing else: those which have the same names of labels share, if that takes fewer
/// silences, the one whose values differ.
fn covers(alerts: Vec<(usize, Labels)>) -> Vec<Cover> {
    let mut by_names = BTreeMap::<Vec<String>, Vec<(usize, Labels)>>::new();
    for (place, labels) in alerts {
        by_names.entry(labels.keys().cloned().collect()).or_default().push((place, labels));
    }
    let shared = by_names.into_iter().flat_map(|(names, alerts)| {
        let by_each = names.iter().map(|name| sharing(name, &alerts));
        by_each.min_by_key(Vec::len).unwrap_or_default()
    });
    shared.collect()
}

/// The silences of `alerts` where those that differ in `name` alone share one.
fn sharing(name: &str, alerts: &[(usize, Labels)]) -> Vec<Cover> {
    let mut by_rest = BTreeMap::<Labels, Vec<(usize, &str)>>::new();
    for (place, labels) in alerts {
        let mut rest = labels.clone();
        rest.remove(name);
        let value = labels.get(name).map(String::as_str).unwrap_or_default();
        by_rest.entry(rest).or_default().push((*place, value));
    }
    by_rest.iter().flat_map(|(rest, alerts)| shares(name, rest, alerts)).collect()
}

fn shares(name: &str, rest: &Labels, alerts: &[(usize, &str)]) -> Vec<Cover> {
    let mut parts: Vec<(BTreeSet<&str>, Vec<usize>)> = Vec::new();
    for (place, value) in alerts {
        let is_full = |values: &BTreeSet<&str>| {
            let bytes: usize = values.iter().chain([value]).map(|value| escaped(value).len() + 1).sum();
            !values.contains(value) && (values.len() >= VALUES || bytes > REGEX_BYTES)
        };
        match parts.last_mut().filter(|(values, _)| !is_full(values)) {
            Some((values, places)) => {
                values.insert(value);
                places.push(*place);
            }
            None => parts.push(([*value].into(), vec![*place])),
        }
    }
    parts
        .into_iter()
        .map(|(values, alerts)| Cover { matchers: matchers(name, rest, &values), alerts })
        .collect()
}

/// Matchers of the labels `rest`, and of `name` with any of `values`. What cannot be a matcher is left to the silence's own
/// check, which names it.
fn matchers(name: &str, rest: &Labels, values: &BTreeSet<&str>) -> Vec<Matcher> {
    let of_rest = rest.iter().map(|(name, value)| Matcher::new(name, Operator::Equal, value));
    let one = match values.iter().collect::<Vec<_>>()[..] {
        [value] => Matcher::new(name, Operator::Equal, *value),
        ref several => {
            let several: Vec<_> = several.iter().map(|value| escaped(value)).collect();
            Matcher::new(name, Operator::Regex, several.join("|"))
        }
    };
    of_rest.chain([one]).flatten().collect()
}

/// `text` as a regex that matches it alone.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if r"\.+*?()|[]{}^$".contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use alert::matcher::all_match;

    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn covered(alerts: &[Labels]) -> Vec<Cover> {
        covers(alerts.iter().cloned().enumerate().collect())
    }

    #[test]
    fn alerts_that_differ_in_one_label_share_a_silence() {
        let alerts = ["sda", "sdb", "a|b.c"].map(|disk| labels(&[("host", "db-01"), ("disk", disk)]));
        let covers = covered(&alerts);
        assert_eq!(covers.len(), 1);
        for alert in &alerts {
            assert!(all_match(&covers[0].matchers, alert));
        }
        for other in ["sdc", "a", "b.c", "a|bxc", "sd"] {
            let other = labels(&[("host", "db-01"), ("disk", other)]);
            assert!(!all_match(&covers[0].matchers, &other));
        }
    }

    #[test]
    fn what_was_not_chosen_is_never_covered() {
        let alert = |host, disk| labels(&[("host", host), ("disk", disk)]);
        let chosen = [alert("a", "1"), alert("a", "2"), alert("b", "1")];
        let covers = covered(&chosen);
        assert_eq!(covers.len(), 2);
        let is_covered = |alert: &Labels| covers.iter().any(|cover| all_match(&cover.matchers, alert));
        assert!(chosen.iter().all(is_covered));
        assert!(!is_covered(&alert("b", "2")));
        let places: BTreeSet<_> = covers.iter().flat_map(|cover| cover.alerts.iter().copied()).collect();
        assert_eq!(places, [0, 1, 2].into());
    }

    #[test]
    fn many_values_are_spread_over_silences_that_can_be_kept() {
        let alerts: Vec<_> =
            (0..500).map(|n| labels(&[("host", "db-01"), ("disk", &format!("disk.{n}"))])).collect();
        let covers = covered(&alerts);
        assert_eq!(covers.len(), 500_usize.div_ceil(VALUES));
        for (alert, place) in alerts.iter().zip(0..) {
            let of_alert: Vec<_> = covers.iter().filter(|cover| all_match(&cover.matchers, alert)).collect();
            assert!(of_alert.iter().any(|cover| cover.alerts.contains(&place)));
        }
    }
}
