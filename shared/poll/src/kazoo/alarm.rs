//! A hook that KAZOO switched off is an alert of Campanile's own: what happens meanwhile exists nowhere.

use alert::{
    Alert, AlertEvent, AutoResolve, Condition, EventId, Fingerprint, Labels, Order, Severity, Signal, Source,
    Timing,
};
use jiff::{SignedDuration, Timestamp};

/// Until when events are lost, in the alert's annotations.
const LOST_TO: &str = "events_lost_to";
/// Since when.
const LOST_FROM: &str = "events_lost_from";

/// A hook of ours that KAZOO switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OffHook {
    /// Its id.
    pub(crate) id: String,
    /// Hook and modifiers in the words of `--hooks`.
    pub(crate) label: String,
    /// When it was last tried: what happened before is kept. `None` where KAZOO remembers no try.
    pub(crate) since: Option<Timestamp>,
    /// Why KAZOO switched it off.
    pub(crate) reason: String,
}

/// The hooks of one account that are off; the alert is one for all of them.
#[derive(Debug)]
pub(crate) struct OffHooks<'a> {
    pub(crate) account: &'a str,
    pub(crate) hooks: &'a [OffHook],
    /// When this was found.
    pub(crate) found_at: Timestamp,
}

/// Which alert it is that hooks of `account` are off.
pub(crate) fn fingerprint(account: &str) -> Fingerprint {
    Fingerprint::of(["campanile/kazoo-hooks-off/v1", account])
}

impl OffHooks<'_> {
    /// What raises the alert, before anything is done about it: a run that dies then has said so.
    pub(crate) fn are_off(&self) -> AlertEvent {
        let summary = format!(
            "KAZOO switched {} off: {}. What happens until {} on again exists nowhere.",
            self.names(),
            self.reasons(),
            if self.hooks.len() == 1 { "it is" } else { "they are" }
        );
        self.firing("off", Severity::High, self.began(), summary, None)
    }

    /// That all are on again since `on_at`: the alert stays for a run, so that somebody reads from when to when events
    /// are lost.
    pub(crate) fn are_on_again(&self, on_at: Timestamp) -> AlertEvent {
        let since = self.since().map_or_else(
            || "an unknown moment (KAZOO remembers no try)".to_owned(),
            |since| since.to_string(),
        );
        let summary = format!(
            "{} on again. Events of KAZOO from {since} to {on_at} exist nowhere; what was tried before is recorded.",
            if self.hooks.len() == 1 {
                format!("{} is", self.names())
            } else {
                format!("{} are", self.names())
            }
        );
        // After the word that they could not be switched on, where that was said before.
        let occurred_at = second_after(second_after(self.began()));
        self.firing("on", Severity::High, occurred_at, summary, Some(on_at))
    }

    /// That a hook could not be switched on, for `reason`.
    pub(crate) fn stay_off(&self, reason: &str) -> AlertEvent {
        let summary = format!(
            "KAZOO switched {} off, and would not switch on again: {reason}. Events of KAZOO since {} exist nowhere: \
             run `campanile check kazoo --repair`.",
            self.names(),
            self.began()
        );
        self.firing("stuck", Severity::Critical, second_after(self.began()), summary, None)
    }

    fn firing(
        &self,
        state: &str,
        severity: Severity,
        occurred_at: Timestamp,
        summary: String,
        lost_to: Option<Timestamp>,
    ) -> AlertEvent {
        let which: Vec<_> =
            self.hooks.iter().map(|hook| format!("{}@{}", hook.id, hook.since.unwrap_or_default())).collect();
        let mut annotations = Labels::from([("hooks".to_owned(), self.names())]);
        annotations.extend(self.since().map(|since| (LOST_FROM.to_owned(), since.to_string())));
        annotations.extend(lost_to.map(|to| (LOST_TO.to_owned(), to.to_string())));
        let count = self.hooks.len();
        AlertEvent {
            event_id: EventId::of([
                "campanile/kazoo-hooks-off-event/v1",
                self.account,
                state,
                &which.join(" "),
            ]),
            severity,
            severity_raw: state.to_owned(),
            title: match count {
                1 => format!("KAZOO switched off the hook {}", self.names()),
                _ => format!("KAZOO switched off {count} hooks"),
            },
            summary: Some(summary),
            annotations,
            started_at: Some(self.began()),
            ..event(self.account, Signal::Firing, occurred_at)
        }
    }

    /// When the first of them was last tried, where KAZOO remembers that of all.
    fn since(&self) -> Option<Timestamp> {
        let since: Option<Vec<_>> = self.hooks.iter().map(|hook| hook.since).collect();
        since?.into_iter().min()
    }

    fn began(&self) -> Timestamp {
        self.since().unwrap_or(self.found_at)
    }

    fn names(&self) -> String {
        self.hooks.iter().map(|hook| hook.label.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn reasons(&self) -> String {
        let mut reasons: Vec<_> = self.hooks.iter().map(|hook| hook.reason.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons.join(", ")
    }
}

/// What resolves `alert`, if it fires: every hook is on. The same from however many runs it is said.
pub(crate) fn all_on(account: &str, alert: Option<&Alert>) -> Option<AlertEvent> {
    let alert = alert.filter(|alert| alert.condition == Condition::Firing)?;
    let lost_to = alert.annotations.get(LOST_TO).and_then(|time| time.parse::<Timestamp>().ok());
    let ended_at = lost_to.map_or(alert.last_seen, |lost_to| lost_to.max(alert.last_seen));
    let began = alert.started_at.unwrap_or(alert.first_seen).to_string();
    Some(AlertEvent {
        event_id: EventId::of(["campanile/kazoo-hooks-off-event/v1", account, "resolved", &began]),
        severity: Severity::Info,
        severity_raw: "on".to_owned(),
        title: "The hooks of KAZOO are on".to_owned(),
        ended_at: Some(ended_at),
        ..event(account, Signal::Resolved, ended_at)
    })
}

fn event(account: &str, signal: Signal, occurred_at: Timestamp) -> AlertEvent {
    let labels = [("alertname", "kazoo_hooks_off"), ("kazoo_account", account)];
    AlertEvent {
        source: Source::Campanile,
        account: account.to_owned(),
        fingerprint: fingerprint(account),
        event_id: EventId::of([""]),
        signal,
        severity: Severity::High,
        severity_raw: String::new(),
        title: String::new(),
        summary: None,
        resource: Some(account.to_owned()),
        service: Some(Source::Kazoo.to_string()),
        value: None,
        url: None,
        labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        annotations: Labels::new(),
        occurred_at,
        started_at: None,
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        // However late it is found: its own time orders it.
        order: Order { timing: Timing::Logged, ..Order::default() },
    }
}

fn second_after(time: Timestamp) -> Timestamp {
    time.checked_add(SignedDuration::from_secs(1)).unwrap_or(time)
}
