//! The secrets that the tests deploy with, and what of them must never be seen again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use intake::WEBHOOKS;
use serde_json::{Value, json};

/// A token of `campanile/netdata`.
pub const NETDATA_TOKEN: &str = "netdata-token-k3Wd81uVqLr5Zp0XyTn7";
/// Username and password of `campanile/netdata`; the password has a colon.
pub const NETDATA_PAIR: &str = "netdata-user:netdata-pass:9fGh2Jk4LmQ8";
/// The challenge secret of `campanile/netdata`.
pub const CHALLENGE_SECRET: &str = "Jefe";
/// A token of `campanile/tencent`.
pub const TENCENT_TOKEN: &str = "tencent-token-b7Rt2NcXe6Yw4Hs1Pv9Q";
/// Username and password of `campanile/tencent`.
pub const TENCENT_PAIR: &str = "tencent-user:tencent-pass-5TgB8yHn3UjM";
/// The verification code of `campanile/tencent`.
pub const VALIDATION_CODE: &str = "validation-code-6d1c";
/// A token of `campanile/api` that may read.
pub const READ_TOKEN: &str = "api-token-read-8sDf3GhJ5kLz1XcV";
/// A token of `campanile/api` that may write.
pub const WRITE_TOKEN: &str = "api-token-write-2qWe4RtY6uIo8PaS";

/// A token of each source that has none of its own above.
static TOKENS: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    WEBHOOKS.iter().map(|source| (source.as_str(), format!("{source}-token-m9Nb8VcX7zLk6JhG5fD"))).collect()
});

/// Secret name to value, in the form of `campanile up --secrets`.
pub fn secrets() -> Value {
    let mut secrets = json!({
        "campanile/netdata": {
            "tokens": [NETDATA_TOKEN], "basic": [pair(NETDATA_PAIR)], "challenge_secret": CHALLENGE_SECRET,
        },
        "campanile/tencent": {
            "tokens": [TENCENT_TOKEN], "basic": [pair(TENCENT_PAIR)], "validation_code": VALIDATION_CODE,
        },
        "campanile/api": { "tokens": [
            { "token": READ_TOKEN, "name": "reader", "role": "read" },
            { "token": WRITE_TOKEN, "name": "writer", "role": "write" },
        ]},
    });
    for source in TOKENS.keys() {
        let secret = &mut secrets[format!("campanile/{source}")];
        if secret.is_null() {
            *secret = json!({ "tokens": [token(source)] });
        }
    }
    secrets
}

/// A token that `source` may present.
pub fn token(source: &str) -> &'static str {
    match source {
        "netdata" => NETDATA_TOKEN,
        "tencent" => TENCENT_TOKEN,
        _ => TOKENS.get(source).unwrap_or_else(|| panic!("`{source}` calls no webhook")),
    }
}

/// What must reach no log line, no answer and no item of the table. Names of people and users may.
pub fn needles() -> Vec<String> {
    let pairs = [NETDATA_PAIR, TENCENT_PAIR];
    let passwords =
        pairs.iter().filter_map(|pair| pair.split_once(':')).map(|(_, password)| password.to_owned());
    let basic = pairs.iter().map(|pair| STANDARD.encode(pair));
    let tokens = TOKENS.keys().map(|source| token(source));
    let texts = tokens.chain([READ_TOKEN, WRITE_TOKEN, CHALLENGE_SECRET, VALIDATION_CODE]);
    texts.map(str::to_owned).chain(passwords).chain(basic).collect()
}

fn pair(text: &str) -> Value {
    let (username, password) = text.split_once(':').expect("a pair has a colon");
    json!({ "username": username, "password": password })
}
