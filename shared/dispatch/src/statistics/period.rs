//! Several days of several sources, put together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use alert::Source;
use jiff::civil::{Date, Weekday};

use super::{DayStatistics, Durations, Noisiest};

/// The days of a period on which something was counted, each of one source.
#[derive(Debug, Clone, Default)]
pub struct Period(BTreeMap<(Date, Source), DayStatistics>);

/// How often something opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    /// Whose it is.
    pub source: Source,
    /// The alert's fingerprint, or the resource.
    pub name: String,
    /// What the alert was called last.
    pub title: String,
    /// How often it opened at least.
    pub opened: u64,
    /// How often at most; the same, unless a day had more names than are kept.
    pub at_most: u64,
}

/// How long things took in one week, from Monday on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeekTimes {
    /// Until somebody took an alert.
    pub to_acknowledge: Durations,
    /// Until an alert was resolved.
    pub to_resolve: Durations,
}

impl FromIterator<(Source, Date, DayStatistics)> for Period {
    fn from_iter<I: IntoIterator<Item = (Source, Date, DayStatistics)>>(days: I) -> Self {
        Self(days.into_iter().map(|(source, day, statistics)| ((day, source), statistics)).collect())
    }
}

impl Period {
    /// What the sources say of `day`.
    pub fn on(&self, day: Date) -> impl Iterator<Item = (Source, &DayStatistics)> {
        self.0.iter().filter(move |((at, _), _)| *at == day).map(|((_, source), known)| (*source, known))
    }

    /// The `most` alerts that opened most often, loudest first.
    pub fn noisiest_alerts(&self, most: usize) -> Vec<Noise> {
        self.noisiest(most, |day| &day.alerts)
    }

    /// The same of resources.
    pub fn noisiest_resources(&self, most: usize) -> Vec<Noise> {
        self.noisiest(most, |day| &day.resources)
    }

    fn noisiest(&self, most: usize, of: impl Fn(&DayStatistics) -> &Noisiest) -> Vec<Noise> {
        let (mut noises, mut unseen) = (BTreeMap::new(), BTreeMap::<Source, u64>::new());
        for ((_, source), day) in &self.0 {
            let day = of(day);
            *unseen.entry(*source).or_default() += day.unseen();
            for (name, heard) in day.names() {
                let noise = noises.entry((*source, name)).or_insert_with(|| Noise::of(*source, name));
                noise.opened += heard.count - heard.over;
                noise.at_most += heard.count - day.unseen();
                noise.title.clone_from(&heard.title);
            }
        }
        let mut noisiest: Vec<_> = noises.into_values().collect();
        for noise in &mut noisiest {
            // On each day on which it is not among those that are kept, it may have been as loud as the least of them.
            noise.at_most += unseen.get(&noise.source).copied().unwrap_or_default();
        }
        noisiest.sort_by_key(|noise| Reverse((noise.opened, noise.at_most)));
        noisiest.truncate(most);
        noisiest
    }

    /// How long things took, by week and source, each week by its Monday.
    pub fn weeks(&self) -> BTreeMap<(Date, Source), WeekTimes> {
        let mut weeks: BTreeMap<_, WeekTimes> = BTreeMap::new();
        for ((day, source), known) in &self.0 {
            let week = weeks.entry((monday_of(*day), *source)).or_default();
            week.to_acknowledge.merge(&known.to_acknowledge);
            week.to_resolve.merge(&known.to_resolve);
        }
        weeks.retain(|_, week| week.to_acknowledge.count() + week.to_resolve.count() > 0);
        weeks
    }
}

impl Noise {
    fn of(source: Source, name: &str) -> Self {
        Self { source, name: name.to_owned(), title: String::new(), opened: 0, at_most: 0 }
    }
}

fn monday_of(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.checked_sub(jiff::Span::new().days(since)).unwrap_or(day)
}
