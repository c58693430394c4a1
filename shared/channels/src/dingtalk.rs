//! `DingTalk`: a [custom robot](https://open.dingtalk.com/document/orgapp/custom-robot-access).
//!
//! Nothing can be edited or answered in a thread: each notification is a message. A signature holds for an hour, so each
//! attempt has its own.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use net::{EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered};
use serde_json::{Value, json};
use url::Url;

use crate::layout::Layout;
use crate::mac::base64_hmac_sha256;
use crate::settings::Fields;
use crate::text::{Markup, Room};
use crate::wording::{Wording, in_markdown};
use crate::{Attempt, Channel, Interpretation, Lifecycle, Probe, Progress, Request, chat, robot};

const API_URL: &str = "https://oapi.dingtalk.com/robot/send";
/// Our cut of the text, which can be twice as long in JSON; the limit of the whole body is 20,000.
const TEXT: Room = Room::bytes(7000);
/// Twenty messages a minute are taken.
const PAUSE: SignedDuration = SignedDuration::from_secs(3);
const TOKEN_DIGITS: usize = 64;

/// Numbers that mean: not before somebody changes something.
const GONE: [i64; 6] = [300_001, 300_005, 400_013, 400_101, 400_102, 400_106];

const LAYOUT: Layout = Layout {
    markup: Markup::DingTalk,
    title: Room::bytes(300),
    value: Room::bytes(400),
    fact: |name, value| format!("**{name}**: {value}"),
    link: |link| format!("[{}]({})", link.label, in_markdown(&link.url)),
};
/// The title that a phone shows.
const PREVIEW: Room = Room::bytes(300);

/// A `DingTalk` destination.
#[derive(Debug)]
pub(crate) struct DingTalk {
    webhook_url: SecretUrl,
    secret: Option<Secret>,
    keyword: Option<String>,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let webhook_url = read_address(fields, egress);
    let secret = fields.secret("secret");
    if secret.as_ref().is_some_and(|secret| !secret.expose().starts_with("SEC")) {
        fields.mistake(
            "secret",
            "is no robot's secret: copy it from the robot's security settings, it begins with SEC",
        );
    }
    let keyword = robot::read_keyword(fields);
    Some(Arc::new(DingTalk { webhook_url: webhook_url?, secret, keyword }))
}

/// The robot's address: whole, or made of its token.
fn read_address(fields: &mut Fields, egress: &EgressPolicy) -> Option<SecretUrl> {
    const REMEDY: &str = "copy it from the robot's webhook, the 64 digits behind access_token=";
    if !fields.is_present("access_token") && fields.is_present("webhook_url") {
        return chat::read_webhook_url(fields, REMEDY, egress);
    }
    let token = fields.required_text("access_token", REMEDY);
    if fields.value("webhook_url").is_some() {
        fields.mistake("webhook_url", "stands beside access_token: remove one of them");
    }
    let token = token?.trim().to_owned();
    if token.len() != TOKEN_DIGITS || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        fields.mistake("access_token", format!("is not a robot's token: {REMEDY}"));
        return None;
    }
    let mut url = Url::parse(API_URL).ok()?;
    url.query_pairs_mut().append_pair("access_token", &token);
    Some(SecretUrl::new(url))
}

impl Channel for DingTalk {
    fn type_name(&self) -> &'static str {
        "dingtalk"
    }

    fn host(&self) -> &str {
        self.webhook_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        let secret = self.secret.as_ref().map(|secret| secret.expose().to_owned());
        robot::sensitive_parts(&self.webhook_url).into_iter().chain(secret).collect()
    }

    fn lifecycle(&self) -> Lifecycle {
        chat::LIFECYCLE
    }

    /// The robot's limit is a message in seconds.
    fn concurrency(&self) -> usize {
        1
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let body = body(&Wording::of(attempt.notification), self.keyword.as_deref());
        Some(Request::Http(HttpRequest::post(self.signed_url(attempt.at), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

impl DingTalk {
    fn signed_url(&self, at: Timestamp) -> Url {
        let mut url = self.webhook_url.expose().clone();
        if let Some(secret) = &self.secret {
            let at = at.as_millisecond().to_string();
            let message = format!("{at}\n{}", secret.expose());
            let sign = base64_hmac_sha256(secret.expose().as_bytes(), message.as_bytes());
            url.query_pairs_mut().append_pair("timestamp", &at).append_pair("sign", &sign);
        }
        url
    }
}

fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match robot::code(answer, &["errcode"]) {
        None => robot::unexplained(attempt, answer),
        Some(0) if answer.is_success() => Interpretation::sent().pacing(Some(PAUSE)),
        Some(130_101 | 410_100) => robot::limited_for_longer(attempt),
        Some(-1) => Interpretation::retry(),
        Some(310_000) if is_late(answer) && attempt.number == 1 => Interpretation::retry(),
        Some(310_000) => Interpretation::suspended(Probe::Hourly),
        Some(code) if GONE.contains(&code) => Interpretation::suspended(Probe::Never),
        Some(_) => robot::refused(attempt, answer),
    }
}

/// Whether the signature came too late, which the next attempt's own may not.
fn is_late(answer: &HttpAnswer) -> bool {
    answer.json()["errmsg"].as_str().is_some_and(|text| text.contains("timestamp"))
}

fn body(wording: &Wording, keyword: Option<&str>) -> Value {
    let preview = wording.title_line(PREVIEW, Markup::MattermostPlain);
    let title = format!("### {}", LAYOUT.title(wording));
    let text = LAYOUT.below(&title, wording, TEXT);
    json!({
        "msgtype": "markdown",
        "markdown": {
            "title": robot::with_keyword(preview, " ", keyword),
            "text": robot::with_keyword(text, Markup::DingTalk.line_break(), keyword),
        },
        "at": { "isAtAll": false },
    })
}
