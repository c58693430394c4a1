//! What words, levels and times mean.

use super::*;

#[test]
fn only_what_nobody_takes_back_ends_by_itself() {
    for (fixture, ends) in [
        ("metric-firing", AutoResolve::Recovery),
        ("metric-with-an-unknown-status", AutoResolve::Recovery),
        ("template-firing", AutoResolve::Recovery),
        ("template-without-its-first-time", AutoResolve::Recovery),
        ("event-ping-unreachable", AutoResolve::Recovery),
        ("event-without-a-state", AutoResolve::Quiet),
        ("cloudevent-ping-unreachable", AutoResolve::Recovery),
        ("cloudevent-error-without-a-state", AutoResolve::Quiet),
    ] {
        let event = event_of(fixture);
        assert_eq!((event.signal, event.auto_resolve), (Signal::Firing, ends), "{fixture}");
    }
}

#[test]
fn the_configured_severity_stands_in_for_a_missing_or_unknown_level() {
    let settings =
        SourceConfiguration { default_severity: Some(Severity::High), ..SourceConfiguration::default() };
    for (fixture, severity) in [
        ("metric-firing", Severity::High),
        ("metric-of-an-unknown-level", Severity::High),
        ("metric-of-level-serious", Severity::Critical),
        ("cloudevent-ping-unreachable", Severity::High),
        ("cloudevent-notice", Severity::Info),
    ] {
        let events = tencent::normalize(&inbound(&fixture_path(fixture)), &settings).unwrap().events;
        assert_eq!(events[0].severity, severity, "{fixture}");
    }
}

#[test]
fn levels_mean_what_the_console_calls_them() {
    for (level, severity) in [
        ("Serious", Severity::Critical),
        ("严重", Severity::Critical),
        ("WARN", Severity::Warning),
        ("警告", Severity::Warning),
        ("note", Severity::Info),
        ("Remind", Severity::Info),
        ("提示", Severity::Info),
        ("None", Severity::Warning),
    ] {
        let event = changed("template-firing", "/current_level", json!(level));
        assert_eq!((event.severity, event.severity_raw.as_str()), (severity, level));
    }
}

#[test]
fn only_known_words_resolve_a_template() {
    for word in ["Recovery", "recover", "RECOVERED", "Resolved", "resolve", "OK", "恢复", "0"] {
        assert_eq!(changed("template-firing", "/status", json!(word)).signal, Signal::Resolved, "{word}");
    }
    for word in ["Trigger", "触发", "持续", "升级", "降级", "1", "", "whatever"] {
        assert_eq!(changed("template-firing", "/status", json!(word)).signal, Signal::Firing, "{word}");
    }
}

#[test]
fn the_content_type_does_not_matter() {
    let mut sent = inbound(&fixture_path("metric-firing"));
    sent.content_type = Some("text/plain; charset=gbk".into());
    let read = tencent::normalize(&sent, &SourceConfiguration::default()).unwrap();
    assert_eq!(read.events, [event_of("metric-firing")]);
}

#[test]
fn times_are_in_china_unless_they_say_otherwise() {
    let event = changed("metric-firing", "/firstOccurTime", json!("2021-05-04 20:37:00 (UTC+00:00)"));
    assert_eq!(event.event_id, event_of("metric-firing").event_id);
}

#[test]
fn a_duration_beyond_the_calendar_leaves_the_start() {
    let event = changed("metric-firing", "/durationTime", json!(i64::MAX));
    assert_eq!(Some(event.occurred_at), event.started_at);
}
