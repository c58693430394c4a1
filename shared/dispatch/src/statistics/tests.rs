use alert::{Alert, AlertEvent, AutoResolve, Condition, Signal, fold};
use jiff::civil::date;

use super::*;

fn at(text: &str) -> Timestamp {
    format!("2026-11-{text}Z").parse().unwrap()
}

fn said(signal: Signal, time: Timestamp) -> AlertEvent {
    AlertEvent {
        source: Source::Netdata,
        account: "space".into(),
        fingerprint: Fingerprint::of(["a"]),
        event_id: EventId::of([time.to_string()]),
        signal,
        severity: Severity::Warning,
        severity_raw: "warning".into(),
        title: "disk is full".into(),
        summary: None,
        resource: Some("db-01".into()),
        service: None,
        value: None,
        url: None,
        labels: [].into(),
        annotations: [].into(),
        occurred_at: time,
        started_at: None,
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        order: alert::Order::default(),
    }
}

/// What each step of one alert's life counts as.
struct Life {
    alert: Option<Alert>,
    counted: Vec<CountedChange>,
}

impl Life {
    const fn new() -> Self {
        Self { alert: None, counted: Vec::new() }
    }

    fn goes_on(&mut self, next: Alert) {
        let change = StateChange::between(self.alert.as_ref(), &next, Timestamp::MAX);
        self.counted.extend(change.and_then(|change| CountedChange::of(self.alert.as_ref(), &change)));
        self.alert = Some(next);
    }

    fn says(&mut self, signal: Signal, time: &str) {
        let folded = fold(self.alert.clone(), &said(signal, at(time)), at(time));
        self.goes_on(folded.alert.unwrap());
    }

    fn is_taken(&mut self, by: &str, time: &str) {
        let mut next = self.alert.clone().unwrap();
        next.acknowledgement = Some(alert::Acknowledgement { by: by.into(), note: None, at: at(time) });
        next.revision += 1;
        self.goes_on(next);
    }

    fn is_given_back(&mut self) {
        let mut next = self.alert.clone().unwrap();
        next.acknowledgement = None;
        next.revision += 1;
        self.goes_on(next);
    }

    fn expires(&mut self, time: &str) {
        self.goes_on(alert::expire(self.alert.clone().unwrap(), at(time)));
    }

    fn counted_at(&self) -> Vec<(String, &Counted)> {
        self.counted.iter().map(|change| (change.at.to_string(), &change.counted)).collect()
    }
}

fn opening() -> Counted {
    Counted::Opened {
        severity: Severity::Warning,
        fingerprint: Fingerprint::of(["a"]),
        title: "disk is full".into(),
        resource: Some("db-01".into()),
    }
}

#[test]
fn a_life_is_counted_by_what_began_was_taken_and_ended() {
    let mut life = Life::new();
    life.says(Signal::Firing, "02T10:00:00");
    life.says(Signal::Firing, "02T10:01:00");
    life.is_taken("ada", "02T10:02:30");
    life.says(Signal::Resolved, "02T11:00:00");
    life.says(Signal::Firing, "03T00:00:00");
    life.expires("04T00:00:00");
    assert_eq!(
        life.counted_at(),
        [
            ("2026-11-02T10:00:00Z".to_owned(), &opening()),
            ("2026-11-02T10:02:30Z".to_owned(), &Counted::Acknowledged(150)),
            ("2026-11-02T11:00:00Z".to_owned(), &Counted::Resolved(Some(3_600))),
            ("2026-11-03T00:00:00Z".to_owned(), &opening()),
            ("2026-11-04T00:00:00Z".to_owned(), &Counted::Expired),
        ]
    );
}

#[test]
fn who_takes_an_alert_over_was_not_the_first_and_who_takes_it_again_is() {
    let mut life = Life::new();
    life.says(Signal::Firing, "02T10:00:00");
    life.is_taken("ada", "02T10:01:00");
    life.is_taken("eve", "02T10:02:00");
    life.is_given_back();
    life.is_taken("eve", "02T10:03:00");
    let taken: Vec<_> = life.counted.iter().skip(1).map(|change| &change.counted).collect();
    assert_eq!(taken, [&Counted::Acknowledged(60), &Counted::Acknowledged(180)]);
}

#[test]
fn a_recovery_whose_firing_was_never_seen_ends_nothing() {
    let mut life = Life::new();
    life.says(Signal::Resolved, "02T10:00:00");
    assert_eq!(life.alert.as_ref().unwrap().condition, Condition::Resolved);
    assert_eq!(life.counted_at(), []);
}

#[test]
fn each_change_has_an_id_of_its_own_and_always_the_same() {
    let twice = [0, 1].map(|_| {
        let mut life = Life::new();
        life.says(Signal::Firing, "02T10:00:00");
        life.is_taken("ada", "02T10:00:00");
        life.says(Signal::Resolved, "02T10:00:01");
        life.counted.iter().map(|change| change.id).collect::<Vec<_>>()
    });
    assert_eq!(twice[0], twice[1]);
    let different: std::collections::BTreeSet<_> = twice[0].iter().collect();
    assert_eq!(different.len(), 3);
}

fn opened(day: &mut DayStatistics, name: &str, times: u32) {
    for _ in 0..times {
        day.resources.add(name, "");
    }
}

#[test]
fn what_a_day_could_not_keep_is_in_what_it_was_at_most() {
    let (mut calm, mut loud) = (DayStatistics::default(), DayStatistics::default());
    opened(&mut calm, "db-01", 7);
    // One name too many, so that one of those that were heard three times makes room.
    for name in 0..=MOST_NAMES {
        opened(&mut loud, &format!("web-{name:02}"), 3);
    }
    let days = [date(2026, 11, 2), date(2026, 11, 3)];
    let period: Period =
        [(Source::Netdata, days[0], calm), (Source::Netdata, days[1], loud)].into_iter().collect();
    let noisiest = period.noisiest_resources(2);
    assert_eq!((noisiest[0].name.as_str(), noisiest[0].opened, noisiest[0].at_most), ("db-01", 7, 10));
    // It took over what another one had.
    assert_eq!((noisiest[1].name.as_str(), noisiest[1].opened, noisiest[1].at_most), ("web-50", 3, 6));
    assert_eq!(noisiest.len(), 2);
}

#[test]
fn weeks_begin_on_monday_and_are_those_in_which_something_took_time() {
    let took = |seconds: &[u64]| {
        let mut day = DayStatistics::default();
        for seconds in seconds {
            day.add(&Counted::Resolved(Some(*seconds)));
        }
        day
    };
    let period: Period = [
        (Source::Kazoo, date(2026, 11, 1), took(&[5])),
        (Source::Kazoo, date(2026, 11, 2), took(&[1, 2])),
        (Source::Kazoo, date(2026, 11, 8), took(&[9])),
        (Source::Kazoo, date(2026, 11, 9), took(&[])),
        (Source::Netdata, date(2026, 11, 8), took(&[7])),
    ]
    .into_iter()
    .collect();
    let weeks = period.weeks();
    let medians: Vec<_> = weeks
        .iter()
        .map(|((week, source), times)| (week.to_string(), *source, times.to_resolve.median()))
        .collect();
    assert_eq!(
        medians,
        [
            ("2026-10-26".to_owned(), Source::Kazoo, Some(5)),
            ("2026-11-02".to_owned(), Source::Netdata, Some(7)),
            ("2026-11-02".to_owned(), Source::Kazoo, Some(2)),
        ]
    );
}
