//! The API's own description, OpenAPI 3.1, made from the types that its handlers take and give.

mod links;
mod operations;
mod words;

use aide::axum::ApiRouter;
use aide::openapi::{Info, OpenApi, SecurityScheme};
use aide::transform::TransformOpenApi;
use aws::Platform;
use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header;
use serde_json::Value;

/// Name of the one way to present a token that the description names.
const TOKEN: &str = "token";

/// `routes`, and their description at `/v1/openapi.json`.
pub(crate) fn served(routes: ApiRouter<Platform>) -> Router<Platform> {
    let (routes, description) = described(routes);
    let json = Bytes::from(description.to_string());
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], json) };
    routes.route("/v1/openapi.json", get(answer))
}

/// `routes`, and what they say of themselves.
fn described(routes: ApiRouter<Platform>) -> (Router<Platform>, Value) {
    let mut description = OpenApi { info: info(), ..OpenApi::default() };
    let routes = routes.finish_api_with(&mut description, secured);
    // Maps with text for keys, so that this cannot fail.
    let description = serde_json::to_value(&description).unwrap_or_default();
    (routes, words::listed(links::linked(operations::explained(description))))
}

fn info() -> Info {
    Info {
        title: "Campanile".to_owned(),
        description: Some(
            "Every alarm bell in one place: alerts, what people do with them, and silences.".to_owned(),
        ),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..Info::default()
    }
}

fn secured(description: TransformOpenApi<'_>) -> TransformOpenApi<'_> {
    let scheme = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("A token of the secret `<prefix>/api`.".to_owned()),
        extensions: [].into_iter().collect(),
    };
    description.security_scheme(TOKEN, scheme).security_requirement(TOKEN)
}

/// A JSON pointer to what lies behind these members.
fn pointer(members: &[&str]) -> String {
    let escaped = members.iter().map(|member| member.replace('~', "~0").replace('/', "~1"));
    escaped.flat_map(|member| ["/".to_owned(), member]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the description is kept for readers and for generators of clients.
    const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

    #[test]
    #[expect(clippy::disallowed_methods, reason = "`UPDATE=1 cargo test -p api` writes the file anew")]
    fn the_description_is_the_one_that_is_kept() {
        let (_, description) = described(crate::routes::described());
        let description = format!("{}\n", serde_json::to_string_pretty(&description).unwrap());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(KEPT, &description).unwrap();
        }
        let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
        assert!(kept == description, "docs/openapi.json is another one: run `UPDATE=1 cargo test -p api`");
    }
}
