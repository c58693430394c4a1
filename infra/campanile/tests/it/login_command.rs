//! `campanile login`: what is stored, who may read it, and who uses it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;

use crate::operator::{Operator, READER, WRITER, printed};

/// Types `campanile <line>` where settings are in `home` and nothing says where Campanile is; `given` is its input.
async fn typed(operator: &Operator, home: &Path, line: &str, given: &str) -> Output {
    let mut command = operator.command(line);
    command.env("XDG_CONFIG_HOME", home).env_remove("CAMPANILE_URL");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(given.as_bytes()).await.unwrap();
    child.wait_with_output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_is_used_and_nobody_else_may_read_it() {
    let operator = Operator::before_a_bundle().await;
    let home = tempfile::tempdir().unwrap();
    let typed = async |line: &str, given: &str| typed(&operator, home.path(), line, given).await;
    let file = home.path().join("campanile/credentials.json");
    let url = operator.url.clone();

    let refused = typed(&format!("login --url {url}"), "wrong").await;
    assert!(!refused.status.success() && !file.exists(), "{}", printed(&refused));
    let empty = typed(&format!("login --url {url}"), "\n").await;
    assert!(printed(&empty).contains("no token was given"), "{}", printed(&empty));
    let stored = typed(&format!("login --url {url}"), &format!(" {WRITER}\n")).await;
    assert!(stored.status.success() && !printed(&stored).contains(WRITER), "{}", printed(&stored));
    let said = format!("logged in at {url} as developer, with the role write: the profile `default` is in ");
    assert!(printed(&stored).starts_with(&said), "{}", printed(&stored));
    assert!(
        typed(&format!("login --profile reading --url {url} --token {READER}"), "").await.status.success()
    );
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);

    assert_eq!(String::from_utf8(typed("alerts", "").await.stdout).unwrap(), "nothing is open\n");
    let sample = typed("send netdata nested-raised-critical", "").await;
    assert!(sample.status.success(), "a source's token is another one: {}", printed(&sample));
    let reading = typed("ack severity!=none --profile reading", "").await;
    assert!(printed(&reading).contains("may read only"), "{}", printed(&reading));
    assert!(typed("ack severity!=none", "").await.status.success());

    let unknown = typed("alerts --profile nobody", "").await;
    assert!(printed(&unknown).contains("there is no profile `nobody`"), "{}", printed(&unknown));
    assert!(typed("login --forget --profile reading", "").await.status.success());
    assert!(!typed("alerts --profile reading", "").await.status.success());
    assert!(typed("alerts", "").await.status.success(), "the other one stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_token_goes_to_its_own_address_only() {
    let secrets = serde_json::json!({ "campanile/api": { "tokens": [
        { "token": "0123456789abcdef", "name": "ana", "role": "write" }
    ] } });
    let own = Operator::before_a_bundle_with(&secrets).await;
    let other = Operator::before_a_bundle_with(&secrets).await;
    let home = tempfile::tempdir().unwrap();
    let stored = typed(&own, home.path(), &format!("login --url {}", own.url), "0123456789abcdef").await;
    assert!(stored.status.success(), "{}", printed(&stored));
    let at = async |url: &str| typed(&own, home.path(), &format!("counts --url {url}"), "").await;
    assert!(at(&own.url).await.status.success());
    let refused = at(&other.url).await;
    assert!(printed(&refused).contains("401"), "{}", printed(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_may_read_or_that_is_damaged_is_not_used() {
    let operator = Operator::before_a_bundle().await;
    let home = tempfile::tempdir().unwrap();
    let typed = async |line: &str| printed(&typed(&operator, home.path(), line, "").await);
    typed(&format!("login --url {} --token {WRITER}", operator.url)).await;
    let file = home.path().join("campanile/credentials.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let exposed = typed("alerts").await;
    assert!(exposed.contains("others may read `") && exposed.contains("chmod 600"), "{exposed}");
    let elsewhere = typed(&format!("alerts --url {} --token {WRITER}", operator.url)).await;
    assert!(elsewhere.contains("nothing is open"), "it is not needed: {elsewhere}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, format!(r#"{{"default":{{"token":"{WRITER}"}}}}"#)).unwrap();
    let damaged = typed("alerts").await;
    assert!(
        damaged.contains("is not as `campanile login` writes it") && !damaged.contains(WRITER),
        "{damaged}"
    );
}
