//! Links: to the source, the console, a runbook, and the one that acknowledges.

use alert::Alert;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::text::{self, Room};
use crate::{Event, Links};

/// Longest link, in UTF-16 code units: a link cannot be cut, so a longer one is left out.
const LONGEST_UNITS: usize = 2000;

/// What means something to Markdown or would be a mention.
const MARKDOWN: &AsciiSet = &CONTROLS
    .add(b'(')
    .add(b')')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b']')
    .add(b'@')
    .add(b'|')
    .add(b'`')
    .add(b'\\')
    .add(b'*');

/// One link with the words that stand for it, which are ours and need no escape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) kind: LinkKind,
    pub(crate) label: String,
    pub(crate) url: String,
}

/// Where a link leads; where there is no room for all, the first goes before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LinkKind {
    Acknowledge,
    Source,
    Console,
    Runbook,
}

impl Link {
    fn new(kind: LinkKind, label: impl Into<String>, url: Option<String>) -> Option<Self> {
        Some(Self { kind, label: label.into(), url: url? })
    }
}

/// `raw` if it is an absolute http(s) URL that is whole and not too long: it may come from a payload.
pub(crate) fn web_address(raw: Option<&str>) -> Option<String> {
    let raw = raw?.trim();
    let is_whole = !raw.ends_with('…');
    let url = Url::parse(raw).ok().filter(|url| is_whole && matches!(url.scheme(), "http" | "https"))?;
    (text::units(url.as_str()) <= LONGEST_UNITS).then(|| url.to_string())
}

/// The links of a notification of `alerts`: those on which all of them agree, and those into Campanile. No address twice.
pub(super) fn links(alerts: &[Alert], links: &Links, event: Event) -> Vec<Link> {
    let source = common(alerts, |alert| web_address(alert.url.as_deref()));
    let name = alerts.first().map_or("the source", |alert| alert.source.as_str());
    let runbook =
        common(alerts, |alert| web_address(alert.annotations.get("runbook_url").map(String::as_str)));
    let is_open = !event.is_end() && event != Event::Acknowledged;
    let acknowledge = web_address(links.acknowledge.as_deref()).filter(|_| is_open);
    let all = [
        Link::new(LinkKind::Source, format!("Open in {name}"), source),
        Link::new(LinkKind::Console, "Open in Campanile", web_address(links.console.as_deref())),
        Link::new(LinkKind::Runbook, "Runbook", runbook),
        Link::new(LinkKind::Acknowledge, "Acknowledge", acknowledge),
    ];
    let mut links: Vec<Link> = Vec::new();
    for link in all.into_iter().flatten() {
        if links.iter().all(|earlier| earlier.url != link.url) {
            links.push(link);
        }
    }
    links
}

/// What `of` yields for every one of `alerts`, if it is the same.
fn common(alerts: &[Alert], of: impl Fn(&Alert) -> Option<String>) -> Option<String> {
    let (first, others) = alerts.split_first()?;
    let first = of(first)?;
    others.iter().all(|alert| of(alert).as_ref() == Some(&first)).then_some(first)
}

/// `links` in the Markdown of Discord, Mattermost and Rocket.Chat.
pub(crate) fn markdown_links<'a>(links: impl IntoIterator<Item = &'a Link>) -> Vec<(LinkKind, String)> {
    let markdown = |link: &Link| (link.kind, format!("[{}]({})", link.label, in_markdown(&link.url)));
    links.into_iter().map(markdown).collect()
}

/// `url` without characters that would end a link or begin something else there.
pub(crate) fn in_markdown(url: &str) -> String {
    utf8_percent_encode(url, MARKDOWN).to_string()
}

/// Those of `links` that fit into `room`, the important ones before others, in their order with `separator` in between.
pub(crate) fn joined_within(links: &[(LinkKind, String)], room: Room, separator: &str) -> String {
    let mut by_importance: Vec<_> = links.iter().collect();
    by_importance.sort_by_key(|(kind, _)| *kind);
    let mut left = room;
    let mut kept = Vec::new();
    for (kind, link) in by_importance {
        if left.has_room_for(link) {
            left = left.beside(link).beside(separator);
            kept.push(*kind);
        }
    }
    let in_order = links.iter().filter(|(kind, _)| kept.contains(kind)).map(|(_, link)| link.as_str());
    in_order.collect::<Vec<_>>().join(separator)
}
