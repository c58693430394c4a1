//! The words of docs/glossary.md: one name, one thing. What was called otherwise once is not called so again.

use std::path::{Path, PathBuf};

use crate::root;

/// Names that types do not have any more, each with its name of today. Of code, without its texts and comments.
const NAMES: [(&str, &str); 37] = [
    ("Beginning", "IdPrefix"),
    ("Bell", "StateChange"),
    ("Choice", "NotifyOn"),
    ("Courier", "HttpSender"),
    ("Course", "RoutingState"),
    ("Deed", "Action"),
    ("Delivery", "Notification, or InboundRequest"),
    ("Ends", "AutoResolve"),
    ("Enrollment", "OutboxWrite"),
    ("Form", "OutputFormat, or what it is the form of"),
    ("Gate", "Availability"),
    ("Hearing", "Muting"),
    ("Journal", "DayIndex"),
    ("Judgement", "Verdict"),
    ("Kind", "Transition, or the kind of what"),
    ("Lesson", "Memory"),
    ("Line", "DestinationSender"),
    ("News", "StateChange"),
    ("NoticeType", "EventType"),
    ("Pace", "Clock"),
    ("Person", "Principal"),
    ("Place", "Resource, or the place of what"),
    ("Plan", "OutboxWrite, or PlannedChanges"),
    ("Reach", "EgressPolicy"),
    ("Reading", "ListArgs, or what is read"),
    ("Ring", "StateChange"),
    ("Round", "RoutingContext"),
    ("Sensitive", "Secret"),
    ("Settings", "the Configuration of what"),
    ("Sheet", "DetailView"),
    ("Standing", "RoutingState"),
    ("TimeLeft", "Deadline"),
    ("Told", "what it holds"),
    ("Turn", "ClaimedNotification"),
    ("enroll", "commit"),
    ("open_day", "index_day"),
    ("time_left", "deadline"),
];

/// Words that say of a notification, an alert or a source what another word says better; in code, texts and documents.
const WORDS: [(&str, &str); 10] = [
    ("told", "notified; of a source reported, of a difference distinguished"),
    ("tell", "notify; of a source report, of a difference distinguish"),
    ("tells", "notifies; of a source reports, of a difference distinguishes"),
    ("telling", "notifying; of a source reporting"),
    ("rings", "fires"),
    ("rang", "fired"),
    ("silent source", "stale source"),
    ("put aside", "quarantined"),
    ("given up", "dead-lettered"),
    ("directory of days", "index of days"),
];

/// Where a word is another crate's, or one that events and labels carry.
const EXCEPTIONS: [(&str, &str); 6] = [
    ("Choice", "shared/intake/"),
    ("Choice", "shared/net/src/secret.rs"),
    ("Person", "shared/alert/"),
    ("Person", "shared/normalize/src/kazoo/kinds.rs"),
    ("Settings", "shared/normalize/tests/it/reviewed.rs"),
    ("silent source", "shared/alert/src/heartbeat.rs"),
];

/// What is looked through.
const FOLDERS: [&str; 9] =
    [".ci", ".github", "docs", "examples", "functions", "fuzz", "infra", "shared", "tests"];

/// What others wrote, what was written before, and these lists.
const LEFT_OUT: [&str; 5] =
    ["docs/adr", "fuzz/artifacts", "fuzz/corpus", "tests/fixtures", "shared/alert/tests/structure/words.rs"];

/// Files of people's words; those without an extension are scripts.
const EXTENSIONS: [&str; 12] =
    ["", "css", "html", "js", "md", "mjs", "py", "rs", "toml", "txt", "yaml", "yml"];

/// Documents that the code writes.
const WRITTEN: [&str; 2] = ["docs/openapi.json", "shared/alert/schema/alert-event.schema.json"];

fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn no_type_is_called_as_it_was_before() {
    let sources = files().filter(|file| is_rust(file));
    let wrong = found(sources, &NAMES, code_of);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_text_says_it_as_before() {
    let wrong = found(files(), &WORDS, |line| line.to_lowercase().replace('_', " "));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_lists_find_what_they_are_for() {
    assert!(has_word("pub struct Plan {", "Plan") && !has_word("PlannedChanges", "Plan"));
    assert_eq!(code_of(r#"let plan = say("a \"Plan\""); // a Plan"#), "let plan = say(); ");
    assert!(files().any(|file| file == "docs/glossary.md") && files().any(|file| file == ".ci/run"));
}

/// A word that is written nowhere any more, where it is, and what to write.
#[derive(Debug)]
#[expect(dead_code, reason = "a failed test prints it")]
struct Found {
    file: String,
    line: usize,
    word: &'static str,
    write: &'static str,
}

impl Found {
    fn is_excepted(&self) -> bool {
        EXCEPTIONS.iter().any(|(word, folder)| *word == self.word && self.file.starts_with(folder))
    }
}

fn found(
    files: impl Iterator<Item = String>,
    words: &[(&'static str, &'static str)],
    read: impl Fn(&str) -> String,
) -> Vec<Found> {
    let mut found = Vec::new();
    for file in files {
        for (line, text) in lines(&file) {
            let text = read(&text);
            let present = words.iter().filter(|(word, _)| has_word(&text, word));
            let present = present.map(|&(word, write)| Found { file: file.clone(), line, word, write });
            found.extend(present.filter(|found| !found.is_excepted()));
        }
    }
    found
}

/// Paths from the root, with `/`.
fn files() -> impl Iterator<Item = String> {
    let folders = FOLDERS.iter().flat_map(|folder| below(&root().join(folder)));
    let top = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    let top = top.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let paths = folders.chain(top).map(|path| path.strip_prefix(root()).unwrap().display().to_string());
    paths
        .filter(|path| path != "CHANGELOG.md" && !LEFT_OUT.iter().any(|folder| path.starts_with(folder)))
        .filter(|path| {
            let extension = Path::new(path).extension().unwrap_or_default();
            EXTENSIONS.iter().any(|known| *known == extension) || WRITTEN.contains(&path.as_str())
        })
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| !is_made(path));
    paths.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

/// Whether tools made it.
fn is_made(path: &Path) -> bool {
    ["target", "node_modules", "__pycache__", ".campanile"].iter().any(|name| path.ends_with(name))
}

fn lines(file: &str) -> Vec<(usize, String)> {
    let text = std::fs::read(root().join(file)).unwrap();
    let text = String::from_utf8_lossy(&text);
    text.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned())).collect()
}

/// `line` without its texts and its comment.
fn code_of(line: &str) -> String {
    let (mut code, mut is_text, mut is_escaped) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' if !is_escaped => is_text = !is_text,
            _ if is_text => {}
            _ => code.push(c),
        }
        is_escaped = is_text && c == '\\' && !is_escaped;
        if code.ends_with("//") {
            code.truncate(code.len() - 2);
            return code;
        }
    }
    code
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
