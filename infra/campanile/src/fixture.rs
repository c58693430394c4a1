//! The situations that `campanile send` knows: the fixtures of the tests, built into the command.

mod named;
mod present;

use include_dir::{Dir, File, include_dir};

pub(crate) use present::as_of;

static FIXTURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../tests/fixtures");

/// One notification of a source, as the source would send it.
pub(crate) struct Fixture {
    file: &'static File<'static>,
}

impl Fixture {
    /// The fixture of `source` for `situation`: its file's name, of which the ending may be left out.
    pub(crate) fn find(source: &str, situation: &str) -> Option<Self> {
        let whole = files(source).find(|file| file_name(file) == situation);
        whole.or_else(|| files(source).find(|file| name(file) == situation)).map(|file| Self { file })
    }

    /// The method, by the file's ending: a `.query` is what a GET appends to its path.
    pub(crate) fn method(&self) -> reqwest::Method {
        if self.ending() == "query" { reqwest::Method::GET } else { reqwest::Method::POST }
    }

    /// The query, if that is where the notification stands.
    pub(crate) fn query(&self) -> Option<&'static str> {
        self.file.contents_utf8().filter(|_| self.ending() == "query").map(str::trim)
    }

    /// The `Content-Type`, if the source sends one.
    pub(crate) fn content_type(&self) -> Option<&'static str> {
        match self.ending() {
            "json" => Some("application/json"),
            "form" => Some("application/x-www-form-urlencoded"),
            _ => None,
        }
    }

    /// The body.
    pub(crate) fn body(&self) -> &'static [u8] {
        match self.ending() {
            "query" => b"",
            "form" => self.file.contents().trim_ascii_end(),
            _ => self.file.contents(),
        }
    }

    fn ending(&self) -> &'static str {
        self.file.path().extension().and_then(|ending| ending.to_str()).unwrap_or_default()
    }
}

/// The sources that have fixtures.
pub(crate) fn sources() -> impl Iterator<Item = &'static str> {
    FIXTURES.dirs().filter(|dir| dir.files().next().is_some()).filter_map(|dir| dir.path().to_str())
}

/// The situations of `source`, sorted; one that comes in several forms with the ending of each.
pub(crate) fn situations(source: &str) -> Vec<&'static str> {
    let forms = |situation: &str| files(source).filter(|file| name(file) == situation).count();
    let shown_name = |file| if forms(name(file)) > 1 { file_name(file) } else { name(file) };
    let mut situations: Vec<_> = files(source).map(shown_name).collect();
    situations.sort_unstable();
    situations
}

fn files(source: &str) -> impl Iterator<Item = &'static File<'static>> {
    FIXTURES.get_dir(source).into_iter().flat_map(Dir::files)
}

fn file_name(file: &'static File<'static>) -> &'static str {
    file.path().file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn name(file: &'static File<'static>) -> &'static str {
    file.path().file_stem().and_then(|name| name.to_str()).unwrap_or_default()
}
