//! What is to be done so that Tencent calls us, or calls us no more: from what is there to calls, and nothing is sent.
//!
//! A template is ours by the address that it calls, with the token left out, so that nothing is to be remembered and a new
//! token is a change like any other. One that notifies people as well is never changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use net::Secret;
use serde_json::{Value, json};

use crate::call::Call;
use crate::notice::{Notice, is_at};
use crate::policy::{LEVELS, Policy};

/// Most characters of an address.
const MOST_URL_CHARS: usize = 256;
/// Most addresses of a template.
const MOST_URLS: usize = 6;
/// Most policies of one call.
const MOST_POLICIES: usize = 30;

/// The template that is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What a new one is called.
    pub name: String,
    /// Where we are, without a token.
    pub address: String,
    /// The token that Tencent is to show.
    pub token: Secret,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is, for people.
    pub what: String,
    /// What does it.
    pub call: Call,
}

/// What is to become of our template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplatePlan {
    /// The one that is ours; `None` where it is to be made.
    pub id: Option<String>,
    /// What is to be done.
    pub change: Option<Change>,
    /// What is left alone although it is not right, and why.
    pub notes: Vec<String>,
}

/// A template that cannot be wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstallError {
    /// Tencent takes no longer ones.
    #[error("the address with its token has {0} characters, and Tencent takes 256: use a shorter token")]
    TooLong(usize),
    /// Somebody else's.
    #[error("the template `{0}` is there and calls another address: give another `--name`, or remove it")]
    NameTaken(String),
    /// There is no place for ours.
    #[error("the template {0} calls six addresses already: remove one that is not needed")]
    Full(String),
    /// A policy that is not there.
    #[error("there is no policy {0}: `--policies all` takes every one")]
    NoPolicy(String),
}

impl Wanted {
    fn url(&self) -> String {
        format!("{}/{}", self.address, self.token.expose())
    }

    /// What is to be done so that there is the template.
    pub fn plan(&self, notices: &[Notice]) -> Result<TemplatePlan, InstallError> {
        let chars = self.url().chars().count();
        if chars > MOST_URL_CHARS {
            return Err(InstallError::TooLong(chars));
        }
        let ours: Vec<_> = notices.iter().filter(|notice| notice.calls(&self.address)).collect();
        let mut notes = Vec::new();
        for notice in ours.iter().filter(|notice| notice.has_people && !self.is_right(notice)) {
            notes.push(format!("{notice} notifies people, too, and is left alone: {}", self.faults(notice)));
        }
        // One that is right serves, whoever else it notifies.
        let right = ours.iter().find(|notice| self.is_right(notice));
        let chosen = right.or_else(|| ours.iter().find(|notice| !notice.has_people));
        let Some(chosen) = chosen else {
            if notices.iter().any(|notice| notice.name == self.name) {
                return Err(InstallError::NameTaken(self.name.clone()));
            }
            let what = format!("create the template {}", self.name);
            let change = Change { what, call: Call::create_notice(self.parameters(None)?) };
            return Ok(TemplatePlan { id: None, change: Some(change), notes });
        };
        let others = ours.iter().filter(|notice| notice.id != chosen.id && !notice.has_people);
        notes.extend(others.map(|notice| {
            format!("{notice} calls Campanile as well: an alarm that is bound to both comes twice")
        }));
        let change = if self.is_right(chosen) {
            None
        } else {
            let what = format!("correct {chosen}: {}", self.faults(chosen));
            Some(Change { what, call: Call::modify_notice(self.parameters(Some(chosen))?) })
        };
        Ok(TemplatePlan { id: Some(chosen.id.clone()), change, notes })
    }

    /// Whether `notice` shows the token and sends all.
    pub fn is_right(&self, notice: &Notice) -> bool {
        let url = self.url();
        notice.sends_all && notice.urls.iter().filter(|known| is_at(known, &self.address)).eq([&url])
    }

    /// What is wrong with `notice`, which calls us.
    pub fn faults(&self, notice: &Notice) -> String {
        let url = self.url();
        let shows_another = !notice.urls.iter().filter(|known| is_at(known, &self.address)).eq([&url]);
        let faults = [
            (shows_another, "it shows another token"),
            (!notice.sends_all, "it does not send alarms and recoveries"),
        ];
        faults.iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| *fault).collect::<Vec<_>>().join(", ")
    }

    /// The whole template: what of `known` is not ours stays as it is.
    fn parameters(&self, known: Option<&Notice>) -> Result<Value, InstallError> {
        let written = known.map_or(&Value::Null, |notice| &notice.written);
        let mut urls = others(written, &self.address);
        // Tencent's own example has no more; times of the day do not hold for callbacks.
        urls.push(json!({ "URL": self.url() }));
        if urls.len() > MOST_URLS {
            return Err(InstallError::Full(known.map(|notice| notice.id.clone()).unwrap_or_default()));
        }
        let mut parameters = rewritten(written, &urls);
        if known.is_none() {
            parameters["Name"] = json!(self.name);
        }
        parameters["NoticeType"] = json!("ALL");
        Ok(parameters)
    }
}

/// What keeps the template `known` as it is but for its addresses.
fn rewritten(known: &Value, urls: &[Value]) -> Value {
    let mut parameters = json!({
        "Module": "monitor", "Name": known["Name"], "NoticeType": known["NoticeType"],
        "NoticeLanguage": known["NoticeLanguage"].as_str().unwrap_or("en-US"), "URLNotices": urls,
    });
    for (name, kept) in [
        ("NoticeId", &known["Id"]),
        ("CLSNotices", &known["CLSNotices"]),
        ("TimeZoneName", &known["TimeZoneName"]),
    ] {
        if !kept.is_null() {
            parameters[name] = kept.clone();
        }
    }
    parameters
}

/// The addresses of a template that are not at `address`.
fn others(notice: &Value, address: &str) -> Vec<Value> {
    let urls = notice["URLNotices"].as_array().into_iter().flatten();
    urls.filter(|callback| !callback["URL"].as_str().is_some_and(|url| is_at(url, address)))
        .cloned()
        .collect()
}

/// Which policies are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyChoice {
    /// Every one.
    All,
    /// These.
    Some(BTreeSet<String>),
}

impl PolicyChoice {
    /// The chosen ones of `policies`.
    pub fn of<'a>(&self, policies: &'a [Policy]) -> Result<Vec<&'a Policy>, InstallError> {
        let Self::Some(ids) = self else { return Ok(policies.iter().collect()) };
        if let Some(unknown) = ids.iter().find(|id| !policies.iter().any(|policy| policy.id == **id)) {
            return Err(InstallError::NoPolicy(unknown.clone()));
        }
        Ok(policies.iter().filter(|policy| ids.contains(&policy.id)).collect())
    }
}

/// What has each of `policies` notify by the template `id` besides what it does already.
pub fn bind(id: &str, policies: &[&Policy]) -> Vec<Change> {
    let unbound = policies.iter().filter(|policy| !policy.notifies_by(id));
    let wanted = unbound.map(|policy| {
        let mut notices = policy.notice_ids.clone();
        notices.insert(id.to_owned());
        let mut by_level = without(&policy.by_level, id);
        if !by_level.is_empty() {
            by_level.push(json!({ "NoticeId": id, "Classification": LEVELS }));
        }
        (*policy, notices, by_level)
    });
    set("bind", wanted)
}

/// What has each of `policies` notify by the template `id` no more.
pub fn unbind(id: &str, policies: &[Policy]) -> Vec<Change> {
    let bound = policies.iter().filter(|policy| policy.names(id));
    let wanted = bound.map(|policy| {
        let mut notices = policy.notice_ids.clone();
        notices.remove(id);
        (policy, notices, without(&policy.by_level, id))
    });
    set("unbind", wanted)
}

fn without(by_level: &[Value], id: &str) -> Vec<Value> {
    by_level.iter().filter(|notice| notice["NoticeId"] != id).cloned().collect()
}

/// The calls that set templates: one for policies that get the same ones.
fn set<'a>(
    verb: &str,
    wanted: impl Iterator<Item = (&'a Policy, BTreeSet<String>, Vec<Value>)>,
) -> Vec<Change> {
    let mut alike = BTreeMap::<(BTreeSet<String>, String), (Vec<&Policy>, Vec<Value>)>::new();
    for (policy, notices, by_level) in wanted {
        let key = (notices, Value::from(by_level.clone()).to_string());
        alike.entry(key).or_insert_with(|| (Vec::new(), by_level)).0.push(policy);
    }
    let mut changes = Vec::new();
    for ((notices, _), (policies, by_level)) in alike {
        for some in policies.chunks(MOST_POLICIES) {
            let ids: Vec<_> = some.iter().map(|policy| &policy.id).collect();
            let mut parameters = json!({ "Module": "monitor", "PolicyIds": ids, "NoticeIds": notices });
            if !by_level.is_empty() {
                parameters["HierarchicalNotices"] = by_level.clone().into();
            }
            let names: Vec<_> = some.iter().map(ToString::to_string).collect();
            let what = format!("{verb} {}", names.join(", "));
            changes.push(Change { what, call: Call::set_notices(parameters) });
        }
    }
    changes
}

/// How a template of ours goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// Whether nothing is left of it, so that policies may not name it before.
    pub deletes: bool,
    /// What does it.
    pub change: Change,
}

/// What removes `notice`, or of one that calls others or notifies people, as far as that may be, us; and what is left alone.
pub fn remove(notice: &Notice, address: &str) -> Result<Removal, String> {
    if notice.has_people {
        return Err(format!(
            "{notice} notifies people, too, and is left alone: remove the address there by hand"
        ));
    }
    let urls = others(&notice.written, address);
    if urls.is_empty() {
        let change = Change { what: format!("delete {notice}"), call: Call::delete_notice(&notice.id) };
        return Ok(Removal { deletes: true, change });
    }
    let what = format!("remove the address from {notice}, which calls others, too");
    let change = Change { what, call: Call::modify_notice(rewritten(&notice.written, &urls)) };
    Ok(Removal { deletes: false, change })
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the template {} ({})", net::sanitize::line(&self.name), net::sanitize::line(&self.id))
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", net::sanitize::line(&self.id), net::sanitize::line(&self.name))
    }
}
