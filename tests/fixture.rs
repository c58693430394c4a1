//! The notifications in `fixtures/`, each named by its situation.

use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::secrets::{NETDATA_TOKEN, TENCENT_TOKEN};

/// The body of the fixture `<source>/<situation>.json`.
pub fn fixture(source: &str, situation: &str) -> String {
    let path = directory(source).join(format!("{situation}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fixture as its source would send it, with a token that is known.
pub fn notification(source: &str, situation: &str) -> Call {
    delivery(source, fixture(source, situation).into_bytes())
}

/// `body` as `source` would send it, with a token that is known.
pub fn delivery(source: &str, body: Vec<u8>) -> Call {
    let token = match source {
        "netdata" => NETDATA_TOKEN,
        "tencent" => TENCENT_TOKEN,
        _ => panic!("`{source}` has no token among the secrets of the tests"),
    };
    Call::post(&format!("/{source}"), body).bearer(token)
}

/// The bodies of all JSON fixtures of `source`, sorted by their situations.
pub fn fixtures(source: &str) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(directory(source)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    files.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn directory(source: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(source)
}
