//! One object of the settings, read member by member, so that every mistake knows where it is.

use net::{EgressPolicy, Secret, SecretUrl};
use serde_json::{Map, Value};
use url::Url;

use super::{Mistake, Warning};

/// Most characters of a wrong word that a mistake shows.
const SHOWN_CHARS: usize = 64;

/// The members of an object that were not read yet, and the mistakes in those that were.
pub struct Fields {
    path: String,
    members: Map<String, Value>,
    mistakes: Vec<Mistake>,
    warnings: Vec<Warning>,
}

impl Fields {
    /// The members of `value`, which is at `path` (empty at the root); anything but an object is a mistake.
    pub fn of(path: String, value: Value, mistakes: &mut Vec<Mistake>) -> Option<Self> {
        let Value::Object(members) = value else {
            mistakes.push(Mistake::new(path, "is not an object: write {…}"));
            return None;
        };
        Some(Self { path, members, mistakes: Vec::new(), warnings: Vec::new() })
    }

    /// Every mistake; a member that nobody read is one.
    pub fn finish(mut self) -> Vec<Mistake> {
        let unknown: Vec<_> = self.members.keys().map(|name| shown(name)).collect();
        for name in unknown {
            self.mistake(&name, "is not known here: check its spelling, or remove it");
        }
        self.mistakes
    }

    /// Every warning; what was read into this one from inner objects is among them.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    /// How many mistakes were noted so far.
    pub fn mistakes(&self) -> usize {
        self.mistakes.len()
    }

    /// Notes a mistake in member `name`.
    pub fn mistake(&mut self, name: &str, problem: impl Into<String>) {
        let path = self.path_of(name);
        self.mistakes.push(Mistake::new(path, problem));
    }

    /// Notes what will be wrong with member `name`.
    pub fn warn(&mut self, name: &str, text: impl Into<String>) {
        let path = self.path_of(name);
        self.warnings.push(Warning { path, text: text.into() });
    }

    /// The names of the members that were not read yet.
    pub fn names(&self) -> Vec<String> {
        self.members.keys().cloned().collect()
    }

    /// Where member `name` is, like `destinations[2].settings.webhook_url`.
    pub fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// Member `name` unless it is absent or null.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn missing(&mut self, name: &str, remedy: &str) {
        self.mistake(name, format!("is missing: {remedy}"));
    }

    /// A text that may be absent; blank is absent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(text),
            _ => {
                self.mistake(name, "is not a text: put it in quotes");
                None
            }
        }
    }

    /// A text that must be there; `remedy` says what to write.
    pub fn required_text(&mut self, name: &str, remedy: &str) -> Option<String> {
        let mistakes = self.mistakes();
        let text = self.text(name);
        if text.is_none() && self.mistakes() == mistakes {
            self.missing(name, remedy);
        }
        text
    }

    /// One of `words`, in any case, if it is there at all.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.mistake(name, format!("`{}` is not known: use {}", shown(&text), known.join(", ")));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// One of `words`, in any case; `default` where it is absent.
    pub fn word_or<T: Copy>(&mut self, name: &str, words: &[(&str, T)], default: T) -> Option<T> {
        let mistakes = self.mistakes();
        let word = self.word(name, words);
        word.or_else(|| (self.mistakes() == mistakes).then_some(default))
    }

    /// One of `words`, in any case; must be there.
    pub fn required_word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        if !self.is_present(name) {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.missing(name, &format!("use {}", known.join(", ")));
        }
        self.word(name, words)
    }

    /// Whether member `name` is neither absent nor null nor read already.
    pub fn is_present(&self, name: &str) -> bool {
        self.peek(name).is_some_and(|value| !value.is_null())
    }

    /// Member `name`, left where it is.
    pub fn peek(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = self.take(name)?.as_bool();
        if flag.is_none() {
            self.mistake(name, "is neither true nor false: write one of them, without quotes");
        }
        flag
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let number = self.take(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.mistake(
                name,
                format!("is not a whole number from {least} to {most}: write one, without quotes"),
            );
        }
        number
    }

    /// A list that must be there.
    pub fn required_list(&mut self, name: &str, remedy: &str) -> Vec<Value> {
        match self.take(name) {
            None => self.missing(name, remedy),
            Some(Value::Array(items)) => return items,
            Some(_) => self.mistake(name, "is not a list: write […]"),
        }
        Vec::new()
    }

    /// The items of a list that may be absent.
    pub fn list(&mut self, name: &str) -> Vec<Value> {
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.mistake(name, "is not a list: write […]");
                Vec::new()
            }
        }
    }

    /// The texts of a list that may be absent, each made into something by `read`; what that refuses is a mistake at
    /// the text's place.
    pub fn texts<T>(&mut self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let mut read_items = Vec::new();
        for (index, item) in self.list(name).into_iter().enumerate() {
            let place = format!("{name}[{index}]");
            match item.as_str().map(&read) {
                Some(Ok(item)) => read_items.push(item),
                Some(Err(problem)) => self.mistake(&place, problem),
                None => self.mistake(&place, "is not a text: put it in quotes"),
            }
        }
        read_items
    }

    /// Whatever member `name` is, unless absent or null.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.take(name)
    }

    /// The object `name`, read by `read`; must be there.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let Some(value) = self.take(name) else {
            self.missing(name, "write {…} with the members of the destination's type");
            return None;
        };
        let mut inner = Self::of(self.path_of(name), value, &mut self.mistakes)?;
        let read = read(&mut inner);
        self.warnings.append(&mut inner.take_warnings());
        self.mistakes.append(&mut inner.finish());
        read
    }

    /// A secret text that may be absent.
    pub fn secret(&mut self, name: &str) -> Option<Secret> {
        self.text(name).map(Secret::new)
    }

    /// A secret text that must be there.
    pub fn required_secret(&mut self, name: &str, remedy: &str) -> Option<Secret> {
        self.required_text(name, remedy).map(Secret::new)
    }

    /// A URL that `egress` permits that may be absent.
    pub fn url(&mut self, name: &str, egress: &EgressPolicy) -> Option<SecretUrl> {
        let text = self.text(name)?;
        match egress.parse_url(text.trim()) {
            Ok(url) => Some(SecretUrl::new(url)),
            Err(mistake) => {
                self.mistake(name, mistake.to_string());
                None
            }
        }
    }

    /// A URL that `egress` permits, `default` where it is absent.
    pub fn url_or(&mut self, name: &str, default: &str, egress: &EgressPolicy) -> Option<SecretUrl> {
        let mistakes = self.mistakes();
        let url = self.url(name, egress);
        let is_absent = url.is_none() && self.mistakes() == mistakes;
        url.or_else(|| is_absent.then(|| Url::parse(default).ok()).flatten().map(SecretUrl::new))
    }

    /// A URL that `egress` permits that must be there.
    pub fn required_url(&mut self, name: &str, remedy: &str, egress: &EgressPolicy) -> Option<SecretUrl> {
        let mistakes = self.mistakes();
        let url = self.url(name, egress);
        if url.is_none() && self.mistakes() == mistakes {
            self.missing(name, remedy);
        }
        url
    }
}

/// As much of a wrong word as a mistake may show.
pub fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}
