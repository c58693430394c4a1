//! `DescribeAlarmNotices`: the templates by which Tencent notifies.

use serde_json::Value;

use crate::call::NOTICES_PAGE_SIZE;

/// A page of templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePage {
    /// Its templates.
    pub notices: Vec<Notice>,
    /// Whether there is no page after it.
    pub is_last: bool,
}

/// A template, as far as callbacks go.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it notifies people, too.
    pub has_people: bool,
    /// Whether it notifies of alarms and of recoveries.
    pub sends_all: bool,
    /// The addresses that it calls, with whatever tokens they hold.
    pub(crate) urls: Vec<String>,
    /// As it is written.
    pub(crate) written: Value,
}

impl NoticePage {
    /// The templates of a response; any member of one may be null.
    pub fn read(response: &Value) -> Self {
        let notices = response["Notices"].as_array().into_iter().flatten();
        let is_last = notices.clone().count() < NOTICES_PAGE_SIZE;
        Self { notices: notices.filter_map(Notice::read).collect(), is_last }
    }
}

impl Notice {
    fn read(notice: &Value) -> Option<Self> {
        let callbacks = notice["URLNotices"].as_array().into_iter().flatten();
        let urls = callbacks.filter_map(|callback| Some(callback["URL"].as_str()?.to_owned())).collect();
        Some(Self {
            id: notice["Id"].as_str()?.to_owned(),
            name: notice["Name"].as_str().unwrap_or_default().to_owned(),
            has_people: notice["UserNotices"].as_array().is_some_and(|people| !people.is_empty()),
            sends_all: notice["NoticeType"] == "ALL",
            urls,
            written: notice.clone(),
        })
    }

    /// Whether it calls `address`, with whatever follows that as a path or a query.
    pub fn calls(&self, address: &str) -> bool {
        self.urls.iter().any(|url| is_at(url, address))
    }
}

/// Whether `url` is `address`, with whatever follows that as a path or a query.
pub(crate) fn is_at(url: &str, address: &str) -> bool {
    url.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Notice({}, {} addresses)", self.id, self.urls.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_calls_an_address_whatever_token_follows_and_prints_none() {
        let page = NoticePage::read(&json!({ "Notices": [
            { "Id": "notice-1", "URLNotices": [{ "URL": "https://a.example.com/tencent/t0ken" }] },
            { "Id": "notice-2", "URLNotices": null }, { "Id": null },
        ] }));
        let [ours, other] = page.notices.try_into().unwrap();
        assert!(ours.calls("https://a.example.com/tencent") && !other.calls("https://a.example.com/tencent"));
        assert!(!ours.calls("https://a.example.com/ten") && !ours.calls("https://b.example.com/tencent"));
        assert!(!format!("{ours:?}").contains("t0ken"));
    }
}
