//! Stands in for a flow of Power Automate, which says 202 before it looks at the card.

use serde_json::{Value, json};
use wiremock::{Request, Respond, ResponseTemplate};

use super::TEAMS_QUERY;

/// Most bytes of a message that reaches Teams.
const MOST_BYTES: usize = 28_000;
const COLOURS: [&str; 7] = ["default", "dark", "light", "accent", "good", "warning", "attention"];

/// A flow that anyone with the signature can start.
pub(super) struct Flow;

impl Respond for Flow {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if request.url.query() != Some(TEAMS_QUERY) || request.headers.get("authorization").is_some() {
            return ResponseTemplate::new(401).set_body_json(
                json!({ "error": { "code": "DirectApiAuthorizationRequired", "message": "no signature" } }),
            );
        }
        match serde_json::from_slice::<Value>(&request.body) {
            Ok(_) => ResponseTemplate::new(202),
            Err(_) => ResponseTemplate::new(400)
                .set_body_json(json!({ "error": { "code": "InvalidRequestContent", "message": "no JSON" } })),
        }
    }
}

/// What would make the run of a flow fail after its 202, where nobody learns of it.
pub fn card_mistakes(message: &Value) -> Vec<String> {
    let card = &message["attachments"][0]["content"];
    let mut mistakes = Vec::new();
    let mut expect = |is_so: bool, what: &str| {
        if !is_so {
            mistakes.push(what.to_owned());
        }
    };
    let content_type = &message["attachments"][0]["contentType"];
    expect(content_type == "application/vnd.microsoft.card.adaptive", "attachments[0].contentType");
    expect(message["type"] == "message", "type");
    expect(card["type"] == "AdaptiveCard", "content.type");
    expect(matches!(card["version"].as_str(), Some("1.2" | "1.3" | "1.4" | "1.5")), "content.version");
    expect(message.to_string().len() <= MOST_BYTES, "too large");
    for action in card["actions"].as_array().into_iter().flatten() {
        let url = action["url"].as_str().unwrap_or_default();
        expect(action["type"] == "Action.OpenUrl", "an action that nobody receives");
        expect(url.starts_with("https://") || url.starts_with("http://"), "an address that is relative");
    }
    for block in card["body"].as_array().into_iter().flatten() {
        let colour = block["color"].as_str().unwrap_or("default").to_lowercase();
        expect(COLOURS.contains(&colour.as_str()), "a colour that is no word");
        for fact in block["facts"].as_array().into_iter().flatten() {
            let is_whole = ["title", "value"]
                .iter()
                .all(|name| fact[*name].as_str().is_some_and(|text| !text.is_empty()));
            expect(is_whole, "an empty fact");
        }
    }
    mistakes
}
