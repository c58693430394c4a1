//! Requests that are strange around their bodies, from senders who are known and from others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tests::{Call, NETDATA_TOKEN, READ_TOKEN, TENCENT_TOKEN, fixture};

/// Calls whose credentials are good, wherever they stand and whatever stands around them.
pub(super) fn of_known_senders(source: &str, situation: &str, token: &str, pair: &str) -> Vec<Call> {
    let body = fixture(source, situation);
    let bare = |target: &str| Call::post(&format!("/{source}{target}"), body.clone());
    let mut calls: Vec<_> = [
        format!("/{token}?a={{\"b\"}}|^`\\<>"),
        format!("/{token}/?%ff%fe=%00"),
        format!("?token={token}&a=ü"),
        format!("?%74oken={token}"),
        format!("?a=1?token={token}"),
        format!("?token={token}&token={token}&&&==&%"),
        format!("?{}&token={token}", "a=b&".repeat(1000)),
    ]
    .iter()
    .map(|target| bare(target))
    .collect();
    calls.extend([
        bare("").basic(pair),
        bare("").basic(pair).bearer(token),
        bare("").header("x-api-key", token).header("authorization", "Basic /w=="),
        bare("").bearer(token).header("x-long", &"x".repeat(8000)),
        bare("").bearer(token).header("content-type", "application/json; charset=\"\u{fc}"),
        bare("").bearer(token).header("user-agent", "Zürich 🔔"),
    ]);
    for method in ["PROPFIND", "get", "M-SEARCH", "CONNECT", "TRACE"] {
        calls.push(Call::new(method, &format!("/{source}/{token}")));
    }
    calls
}

/// Calls without good credentials; some hold what is good elsewhere.
pub(super) fn of_strangers(source: &str) -> Vec<Call> {
    let paths =
        ["/%ff%fe", "/é", "//", "/../..", "/%00", "/<script>", "/{}|^`\"", "/\u{7f}", &"/a".repeat(2000)];
    let elsewhere = if source == "netdata" { TENCENT_TOKEN } else { NETDATA_TOKEN };
    let strange = paths.iter().map(|path| Call::post(&format!("/{source}{path}"), "{}"));
    let misled = [
        Call::post(&format!("/{source}/{elsewhere}"), "{}"),
        Call::post(&format!("/{source}?token={READ_TOKEN}"), "{}"),
        Call::post(&format!("/{source}"), "{}")
            .basic(&format!("x:{elsewhere}"))
            .header("x-api-key", READ_TOKEN),
    ];
    strange.chain(misled).collect()
}

/// Questions to the API that make no sense.
pub(super) fn to_the_api() -> Vec<Call> {
    let cursor = |text: &str| format!("cursor={}", URL_SAFE_NO_PAD.encode(text));
    let mut queries: Vec<_> =
        ["limit=-1", "limit=99999999999999999999", "limit=0", "cursor=%25%25", "cursor=é", "raw=maybe"]
            .into_iter()
            .chain([
                "condition=firing%00",
                "severity=%ff",
                "source='; DROP TABLE",
                "condition=,,,",
                "%=%&&=",
                "limit=1&limit=x",
            ])
            .map(str::to_owned)
            .collect();
    queries.extend(["9999-12-31T00:00:00Z#x", "-009999-01-01", "2026-02-30T", "2026-11-2é", ""].map(cursor));
    let unknown = "0".repeat(32);
    let history = format!("/v1/alerts/{unknown}/events");
    let lists = ["/v1/alerts", "/v1/events", "/v1/quarantine", "/v1/requests", &history].map(str::to_owned);
    let paths = [
        "/v1/alerts/..%2f..",
        "/v1/alerts/%ff",
        "/v1/alerts/ALERT%23x",
        &format!("/v1/alerts/{unknown}"),
        "/v2",
        "/v1/alerts//",
    ];
    let asked = lists.iter().flat_map(|list| queries.iter().map(move |query| format!("{list}?{query}")));
    asked.chain(paths.map(str::to_owned)).map(|target| Call::get(&target).bearer(READ_TOKEN)).collect()
}
