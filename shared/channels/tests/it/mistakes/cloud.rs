//! Settings of the types of AWS that are wrong.

use serde_json::{Value, json};

use super::{says, with};

#[test]
fn mistakes_of_the_types_of_aws() {
    let topic =
        "settings.topic_arn: is not the ARN of a topic: give it like arn:aws:sns:<region>:<account>:<name>";
    for arn in [
        "alerts",
        "arn:aws:sqs:eu-central-1:123456789012:alerts",
        "arn:aws:sns:eu-central-1:1234:alerts",
        "arn:aws:sns:eu-central-1:123456789012:alerts:11111111",
    ] {
        says("sns", json!({ "topic_arn": arn }), &[topic]);
    }
    says(
        "sns",
        json!({ "topic_arn": "arn:aws-cn:sns:cn-north-1:123456789012:alerts.fifo", "format": "q" }),
        &[
            "settings.format: `q` cannot go through a FIFO topic, which delivers to queues only: use a standard topic",
        ],
    );
    says(
        "eventbridge",
        json!({ "event_bus": "arn:aws:events:eu-central-1:123456789012:rule/x" }),
        &["settings.event_bus: is not an event bus: give its ARN, like \
             arn:aws:events:<region>:<account>:event-bus/<name>"],
    );
    says(
        "eventbridge",
        json!({ "event_bus": "default", "source": "AWS.mine", "detail_type": "x".repeat(129) }),
        &[
            "settings.source: begins with `aws.`, which is AWS's own: choose another",
            "settings.detail_type: is not one line of at most 128 characters: shorten it",
        ],
    );
}

#[test]
fn mistakes_of_mails() {
    let of = |more: Value| with(json!({ "from": "a@example.com", "to": ["b@example.com"] }), &more);
    says("email", of(json!({ "cc": ["Ops <c@example.com>"], "reply_to": "d@example.com" })), &[]);
    says(
        "email",
        of(json!({ "from": " " })),
        &["settings.from: is missing: give an address that SES has verified in this region"],
    );
    says("email", of(json!({ "to": [] })), &["settings.to: is empty: give at least one address"]);
    says("email", of(json!({ "to": "b@example.com" })), &["settings.to: is not a list: write […]"]);
    says(
        "email",
        of(json!({ "to": ["ops", "b@exämple.com"] })),
        &[
            "settings.to[0]: `ops` is not an address: write it like ops@example.com or Ops <ops@example.com>",
            "settings.to[1]: `b@exämple.com` has characters beyond ASCII: write the domain in Punycode (xn--…), and a name \
             without accents",
        ],
    );
    says(
        "email",
        of(json!({ "bcc": vec!["c@example.com"; 50] })),
        &["settings.to: has too many addresses with cc and bcc: use at most 50"],
    );
    says(
        "email",
        of(json!({ "region": "Frankfurt", "configuration_set": "a b", "subject": "x" })),
        &[
            "settings.configuration_set: is no configuration set's name: use 1 to 64 letters, digits, - and _",
            "settings.subject: `x` is not known: use constant, state",
            "settings.region: is no region: write it like eu-central-1",
        ],
    );
}
