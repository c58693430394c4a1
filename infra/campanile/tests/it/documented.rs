//! `docs/command.md` and the manual pages say what the command can do, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use tokio::process::Command;

const DOCUMENT: &str = include_str!("../../../../docs/command.md");

async fn help(command: &[&str]) -> Option<String> {
    let mut run = Command::new(env!("CARGO_BIN_EXE_campanile"));
    let output = run.args(command).arg("--help").env_clear().output().await.unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// What `campanile --help` lists.
async fn commands() -> BTreeSet<String> {
    let help = help(&[]).await.unwrap();
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every `campanile …` of the document, in code or in a block.
fn lines() -> Vec<String> {
    let in_text = Regex::new(r"`(campanile [^`]+)`").unwrap();
    let in_block = Regex::new(r"(?m)^(campanile [^#|>\n]+)").unwrap();
    let found = in_text.captures_iter(DOCUMENT).chain(in_block.captures_iter(DOCUMENT));
    found.map(|found| found[1].trim().to_owned()).collect()
}

#[tokio::test]
async fn every_line_of_the_document_can_be_typed() {
    let lines = lines();
    let mut helps = BTreeMap::new();
    for line in &lines {
        let words: Vec<_> = line.split_whitespace().skip(1).collect();
        let is_name = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let named: Vec<_> = words.iter().take_while(is_name).copied().collect();
        // Behind the command may stand a word of its own, such as a source's name.
        let mut command = named.as_slice();
        let help = loop {
            if let Some(help) = helps.get(command) {
                break Clone::clone(help);
            }
            if let Some(help) = help(command).await {
                helps.insert(command.to_vec(), help.clone());
                break help;
            }
            command = &command[..command.len() - 1];
        };
        assert!(!command.is_empty() || named.is_empty(), "{line}");
        for option in words.iter().filter(|word| word.starts_with("--")) {
            let option = option.split('=').next().unwrap();
            let is_there =
                help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| word == option);
            assert!(is_there, "`{line}`: there is no {option}");
        }
    }
}

#[tokio::test]
async fn every_command_is_in_the_document() {
    let lines = lines();
    for command in commands().await {
        let is_described = |line: &String| line.split_whitespace().nth(1) == Some(command.as_str());
        // `up` is what it is without a word; sources are named beside `install`.
        let beside = DOCUMENT.contains(&format!("`{command}`"));
        assert!(
            lines.iter().any(is_described) || beside,
            "docs/command.md says nothing of `campanile {command}`"
        );
    }
}

#[tokio::test]
async fn there_is_a_manual_page_of_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let mut run = Command::new(env!("CARGO_BIN_EXE_campanile"));
    let output = run.args(["man", "--directory"]).arg(&pages).env_clear().output().await.unwrap();
    assert!(output.status.success());
    for command in commands().await {
        let page = std::fs::read_to_string(pages.join(format!("campanile-{command}.1"))).unwrap();
        assert!(page.contains(".SH NAME") && page.contains(&format!("campanile\\-{command}")), "{page}");
    }
    assert!(std::fs::read_to_string(pages.join("campanile.1")).unwrap().contains("Exit codes"));
}
