//! What people read: what fires, one alert, and what sources said.

use serde_json::json;

use super::{DAY, HOUR, JOB, fingerprint, name_events, three_ring};
use crate::operator::{Operator, ago};
use crate::transcripts::assert_transcript;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_firing_is_a_table_within_the_terminal_and_each_filter_narrows_it() {
    let mut operator = three_ring().await;
    operator.run("alerts --columns 80").await;
    operator.run("alerts --severity warning").await;
    operator.run("alerts instance=~db.* severity!=critical").await;
    operator.run("alerts --text BATCH").await;
    operator.run("alerts --since 60h --until 2d").await;
    operator.run("alerts --source netdata,kazoo").await;
    operator.run("alerts --account nobody").await;
    operator.run("alerts --handling acknowledged,silenced --all").await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_is_listed_only_where_it_is_asked_for() {
    let mut operator = Operator::before_a_bundle().await;
    operator.run("alerts").await;
    operator.fire(&[(JOB, DAY + 10 * HOUR)]).await;
    let job = fingerprint(&operator, "JobLate").await;
    operator.run(&format!("resolve {job}")).await;
    operator.run("alerts").await;
    operator.run("alerts --all").await;
    operator.run("alerts --condition expired,firing").await;
    name_events(&mut operator).await;
    operator.run(&format!("alert {}", &job[..6])).await;
    operator.run("alert 0000").await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_shown_with_its_history_and_what_people_wrote_and_on_request_what_brought_it() {
    let mut operator = Operator::before_a_bundle().await;
    for (severity, minutes) in [("warning", 2 * DAY + 3 * HOUR), ("critical", DAY + 9 * HOUR)] {
        let body = json!({
            "message": format!("Disk usage is {severity}, on db-01"), "alarm": "disk_space_usage",
            "chart": "disk_space._var", "space": "Example", "severity": severity, "date": ago(minutes).to_string(),
        });
        operator.post("/netdata", "campanile-development-netdata", &body).await;
    }
    let disk = fingerprint(&operator, "disk").await;
    operator.run(&format!("ack {} --note 'I look at it'", &disk[..8])).await;
    name_events(&mut operator).await;
    operator.run(&format!("alert {} --columns 80", &disk[..4])).await;
    operator.run(&format!("alert {disk} --raw --limit 1")).await;
    operator.run("events --columns 80").await;
    operator.run("events --signal notice").await;
    assert_transcript!("alerts", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_as_long_as_it_must_be_to_be_no_others() {
    let mut operator = Operator::before_a_bundle().await;
    let names: Vec<_> = (0..600).map(|number| format!("Alert{number:03}")).collect();
    let labels: Vec<_> = names.iter().map(|name| [("alertname", name.as_str())]).collect();
    let alerts: Vec<_> = labels.iter().map(|labels| (&labels[..], 5)).collect();
    operator.fire(&alerts).await;
    let listed = operator.answer("alerts").await;
    assert_eq!(listed.lines().count(), 601, "more than a page");
    let mut shown: Vec<_> = listed.lines().skip(1).map(|line| &line[..8]).collect();
    shown.sort_unstable();
    let alike = shown.windows(2).find(|pair| pair[0][..4] == pair[1][..4]).unwrap();
    operator.run(&format!("ack {}", &alike[0][..4])).await;
    operator.run(&format!("ack {}", &alike[0][..8])).await;
    assert_transcript!("alerts", operator.transcript());
}
