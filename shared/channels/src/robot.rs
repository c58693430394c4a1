//! What the robots of `WeCom`, `DingTalk` and Feishu have in common: a webhook that answers 200 to nearly everything, so
//! that a number in the body says what became of a message, and few messages a minute.

use jiff::SignedDuration;
use net::{HttpAnswer, SecretUrl, sanitize, wait_of_seconds};

use crate::settings::Fields;
use crate::{Attempt, Interpretation};

/// Most characters of a keyword.
const KEYWORD_CHARS: usize = 100;
/// The shortest and the longest time in which a robot is left alone that was asked too often.
const LEAST_WAIT: SignedDuration = SignedDuration::from_secs(60);
const MOST_WAIT: SignedDuration = SignedDuration::from_mins(10);

/// Words of the robots' addresses, which are no secrets.
const PUBLIC_WORDS: [&str; 11] =
    ["cgi-bin", "webhook", "send", "key", "robot", "access_token", "open-apis", "bot", "v2", "hook", "flow"];

/// What of `url` would give access, should an answer repeat it.
pub(crate) fn sensitive_parts(url: &SecretUrl) -> Vec<String> {
    let parts = url.sensitive_parts().into_iter();
    parts.filter(|part| !PUBLIC_WORDS.contains(&part.as_str())).collect()
}

/// The number that `answer` calls by one of `names`, the first that it has.
pub(crate) fn code(answer: &HttpAnswer, names: &[&str]) -> Option<i64> {
    let body = answer.json();
    names.iter().find_map(|name| body[*name].as_i64())
}

/// What an answer without a known number means: a page of a firewall, also under 200, says nothing of the message.
pub(crate) fn unexplained(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let body = answer.json();
    let is_page = answer.text().trim_start().starts_with('<');
    let is_firewall =
        answer.is_success() || body.get("punish").is_some() || (answer.status == 403 && is_page);
    if is_firewall {
        return Interpretation::limited(body["wait"].as_f64().and_then(wait_of_seconds));
    }
    Interpretation::by_status(answer, attempt.at)
}

/// What a number means that no page explains: no to this message, unless the status says more.
pub(crate) fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    if answer.is_success() { Interpretation::failed() } else { Interpretation::by_status(answer, attempt.at) }
}

/// Too many messages: a minute.
pub(crate) fn limited() -> Interpretation {
    Interpretation::limited(Some(LEAST_WAIT))
}

/// Too many messages of a robot that is punished for more: twice as long with each attempt, ten minutes at most.
pub(crate) fn limited_for_longer(attempt: &Attempt<'_>) -> Interpretation {
    let doublings = attempt.number.saturating_sub(1).min(8);
    Interpretation::limited(Some((LEAST_WAIT * (1_i32 << doublings)).min(MOST_WAIT)))
}

/// The setting `keyword`: a word that the robot requires in every message.
pub(crate) fn read_keyword(fields: &mut Fields) -> Option<String> {
    let keyword = fields.text("keyword")?;
    let keyword = keyword.trim();
    if sanitize::line(keyword) != keyword || keyword.chars().count() > KEYWORD_CHARS {
        let problem = format!("is no keyword: write one line of at most {KEYWORD_CHARS} characters");
        fields.mistake("keyword", problem);
        return None;
    }
    Some(keyword.to_owned())
}

/// `text` with the keyword behind it, unless it is there already.
pub(crate) fn with_keyword(text: String, separator: &str, keyword: Option<&str>) -> String {
    match keyword {
        Some(keyword) if !text.contains(keyword) => text + separator + keyword,
        _ => text,
    }
}
