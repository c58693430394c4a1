//! The console: one page, whole in one document, so that a cold start answers a single request.
//!
//! The parts lie in `console/` and are compiled in. Nothing in the page may load or run from anywhere else, and
//! nothing in it may turn a text into markup: the policy names the one script and the one style by their hashes.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};

const FRAME: &str = include_str!("../console/index.html");
const STYLE: &str = include_str!("../console/console.css");
/// One module of many files, in the order in which they may rely on each other's constants.
const SCRIPT: &str = concat!(
    include_str!("../console/script/elements.js"),
    include_str!("../console/script/time.js"),
    include_str!("../console/script/address.js"),
    include_str!("../console/script/api.js"),
    include_str!("../console/script/talk.js"),
    include_str!("../console/script/session.js"),
    include_str!("../console/script/refresh.js"),
    include_str!("../console/script/rows.js"),
    include_str!("../console/script/detail.js"),
    include_str!("../console/script/selection.js"),
    include_str!("../console/script/groups.js"),
    include_str!("../console/script/teaching.js"),
    include_str!("../console/script/alarm.js"),
    include_str!("../console/script/alerts.js"),
    include_str!("../console/script/filters.js"),
    include_str!("../console/script/alert.js"),
    include_str!("../console/script/timeline.js"),
    include_str!("../console/script/history.js"),
    include_str!("../console/script/actions.js"),
    include_str!("../console/script/silences.js"),
    include_str!("../console/script/silence-dialog.js"),
    include_str!("../console/script/quarantine.js"),
    include_str!("../console/script/sources.js"),
    include_str!("../console/script/notified.js"),
    include_str!("../console/script/numbers.js"),
    include_str!("../console/script/notifications.js"),
    include_str!("../console/script/destinations.js"),
    include_str!("../console/script/statistics.js"),
    include_str!("../console/script/events.js"),
    include_str!("../console/script/keyboard.js"),
    include_str!("../console/script/start.js"),
);

static PAGE: LazyLock<Page> = LazyLock::new(Page::assemble);

/// The document, and the policy that fits it.
struct Page {
    document: String,
    policy: String,
}

/// `GET /`: needs no token, because it says nothing about any alert.
pub(crate) async fn page() -> Response {
    let mut response = PAGE.document.as_str().into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&PAGE.policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

const HEADERS: [(HeaderName, &str); 8] = [
    // It says nothing about any alert, and is asked for again only where it has changed.
    (header::CACHE_CONTROL, "no-cache"),
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

impl Page {
    fn assemble() -> Self {
        let style = format!("<style>{STYLE}</style>");
        let script = format!("<script type=\"module\">{SCRIPT}</script>");
        let document = FRAME.replacen("<style></style>", &style, 1);
        let document = document.replacen("<script type=\"module\"></script>", &script, 1);
        Self { document, policy: policy() }
    }
}

/// Scripts and styles by their hashes, requests to this origin only, and no way from text to markup at all.
fn policy() -> String {
    let [script, style] = [SCRIPT, STYLE].map(|text| STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; connect-src 'self'; \
         img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_holds_style_and_script_exactly_as_they_were_hashed() {
        let document = &PAGE.document;
        assert!(document.contains(&format!("<style>{STYLE}</style>")));
        assert!(document.contains(&format!("<script type=\"module\">{SCRIPT}</script>")));
    }

    #[test]
    fn neither_style_nor_script_ends_its_element_early_or_loses_a_byte_to_the_parser() {
        for (text, end) in [(STYLE, "</style"), (SCRIPT, "</script")] {
            assert!(!text.to_ascii_lowercase().contains(end), "{end}");
            assert!(!text.contains("<!--") && !text.contains(['\r', '\0']));
        }
    }

    #[test]
    fn the_document_has_no_script_style_or_handler_besides_those() {
        let frame = FRAME.to_ascii_lowercase();
        assert_eq!(frame.matches("<script").count(), 1);
        assert_eq!(frame.matches("<style").count(), 1);
        let is_handler = |word: &&str| word.starts_with("on") && word.contains('=');
        assert_eq!(frame.split_whitespace().find(is_handler), None);
        assert!(!frame.contains(" style=") && !frame.contains("src="));
    }

    #[test]
    fn every_part_of_the_script_is_in_the_document() {
        for part in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/console/script")).unwrap() {
            let path = part.unwrap().path();
            assert!(SCRIPT.contains(&std::fs::read_to_string(&path).unwrap()), "{}", path.display());
        }
    }

    #[test]
    fn the_script_has_no_way_to_turn_text_into_markup_or_code() {
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
        ] {
            assert!(!SCRIPT.contains(way), "{way}");
        }
    }

    #[tokio::test]
    async fn the_page_forbids_everything_that_it_does_not_need() {
        let response = page().await;
        let headers = response.headers();
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    }
}
