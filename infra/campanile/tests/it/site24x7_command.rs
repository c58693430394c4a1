//! `campanile token`, `check`, `install` and `uninstall site24x7`, typed against a stand-in for Site24x7 and Zoho.
//!
//! Whatever a command prints is looked through for secrets, whichever test it runs in.

use std::process::{Output, Stdio};

use alert::Clock as _;
use campanile::embedded::{EmbeddedSecrets, Endpoint};
use serde_json::{Value, json};
use site24x7::testing::{
    CLIENT_ID, CLIENT_SECRET, GRANT_CODE, HOOK_KEY, Hidden, REFRESH_TOKEN, SECRET, StandIn,
};
use tempfile::TempDir;
use tokio::process::Command;

use crate::operator::with_aws_at;
use crate::transcripts::assert_transcript;

/// Nothing of this may ever be printed, unless it is asked for.
const SECRETS: [&str; 6] = [CLIENT_ID, CLIENT_SECRET, GRANT_CODE, HOOK_KEY, REFRESH_TOKEN, "1000.access"];

/// A Site24x7, the secrets of an operator, and what was typed and printed so far.
struct Terminal {
    stand_in: StandIn,
    folder: TempDir,
    transcript: String,
}

impl Terminal {
    async fn before_site24x7() -> Self {
        let stand_in = StandIn::start().await;
        // The command goes by the real clock.
        let now = aws::SystemClock.now();
        stand_in.clock.forward_secs(now.as_second() - stand_in.clock.now().as_second());
        let terminal = Self { stand_in, folder: TempDir::new().unwrap(), transcript: String::new() };
        terminal.keep(&serde_json::from_str(SECRET).unwrap());
        terminal
    }

    /// Makes `members` the secret of Site24x7.
    fn keep(&self, members: &Value) {
        let document = json!({ "campanile/site24x7": members, "campanile/netdata": { "tokens": ["other"] } });
        std::fs::write(self.folder.path().join("secrets.json"), document.to_string()).unwrap();
    }

    fn kept(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.folder.path().join("secrets.json")).unwrap()).unwrap()
    }

    /// Types `campanile <line> --secrets secrets.json`.
    async fn run(&mut self, line: &str) {
        let printed = self.printed(&format!("{line} --secrets secrets.json"), &[]).await;
        for secret in SECRETS {
            assert!(!printed.contains(secret), "`{secret}` is in: {printed}");
        }
        let typed = line.replace(GRANT_CODE, "CODE");
        self.transcript.extend(["$ campanile ", &typed, "\n", &printed, "\n"]);
    }

    /// What `campanile <line>` shows where `environment` is set, and the code it ends with.
    async fn printed(&self, line: &str, environment: &[(&str, &str)]) -> String {
        let hosts = self.stand_in.hosts();
        let output = Command::new(env!("CARGO_BIN_EXE_campanile"))
            .args(line.split(' '))
            // Nobody answers at alerts.example.com.
            .args(line.starts_with("install").then_some("--without-asking"))
            .env_clear()
            .env("CAMPANILE_SITE24X7_API_ROOT", hosts.api_root())
            .env("CAMPANILE_SITE24X7_ACCOUNTS", hosts.accounts())
            .envs(environment.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        shown(&output).replace(hosts.accounts(), "http://stand-in")
    }
}

fn shown(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| std::str::from_utf8(bytes).unwrap());
    format!("{out}{err}[{}]\n", output.status.code().unwrap())
}

const URL: &str = "--url https://alerts.example.com";

#[tokio::test]
async fn a_first_install_creates_the_webhook_and_a_second_one_changes_nothing() {
    let mut terminal = Terminal::before_site24x7().await;
    terminal.run(&format!("install site24x7 {URL}")).await;
    let webhook = terminal.stand_in.world().webhooks[0].clone();
    assert_eq!(webhook["url"], "https://alerts.example.com/site24x7");
    assert_eq!(webhook["custom_headers"], json!([{ "name": "X-API-KEY", "value": HOOK_KEY }]));
    terminal.run(&format!("install site24x7 {URL}")).await;
    terminal.stand_in.world().webhooks[0].insert("timeout".to_owned(), json!(5));
    terminal.run(&format!("install site24x7 {URL}/")).await;
    assert_eq!(terminal.stand_in.world().webhooks.len(), 1);
    assert_eq!(terminal.stand_in.world().webhooks[0], webhook);
    terminal.run(&format!("uninstall site24x7 {URL}")).await;
    terminal.run(&format!("uninstall site24x7 {URL}")).await;
    terminal.run(&format!("install site24x7 {URL}")).await;
    assert_transcript!("site24x7", terminal.transcript);
}

#[tokio::test]
async fn what_to_enter_by_hand_is_printed_without_a_call_and_the_token_only_where_it_is_asked_for() {
    let mut terminal = Terminal::before_site24x7().await;
    terminal.keep(&json!({ "zohoAccountTLD": ".net.au", "tokens": [HOOK_KEY] }));
    terminal.run(&format!("install site24x7 {URL} --print")).await;
    let shown =
        terminal.printed(&format!("install site24x7 {URL} --print --show --secrets secrets.json"), &[]).await;
    assert!(shown.contains(&format!("X-API-KEY: {HOOK_KEY}")), "{shown}");
    assert_eq!(terminal.stand_in.tokens_and_calls(), (0, 0));
    assert_transcript!("site24x7", terminal.transcript);
}

#[tokio::test]
async fn a_code_becomes_a_refresh_token_in_the_secret() {
    let mut terminal = Terminal::before_site24x7().await;
    let application = json!({ "data_center": "eu", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
    terminal.keep(&application);
    terminal.run("token site24x7").await;
    terminal.run("token site24x7 --code 1000.old").await;
    assert_eq!(terminal.kept()["campanile/site24x7"], application);
    terminal.stand_in.world().lose_scope("Site24x7.Reports.Read");
    terminal.run(&format!("token site24x7 --code {GRANT_CODE}")).await;
    let kept = terminal.kept();
    assert_eq!(kept["campanile/site24x7"]["refresh_token"], REFRESH_TOKEN);
    assert_eq!(kept["campanile/site24x7"]["client_id"], CLIENT_ID);
    assert_eq!(kept["campanile/netdata"], json!({ "tokens": ["other"] }));
    assert_transcript!("site24x7", terminal.transcript);
}

#[tokio::test]
async fn the_original_documents_name_of_the_refresh_token_is_kept_and_the_token_shown_on_request() {
    let terminal = Terminal::before_site24x7().await;
    terminal.keep(&json!({
        "zohoAccountTLD": ".eu", "zohoClientId": CLIENT_ID, "zohoClientSecret": CLIENT_SECRET, "zohoRefreshToken": "old",
    }));
    let line = format!("token site24x7 --code {GRANT_CODE} --show --secrets secrets.json");
    let printed = terminal.printed(&line, &[]).await;
    assert!(printed.starts_with(&format!("{REFRESH_TOKEN}\n")), "{printed}");
    let secret = &terminal.kept()["campanile/site24x7"];
    assert_eq!(
        (&secret["zohoRefreshToken"], &secret["refresh_token"]),
        (&json!(REFRESH_TOKEN), &Value::Null)
    );
}

#[tokio::test]
async fn without_a_file_the_secret_is_that_of_secrets_manager() {
    let terminal = Terminal::before_site24x7().await;
    let application = json!({ "data_center": "eu", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
    let secrets = json!({ "tower/site24x7": application }).to_string();
    let secrets = EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap();
    let endpoint = Endpoint::serve(secrets.clone()).await.unwrap();
    let url = endpoint.url();
    let environment = with_aws_at(&url);
    let printed = terminal.printed(&format!("token site24x7 --code {GRANT_CODE}"), &environment).await;
    assert!(printed.contains("the refresh token is in the secret `tower/site24x7`"), "{printed}");
    for secret in SECRETS {
        assert!(!printed.contains(secret), "`{secret}` is in: {printed}");
    }
    let client = aws_sdk_secretsmanager::Client::new(&campanile::embedded::sdk_config(secrets));
    let kept =
        client.get_secret_value().secret_id("tower/site24x7").send().await.unwrap().secret_string.unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!((&kept["refresh_token"], &kept["client_id"]), (&json!(REFRESH_TOKEN), &json!(CLIENT_ID)));
}

#[tokio::test]
async fn a_check_says_what_works_what_is_lost_and_what_to_do() {
    let mut terminal = Terminal::before_site24x7().await;
    terminal.run(&format!("check site24x7 {URL}")).await;
    terminal.run(&format!("install site24x7 {URL}")).await;
    terminal.stand_in.world().lose_scope("Site24x7.Operations.Read");
    terminal.stand_in.world().hide(Hidden::Scopes);
    terminal.run(&format!("check site24x7 {URL}")).await;
    terminal.run("check site24x7").await;
    assert_transcript!("site24x7", terminal.transcript);
}

#[tokio::test]
async fn what_cannot_be_polled_at_all_ends_with_three() {
    let mut terminal = Terminal::before_site24x7().await;
    let mut secret: Value = serde_json::from_str(SECRET).unwrap();
    secret["client_secret"] = json!("another");
    terminal.keep(&secret);
    terminal.run("check site24x7").await;
    secret["data_center"] = json!(".xyz");
    terminal.keep(&secret);
    terminal.run("check site24x7").await;
    terminal.keep(&json!({ "tokens": [HOOK_KEY], "data_center": "eu" }));
    terminal.run("check site24x7").await;
    assert_transcript!("site24x7", terminal.transcript);
}

#[tokio::test]
async fn what_cannot_be_begun_is_refused_with_the_remedy() {
    let mut terminal = Terminal::before_site24x7().await;
    terminal.run("install site24x7").await;
    terminal.run("install site24x7 --url nowhere").await;
    terminal.keep(&json!({ "data_center": "eu" }));
    terminal.run(&format!("install site24x7 {URL}")).await;
    terminal.keep(&json!({ "data_center": "eu", "tokens": ["campanile-development-site24x7"] }));
    terminal.run(&format!("install site24x7 {URL}")).await;
    terminal.keep(&json!({ "data_center": "eu", "tokens": [HOOK_KEY] }));
    terminal.run(&format!("install site24x7 {URL}")).await;
    terminal.run(&format!("uninstall site24x7 {URL}")).await;
    terminal.keep(&json!({ "tokens": [HOOK_KEY] }));
    terminal.run("token site24x7 --code c").await;
    assert_eq!(terminal.stand_in.tokens_and_calls(), (0, 0));
    assert_transcript!("site24x7", terminal.transcript);
}
