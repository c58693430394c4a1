//! The notifications in `fixtures/`, each named by its situation.

use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::secrets::token;

/// The body of the fixture `<source>/<situation>.json`.
pub fn fixture(source: &str, situation: &str) -> String {
    let path = directory(source).join(format!("{situation}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fixture `<source>/<situation>.json` as its source would send it, with a token that is known.
pub fn notification(source: &str, situation: &str) -> Call {
    webhook_call(source, fixture(source, situation).into_bytes())
}

/// A JSON `body` as `source` would send it, with a token that is known.
pub fn webhook_call(source: &str, body: Vec<u8>) -> Call {
    Call::post(&format!("/{source}"), body).bearer(token(source))
}

/// All fixtures as `source` would send them, with a token that is known, sorted by their situations.
pub fn notifications(source: &str) -> Vec<Call> {
    calls_in(&directory(source), source)
}

/// The same for those that are damaged in single spots.
pub fn damaged_notifications(source: &str) -> Vec<Call> {
    calls_in(&directory("damaged").join(source), source)
}

fn calls_in(directory: &Path, source: &str) -> Vec<Call> {
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.is_file() && ending(path) != "poll").collect();
    files.sort();
    files.iter().map(|path| in_the_form_of(path, source)).collect()
}

/// What is in a file, in the form that its ending says.
fn in_the_form_of(path: &Path, source: &str) -> Call {
    let contents = std::fs::read(path).unwrap();
    let target = format!("/{source}");
    let call = match ending(path) {
        "json" => Call::post(&target, contents),
        "form" => Call::new("POST", &target)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(contents.trim_ascii_end().to_vec()),
        "query" => Call::get(&format!("{target}?{}", String::from_utf8(contents).unwrap().trim())),
        _ => Call::new("POST", &target).body(contents),
    };
    call.bearer(token(source))
}

fn directory(source: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(source)
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}
