//! What was noisy.

use serde_json::Value;

use super::three_ring;
use crate::operator::Operator;
use crate::transcripts::assert_transcript;

/// The statistics of a week, once the bundle has counted `opened` alerts.
async fn counted(operator: &Operator, opened: u64) -> Value {
    loop {
        let statistics: Value =
            serde_json::from_str(&operator.answer("statistics --days 7 --json").await).unwrap();
        let days = statistics["days"].as_array().unwrap();
        if days.iter().map(|day| day["opened"].as_u64().unwrap()).sum::<u64>() >= opened {
            return statistics;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_noisy_is_shown_by_day_alert_and_resource_and_what_took_time_by_week() {
    let quiet = Operator::before_a_bundle().await;
    assert!(quiet.answer("statistics --days 7").await.starts_with("nothing happened from 20"));
    let mut operator = three_ring().await;
    operator.answer("ack severity=critical").await;
    operator.answer("send netdata nested-raised-critical").await;
    let statistics = counted(&operator, 4).await;
    // Days differ from run to run; each keeps its width.
    let days = ["from", "to"].map(|name| &statistics[name]).into_iter();
    for day in days.chain(statistics["weeks"].as_array().unwrap().iter().map(|week| &week["week"])) {
        operator.call_day(day.as_str().unwrap(), 'D');
    }
    operator.run("statistics --days 7 --columns 110").await;
    operator.run("statistics --days 7 --source netdata").await;
    operator.run("statistics --days 7 --source tencent").await;
    operator.run("statistics --days 91").await;
    assert_transcript!("statistics", operator.transcript());
}
