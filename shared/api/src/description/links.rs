//! Where a name that one answer shows can be used, for those who find their way by the description alone.

use serde_json::{Map, Value, json};

use super::pointer;

/// A successful answer, what it names, and whom that is for.
struct Lead {
    /// Path, method and status of the answer.
    answer: [&'static str; 3],
    /// Path parameters and where the answer has them.
    names: &'static [(&'static str, &'static str)],
    /// Paths and methods that take them.
    leads_to: &'static [(&'static str, &'static str)],
}

const LEADS: [Lead; 6] = [
    Lead {
        answer: ["/v1/alerts", "get", "200"],
        names: &[("fingerprint", "$response.body#/alerts/0/fingerprint")],
        leads_to: &[
            ("/v1/alerts/{fingerprint}", "get"),
            ("/v1/alerts/{fingerprint}/events", "get"),
            ("/v1/alerts/{fingerprint}/notifications", "get"),
            ("/v1/alerts/{fingerprint}/notes", "get"),
            ("/v1/alerts/{fingerprint}/notes", "post"),
            ("/v1/alerts/{fingerprint}/acknowledge", "post"),
            ("/v1/alerts/{fingerprint}/unacknowledge", "post"),
            ("/v1/alerts/{fingerprint}/resolve", "post"),
        ],
    },
    Lead {
        answer: ["/v1/events", "get", "200"],
        names: &[
            ("fingerprint", "$response.body#/events/0/fingerprint"),
            ("event_id", "$response.body#/events/0/event_id"),
        ],
        leads_to: &[("/v1/alerts/{fingerprint}/events/{event_id}/replay", "post")],
    },
    Lead {
        answer: ["/v1/quarantine", "get", "200"],
        names: &[("id", "$response.body#/quarantine/0/id")],
        leads_to: &[
            ("/v1/quarantine/{id}", "get"),
            ("/v1/quarantine/{id}", "delete"),
            ("/v1/quarantine/{id}/replay", "post"),
        ],
    },
    Lead {
        answer: ["/v1/silences", "post", "201"],
        names: &[("id", "$response.body#/id")],
        leads_to: &[
            ("/v1/silences/{id}", "get"),
            ("/v1/silences/{id}", "put"),
            ("/v1/silences/{id}", "delete"),
        ],
    },
    Lead {
        answer: ["/v1/destinations", "get", "200"],
        names: &[("id", "$response.body#/destinations/0/id")],
        leads_to: &[("/v1/destinations/{id}/resume", "post"), ("/v1/destinations/{id}/retry", "post")],
    },
    Lead {
        answer: ["/v1/notifications", "get", "200"],
        names: &[("id", "$response.body#/notifications/0/id")],
        leads_to: &[("/v1/notifications/{id}/retry", "post")],
    },
];

/// `description` with its links.
pub(super) fn linked(mut description: Value) -> Value {
    for Lead { answer: [path, method, status], names, leads_to } in LEADS {
        let answer = pointer(&["paths", path, method, "responses", status]);
        if let Some(Value::Object(answer)) = description.pointer_mut(&answer) {
            answer.insert("links".to_owned(), links(names, leads_to).into());
        }
    }
    description
}

fn links(names: &[(&str, &str)], leads_to: &[(&str, &str)]) -> Map<String, Value> {
    let parameters: Map<_, _> =
        names.iter().map(|(name, place)| ((*name).to_owned(), json!(place))).collect();
    let link = |(path, method): &(&str, &str)| {
        let operation = format!("#{}", pointer(&["paths", path, method]));
        let last = path.rsplit('/').find(|segment| !segment.starts_with('{')).unwrap_or_default();
        (format!("{method}_{last}"), json!({ "operationRef": operation, "parameters": parameters }))
    };
    leads_to.iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names in braces of a path.
    fn variables(path: &str) -> BTreeSet<&str> {
        path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    #[test]
    fn every_link_begins_and_ends_at_something_that_is_there() {
        let (_, description) = super::super::described(crate::routes::described());
        for Lead { answer: [path, method, status], names, leads_to } in LEADS {
            let answer = pointer(&["paths", path, method, "responses", status]);
            let links = description.pointer(&format!("{answer}/links")).and_then(Value::as_object).unwrap();
            assert_eq!(links.len(), leads_to.len(), "{path}");
            for (to, method) in leads_to {
                assert!(description.pointer(&pointer(&["paths", to, method])).is_some(), "{method} {to}");
                assert_eq!(variables(to), names.iter().map(|(name, _)| *name).collect(), "{path} to {to}");
            }
        }
    }
}
