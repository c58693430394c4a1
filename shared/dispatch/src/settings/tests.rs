use super::*;
use crate::GroupBy;
use channels::Deliver;

const SLACK: &str =
    r#""type":"slack","settings":{"webhook_url":"https://hooks.slack.com/services/T000/B000/XXXX"}"#;

fn read(secret: &str) -> NotificationConfiguration {
    NotificationConfiguration::read(secret, &EgressPolicy::public())
}

fn one(members: &str) -> NotificationConfiguration {
    read(&format!(r#"{{"destinations":[{{"id":"a",{members}}}]}}"#))
}

fn mistakes(settings: &NotificationConfiguration) -> Vec<String> {
    settings.mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn settings_of_today_go_on_working_with_the_defaults_of_their_types() {
    let settings = one(&format!(
        r#""name":"Ops","enabled":true,"sources":["netdata"],"rooms":["Production"],"labels":["env=\"prod\""],
           "notify":"All Alerts and unreachable","damping_secs":60,{SLACK}"#
    ));
    assert_eq!(mistakes(&settings), Vec::<String>::new());
    let slack = &settings.destinations[0];
    let names = ["source", "account", "resource"].map(str::to_owned).to_vec();
    assert_eq!((slack.deliver, &slack.group_by), (Deliver::State, &GroupBy::Labels(names)));
    assert_eq!((slack.group_wait_secs, slack.group_interval_secs, slack.has_links), (0, 60, true));
    let settings =
        one(r#""type":"pagerduty","settings":{"integration_key":"0123456789abcdef0123456789abcdef"}"#);
    let pager = &settings.destinations[0];
    assert_eq!((pager.deliver, &pager.group_by), (Deliver::State, &GroupBy::EachAlert));
    assert_eq!(pager.group_interval_secs, 0);
}

#[test]
fn a_list_or_a_destination_without_the_object_around_it_is_unusable_and_says_what_to_write() {
    let destination = format!(r#"{{"id":"a",{SLACK}}}"#);
    for (secret, what) in [(format!("[{destination}]"), "a list"), (destination, "one destination")] {
        let settings = read(&secret);
        assert!(settings.is_unusable);
        let expected = format!("the document: is {what}: write {{\"destinations\":[…]}} around it");
        assert_eq!(mistakes(&settings), [expected]);
    }
}

#[test]
fn every_mistake_names_its_member_and_leaves_out_its_own_destination_only() {
    for (members, expected) in [
        (r#""unless":"acknowledged""#, "destinations[0].unless: needs `after_secs`"),
        (r#""active":["day"]"#, "destinations[0].active[0]: `day` is not a name in `time_intervals`"),
        (r#""active":[]"#, "destinations[0].active: names no time interval"),
        (r#""mute":["day"]"#, "destinations[0].mute[0]: `day` is not a name"),
        (r#""deliver":"changes","group_by":["a"]"#, "destinations[0].group_by: needs"),
        (r#""deliver":"changes","repeat_secs":600"#, "destinations[0].repeat_secs: needs"),
        (r#""group_wait_secs":601"#, "destinations[0].group_wait_secs: is not a whole number from 0 to 600"),
        (r#""group_by":["...","a"]"#, "write it alone"),
        (r#""schedule":"ops""#, "destinations[0].schedule: is not known here"),
        (r#""deliver":"both""#, "`both` is not known: use state, changes"),
    ] {
        let secret = format!(r#"{{"destinations":[{{"id":"a",{members},{SLACK}}},{{"id":"b",{SLACK}}}]}}"#);
        let settings = read(&secret);
        let text = mistakes(&settings).join("\n");
        assert!(text.contains(expected), "{members}: {text}");
        assert_eq!(settings.destinations.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}

#[test]
fn time_intervals_are_read_in_both_forms_and_their_mistakes_are_named_by_path() {
    let settings = read(&format!(
        r#"{{"time_intervals":{{"day":[{{"times":[{{"start_time":"08:00","end_time":"18:00"}}],"weekdays":["monday:friday"],
           "days_of_month":[1,"-3:-1"],"months":["january",3],"years":[2026],"location":"Europe/Berlin"}}],
           "night":[{{"times":[{{"start_time":"22:00","end_time":"06:00"}}]}}]}},
           "destinations":[{{"id":"a","active":["day"],"mute":["night"],{SLACK}}}]}}"#
    ));
    assert_eq!(mistakes(&settings), Vec::<String>::new());
    assert!(settings.destinations[0].hours.active.is_some());
    let settings = read(
        r#"{"destinations":[],"time_intervals":[{"name":"x","time_intervals":[{"weekdays":["saturday:sunday"],
           "times":[{"start_time":"8","end_time":"09:00"},{"end":"09:00"}],"months":[],"location":"Berlin","day":1}]}]}"#,
    );
    let text = mistakes(&settings).join("\n");
    for expected in [
        "time_intervals[0].time_intervals[0].weekdays[0]: the range `saturday:sunday` ends before it begins",
        "time_intervals[0].time_intervals[0].times[0]: `8` is not a time",
        "time_intervals[0].time_intervals[0].times[1].start_time: is missing",
        "time_intervals[0].time_intervals[0].months: is empty",
        "time_intervals[0].time_intervals[0].location: `Berlin` is not a time zone",
        "time_intervals[0].time_intervals[0].day: is not known here",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn inhibition_rules_are_added_to_the_built_in_ones_and_a_mistaken_one_is_left_out() {
    let settings = read(
        r#"{"destinations":[],"inhibit_rules":[
            {"source_matchers":["severity=\"critical\""],"target_matchers":["severity=~\"low|info\""],"equal":["instance"]},
            {"source_matchers":["severity"],"target_matchers":["a=b"]},{"target_matchers":["a=b"]}]}"#,
    );
    assert_eq!(settings.inhibit_rules.len(), InhibitRule::built_in().len() + 1);
    let text = mistakes(&settings).join("\n");
    assert!(text.contains("inhibit_rules[1].source_matchers[0]: `severity` is not a matcher"), "{text}");
    assert!(text.contains("inhibit_rules[2].source_matchers: is missing"), "{text}");
    assert!(read(r#"{"destinations":[],"builtin_inhibition":false}"#).inhibit_rules.is_empty());
}

#[test]
fn a_secret_of_which_nothing_can_be_used_says_so() {
    for secret in ["", "[]", "{}", r#"{"destinations":{}}"#] {
        assert!(read(secret).is_unusable, "{secret}");
        assert!(!read(secret).mistakes.is_empty(), "{secret}");
    }
    assert!(!read(r#"{"destinations":[]}"#).is_unusable);
}
