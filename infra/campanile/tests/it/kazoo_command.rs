//! `campanile install kazoo`, `check kazoo` and `uninstall kazoo`, typed against a stand-in for Crossbar.
//!
//! Whatever a command prints is looked through for secrets, whichever test it runs in.

use std::process::{Output, Stdio};

use alert::Clock as _;
use aws::SystemClock;
use campanile::embedded::{EmbeddedSecrets, Endpoint};
use jiff::Timestamp;
use kazoo::Credentials;
use kazoo::testing::{API_KEY, Condition, Effect, StandIn, Version};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::operator::with_aws_at;
use crate::transcripts::assert_transcript;

const TOKEN: &str = "s3cr3t-t0ken";
const PASSWORD: &str = "m32c6NfqYEt";

/// Nothing of this may ever be printed: API key, password and its hash, tokens of hooks and of sessions.
const SECRETS: [&str; 6] =
    [API_KEY, PASSWORD, "82a2dc91686ec828a67152d45a5c5ef7", TOKEN, "0ld-t0ken", "eyJhbGciOiJSUzI1NiJ9"];

/// A KAZOO, the secrets of an operator, and what was typed and printed so far.
struct Terminal {
    kazoo: StandIn,
    folder: TempDir,
    transcript: String,
}

impl Terminal {
    /// Before a KAZOO that the operator has an API key of.
    async fn before(version: Version) -> Self {
        let kazoo = StandIn::start(version).await;
        // Attempts are asked for by the real clock.
        kazoo.clock.advance(SystemClock.now().duration_since(kazoo.clock.now()).as_secs());
        let terminal = Self { kazoo, folder: TempDir::new().unwrap(), transcript: String::new() };
        terminal.keep(&json!({ "api_key": API_KEY, "tokens": [TOKEN] }));
        terminal
    }

    /// Puts `members` into the secret of KAZOO, besides its address.
    fn keep(&self, members: &Value) {
        let mut secret = json!({ "url": self.url() });
        secret.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap());
        self.keep_document(&json!({ "campanile/kazoo": secret }));
    }

    fn keep_document(&self, secrets: &Value) {
        std::fs::write(self.folder.path().join("secrets.json"), secrets.to_string()).unwrap();
    }

    fn url(&self) -> String {
        self.kazoo.configuration(Credentials::api_key(API_KEY).unwrap()).base_url.to_string()
    }

    /// Types `campanile <line> --secrets secrets.json`.
    async fn run(&mut self, line: &str) {
        self.run_in(&format!("{line} --secrets secrets.json"), &[]).await;
    }

    /// Types `campanile <line>` where `environment` is set.
    async fn run_in(&mut self, line: &str, environment: &[(&str, &str)]) {
        let output = Command::new(env!("CARGO_BIN_EXE_campanile"))
            .args(line.split(' '))
            // Nobody answers at alerts.example.com.
            .args(line.starts_with("install").then_some("--without-asking"))
            .env_clear()
            .env("CAMPANILE_URL", "https://alerts.example.com")
            .envs(environment.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let printed = self.printed(&output);
        for secret in SECRETS {
            assert!(!printed.contains(secret), "`{secret}` is in: {printed}");
        }
        let typed = line.replace(" --secrets secrets.json", "");
        self.transcript += &["$ campanile ", &typed, "\n", &printed, "\n"].concat();
    }

    /// What `output` shows, and the code it ends with, without what differs from run to run.
    fn printed(&self, output: &Output) -> String {
        let code = output.status.code().unwrap();
        let shown = [&output.stdout, &output.stderr].map(|bytes| std::str::from_utf8(bytes).unwrap());
        let text = format!("{}{}[{code}]\n", shown[0], shown[1]);
        let text = text.replace(&self.url(), "http://kazoo.example.com:8000/v2");
        text.split(' ').map(without_time).collect::<Vec<_>>().join(" ")
    }
}

fn without_time(word: &str) -> &str {
    if word.parse::<Timestamp>().is_ok() { "TIME" } else { word }
}

fn uri(hook: &str, token: &str) -> String {
    format!("https://alerts.example.com/kazoo/{token}?hook={hook}")
}

#[tokio::test]
async fn a_first_install_creates_what_the_dry_run_printed_and_a_second_one_changes_nothing() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    terminal.run("install kazoo --dry-run").await;
    assert_eq!(terminal.kazoo.crossbar().writes(), [""; 0]);
    terminal.run("install kazoo").await;
    assert_eq!(terminal.kazoo.crossbar().writes(), ["PUT /v2/accounts/A/webhooks"; 2]);
    terminal.run("install kazoo").await;
    assert_eq!(terminal.kazoo.crossbar().writes().len(), 2);
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn what_install_creates_calls_campanile_with_its_token() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    terminal.run("install kazoo --hooks channel_destroy,object:user:doc_deleted --include-subaccounts").await;
    let crossbar = terminal.kazoo.crossbar();
    let [calls, users] = [0, 1].map(|index| crossbar.document(crossbar.ids()[index]));
    assert_eq!(calls["uri"], uri("channel_destroy", TOKEN));
    assert_eq!(users["uri"], uri("object", TOKEN));
    assert_eq!(users["custom_data"], json!({ "type": "user", "action": "doc_deleted" }));
    for hook in [calls, users] {
        assert_eq!((&hook["format"], &hook["include_subaccounts"]), (&json!("json"), &json!(true)));
    }
}

#[tokio::test]
async fn a_hook_that_kazoo_switched_off_is_found_with_its_failures_and_repaired() {
    for version in [Version::V4_2, Version::V5] {
        let mut terminal = Terminal::before(version).await;
        terminal.run("install kazoo").await;
        terminal.transcript.clear();
        terminal.run("check kazoo").await;
        let broken = terminal.kazoo.crossbar().ids()[0].to_owned();
        (0..6).for_each(|_| terminal.kazoo.crossbar().deliver(&broken, 401));
        terminal.run("check kazoo").await;
        assert_eq!(terminal.kazoo.crossbar().document(&broken)["enabled"], json!(false));
        terminal.run("check kazoo --repair").await;
        assert_eq!(terminal.kazoo.crossbar().document(&broken)["enabled"], json!(true));
        terminal.run("check kazoo").await;
        assert_transcript!("kazoo", terminal.transcript);
    }
}

#[tokio::test]
async fn a_hook_that_is_missing_or_shows_another_token_is_found_and_installed() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    terminal.keep(&json!({ "api_key": API_KEY, "tokens": ["0ld-t0ken"] }));
    terminal.run("install kazoo --hooks channel_destroy").await;
    terminal.keep(&json!({ "api_key": API_KEY, "tokens": [TOKEN, "0ld-t0ken"] }));
    terminal.run("check kazoo").await;
    terminal.run("install kazoo").await;
    terminal.run("check kazoo").await;
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn what_a_person_did_stays_until_it_is_asked_for() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    let made = |token: &str, enabled: bool| {
        json!({
            "hook": "channel_destroy", "name": "campanile channel_destroy", "uri": uri("channel_destroy", token),
            "http_verb": "post", "format": "json", "retries": 3, "include_subaccounts": false,
            "include_internal_legs": false, "enabled": enabled, "custom_data": {}
        })
    };
    terminal.kazoo.crossbar().put("a", made(TOKEN, false));
    terminal.kazoo.crossbar().put("b", made("0ld-t0ken", false));
    terminal.run("check kazoo --hooks channel_destroy --repair").await;
    terminal.run("install kazoo --hooks channel_destroy").await;
    assert_eq!(terminal.kazoo.crossbar().writes(), [""; 0]);
    terminal.run("install kazoo --hooks channel_destroy --enable --prune").await;
    assert_eq!(terminal.kazoo.crossbar().ids(), ["a"]);
    assert_eq!(terminal.kazoo.crossbar().document("a"), made(TOKEN, true));
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn uninstalling_removes_ours_and_leaves_all_others() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    let elsewhere = uri("channel_destroy", TOKEN).replace("alerts.", "elsewhere.");
    for (id, uri) in
        [("other-host", elsewhere.as_str()), ("other-path", "https://alerts.example.com/crm?x=0ld-t0ken")]
    {
        let document =
            json!({ "hook": "channel_destroy", "name": "somebody's", "uri": uri, "enabled": true });
        terminal.kazoo.crossbar().put(id, document);
    }
    terminal.run("install kazoo").await;
    terminal.transcript.clear();
    terminal.run("uninstall kazoo --dry-run").await;
    assert_eq!(terminal.kazoo.crossbar().ids().len(), 4);
    // It takes no token to take hooks away.
    terminal.keep(&json!({ "api_key": API_KEY }));
    terminal.run("uninstall kazoo").await;
    assert_eq!(terminal.kazoo.crossbar().ids(), ["other-host", "other-path"]);
    terminal.run("uninstall kazoo").await;
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn a_login_that_fails_says_why_and_what_to_do() {
    let mut terminal = Terminal::before(Version::V5).await;
    terminal.keep(&json!({ "api_key": API_KEY.replace('7', "8"), "tokens": [TOKEN] }));
    terminal.run("install kazoo").await;
    let user = |password: &str| {
        json!({
            "username": "john@example.com", "password": password, "account_name": "master", "tokens": [TOKEN]
        })
    };
    terminal.keep(&user("hunter2"));
    terminal.run("check kazoo").await;
    terminal.keep(&user(PASSWORD));
    terminal.kazoo.crossbar().conditions.insert(Condition::SecondFactorNeeded);
    terminal.run("uninstall kazoo").await;
    terminal.kazoo.crossbar().conditions.insert(Condition::AccountLocked);
    terminal.run("install kazoo").await;
    terminal.kazoo.crossbar().conditions.clear();
    terminal.run("install kazoo --dry-run --account 00000000000000000000000000000000").await;
    terminal.run("install kazoo --dry-run").await;
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn an_install_that_stops_midway_says_what_is_done_and_the_next_one_does_the_rest() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    terminal.kazoo.crossbar().fail_next("PUT", "/webhooks", Effect::AnswerLost);
    terminal.kazoo.crossbar().fail_next("PUT", "/webhooks", Effect::Error(503, "datastore_fault", json!({})));
    terminal.run("install kazoo").await;
    assert_eq!(terminal.kazoo.crossbar().ids().len(), 1);
    terminal.run("install kazoo").await;
    assert_eq!(terminal.kazoo.crossbar().ids().len(), 2);
    terminal.kazoo.crossbar().fail_next("DELETE", "", Effect::Error(423, "locked", json!({})));
    terminal.run("uninstall kazoo").await;
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn what_cannot_be_begun_is_refused_with_the_remedy() {
    let mut terminal = Terminal::before(Version::V4_1).await;
    terminal.run("install kazoo").await;
    terminal.run("install kazoo --hooks parking:all").await;
    terminal.run("install kazoo --hooks nothing!").await;
    terminal.run(&format!("install kazoo --url https://alerts.example.com/kazoo/{TOKEN}")).await;
    terminal.run("install kazoo --url http://127.0.0.1:9000").await;
    terminal.keep(&json!({ "api_key": API_KEY }));
    terminal.run("install kazoo").await;
    terminal.keep(&json!({ "api_key": API_KEY, "tokens": [format!("{TOKEN}/")] }));
    terminal.run("install kazoo").await;
    terminal.keep(&json!({ "api_key": API_KEY, "tokens": ["campanile-development-kazoo"] }));
    terminal.run("install kazoo").await;
    terminal.keep(&json!({ "tokens": [TOKEN] }));
    terminal.run("install kazoo").await;
    terminal.keep_document(&json!({}));
    terminal.run("install kazoo").await;
    terminal.keep_document(&json!({ "campanile/kazoo": { "api_key": [API_KEY] } }));
    terminal.run("install kazoo").await;
    terminal.keep_document(&json!([API_KEY]));
    terminal.run("install kazoo").await;
    terminal.run_in("install kazoo --secrets nowhere.json", &[]).await;
    assert_eq!(terminal.kazoo.crossbar().writes(), [""; 0]);
    // clap quotes what was typed.
    let transcript = terminal.transcript.replace(TOKEN, "TOKEN");
    assert_transcript!("kazoo", transcript);
}

#[tokio::test]
async fn a_kazoo_that_does_not_answer_is_named() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    terminal.keep(&json!({ "url": "http://127.0.0.1:1/v2", "api_key": API_KEY, "tokens": [TOKEN] }));
    terminal.run("check kazoo").await;
    let expected = "$ campanile check kazoo\ncampanile: cannot look at the account's webhooks: cannot list the hooks \
                    that KAZOO offers: no connection to KAZOO: check the address, the port and the network: ";
    assert!(terminal.transcript.starts_with(expected), "{}", terminal.transcript);
}

#[tokio::test]
async fn a_hook_that_campanile_would_refuse_by_its_id_is_named() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    let with_hook_ids = |ids: &[&str]| json!({ "api_key": API_KEY, "tokens": [TOKEN], "hook_ids": ids });
    terminal.keep(&with_hook_ids(&["00000000000000000000000000000001"]));
    terminal.run("install kazoo").await;
    terminal.run("check kazoo").await;
    terminal.keep(&with_hook_ids(&["00000000000000000000000000000001", "00000000000000000000000000000002"]));
    terminal.run("install kazoo").await;
    terminal.run("check kazoo").await;
    assert_transcript!("kazoo", terminal.transcript);
}

#[tokio::test]
async fn without_a_file_the_secret_is_that_of_secrets_manager() {
    let mut terminal = Terminal::before(Version::V4_3).await;
    let secret = json!({ "url": terminal.url(), "api_key": API_KEY, "tokens": [TOKEN] });
    let secrets = json!({ "tower/kazoo": secret }).to_string();
    let endpoint =
        Endpoint::serve(EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap()).await.unwrap();
    let url = endpoint.url();
    let environment = with_aws_at(&url);
    terminal.run_in("install kazoo", &environment).await;
    assert_eq!(terminal.kazoo.crossbar().ids().len(), 2);
    terminal.run_in("check kazoo", &environment[..4]).await;
    assert_transcript!("kazoo", terminal.transcript);
}
