//! What a person sees, in one file a subject that a person reviews, with the names of the tests as headings.
//!
//! `INSTA_UPDATE=always` writes down what was seen, as it does for snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const HEADING: &str = "## ";

/// Tests of one subject write to one file.
static WRITING: Mutex<()> = Mutex::new(());

/// Compares a transcript with what `transcripts/<subject>.txt` has under the name of the present test.
macro_rules! assert_transcript {
    ($subject:literal, $transcript:expr) => {{
        fn here() {}
        $crate::transcripts::check($subject, std::any::type_name_of_val(&here), $transcript.as_ref());
    }};
}
pub(crate) use assert_transcript;

/// Compares `transcript` with the section that is named by the function around `here`.
pub(crate) fn check(subject: &str, here: &str, transcript: &str) {
    let mut segments = here.rsplit("::").skip(1);
    let test = segments.find(|segment| !segment.starts_with('{')).unwrap().replace('_', " ");
    let path = folder().join(format!("{subject}.txt"));
    let writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sections = sections(&fs::read_to_string(&path).unwrap_or_default());
    let reviewed = sections.get(&test).map_or("", String::as_str).trim();
    if reviewed == transcript.trim() {
        return;
    }
    if is_updating() {
        sections.insert(test, transcript.trim().to_owned());
        let sheet: Vec<_> =
            sections.iter().map(|(test, seen)| format!("{HEADING}{test}\n\n{seen}\n")).collect();
        fs::write(path, sheet.join("\n")).unwrap();
        return;
    }
    drop(writing);
    let number = reviewed.lines().zip(transcript.lines()).take_while(|(before, now)| before == now).count();
    let line = |text: &str| text.lines().nth(number).unwrap_or("(nothing)").to_owned();
    panic!(
        "`{}` has something else under `{test}`, from its line {} on:\n- {}\n+ {}\n\nWhat was seen:\n{transcript}",
        path.display(),
        number + 1,
        line(reviewed),
        line(transcript)
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/transcripts")
}

#[expect(clippy::disallowed_methods, reason = "it is a matter of the run of the tests, as for insta")]
fn is_updating() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always")
}

/// The sections of a sheet by heading, without blank lines around them.
fn sections(sheet: &str) -> BTreeMap<String, String> {
    let sheet = format!("\n{sheet}");
    let parts = sheet.split(&format!("\n{HEADING}")).skip(1).map(str::to_owned).collect::<Vec<_>>();
    let section = |part: String| {
        let (heading, seen) = part.split_once("\n\n").unwrap();
        (heading.to_owned(), seen.trim_end().to_owned())
    };
    parts.into_iter().map(section).collect()
}

/// Every function that compares a transcript, with blanks in its name.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(path).unwrap();
            let tests =
                source.split("fn ").skip(1).filter(|function| function.contains("assert_transcript!"));
            let names = tests.filter_map(|function| function.split('(').next());
            found.extend(names.map(|name| name.replace('_', " ")));
        }
    }
}

#[test]
fn each_transcript_belongs_to_a_test() {
    let mut tests = BTreeSet::new();
    functions(folder().parent().unwrap(), &mut tests);
    for sheet in fs::read_dir(folder()).unwrap() {
        let path = sheet.unwrap().path();
        for heading in sections(&fs::read_to_string(&path).unwrap()).into_keys() {
            assert!(tests.contains(&heading), "no test is `{heading}`: take it out of {}", path.display());
        }
    }
}
