//! What has to be true in the end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reader::Firing;
use super::word::{ALERTS, Status, Word, name};
use super::world::World;

impl World {
    /// Every promise, after all has calmed down.
    pub(super) async fn check(&self) -> Result<(), String> {
        self.every_answer_is_kept().await?;
        let firing = self.what_was_said_last_is_listed().await?;
        self.notes_are_kept().await?;
        for id in &self.ids {
            self.its_reader_knows(id, &firing).map_err(|problem| format!("{id}: {problem}"))?;
        }
        self.nothing_is_left_behind()?;
        self.nothing_goes_wrong_without_faults()
    }

    async fn got(&self, path: &str) -> Result<Value, String> {
        match self.ask("GET", path, None).await {
            Some((status, body)) if status.is_success() => Ok(body),
            answer => Err(format!("GET {path} is answered {answer:?}")),
        }
    }

    /// Every word that was answered 2xx is in the history once, and nothing is there twice.
    async fn every_answer_is_kept(&self) -> Result<(), String> {
        let mut kept: BTreeMap<String, usize> = BTreeMap::new();
        let mut path = "/v1/events?limit=200".to_owned();
        loop {
            let page = self.got(&path).await?;
            for event in page["events"].as_array().into_iter().flatten() {
                let mark = event["annotations"]["info"].as_str().unwrap_or_default();
                *kept.entry(mark.to_owned()).or_default() += 1;
            }
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/events?limit=200&cursor={cursor}");
        }
        let state = self.state();
        for word in &state.words {
            let count = kept.get(&word.mark()).copied().unwrap_or_default();
            if count > 1 {
                return Err(format!("{word} is in the history {count} times"));
            }
            if count == 0 && state.taken.contains(&word.number) {
                return Err(format!("{word} was answered 2xx and is not in the history"));
            }
        }
        Ok(())
    }

    /// Each alert is listed as its source last said; yields what fires.
    async fn what_was_said_last_is_listed(&self) -> Result<Firing, String> {
        let listed = self.got("/v1/alerts?limit=100").await?;
        let listed = listed["alerts"].as_array().cloned().unwrap_or_default();
        let mut firing = Firing::new();
        for (place, (alertname, node)) in ALERTS.iter().enumerate() {
            let Some(last) = self.last_word(place) else { continue };
            let is_it =
                |shown: &&Value| shown["labels"]["alertname"] == *alertname && shown["resource"] == *node;
            let shown: Vec<_> = listed.iter().filter(is_it).collect();
            let state = self.state();
            let fires = |word: &&Word| word.alert == place && word.status != Status::Clear;
            let has_fired = state.words.iter().filter(fires).any(|word| state.taken.contains(&word.number));
            drop(state);
            let [alert] = shown[..] else {
                // A recovery of what never fired opens nothing.
                if shown.is_empty() && !has_fired {
                    continue;
                }
                return Err(format!("{} is listed {} times", name(place), shown.len()));
            };
            let expected = json!(last.status.condition());
            if alert["condition"] != expected {
                return Err(format!(
                    "{} is listed as {}, and {last} was last",
                    name(place),
                    alert["condition"]
                ));
            }
            if let Some(severity) = last.status.severity() {
                if alert["severity"] != json!(severity) {
                    return Err(format!(
                        "{} is listed as {}, and {last} was last",
                        name(place),
                        alert["severity"]
                    ));
                }
                let text = |name: &str| alert[name].as_str().unwrap_or_default().to_owned();
                firing.insert(text("fingerprint"), text("severity"));
            }
        }
        // That a destination fails is an alert of Campanile's own, and over when it does not any more.
        let own =
            listed.iter().find(|alert| alert["source"] == "campanile" && alert["condition"] == "firing");
        match own {
            Some(alert) => Err(format!("`{}` although nothing fails any more: {alert}", alert["title"])),
            None => Ok(firing),
        }
    }

    /// What people wrote and was answered 2xx is there.
    async fn notes_are_kept(&self) -> Result<(), String> {
        let notes = self.state().notes.clone();
        for (fingerprint, note) in notes {
            let kept = self.got(&format!("/v1/alerts/{fingerprint}/notes")).await?;
            let mut kept = kept["notes"].as_array().into_iter().flatten();
            if !kept.any(|kept| kept["text"] == note.as_str()) {
                return Err(format!("`{note}` was answered 2xx and is not among the notes"));
            }
        }
        Ok(())
    }

    /// The reader of a destination knows exactly what fires.
    fn its_reader_knows(&self, id: &str, firing: &Firing) -> Result<(), String> {
        let reader = self.destinations.reader(id);
        if let Some(fault) = reader.faults.first() {
            return Err(fault.clone());
        }
        let known = reader.firing();
        if known != *firing {
            return Err(format!("its reader knows {known:?} to fire, and {firing:?} fires"));
        }
        let words = self.state().words.len();
        let most = if self.is_faulty { 40 + 20 * words } else { 10 + 4 * words };
        if reader.count > most {
            return Err(format!("{} notifications after {words} words", reader.count));
        }
        Ok(())
    }

    /// Nothing is pending in the end, and nothing is claimed.
    fn nothing_is_left_behind(&self) -> Result<(), String> {
        let left = self.hard.items().into_iter().filter_map(|item| {
            let sort_key = item["sk"]["S"].as_str().unwrap_or_default().to_owned();
            (sort_key.starts_with("ENTRY") || item.get("claim").is_some()).then_some(sort_key)
        });
        let left: Vec<_> = left.collect();
        if left.is_empty() { Ok(()) } else { Err(format!("left behind: {left:?}")) }
    }

    /// Where nothing fails, every request is taken the first time, and nothing is notified twice.
    fn nothing_goes_wrong_without_faults(&self) -> Result<(), String> {
        if self.is_faulty {
            return Ok(());
        }
        let refused = self.state().refused;
        if refused > 0 {
            return Err(format!("{refused} requests were refused although nothing failed"));
        }
        for id in &self.ids {
            let repeats = self.destinations.reader(id).repeats;
            if repeats > 0 {
                return Err(format!(
                    "{id} was notified {repeats} times of what it knew although nothing failed"
                ));
            }
        }
        Ok(())
    }
}
