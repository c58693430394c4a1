//! Logging in, and who may go on.

use alert::Clock;
use serde_json::{Value, json};

use super::envelope::Answered;
use super::state::{ACCOUNT, Condition, Crossbar, Seen};

/// The account's API key.
pub const API_KEY: &str = "7a3f00d1c5b29e846f1d2c3b4a5968770123456789abcdeffedcba9876543210";

/// `john@example.com:m32c6NfqYEt`, hashed.
const MD5: &str = "82a2dc91686ec828a67152d45a5c5ef7";
const SHA1: &str = "055cf886cb9b5c5867083463867c527ace0f8ecc";

pub(super) fn by_api_key(crossbar: &mut Crossbar, seen: &Seen) -> Answered {
    let key = seen.data["api_key"].as_str().unwrap_or_default();
    if seen.body.as_object().is_none_or(|body| body.len() != 1)
        || seen.data.as_object().is_none_or(|d| d.len() != 1)
    {
        return Answered::invalid("api_key", "required", "Field is required but missing", &Value::Null);
    }
    if key.len() != 64 {
        return Answered::invalid(
            "api_key",
            "minLength",
            "String must be at least 64 characters",
            &json!(key),
        );
    }
    if key != API_KEY {
        return Answered::error(404, "bad identifier", json!([key]));
    }
    admit(crossbar)
}

pub(super) fn by_user(crossbar: &mut Crossbar, seen: &Seen) -> Answered {
    let member = |name: &str| seen.data[name].as_str().unwrap_or_default();
    let expected = match member("method") {
        "md5" | "" => MD5,
        "sha" => SHA1,
        other => {
            return Answered::invalid("method", "enum", "Value not found in enumerated list", &json!(other));
        }
    };
    let account = member("account_name") == "master"
        || member("account_realm") == "sip.example.com"
        || member("phone_number") == "+15555550100";
    if crossbar.is(Condition::AccountLocked) {
        Answered::error(401, "account_is_locked", json!({}))
    } else if member("credentials") != expected || !account {
        invalid_credentials()
    } else if crossbar.is(Condition::SecondFactorNeeded) {
        Answered::error(401, "multi_factor_request", json!({ "multi_factor_request": { "provider": "duo" } }))
    } else {
        admit(crossbar)
    }
}

fn admit(crossbar: &mut Crossbar) -> Answered {
    let token = crossbar.new_token();
    let data = json!({
        "account_id": ACCOUNT, "owner_id": "915c65317ceef0c7d8998117b68d2e15", "account_name": "master",
        "reseller_id": ACCOUNT, "language": "en-US", "is_reseller": true, "apps": []
    });
    Answered::created(data).with("auth_token", json!(token))
}

fn invalid_credentials() -> Answered {
    Answered::error(401, "invalid_credentials", json!({ "message": "invalid credentials" }))
}

pub(super) fn admitted(crossbar: &Crossbar, seen: &Seen, account: &str) -> Result<(), Answered> {
    let Some(token) = &seen.token else {
        return Err(invalid_credentials());
    };
    let end = crossbar.tokens.get(token);
    if end.is_none_or(|end| *end <= crossbar.clock.now()) {
        return Err(Answered::error(401, "invalid credentials", json!({})));
    }
    if !crossbar.accounts.contains(account) {
        return Err(Answered::error(403, "forbidden", json!({})));
    }
    Ok(())
}
