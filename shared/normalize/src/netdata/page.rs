//! The links into Netdata Cloud's console, whose paths say what flat notifications leave out.

use super::identifier::{canonical, is_uuid};
use crate::value::{filled, link};

/// A page of the console, such as
/// `https://app.netdata.cloud/spaces/<slug>/rooms/<slug>/alerts/<chart>.<alert>:::<node>?chart=…&transition=…`.
pub(super) struct Page {
    address: String,
    /// Percent-decoded, without scheme and host.
    path: String,
    query: String,
}

impl Page {
    /// The page at `address`; any text will do, one that is no link has none of the parts.
    pub(super) fn at(address: String) -> Self {
        let (page, _fragment) = address.split_once('#').unwrap_or((&address, ""));
        let (place, query) = page.split_once('?').unwrap_or((page, ""));
        let path = place.split_once("://").map_or(place, |(_, rest)| after_host(rest));
        Self { path: percent_decoded(path), query: query.to_owned(), address }
    }

    /// The address, if it is an absolute `https` link.
    pub(super) fn https_link(&self) -> Option<String> {
        link(&self.address, &["https"])
    }

    /// `<slug>` in `/spaces/<slug>/`.
    pub(super) fn space(&self) -> Option<String> {
        self.segments_after("spaces").find_map(filled).map(str::to_owned)
    }

    /// `<slug>` in `/rooms/<slug>/`.
    pub(super) fn room(&self) -> Option<String> {
        self.segments_after("rooms").find_map(filled).map(str::to_owned)
    }

    /// The node's UUID: what follows `:::` in the page of an alert, `/nodes/` in the page of a node.
    pub(super) fn node_id(&self) -> Option<String> {
        let of_alert = self.path.rsplit_once(":::").and_then(|(_, after)| after.split('/').next());
        let mut candidates = of_alert.into_iter().chain(self.segments_after("nodes"));
        candidates.find(|id| is_uuid(id)).and_then(|id| canonical(id.to_owned()))
    }

    /// The first `name` in the query that has a value.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(|(key, _)| key == name)
            .find_map(|(_, value)| filled(&value).map(str::to_owned))
    }

    fn segments_after(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let segments = self.path.split('/');
        segments
            .clone()
            .zip(segments.skip(1))
            .filter(move |(before, _)| *before == name)
            .map(|(_, segment)| segment)
    }
}

fn after_host(rest: &str) -> &str {
    rest.split_once('/').map_or("", |(_host, path)| path)
}

/// `path` with its `%HH` decoded. A path is the name of a single form field as soon as the characters
/// that mean something in a form, and nothing in a path, are escaped.
fn percent_decoded(path: &str) -> String {
    let field = path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(field.as_bytes()).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28";

    fn page(address: impl Into<String>) -> Page {
        Page::at(address.into())
    }

    #[test]
    fn a_node_is_what_follows_the_three_colons_or_the_word_nodes() {
        let addresses = [
            format!("https://app.netdata.cloud/spaces/a/rooms/b/alerts/x.y:::{NODE}?chart=x"),
            format!("https://app.netdata.cloud/spaces/a/rooms/b/alerts/x:::y:::{NODE}/details"),
            format!("https://app.netdata.cloud/spaces/a/rooms/b/alerts/x.y%3A%3a%3A{}", NODE.to_uppercase()),
            format!("https://app.netdata.cloud/spaces/a/rooms/nodes/nodes/{NODE}#overview"),
            format!("/spaces/a/rooms/b/nodes/{NODE}/"),
        ];
        for address in addresses {
            assert_eq!(page(&address).node_id().as_deref(), Some(NODE), "{address}");
        }
    }

    #[test]
    fn what_is_no_uuid_in_the_path_is_no_node() {
        let addresses = [
            "https://app.netdata.cloud/spaces/a/rooms/b/nodes/web-01".to_owned(),
            "https://app.netdata.cloud/spaces/a/rooms/b/alerts/x.y:::web-01".to_owned(),
            format!("https://app.netdata.cloud/spaces/a?next=/nodes/{NODE}"),
            format!("https://app.netdata.cloud/spaces/a#/nodes/{NODE}"),
            format!("https://app.netdata.cloud/{NODE}"),
            String::new(),
        ];
        for address in addresses {
            assert_eq!(page(&address).node_id(), None, "{address}");
        }
    }

    #[test]
    fn space_and_room_are_segments_of_the_path() {
        let page = page("https://spaces/spaces/my%20space/rooms/a+b&c=d/?rooms=e");
        assert_eq!(page.space().as_deref(), Some("my space"));
        assert_eq!(page.room().as_deref(), Some("a+b&c=d"));
        assert_eq!(self::page("https://app.netdata.cloud/spaces/").space(), None);
    }

    #[test]
    fn a_parameter_is_the_first_with_a_value() {
        let page = page("https://a.example/?chart=&chart=disk_space._var%2Flog+x&chart=y#chart=z");
        assert_eq!(page.parameter("chart").as_deref(), Some("disk_space._var/log x"));
        assert_eq!(page.parameter("transition"), None);
    }

    #[test]
    fn only_an_absolute_https_address_is_a_link() {
        assert_eq!(page("HTTPS://a.example/x").https_link().as_deref(), Some("HTTPS://a.example/x"));
        for address in
            ["http://a.example/", "/spaces/a", "javascript:alert(1)", "https://", "https://a b/", ""]
        {
            assert_eq!(page(address).https_link(), None, "{address}");
        }
    }
}
