//! The markup of the chats, and how a text is kept from being read as markup or as a mention.

/// What follows a character that would start a mention: it shows as nothing.
const ZERO_WIDTH_SPACE: char = '\u{200B}';

/// The language that a destination reads a text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// None: every character stands for itself.
    None,
    /// [Slack's mrkdwn](https://docs.slack.dev/messaging/formatting-message-text): three characters have an
    /// entity, the rest has no escape and only formats.
    Slack,
    /// Discord's Markdown; mentions are switched off beside the text.
    Discord,
    /// Mattermost's Markdown, which takes Slack's mentions too; Rocket.Chat reads the same.
    Mattermost,
    /// Text that is read as it is, but for mentions: where those two would show a backslash, and Telegram's without HTML.
    MattermostPlain,
    /// The Markdown of Teams' cards, in which a mention is an element.
    Teams,
    /// Telegram's HTML, in which names are mentions.
    Html,
    /// The Markdown of `WeCom`, whose mentions are tags.
    WeCom,
    /// `DingTalk`'s Markdown, in which a line ends with a blank one.
    DingTalk,
    /// The HTML of a mail.
    Mail,
}

impl Markup {
    /// What separates two lines.
    pub(crate) const fn line_break(self) -> &'static str {
        match self {
            Self::Teams | Self::DingTalk => "\n\n",
            Self::Mail => "<br>",
            _ => "\n",
        }
    }

    /// Appends the one character `raw` so that it stands for itself.
    pub(super) fn push(self, raw: char, text: &mut String) {
        match self {
            Self::None => text.push(raw),
            Self::Discord => push_escaped(raw, r"\*_~|<>#[]()`", text),
            Self::Mattermost => {
                push_escaped(raw, r"\*_~#|[]()>!`", text);
                push_guard(raw, text);
            }
            Self::Teams | Self::DingTalk | Self::Mail if raw == '\n' => text.push_str(self.line_break()),
            Self::Teams => {
                push_escaped(raw, r"\*_[]()#`", text);
                push_guard(raw, text);
            }
            Self::WeCom => {
                if matches!(raw, '#' | '>') {
                    text.push(ZERO_WIDTH_SPACE);
                }
                push_escaped(raw, r"\*_[]`", text);
                push_robot_guard(raw, text);
            }
            Self::DingTalk => {
                push_escaped(raw, r"\*_[]#>!`", text);
                push_robot_guard(raw, text);
            }
            Self::Html | Self::Mail if raw == '"' => text.push_str("&quot;"),
            Self::Mail if raw == '\'' => text.push_str("&#39;"),
            Self::Html if raw == '@' => push_plain_guarded(raw, text),
            Self::Slack | Self::Html | Self::Mail => push_entity(raw, text),
            Self::MattermostPlain => push_plain_guarded(raw, text),
        }
    }
}

fn push_entity(raw: char, text: &mut String) {
    match raw {
        '&' => text.push_str("&amp;"),
        '<' => text.push_str("&lt;"),
        '>' => text.push_str("&gt;"),
        other => text.push(other),
    }
}

fn push_escaped(raw: char, special: &str, text: &mut String) {
    if special.contains(raw) {
        text.push('\\');
    }
    text.push(raw);
}

fn push_plain_guarded(raw: char, text: &mut String) {
    text.push(raw);
    push_guard(raw, text);
}

/// Robots document no escape: what a backslash may not keep from being a link is broken up.
fn push_robot_guard(raw: char, text: &mut String) {
    if raw == ']' {
        text.push(ZERO_WIDTH_SPACE);
    }
    push_guard(raw, text);
}

fn push_guard(raw: char, text: &mut String) {
    if matches!(raw, '@' | '<') {
        text.push(ZERO_WIDTH_SPACE);
    }
}
