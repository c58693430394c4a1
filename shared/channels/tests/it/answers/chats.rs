//! What chats answer.

use channels::testing::now;
use channels::{Memory, Next, Verdict};
use serde_json::json;

use super::{
    FAILED, GONE, PROBED, answer, assert_limited, check, everybody, interpret, interpret_nth, pace, retry,
    retry_in,
};

#[test]
fn discord_success_is_the_saved_message() {
    let saved = interpret("discord", answer(200, &[], r#"{"id":"700","channel_id":"600"}"#));
    assert_eq!(saved.next, Next::End(Verdict::Sent));
    assert_eq!(saved.receipt.as_deref(), Some("600/700"));
    assert_eq!(saved.memory, Some(Memory(json!({ "message": "700" }))));
    assert_eq!(saved.shared_memory, None);
    check("discord", &[(204, "", FAILED), (200, "{}", FAILED), (200, "<html>", FAILED)]);
}

#[test]
fn discord_error_codes_go_before_the_status() {
    check(
        "discord",
        &[
            (404, r#"{"code":10015,"message":"Unknown Webhook"}"#, GONE),
            (401, r#"{"code":50027,"message":"Invalid Webhook Token"}"#, GONE),
            (400, r#"{"code":220001}"#, GONE),
            (400, r#"{"code":220002}"#, GONE),
            (400, r#"{"code":220003}"#, GONE),
            (400, r#"{"code":220004}"#, GONE),
            (400, r#"{"code":40067}"#, GONE),
            (400, r#"{"code":50006}"#, FAILED),
            (400, r#"{"code":50035}"#, FAILED),
            (413, r#"{"code":40005}"#, FAILED),
            (400, r#"{"code":20016}"#, retry()),
            (400, r#"{"code":20028}"#, retry()),
            (400, r#"{"code":20029}"#, retry()),
        ],
    );
}

#[test]
fn discord_names_its_wait_in_the_body() {
    let body = r#"{"message":"You are being rate limited.","retry_after":0.376,"global":false}"#;
    assert_limited(&interpret("discord", answer(429, &[("retry-after", "1")], body)), 1);
    let body = r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#;
    assert_limited(&interpret("discord", answer(429, &[("retry-after", "65")], body)), 65);
    let body = r#"{"message":"You are being rate limited.","retry_after":1e300}"#;
    assert_limited(&interpret("discord", answer(429, &[], body)), 3600);
}

#[test]
fn a_global_limit_of_discord_holds_every_discord() {
    let in_body = answer(429, &[], r#"{"retry_after":1.2,"global":true}"#);
    assert_eq!(interpret("discord", in_body).hold, Some(everybody(2)));
    let in_header = answer(429, &[("x-ratelimit-global", "true")], r#"{"retry_after":1.2}"#);
    assert_eq!(interpret("discord", in_header).hold, Some(everybody(2)));
}

#[test]
fn a_ban_of_discord_names_no_wait_and_holds_every_discord_for_longer_each_time() {
    for (number, seconds) in [(1, 600), (2, 1200), (3, 1800), (6, 3600), (50, 3600)] {
        let ban = Ok(answer(429, &[("content-type", "text/html")], "<html>banned"));
        let interpretation = interpret_nth("discord", number, &ban);
        assert_eq!(interpretation.hold, Some(everybody(seconds)), "{number}");
        assert_eq!(interpretation.next, Next::End(retry_in(seconds)));
    }
}

#[test]
fn the_last_request_that_discord_allows_is_followed_by_a_pause() {
    let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "1.5")];
    let spent = interpret("discord", answer(200, &headers, r#"{"id":"700","channel_id":"600"}"#));
    assert_eq!((spent.next, spent.hold), (Next::End(Verdict::Sent), Some(pace(2))));
}

#[test]
fn slack_success_is_a_word() {
    check(
        "slack",
        &[
            (200, "ok", Verdict::Sent),
            (200, "ok\n", Verdict::Sent),
            (200, r#"{"ok":true}"#, Verdict::Sent),
            (200, r#"{"ok":false,"error":"invalid_payload"}"#, FAILED),
            (200, "<html>captive portal</html>", FAILED),
            (200, "", FAILED),
        ],
    );
}

#[test]
fn slack_errors_are_words_too() {
    check(
        "slack",
        &[
            (404, "channel_not_found", GONE),
            (410, "channel_is_archived", GONE),
            (403, "action_prohibited", GONE),
            (404, "no_service", GONE),
            (404, r#"{"ok":false,"error":"no_service"}"#, GONE),
            (403, "no_active_hooks", GONE),
            (403, "invalid_token", GONE),
            (400, "posting_to_general_channel_denied", GONE),
            (400, "invalid_payload", FAILED),
            (404, "user_not_found", FAILED),
            (400, "no_text", FAILED),
            (400, "too_many_attachments", FAILED),
            (400, "msg_blocks_too_long", FAILED),
            (500, "rollup_error", retry()),
            (404, "<html>", PROBED),
        ],
    );
}

#[test]
fn slack_names_its_wait_in_a_header_and_in_the_body() {
    let body = r#"{"retry_after":1,"ok":false,"error":"rate_limited"}"#;
    assert_limited(&interpret("slack", answer(429, &[("retry-after", "30")], body)), 30);
    assert_limited(&interpret("slack", answer(429, &[], body)), 1);
}

#[test]
fn slack_is_left_alone_for_a_second_after_each_message() {
    assert_eq!(interpret("slack", answer(200, &[], "ok")).hold, Some(pace(1)));
}

#[test]
fn mattermost_errors_have_ids() {
    let error = |name: &str| {
        format!(
            r#"{{"id":"web.incoming_webhook.{name}.app_error","message":"m","detailed_error":"","status_code":1}}"#
        )
    };
    for name in ["parse", "decode", "text", "attachment"] {
        check("mattermost", &[(400, &error(name), FAILED)]);
    }
    for (status, name, verdict) in [
        (400, "invalid", GONE),
        (400, "user", PROBED),
        (400, "general", PROBED),
        (403, "channel_locked", PROBED),
        (403, "permissions", PROBED),
        (404, "channel", PROBED),
        (501, "disabled", PROBED),
        (500, "channel", retry()),
    ] {
        check("mattermost", &[(status, &error(name), verdict)]);
    }
    check("mattermost", &[(200, "ok", Verdict::Sent), (200, "<html>", FAILED), (400, "", FAILED)]);
}

#[test]
fn rocketchat_success_is_what_its_contract_says() {
    check(
        "rocketchat",
        &[
            (200, r#"{"success":true}"#, Verdict::Sent),
            (200, "{}", Verdict::Sent),
            (200, "", Verdict::Sent),
            (200, r#"{"success":false}"#, FAILED),
            (200, "<html>captive portal</html>", FAILED),
            (200, "[]", FAILED),
        ],
    );
}

#[test]
fn rocketchat_errors_are_sentences() {
    let overriding =
        r#"{"success":false,"error":"overriding destination channel is disabled for this integration"}"#;
    let unknown_token = r#"{"success":false,"error":"Invalid integration id or token provided."}"#;
    check(
        "rocketchat",
        &[
            (400, overriding, PROBED),
            (400, r#"{"success":false,"error":"invalid-channel"}"#, PROBED),
            (400, r#"{"success":false,"error":"unknown-error"}"#, FAILED),
            (400, r#"{"success":false,"error":"error-running-script"}"#, FAILED),
            (404, unknown_token, GONE),
            (400, unknown_token, GONE),
            (401, r#"{"success":false}"#, PROBED),
            (503, r#"{"success":false,"error":"Service Unavailable"}"#, PROBED),
            (503, "upstream unavailable", retry()),
        ],
    );
}

#[test]
fn rocketchat_names_its_wait_in_milliseconds_or_in_words() {
    let sentence = r#"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]"}"#;
    let reset = (now().as_millisecond() + 12_345).to_string();
    let of = |headers: &[(&str, &str)], body| interpret("rocketchat", answer(429, headers, body));
    assert_limited(&of(&[("x-ratelimit-reset", &reset)], sentence), 13);
    assert_limited(&of(&[], sentence), 42);
    assert_limited(&of(&[], ""), 60);
    assert_limited(&of(&[("x-ratelimit-reset", "1000")], sentence), 42);
}

#[test]
fn teams_errors_have_codes() {
    let error = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#);
    check(
        "teams",
        &[
            (202, "", Verdict::Sent),
            (200, "", Verdict::Sent),
            (204, "", FAILED),
            (400, &error("WorkflowTriggerIsNotEnabled"), PROBED),
            (400, &error("MissingApiVersionParameter"), GONE),
            (400, &error("InvalidRequestContent"), FAILED),
            (401, &error("DirectApiAuthorizationRequired"), PROBED),
            (403, "", PROBED),
            (404, &error("WorkflowNotFound"), GONE),
            (404, "", PROBED),
        ],
    );
    assert_eq!(interpret("teams", answer(202, &[], "")).hold, Some(pace(1)));
}

#[test]
fn telegram_errors_are_sentences() {
    let error =
        |code: u16, text: &str| format!(r#"{{"ok":false,"error_code":{code},"description":"{text}"}}"#);
    let of = |code: u16, text: &str, verdict| check("telegram", &[(code, &error(code, text), verdict)]);
    of(401, "Unauthorized", PROBED);
    of(404, "Not Found", GONE);
    of(403, "Forbidden: bot was kicked from the supergroup chat", PROBED);
    of(403, "Forbidden: bot was blocked by the user", PROBED);
    of(403, "Forbidden: user is deactivated", PROBED);
    of(403, "Forbidden: bot is not a member of the channel chat", PROBED);
    of(403, "Forbidden: the group chat was deleted", PROBED);
    of(400, "Bad Request: chat not found", GONE);
    of(400, "Bad Request: not enough rights to send text messages to the chat", PROBED);
    of(400, "Bad Request: TOPIC_CLOSED", PROBED);
    of(400, "Bad Request: message thread not found", PROBED);
    of(400, "Bad Request: message is too long", FAILED);
    of(400, "Bad Request: message text is empty", FAILED);
    of(409, "Conflict", retry());
    of(500, "Internal Server Error: restart", retry());
    check("telegram", &[(200, "<html>", FAILED), (404, "<html>", PROBED)]);
    let limited = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#;
    assert_limited(&interpret("telegram", answer(429, &[], limited)), 35);
    let taken = r#"{"ok":true,"result":{"message_id":42}}"#;
    assert_eq!(interpret("telegram", answer(200, &[], taken)).hold, Some(pace(3)));
}

#[test]
fn the_web_api_of_slack_has_words_under_200() {
    let error = |word: &str| format!(r#"{{"ok":false,"error":"{word}"}}"#);
    let retried = [
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "external_channel_migrating",
        "update_failed",
    ];
    let suspended = [
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "no_permission",
        "missing_scope",
        "org_login_required",
        "ekm_access_denied",
        "team_access_not_granted",
        "accesslimited",
        "app_access_restricted",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "messages_tab_disabled",
    ];
    let failed = [
        "msg_too_long",
        "msg_blocks_too_long",
        "attachment_payload_limit_exceeded",
        "metadata_too_large",
        "no_text",
        "invalid_blocks",
        "invalid_blocks_format",
        "too_many_attachments",
        "cannot_reply_to_message",
        "something_new",
    ];
    let words = retried.map(|word| (word, retry())).into_iter();
    let words = words.chain(suspended.map(|word| (word, PROBED))).chain(failed.map(|word| (word, FAILED)));
    for (word, verdict) in words {
        check("slack_bot", &[(200, &error(word), verdict)]);
    }
    check("slack_bot", &[(200, "<html>", FAILED), (200, "", FAILED), (500, &error("fatal_error"), retry())]);
    let limited = answer(429, &[("retry-after", "30")], r#"{"ok":false,"error":"ratelimited"}"#);
    assert_limited(&interpret("slack_bot", limited), 30);
    let posted =
        interpret("slack_bot", answer(200, &[], r#"{"ok":true,"channel":"C1","ts":"1503435956.000247"}"#));
    assert_eq!(posted.memory, Some(Memory(json!({ "channel": "C1", "ts": "1503435956.000247" }))));
    assert_eq!(posted.hold, Some(pace(1)));
}
