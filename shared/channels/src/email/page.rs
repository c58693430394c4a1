//! A mail as a page: no images, nothing from elsewhere, styles in the elements.

use crate::text::{Markup, Room, fit};
use crate::wording::{Fact, Link, LinkKind, Wording};

const TITLE: Room = Room::units(1000);
const VALUE: Room = Room::units(1000);

/// The page of `wording`, whose explanation, list and links have `room`.
pub(super) fn of(wording: &Wording, room: Room) -> String {
    let title = wording.title_line(TITLE, Markup::Mail);
    let links: Vec<_> = wording.links.iter().map(link).collect();
    let body = wording.body(room, Markup::Mail, &links).unwrap_or_default();
    let facts: String = wording.facts.iter().map(fact).collect();
    format!(
        "<!DOCTYPE html><html><body style=\"font-family:sans-serif\">\
         <p style=\"font-size:18px;font-weight:bold;border-left:6px solid {};padding-left:8px\">{title}</p>\
         <p>{body}</p><table>{facts}</table></body></html>",
        wording.shade.hex()
    )
}

fn fact(fact: &Fact) -> String {
    let value = fit(&fact.value.plain(), VALUE, Markup::Mail);
    format!("<tr><td style=\"padding-right:12px\"><b>{}</b></td><td>{value}</td></tr>", fact.name)
}

fn link(link: &Link) -> (LinkKind, String) {
    let url = link
        .url
        .replace('&', "&amp;")
        .replace('"', "%22")
        .replace('\'', "%27")
        .replace('<', "%3C")
        .replace('>', "%3E");
    (link.kind, format!("<a href=\"{url}\">{}</a>", link.label))
}
