//! The page itself: title, severity, since when, state and who has it; no labels, no raw request, no links.

use std::fmt::Write as _;
use std::sync::LazyLock;

use alert::{Alert, Condition};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

/// How many alerts of a group are named.
const NAMED: usize = 20;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
h1{font-size:1.25rem;overflow-wrap:anywhere}p,li{overflow-wrap:anywhere}label{display:block;margin-top:1.5rem}\
input,button{font:inherit;padding:.6rem;margin-top:.4rem;min-height:2.75rem}input{width:100%;box-sizing:border-box}\
.error{font-weight:600}";

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// What is shown.
pub(super) enum Page {
    /// The link is none of ours. Every reason reads the same.
    Refused,
    /// The table or the key cannot be read now.
    Unavailable,
    /// What the link is about.
    Alerts { heading: String, lines: Vec<String>, form: Option<AcknowledgeForm> },
}

/// What is to be filled in.
pub(super) struct AcknowledgeForm {
    /// What was wrong with what was typed.
    error: Option<&'static str>,
}

impl Page {
    /// With the form.
    pub(super) fn of(alerts: &[Alert], error: Option<&'static str>) -> Self {
        let is_taken = alerts
            .iter()
            .filter(|alert| alert.condition == Condition::Firing)
            .all(|alert| alert.acknowledgement.is_some());
        let form = (!is_taken).then_some(AcknowledgeForm { error });
        Self::Alerts { heading: heading(alerts), lines: lines(alerts), form }
    }

    /// After the form was sent.
    pub(super) fn done(alerts: &[Alert], name: &str) -> Self {
        let is_first = alerts.iter().any(|alert| {
            alert.acknowledgement.as_ref().is_some_and(|acknowledgement| acknowledgement.by == name)
        });
        let heading =
            if is_first { format!("Acknowledged by {name}.") } else { "Somebody was first.".to_owned() };
        Self::Alerts { heading, lines: lines(alerts), form: None }
    }

    /// Of a link that may not acknowledge any more.
    pub(super) fn over(alerts: &[Alert]) -> Self {
        Self::Alerts { heading: "This link is over.".to_owned(), lines: lines(alerts), form: None }
    }

    fn body(&self) -> String {
        match self {
            Self::Refused => {
                "<h1>This link is not valid.</h1><p>Open the alert in the console instead.</p>".to_owned()
            }
            Self::Unavailable => "<h1>Campanile cannot answer at present.</h1><p>Try again.</p>".to_owned(),
            Self::Alerts { heading, lines, form } => {
                let mut body = format!("<h1>{}</h1><ul>", escaped(heading));
                for line in lines {
                    let _ = write!(body, "<li>{}</li>", escaped(line));
                }
                body.push_str("</ul>");
                if let Some(AcknowledgeForm { error }) = form {
                    if let Some(error) = error {
                        let _ = write!(body, "<p class=\"error\" role=\"alert\">{}</p>", escaped(error));
                    }
                    body.push_str(FORM);
                }
                body
            }
        }
    }
}

const FORM: &str = "<form method=\"post\"><label>Your name <input name=\"name\" required maxlength=\"60\" autocomplete=\"name\"></label>\
<button>Acknowledge</button></form>";

/// The answer with `status` that shows `content`.
pub(super) fn page(status: StatusCode, content: &Page) -> Response {
    let document = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Campanile</title><style>{STYLE}</style></head><body>{}</body></html>",
        content.body()
    );
    let mut response = (status, document).into_response();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn heading(alerts: &[Alert]) -> String {
    match alerts {
        [] => "There is nothing left of this alert.".to_owned(),
        [alert] => alert.title.clone(),
        several => format!("{} alerts", several.len()),
    }
}

fn lines(alerts: &[Alert]) -> Vec<String> {
    let mut lines: Vec<_> = alerts.iter().take(NAMED).map(line).collect();
    if alerts.len() > NAMED {
        lines.push(format!("and {} more", alerts.len() - NAMED));
    }
    lines
}

fn line(alert: &Alert) -> String {
    let since = alert.condition_since.strftime("%Y-%m-%d %H:%M:%S UTC");
    let who = alert
        .acknowledgement
        .as_ref()
        .map_or_else(String::new, |acknowledgement| format!(", acknowledged by {}", acknowledgement.by));
    format!("{}: {}, {} since {since}{who}", alert.title, alert.severity, alert.condition)
}

/// `text` in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_no_markup() {
        let page = Page::Alerts {
            heading: "<script>alert('1')</script> & \"x\"".to_owned(),
            lines: vec!["a\u{0}<b>".to_owned()],
            form: None,
        };
        let body = page.body();
        assert_eq!(
            body,
            "<h1>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;</h1><ul><li>a &lt;b&gt;</li></ul>"
        );
    }

    #[test]
    fn the_page_forbids_scripts_and_lets_nobody_keep_its_address() {
        let response = page(StatusCode::OK, &Page::Refused);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
