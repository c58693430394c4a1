//! `WeCom`: a [group robot](https://developer.work.weixin.qq.com/document/path/91770).
//!
//! Nothing can be edited or answered in a thread: each notification is a message.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use net::{EgressPolicy, HttpAnswer, HttpRequest, SecretUrl, Unanswered};
use serde_json::json;

use crate::layout::Layout;
use crate::settings::Fields;
use crate::shade::Shade;
use crate::text::{Markup, Room, fit};
use crate::wording::{Wording, in_markdown};
use crate::{
    Attempt, Channel, Inspection, InspectionFailure, Interpretation, Lifecycle, Probe, Progress, Request,
    chat, robot,
};

/// Most bytes of a message.
const CONTENT: Room = Room::bytes(4096);
/// Twenty messages a minute are taken.
const PAUSE: SignedDuration = SignedDuration::from_secs(3);

const LAYOUT: Layout = Layout {
    markup: Markup::WeCom,
    title: Room::bytes(800),
    value: Room::bytes(150),
    fact: |name, value| format!("**{name}**: {value}"),
    link: |link| format!("[{}]({})", link.label, in_markdown(&link.url)),
};

/// A `WeCom` destination.
#[derive(Debug)]
pub(crate) struct WeCom {
    webhook_url: SecretUrl,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy =
        "copy it from the group's robot, like https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…";
    let webhook_url = chat::read_webhook_url(fields, remedy, egress)?;
    Some(Arc::new(WeCom { webhook_url }))
}

impl Channel for WeCom {
    fn type_name(&self) -> &'static str {
        "wecom"
    }

    fn host(&self) -> &str {
        self.webhook_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        robot::sensitive_parts(&self.webhook_url)
    }

    fn lifecycle(&self) -> Lifecycle {
        chat::LIFECYCLE
    }

    /// The robot's limit is a message in seconds.
    fn concurrency(&self) -> usize {
        1
    }

    /// A message without its type, which a robot that there is refuses as such.
    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        let request = HttpRequest::post(self.webhook_url.expose().clone(), &json!({}));
        vec![Inspection { request: Request::Http(request), judge }]
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let content = content(&Wording::of(attempt.notification));
        let body = json!({ "msgtype": "markdown", "markdown": { "content": content } });
        Some(Request::Http(HttpRequest::post(self.webhook_url.expose().clone(), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match robot::code(answer, &["errcode"]) {
        None => robot::unexplained(attempt, answer),
        Some(0) if answer.is_success() => Interpretation::sent().pacing(Some(PAUSE)),
        Some(45009) => robot::limited(),
        // Busy.
        Some(-1) => Interpretation::retry(),
        // There is no such robot any more.
        Some(93000) => Interpretation::suspended(Probe::Never),
        Some(_) => robot::refused(attempt, answer),
    }
}

fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    match robot::code(answer, &["errcode"]) {
        Some(93000) => Err(InspectionFailure::Refused(
            "there is no such robot any more: copy the address from the group's robot again",
        )),
        Some(-1 | 45009) | None => Err(InspectionFailure::Unclear(answer.status)),
        Some(_) => Ok(()),
    }
}

fn content(wording: &Wording) -> String {
    let state = format!("<font color=\"{}\">[{}]</font> ", colour(wording.shade), wording.state);
    let title = fit(&wording.title, LAYOUT.title, Markup::WeCom);
    LAYOUT.below(&format!("{state}**{title}**"), wording, CONTENT)
}

/// `WeCom` has words for three colours, and no red.
const fn colour(shade: Shade) -> &'static str {
    match shade {
        Shade::GREEN => "info",
        Shade::GREY => "comment",
        _ => "warning",
    }
}
