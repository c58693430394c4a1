//! A request as it arrives: with what was put in front of its path, and with what others left in it.

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Uri};
use intake::TimeLeft;

/// What our paths begin with.
const HEADS: [&str; 4] = ["/v1/", "/api/v2/", "/metrics", "/-/"];
/// The prefix that Grafana tries in order to find out whether this is Mimir, which it is not.
const NEVER: &str = "alertmanager";

/// The request as our router shall see it: the parameters of a router in front would mix with ours, and an API
/// Gateway stage stands in front of every path.
pub(crate) fn arrived(request: Request<Bytes>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    let time_left = parts.extensions.remove::<TimeLeft>();
    parts.extensions.clear();
    if let Some(time_left) = time_left {
        parts.extensions.insert(time_left);
    }
    if let Some(uri) = without_prefix(&parts.uri) {
        parts.uri = uri;
    }
    Request::from_parts(parts, Body::from(body))
}

/// `uri` without the one segment that may stand before one of our paths.
fn without_prefix(uri: &Uri) -> Option<Uri> {
    let target = uri.path_and_query()?.as_str();
    let (prefix, _) = target.strip_prefix('/')?.split_once('/')?;
    let rest = &target[1 + prefix.len()..];
    let is_ours = |target: &str| HEADS.iter().any(|head| target.starts_with(head));
    if is_ours(target) || !is_ours(rest) || prefix == NEVER {
        return None;
    }
    rest.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(uri: &str) -> Option<String> {
        without_prefix(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn a_stage_is_left_out() {
        for (uri, expected) in [
            ("/prod/api/v2/alerts?filter=a%3Db", "/api/v2/alerts?filter=a%3Db"),
            ("/prod/v1/alerts", "/v1/alerts"),
            ("/prod/metrics", "/metrics"),
            ("/prod/-/healthy", "/-/healthy"),
        ] {
            assert_eq!(stripped(uri).as_deref(), Some(expected), "{uri}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for uri in [
            "/",
            "/api/v2/alerts",
            "/v1/alerts/api/v2/status",
            "/metrics",
            "/alertmanager/api/v2/status",
            "/prod/alertmanager/api/v2/status",
            "/a/b/api/v2/status",
            "/api/v1/status/buildinfo",
            "/prod",
        ] {
            assert_eq!(stripped(uri), None, "{uri}");
        }
    }
}
