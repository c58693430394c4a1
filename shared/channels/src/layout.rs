//! A notification as one running text: for chats without fields, and for those who read no markup at all.

use crate::text::{Markup, Room, fit, guard_lines};
use crate::wording::{Link, Wording, joined_within};

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) markup: Markup,
    /// Of the title's line.
    pub(crate) title: Room,
    /// Of each fact's value.
    pub(crate) value: Room,
    /// A fact of this name, whose value is escaped.
    pub(crate) fact: fn(&str, &str) -> String,
    pub(crate) link: fn(&Link) -> String,
}

impl Layout {
    /// Plain text.
    pub(crate) const PLAIN: Self = Self {
        markup: Markup::None,
        title: Room::units(500),
        value: Room::units(500),
        fact: |name, value| format!("{name}: {value}"),
        link: |link| format!("{}: {}", link.label, link.url),
    };

    /// The line that says how bad, what and where.
    pub(crate) fn title(&self, wording: &Wording) -> String {
        wording.title_line(self.title, self.markup)
    }

    /// The title and below it everything else, within `room`.
    pub(crate) fn message(&self, wording: &Wording, room: Room) -> String {
        self.below(&self.title(wording), wording, room)
    }

    /// `title`, which is escaped already, and below it everything else, within `room`.
    pub(crate) fn below(&self, title: &str, wording: &Wording, room: Room) -> String {
        let gap = self.gap();
        let details = self.details(wording, room.beside(title).beside(&gap));
        [title, &details].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&gap)
    }

    /// Explanation and list, facts, and links: of these first what cannot be cut.
    pub(crate) fn details(&self, wording: &Wording, room: Room) -> String {
        let gap = self.gap();
        let links: Vec<_> = wording.links.iter().map(|link| (link.kind, (self.link)(link))).collect();
        let links = joined_within(&links, room.three_quarters(), self.markup.line_break());
        let left = room.beside(&links).beside(&gap);
        let facts = self.facts(wording, left.three_quarters());
        let left = left.beside(&facts).beside(&gap);
        let parts = [self.text(wording, left).unwrap_or_default(), facts, links];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&gap)
    }

    /// The facts that fit into `room`, one a line.
    fn facts(&self, wording: &Wording, room: Room) -> String {
        let line_break = self.markup.line_break();
        let mut left = room;
        let mut lines = Vec::new();
        for fact in &wording.facts {
            let line = (self.fact)(fact.name, &fit(&fact.value.plain(), self.value, self.markup));
            if left.has_room_for(&line) {
                left = left.beside(&line).beside(line_break);
                lines.push(line);
            }
        }
        lines.join(line_break)
    }

    fn text(&self, wording: &Wording, room: Room) -> Option<String> {
        if self.markup != Markup::DingTalk {
            return wording.body(room, self.markup, &[]);
        }
        let mut guarded = wording.clone();
        guarded.explanation = guard_lines(&wording.explanation);
        guarded.body(room, self.markup, &[])
    }

    /// A blank line.
    fn gap(&self) -> String {
        match self.markup.line_break() {
            "\n" => "\n\n".to_owned(),
            other => other.to_owned(),
        }
    }
}
