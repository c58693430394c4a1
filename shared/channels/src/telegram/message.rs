//! A message in the HTML that Telegram reads, or in none.

use serde_json::{Value, json};

use crate::Notification;
use crate::text::{Markup, Room, fit};
use crate::wording::{Fact, Link, LinkKind, Wording, joined_within};

/// Our cut; Telegram's limit is 4096 without the tags.
const TEXT_UNITS: usize = 4000;
const TITLE_UNITS: usize = 500;
const VALUE_UNITS: usize = 200;

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ParseMode {
    /// With bold names and links.
    #[default]
    Html,
    /// As it is, for what Telegram could not read otherwise.
    Plain,
}

/// The members that say what is said.
pub(super) fn body(notification: &Notification, parse_mode: ParseMode) -> Value {
    let mut body = json!({
        "text": text(&Wording::of(notification), parse_mode),
        "link_preview_options": { "is_disabled": true },
    });
    if parse_mode == ParseMode::Html {
        body["parse_mode"] = "HTML".into();
    }
    body
}

/// Title, explanation and list, facts, and links: explanation and list have the room that is left.
fn text(wording: &Wording, parse_mode: ParseMode) -> String {
    let markup = parse_mode.markup();
    let title = parse_mode.bold(&wording.title_line(Room::units(TITLE_UNITS), markup));
    let facts: Vec<_> = wording.facts.iter().map(|fact| parse_mode.fact(fact)).collect();
    let facts = facts.join("\n");
    let links: Vec<_> = wording.links.iter().map(|link| parse_mode.link(link)).collect();
    let room = Room::units(TEXT_UNITS).beside(&title).beside(&facts).beside("\n\n\n\n\n");
    let links = joined_within(&links, room.three_quarters(), parse_mode.between_links());
    let body = wording.body(room.beside(&links), markup, &[]).unwrap_or_default();
    let said = [title, body].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    [said, facts, links].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

impl ParseMode {
    const fn markup(self) -> Markup {
        match self {
            Self::Html => Markup::Html,
            Self::Plain => Markup::MattermostPlain,
        }
    }

    /// Bare addresses stand on lines of their own.
    const fn between_links(self) -> &'static str {
        match self {
            Self::Html => " · ",
            Self::Plain => "\n",
        }
    }

    fn bold(self, escaped: &str) -> String {
        match self {
            Self::Html => format!("<b>{escaped}</b>"),
            Self::Plain => escaped.to_owned(),
        }
    }

    fn fact(self, fact: &Fact) -> String {
        let value = fit(&fact.value.plain(), Room::units(VALUE_UNITS), self.markup());
        format!("{}: {value}", self.bold(fact.name))
    }

    fn link(self, link: &Link) -> (LinkKind, String) {
        let text = match self {
            Self::Html => {
                let url = link
                    .url
                    .replace('&', "&amp;")
                    .replace('"', "%22")
                    .replace('<', "%3C")
                    .replace('>', "%3E");
                format!("<a href=\"{url}\">{}</a>", link.label)
            }
            Self::Plain => format!("{}: {}", link.label, link.url),
        };
        (link.kind, text)
    }
}
