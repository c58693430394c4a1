//! The secrets that the tests deploy with, and what of them must never be seen again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

const KAZOO_TOKEN: &str = "kazoo-token-q1Az2WsX3edC4rfV5tgB";
const SITE24X7_TOKEN: &str = "site24x7-token-m9Nb8VcX7zLk6JhG5fD";

/// Secret name to value, in the form of `campanile up --secrets`.
pub fn secrets() -> Value {
    json!({
        "campanile/netdata": {
            "tokens": [NETDATA_TOKEN], "basic": [pair(NETDATA_PAIR)], "challenge_secret": CHALLENGE_SECRET,
        },
        "campanile/kazoo": { "tokens": [KAZOO_TOKEN] },
        "campanile/tencent": {
            "tokens": [TENCENT_TOKEN], "basic": [pair(TENCENT_PAIR)], "validation_code": VALIDATION_CODE,
        },
        "campanile/site24x7": { "tokens": [SITE24X7_TOKEN] },
        "campanile/api": { "tokens": [
            { "token": READ_TOKEN, "name": "reader", "role": "read" },
            { "token": WRITE_TOKEN, "name": "writer", "role": "write" },
        ]},
    })
}

/// A token that `source` may present.
pub fn token(source: &str) -> &'static str {
    match source {
        "netdata" => NETDATA_TOKEN,
        "kazoo" => KAZOO_TOKEN,
        "tencent" => TENCENT_TOKEN,
        "site24x7" => SITE24X7_TOKEN,
        _ => panic!("`{source}` has no token among the secrets of the tests"),
    }
}

/// What must reach no log line, no answer and no item of the table. Names of people and users may.
pub fn needles() -> Vec<String> {
    let pairs = [NETDATA_PAIR, TENCENT_PAIR];
    let passwords =
        pairs.iter().filter_map(|pair| pair.split_once(':')).map(|(_, password)| password.to_owned());
    let basic = pairs.iter().map(|pair| STANDARD.encode(pair));
    let tokens = [NETDATA_TOKEN, KAZOO_TOKEN, TENCENT_TOKEN, SITE24X7_TOKEN, READ_TOKEN, WRITE_TOKEN];
    let texts = tokens.into_iter().chain([CHALLENGE_SECRET, VALIDATION_CODE]);
    texts.map(str::to_owned).chain(passwords).chain(basic).collect()
}

fn pair(text: &str) -> Value {
    let (username, password) = text.split_once(':').expect("a pair has a colon");
    json!({ "username": username, "password": password })
}
