//! One object of a secret, read member by member, so that every mistake knows where it is and takes nothing else along.

use net::Secret;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::finding::{Finding, Gravity, SecretReport};

/// From this length on, the name of an unknown member is not shown whole: it may be a token in the wrong place.
const SHOWN_CHARS: usize = 24;
/// How different a name may be from a known one to be taken for a misspelling of it.
const MISSPELT: f64 = 0.75;

/// The members of an object that were not read yet, and what was found in those that were.
#[derive(Debug)]
pub struct Members {
    path: String,
    unread: Map<String, Value>,
    known: Vec<&'static str>,
    findings: Vec<Finding>,
}

/// A member that restricts who is let in, and cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unusable;

/// Reads the object that `text` is; `read` takes the members that it knows, all others are mistakes.
pub fn read_secret<T>(text: &str, read: impl FnOnce(&mut Members) -> Result<T, Unusable>) -> SecretReport<T> {
    let value = match super::syntax::parse(text) {
        Ok(value) => value,
        Err(problem) => return SecretReport { secret: None, findings: vec![problem] },
    };
    let mut findings = Vec::new();
    let Some(mut members) = Members::of(String::new(), value, &mut findings) else {
        return SecretReport { secret: None, findings };
    };
    let secret = read(&mut members).ok();
    SecretReport { secret, findings: members.finish() }
}

/// Reads `text` as a type that knows its own members.
pub fn read_json<T: DeserializeOwned>(text: &str) -> SecretReport<T> {
    if let Err(problem) = super::syntax::parse(text) {
        return SecretReport { secret: None, findings: vec![problem] };
    }
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(secret) => SecretReport { secret: Some(secret), findings: Vec::new() },
        Err(_) => SecretReport { secret: None, findings: vec![super::syntax::wrong_type::<T>(text)] },
    }
}

impl Members {
    /// The members of `value`, which is at `path`; anything but an object is a mistake.
    fn of(path: String, value: Value, findings: &mut Vec<Finding>) -> Option<Self> {
        let Value::Object(unread) = value else {
            let problem = "is not an object: write {…}".to_owned();
            findings.push(Finding { gravity: Gravity::Mistake, path, problem });
            return None;
        };
        Some(Self { path, unread, known: Vec::new(), findings: Vec::new() })
    }

    /// Everything found; a member that nobody read is a mistake.
    fn finish(mut self) -> Vec<Finding> {
        let unknown: Vec<_> = self.unread.keys().cloned().collect();
        for name in unknown {
            let problem = match self.nearest(&name) {
                Some(known) => format!("is not known here: did you mean `{known}`?"),
                None => "is not known here: check its spelling, or remove it".to_owned(),
            };
            self.mistake(&shown(&name), problem);
        }
        self.findings
    }

    /// The member that `name` is probably meant to be.
    fn nearest(&self, name: &str) -> Option<&'static str> {
        let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
        let likeness = |known: &&'static str| strsim::normalized_levenshtein(&plain(known), &plain(name));
        let nearest = self.known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(&nearest) >= MISSPELT).then_some(nearest)
    }

    /// Notes that member `name` is of no use.
    pub fn mistake(&mut self, name: &str, problem: impl Into<String>) {
        self.find(Gravity::Mistake, name, problem);
    }

    /// Notes what is odd about member `name`.
    pub fn warn(&mut self, name: &str, problem: impl Into<String>) {
        self.find(Gravity::Warning, name, problem);
    }

    fn find(&mut self, gravity: Gravity, name: &str, problem: impl Into<String>) {
        let path = self.path_of(name);
        self.findings.push(Finding { gravity, path, problem: problem.into() });
    }

    fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// All members that were not read yet.
    pub fn unread(&self) -> &Map<String, Value> {
        &self.unread
    }

    /// Member `name` unless it is absent or null.
    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.unread.remove(name).filter(|value| !value.is_null())
    }

    /// A text that may be absent; a blank one is absent, with a warning.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        let Value::String(text) = self.take(name)? else {
            self.mistake(name, "is not a text: put it in quotes");
            return None;
        };
        self.unless_blank(name, text)
    }

    fn unless_blank(&mut self, name: &str, text: String) -> Option<String> {
        if text.trim().is_empty() {
            self.warn(name, "is blank and counts as absent: write it, or remove it");
            return None;
        }
        Some(text)
    }

    /// A text or a number, such as an id.
    pub fn id(&mut self, name: &'static str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => self.unless_blank(name, text),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.mistake(name, "is neither a text nor a number: put it in quotes");
                None
            }
        }
    }

    /// A text that must be there; `remedy` says what to write.
    pub fn required_text(&mut self, name: &'static str, remedy: &str) -> Option<String> {
        let found = self.findings.len();
        let text = self.text(name);
        if text.is_none() && self.findings.len() == found {
            self.mistake(name, format!("is missing: {remedy}"));
        }
        text
    }

    /// A key or code that may be absent, without the line break that an editor left at its end.
    pub fn secret(&mut self, name: &'static str) -> Option<Secret> {
        let text = self.text(name)?;
        let kept = text.trim_matches(['\r', '\n']);
        if kept.len() < text.len() {
            self.warn(name, "has a line break around it, which is left out: remove it");
        }
        Some(Secret::new(kept))
    }

    /// A token, name or password that must be there and that a sender is to present.
    pub fn credential(&mut self, name: &'static str, remedy: &str) -> Option<Secret> {
        let text = self.required_text(name, remedy)?;
        Some(self.trimmed(name, &text))
    }

    fn trimmed(&mut self, name: &str, text: &str) -> Secret {
        let kept = text.trim();
        if kept.len() < text.len() {
            self.warn(name, "has blanks or a line break around it, which are left out: remove them");
        }
        if kept.contains(char::is_control) {
            self.warn(name, "holds a control character, which no header can carry: write it anew");
        }
        Secret::new(kept)
    }

    /// One of `words`, in any case; must be there.
    pub fn required_word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let known = words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
        let text = self.required_text(name, &format!("write {known}"))?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
        if found.is_none() {
            self.mistake(name, format!("is a word that is not known: write {known}"));
        }
        found.map(|(_, meaning)| *meaning)
    }

    fn list(&mut self, name: &'static str) -> Option<Vec<Value>> {
        let Value::Array(items) = self.take(name)? else {
            self.mistake(name, "is not a list: write […]");
            return None;
        };
        Some(items)
    }

    /// The usable credentials of a list of texts.
    pub fn credentials(&mut self, name: &'static str) -> Vec<Secret> {
        let mut credentials = Vec::new();
        for (index, item) in self.list(name).unwrap_or_default().into_iter().enumerate() {
            let place = format!("{name}[{index}]");
            match item {
                Value::String(text) if text.trim().is_empty() => {
                    self.mistake(&place, "is blank and lets nobody in: write a token, or remove it");
                }
                Value::String(text) => credentials.push(self.trimmed(&place, &text)),
                _ => self.mistake(&place, "is not a text: put it in quotes"),
            }
        }
        credentials
    }

    /// The usable objects of a list, each read by `read`.
    pub fn objects<T>(&mut self, name: &'static str, read: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let mut objects = Vec::new();
        for (index, item) in self.list(name).unwrap_or_default().into_iter().enumerate() {
            let place = self.path_of(&format!("{name}[{index}]"));
            let Some(mut members) = Self::of(place, item, &mut self.findings) else { continue };
            objects.extend(read(&mut members));
            self.findings.append(&mut members.finish());
        }
        objects
    }

    /// A key that restricts who is let in, and may be absent.
    pub fn restricting_secret(&mut self, name: &'static str) -> Result<Option<Secret>, Unusable> {
        let mistakes = self.mistakes();
        let secret = self.secret(name);
        self.unless_mistaken_since(mistakes)?;
        Ok(secret)
    }

    /// A list of names that restricts who is let in; a single name may stand without the list.
    pub fn restricting_names(&mut self, name: &'static str) -> Result<Vec<String>, Unusable> {
        let items = match self.take(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(single) => vec![single],
        };
        let mut names = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str().map(str::trim) {
                Some(text) if !text.is_empty() => names.push(text.to_owned()),
                _ => {
                    let place = format!("{name}[{index}]");
                    self.mistake(&place, "is not a text with something in it: write one");
                }
            }
        }
        // Without a single name that can be read, everybody would be let in.
        if names.is_empty() && !items.is_empty() { Err(Unusable) } else { Ok(names) }
    }

    /// An object that restricts who is let in, read by `read`; may be absent.
    pub fn restricting_object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, Unusable>,
    ) -> Result<Option<T>, Unusable> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let mut inner = Self::of(self.path_of(name), value, &mut self.findings).ok_or(Unusable)?;
        let object = read(&mut inner);
        self.findings.append(&mut inner.finish());
        object.map(Some)
    }

    /// Yes or no; no where it is absent.
    pub fn restricting_flag(&mut self, name: &'static str) -> Result<bool, Unusable> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => {
                self.mistake(name, "is neither true nor false: write one of them, without quotes");
                Err(Unusable)
            }
        }
    }

    /// A text that restricts who is let in; `default` where it is absent.
    pub fn restricting_text(&mut self, name: &'static str, default: &str) -> Result<String, Unusable> {
        let mistakes = self.mistakes();
        let text = self.text(name);
        self.unless_mistaken_since(mistakes)?;
        Ok(text.map_or_else(|| default.to_owned(), |text| text.trim().to_owned()))
    }

    fn mistakes(&self) -> usize {
        self.findings.iter().filter(|finding| finding.gravity == Gravity::Mistake).count()
    }

    fn unless_mistaken_since(&self, mistakes: usize) -> Result<(), Unusable> {
        if self.mistakes() > mistakes { Err(Unusable) } else { Ok(()) }
    }
}

/// As much of an unknown member's name as may be shown.
fn shown(name: &str) -> String {
    if name.chars().count() <= SHOWN_CHARS && !name.contains(char::is_control) {
        return name.to_owned();
    }
    let beginning = name.chars().take(4).filter(|c| !c.is_control());
    beginning.chain(['…']).collect()
}
