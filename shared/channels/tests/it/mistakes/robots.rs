//! Settings of robots and of ntfy that are wrong.

use channels::testing::read;
use serde_json::{Value, json};

use super::{says, with};

#[test]
fn mistakes_of_the_robots() {
    let dingtalk = |more: Value| with(json!({ "access_token": "0123456789abcdef".repeat(4) }), &more);
    says("dingtalk", dingtalk(json!({ "secret": "SEC1", "keyword": "alert" })), &[]);
    says(
        "dingtalk",
        json!({ "access_token": "hidden" }),
        &[
            "settings.access_token: is not a robot's token: copy it from the robot's webhook, the 64 digits behind \
             access_token=",
        ],
    );
    says(
        "dingtalk",
        dingtalk(
            json!({ "secret": "hidden", "webhook_url": "https://hidden.example.com", "keyword": "a\nb" }),
        ),
        &[
            "settings.webhook_url: stands beside access_token: remove one of them",
            "settings.secret: is no robot's secret: copy it from the robot's security settings, it begins with SEC",
            "settings.keyword: is no keyword: write one line of at most 100 characters",
        ],
    );
    for type_name in ["wecom", "feishu", "dingtalk"] {
        let mistakes = read(type_name, json!({ "webhook_url": " " })).unwrap_err();
        assert!(mistakes.len() == 1 && mistakes[0].contains(": is missing: copy it from "), "{mistakes:?}");
    }
}

#[test]
fn mistakes_of_ntfy() {
    let of = |more: Value| with(json!({ "topic": "ops" }), &more);
    says("ntfy", of(json!({})), &[]);
    says(
        "ntfy",
        json!({ "topic": "hid/den" }),
        &[
            "settings.topic: is no topic: give 1 to 64 letters, digits, - and _; on the public server as hard to guess as \
             a password",
        ],
    );
    says("ntfy", of(json!({ "username": "u" })), &["settings.password: is missing: give it beside username"]);
    says(
        "ntfy",
        of(json!({ "password": "hidden" })),
        &["settings.username: is missing: give it beside password"],
    );
    says(
        "ntfy",
        of(json!({ "token": "hidden", "password": "hidden" })),
        &["settings.token: stands beside username or password: keep one way to authenticate"],
    );
    says(
        "ntfy",
        of(json!({ "token": "hid\nden" })),
        &["settings.token: has characters that no header may have: copy it again"],
    );
}
