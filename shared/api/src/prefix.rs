//! A path prefix: an API Gateway stage stands in front of every path, and clients are given it with the address.

use http::{Request, Uri};

/// What our paths begin with, apart from the console's, which is `/` itself.
const HEADS: [&str; 4] = ["/v1/", "/api/v2/", "/metrics", "/-/"];
/// Prefixes that clients try in order to find out what this is: Grafana asks for Mimir below the one and for
/// Prometheus below the other, and it is neither.
const NEVER: [&str; 2] = ["alertmanager", "api"];

/// `request` to the path that is ours, whatever stands before it.
pub(crate) fn without_prefix<B>(mut request: Request<B>) -> Request<B> {
    if let Some(uri) = behind_prefix(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// `uri` without the one segment that may stand before one of our paths.
fn behind_prefix(uri: &Uri) -> Option<Uri> {
    let target = uri.path_and_query()?.as_str();
    let (prefix, _) = uri.path().strip_prefix('/')?.split_once('/')?;
    let rest = &target[1 + prefix.len()..];
    let is_console = |target: &str| target == "/" || target.starts_with("/?");
    let is_ours = |target: &str| is_console(target) || HEADS.iter().any(|head| target.starts_with(head));
    if is_ours(target) || !is_ours(rest) || NEVER.contains(&prefix) || is_head(prefix) {
        return None;
    }
    rest.parse().ok()
}

/// Whether `segment` is the first one of our own paths, such as the `v1` of `/v1/`, which is no prefix of the console.
fn is_head(segment: &str) -> bool {
    HEADS.iter().any(|head| head.split('/').nth(1) == Some(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(uri: &str) -> Option<String> {
        behind_prefix(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn a_stage_is_left_out() {
        for (uri, expected) in [
            ("/prod/api/v2/alerts?filter=a%3Db", "/api/v2/alerts?filter=a%3Db"),
            ("/prod/v1/alerts", "/v1/alerts"),
            ("/prod/metrics", "/metrics"),
            ("/prod/", "/"),
            ("/prod/?severity=critical", "/?severity=critical"),
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
            "/prod?a=/",
            "/v1/",
            "/api/",
            "/-/",
            "/metrics/",
            "/alertmanager/",
            "/prod//",
        ] {
            assert_eq!(stripped(uri), None, "{uri}");
        }
    }
}
