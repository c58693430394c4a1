//! Telegram's HTML, read as strictly as it is there, and a little more so.

/// The tags that there are.
const TAGS: [&str; 9] = ["b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"];
/// The only entities with a name.
const ENTITIES: [&str; 4] = ["lt", "gt", "amp", "quot"];

/// It has a tag or sign that it must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// How many UTF-16 code units `html` shows once its tags are taken.
pub(super) fn shown_units(html: &str) -> Result<usize, Unreadable> {
    let (mut open, mut units, mut rest) = (Vec::new(), 0, html);
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        match sign {
            '<' => {
                let (tag, behind) = rest.split_once('>').ok_or(Unreadable)?;
                take_tag(tag, &mut open)?;
                rest = behind;
            }
            '>' => return Err(Unreadable),
            '&' => {
                let (name, behind) = rest.split_once(';').ok_or(Unreadable)?;
                if !is_entity(name) {
                    return Err(Unreadable);
                }
                (units, rest) = (units + 1, behind);
            }
            other => units += other.len_utf16(),
        }
    }
    if open.is_empty() { Ok(units) } else { Err(Unreadable) }
}

/// Opens or closes a tag, the innermost first.
fn take_tag(tag: &str, open: &mut Vec<String>) -> Result<(), Unreadable> {
    if let Some(name) = tag.strip_prefix('/') {
        let innermost = open.pop();
        return if innermost.as_deref() == Some(name) { Ok(()) } else { Err(Unreadable) };
    }
    let (name, attribute) = tag.split_once(' ').unwrap_or((tag, ""));
    let is_link = attribute.strip_prefix("href=\"").and_then(|rest| rest.strip_suffix('"')).is_some();
    if !TAGS.contains(&name) || is_link != (name == "a") {
        return Err(Unreadable);
    }
    open.push(name.to_owned());
    Ok(())
}

fn is_entity(name: &str) -> bool {
    let is_number = name.strip_prefix('#').is_some_and(|number| !number.is_empty());
    ENTITIES.contains(&name) || is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_tags_and_entities_are_read() {
        assert_eq!(shown_units("<b>a &lt; b</b> <a href=\"https://x/?a=1&amp;b\">🔔</a>"), Ok(8));
        for html in ["<b>a", "a < b", "a > b", "R&D", "<p>a</p>", "<b><i>a</b></i>", "<a>b</a>", "&nbsp;"] {
            assert_eq!(shown_units(html), Err(Unreadable), "{html}");
        }
    }
}
