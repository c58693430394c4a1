//! What holds whatever the source, people, silences and the clock do, in any order.

use alert::Acknowledgement;
use proptest::prelude::*;

use super::*;

/// What may happen to an alert.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Fires(Severity),
    Resolves,
    Expires,
    IsTaken,
    IsGivenBack,
    SilenceBegins,
    SilenceEnds,
    /// So many seconds pass.
    TimePasses(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => prop::sample::select(Severity::ALL.to_vec()).prop_map(Happening::Fires),
        3 => Just(Happening::Resolves),
        1 => Just(Happening::Expires),
        1 => Just(Happening::IsTaken),
        1 => Just(Happening::IsGivenBack),
        1 => Just(Happening::SilenceBegins),
        1 => Just(Happening::SilenceEnds),
        3 => (1_i64..500).prop_map(Happening::TimePasses),
    ]
}

/// A destination that hears of one alert, by the rules and by nothing else.
struct Listener {
    destination: Destination,
    standing: Standing,
    alert: Option<Alert>,
    hearing: Hearing,
    now: i64,
    /// When damping is to be asked again.
    damped_until: Option<Timestamp>,
    belief: Belief,
}

/// What a destination believes, by what it was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Belief {
    /// Nothing rings.
    Quiet,
    /// It rings.
    Fires,
    /// Nobody speaks of it any more: it may still be told that it is over.
    Expired,
}

impl Listener {
    fn new(destination: Destination) -> Self {
        Self {
            destination,
            standing: fresh(),
            alert: None,
            hearing: Hearing::Audible,
            now: 0,
            damped_until: None,
            belief: Belief::Quiet,
        }
    }

    fn lives_through(&mut self, course: &[Happening]) {
        for happening in course {
            self.meets(*happening);
        }
    }

    fn meets(&mut self, happening: Happening) {
        let alert = self.alert.clone();
        match (happening, alert) {
            (Happening::Fires(severity), known) => {
                self.becomes(Alert { acknowledgement: known.and_then(taken_still), ..firing(severity) });
            }
            (Happening::Resolves, Some(alert)) => self.becomes(over(alert, Condition::Resolved)),
            (Happening::Expires, Some(alert)) if is_firing(&alert) => {
                self.becomes(over(alert, Condition::Expired));
            }
            (Happening::IsTaken, Some(alert)) if is_firing(&alert) => {
                let taken = Acknowledgement { by: "ada".to_owned(), note: None, at: at(self.now) };
                self.becomes(Alert { acknowledgement: Some(taken), ..alert });
            }
            (Happening::IsGivenBack, Some(alert)) => self.becomes(Alert { acknowledgement: None, ..alert }),
            (Happening::SilenceBegins, _) => self.hearing = Hearing::Silenced,
            (Happening::SilenceEnds, alert) => {
                self.hearing = Hearing::Audible;
                if let Some(alert) = alert.filter(is_firing) {
                    self.hears(&alert, &News::SilenceEnded);
                }
            }
            (Happening::TimePasses(seconds), alert) => {
                self.now += seconds;
                let is_due = self.damped_until.is_some_and(|until| until <= at(self.now));
                if let Some(alert) = alert.filter(|_| is_due) {
                    self.hears(&alert, &News::DampingEnded);
                }
            }
            _ => {}
        }
    }

    fn becomes(&mut self, new: Alert) {
        if let Some(news) = News::between(self.alert.as_ref(), &new) {
            self.hears(&new, &news);
        }
        self.alert = Some(new);
    }

    fn hears(&mut self, alert: &Alert, news: &News) {
        let change = Change { hearing: self.hearing, at: at(self.now), ..change(alert, news.clone()) };
        let (decision, standing) = route(&self.destination, &self.standing, &change);
        self.standing = standing;
        self.damped_until = match (&decision, news) {
            (Decision::Later(until), _) => Some(*until),
            (Decision::Quiet, News::Acknowledged | News::Unacknowledged { .. }) => self.damped_until,
            (Decision::Quiet | Decision::Tell(_), _) => None,
        };
        self.is_told(news, &decision);
    }

    fn is_told(&mut self, news: &News, decision: &Decision) {
        if *news == News::Transition(Transition::Reopened) && self.belief == Belief::Expired {
            self.belief = Belief::Quiet;
        }
        let is_over = *news == News::Transition(Transition::Resolved);
        let Decision::Tell(message) = decision else {
            assert!(!(is_over && self.belief == Belief::Fires), "the recovery is missing");
            return;
        };
        match message.kind {
            Kind::Resolved | Kind::Expired => {
                assert_ne!(self.belief, Belief::Quiet, "an end of what was not told");
                let is_expiry = message.kind == Kind::Expired;
                self.belief = if is_expiry { Belief::Expired } else { Belief::Quiet };
            }
            Kind::Acknowledged | Kind::Unacknowledged => {
                assert_eq!(self.belief, Belief::Fires, "somebody has what was not told");
            }
            _ => {
                assert_eq!(self.hearing, Hearing::Audible, "a firing under a silence");
                self.belief = Belief::Fires;
            }
        }
    }

    /// All that withholds something ends.
    fn comes_to_rest(&mut self) {
        self.meets(Happening::SilenceEnds);
        self.meets(Happening::TimePasses(100_000));
    }
}

fn taken_still(known: Alert) -> Option<Acknowledgement> {
    known.acknowledgement.filter(|_| known.condition == Condition::Firing)
}

fn over(alert: Alert, condition: Condition) -> Alert {
    Alert { condition, acknowledgement: None, ..alert }
}

fn course() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec(happening(), 1..40)
}

const DAMPINGS: [&str; 2] = ["", ",\"damping_secs\":600"];

proptest! {
    #[test]
    fn whoever_believes_that_it_fires_is_told_of_its_end_and_of_nothing_before_its_beginning(
        course in course(),
        notify in prop::sample::select(vec!["\"All Alerts\"", "\"Critical only\"", "[\"WARNING\",\"CLEAR\"]"]),
        damping in prop::sample::select(DAMPINGS.to_vec()),
    ) {
        let members = format!(",\"notify\":{notify}{damping}");
        for destination in [destination(&members), pagerduty(&members)] {
            let mut listener = Listener::new(destination);
            listener.lives_through(&course);
        }
    }

    #[test]
    fn when_nothing_withholds_it_any_more_everybody_knows_whether_it_fires(
        course in course(),
        damping in prop::sample::select(DAMPINGS.to_vec()),
    ) {
        for destination in [destination(damping), pagerduty(damping)] {
            let mut listener = Listener::new(destination);
            listener.lives_through(&course);
            listener.comes_to_rest();
            let fires = listener.alert.as_ref().is_some_and(is_firing);
            prop_assert_eq!(listener.belief == Belief::Fires, fires);
        }
    }

    #[test]
    fn an_incident_is_closed_by_any_list_of_types(
        course in course(),
        notify in prop::sample::select(vec!["[\"CRITICAL\"]", "[\"WARNING\"]", "[\"CRITICAL\",\"WARNING\"]"]),
    ) {
        let mut listener = Listener::new(pagerduty(&format!(",\"notify\":{notify}")));
        listener.lives_through(&course);
    }
}
