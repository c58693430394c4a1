//! The types of AWS by their inputs: deduplication, forms, threads and regions.

use channels::testing::{AwsStandIn, channel, group, notification, now};
use channels::{Attempt, Deliver, Event, Memory, Next, Notification, Request, Subject, Verdict};
use serde_json::{Value, json};

/// What a topic takes of `notifications`.
fn published(topic: &str, format: &str, notifications: &[Notification]) -> Vec<Value> {
    let more = json!({ "topic_arn": topic, "format": format });
    let (sns, aws) = (channel("sns", "", &more), AwsStandIn::default());
    for notification in notifications {
        let attempt = Attempt::first("ops", notification, now());
        let Some(Request::Aws { service, input }) = sns.request(&attempt) else { unreachable!("by AWS") };
        let interpretation = sns.interpret(&attempt, &Ok(aws.answer(service, &input)));
        assert_eq!(interpretation.next, Next::End(Verdict::Sent));
    }
    aws.taken()
}

#[test]
fn a_fifo_topic_drops_a_repeated_attempt_and_not_the_end() {
    let [opened, mut resolved] = [Event::Opened, Event::Resolved].map(notification);
    resolved.id = resolved.id.replace("-7", "-8");
    let fifo = "arn:aws:sns:eu-central-1:123456789012:alerts.fifo";
    for format in ["text", "json"] {
        let taken = published(fifo, format, &[opened.clone(), opened.clone(), resolved.clone()]);
        let ids: Vec<_> = taken.iter().map(|input| &input["MessageDeduplicationId"]).collect();
        assert_eq!(ids, [&json!(opened.id), &json!(resolved.id)], "{format}");
        assert!(taken.iter().all(|input| input["MessageGroupId"] == opened.group.as_str()));
    }
    let standard = published("arn:aws:sns:eu-central-1:123456789012:alerts", "text", &[opened]);
    assert!(standard[0].get("MessageGroupId").is_none());
}

#[test]
fn telephones_get_a_text_of_one_part_where_there_is_more_to_say() {
    let topic = "arn:aws:sns:eu-central-1:123456789012:alerts";
    let short = published(topic, "text", &[notification(Event::Opened)]);
    assert!(short[0].get("MessageStructure").is_none());
    let mut long = notification(Event::Opened);
    if let Subject::Alert(subject) = &mut long.subject {
        subject.alert.summary = Some("all of it ".repeat(300));
    }
    let long = published(topic, "text", &[long]);
    let parts: Value = serde_json::from_str(long[0]["Message"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&long[0]["MessageStructure"], &parts["sms"]),
        (&json!("json"), &json!("[CRITICAL] used_swap on db-1"))
    );
    assert!(parts["default"].as_str().unwrap().len() > 3000);
}

#[test]
fn the_format_of_a_topic_decides_how_it_is_notified() {
    for (format, deliver, acknowledges, threads) in [
        ("text", Deliver::State, false, false),
        ("json", Deliver::Changes, true, false),
        ("q", Deliver::State, false, true),
    ] {
        let lifecycle = channel("sns", "", &json!({ "format": format })).lifecycle();
        assert_eq!((lifecycle.deliver, lifecycle.acknowledges), (deliver, acknowledges), "{format}");
        assert_eq!(lifecycle.threads, threads, "{format}");
    }
}

#[test]
fn a_test_differs_from_an_alert_by_its_detail_type() {
    let bridge = channel("eventbridge", "", &json!({ "detail_type": "Alert of ours" }));
    let [test, _] = channels::test_notifications(&*bridge, "ops", "4711-token", now());
    let detail_type = |notification: &Notification| {
        let Some(Request::Aws { input, .. }) = bridge.request(&Attempt::first("ops", notification, now()))
        else {
            unreachable!("by AWS")
        };
        input["Entries"][0]["DetailType"].clone()
    };
    assert_eq!(detail_type(&test), "Campanile Test");
    assert_eq!(detail_type(&notification(Event::Opened)), "Alert of ours");
}

#[test]
fn the_region_is_that_of_what_is_named() {
    let gov = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:alerts";
    for (type_name, more, region) in [
        ("sns", json!({}), Some("eu-central-1")),
        ("sns", json!({ "topic_arn": gov }), Some("us-gov-west-1")),
        ("eventbridge", json!({}), Some("eu-central-1")),
        ("eventbridge", json!({ "event_bus": "default" }), None),
        ("email", json!({ "region": "cn-north-1" }), Some("cn-north-1")),
        ("email", json!({ "region": null }), None),
    ] {
        assert_eq!(channels::aws_region(channel(type_name, "", &more).host()), region, "{type_name} {more}");
    }
}

#[test]
fn the_mails_of_a_group_are_one_thread_with_one_subject() {
    let email = channel("email", "", &json!({}));
    let mut memory = Memory::default();
    let mut mail = |notification: &Notification| {
        let attempt = Attempt { memory: &memory.clone(), ..Attempt::first("ops", notification, now()) };
        let Some(Request::Aws { service, input }) = email.request(&attempt) else { unreachable!("by AWS") };
        let answer = AwsStandIn::default().answer(service, &input);
        memory = email.interpret(&attempt, &Ok(answer)).memory.unwrap();
        let simple = &input["Content"]["Simple"];
        [&simple["Headers"][0]["Value"], &simple["Headers"][1]["Value"], &simple["Subject"]["Data"]]
            .map(|value| value.as_str().unwrap().to_owned())
    };
    let first = mail(&notification(Event::Opened));
    assert_eq!(first[0], first[1]);
    let mut grown = group(Event::Updated, 12, 10);
    grown.is_first = false;
    assert_eq!(mail(&grown), first);
    assert_eq!(mail(&group(Event::Resolved, 12, 10)), first);
    let mut again = notification(Event::Reopened);
    again.id = format!("{}-9", again.group);
    assert_ne!(mail(&again)[0], first[0]);
}

#[test]
fn the_state_is_in_the_subject_where_that_is_wanted() {
    let email = channel("email", "", &json!({ "subject": "state" }));
    let resolved = notification(Event::Resolved);
    let Some(Request::Aws { input, .. }) = email.request(&Attempt::first("ops", &resolved, now())) else {
        unreachable!("by AWS")
    };
    assert_eq!(input["Content"]["Simple"]["Subject"]["Data"], "[Campanile] [RESOLVED] used_swap on db-1");
}
