//! A stand-in for Cloud Monitor's API: it checks the signature, takes 20 requests a second, and puts errors into HTTP 200.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use kazoo::Clock as _;
use kazoo::testing::TestClock;
use net::Secret;
use serde_json::{Value, json};
use tencent::{Signing, authorization};
use tokio::net::TcpListener;

pub(super) const SECRET_ID: &str = "AKIDexample";
pub(super) const SECRET_KEY: &str = "h1dden-key";
/// Requests of one operation in one second.
const LIMIT: usize = 20;
/// Rows of one page of notifications.
const PAGE: usize = 20;

/// What goes wrong with the next request of an operation.
#[derive(Clone)]
pub(super) enum Fault {
    Code(&'static str),
    Text(u16, &'static str),
    Silence,
}

/// What Tencent knows.
#[derive(Default)]
pub(super) struct Monitor {
    pub(super) notices: Vec<Value>,
    pub(super) notified: Vec<Value>,
    pub(super) histories: Vec<Value>,
    pub(super) faults: VecDeque<(&'static str, Fault)>,
    /// Operations and when they were asked for, in milliseconds.
    pub(super) asked: Vec<(String, i64)>,
}

/// A running stand-in.
pub(super) struct Tencent {
    pub(super) clock: Arc<TestClock>,
    pub(super) url: String,
    monitor: Arc<Mutex<Monitor>>,
}

#[derive(Clone)]
struct Shared {
    clock: Arc<TestClock>,
    monitor: Arc<Mutex<Monitor>>,
}

impl Tencent {
    pub(super) async fn start() -> Self {
        let shared = Shared { clock: Arc::default(), monitor: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { clock: shared.clock, url, monitor: shared.monitor }
    }

    pub(super) fn monitor(&self) -> MutexGuard<'_, Monitor> {
        self.monitor.lock().unwrap()
    }
}

async fn answer(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let (status, text) = {
        let mut monitor = shared.monitor.lock().unwrap();
        match monitor.answer(shared.clock.now(), &headers, &body) {
            Ok(response) => (200, json!({ "Response": response }).to_string()),
            Err(Fault::Code(code)) => {
                let error = json!({ "Code": code, "Message": "not now" });
                (200, json!({ "Response": { "Error": error, "RequestId": "r" } }).to_string())
            }
            Err(Fault::Text(status, text)) => (status, text.to_owned()),
            Err(Fault::Silence) => (0, String::new()),
        }
    };
    if status == 0 {
        tokio::time::sleep(Duration::from_mins(10)).await;
    }
    Response::builder().status(status).body(Body::from(text)).unwrap()
}

impl Monitor {
    fn answer(&mut self, now: Timestamp, headers: &HeaderMap, body: &[u8]) -> Result<Value, Fault> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let action = header("x-tc-action").to_owned();
        self.asked.push((action.clone(), now.as_millisecond()));
        let at = Timestamp::from_second(header("x-tc-timestamp").parse().unwrap()).unwrap();
        if now.duration_since(at).as_secs().abs() > 300 {
            return Err(Fault::Code("AuthFailure.SignatureExpire"));
        }
        let signing = Signing {
            service: "monitor",
            host: header("host"),
            content_type: header("content-type"),
            at,
            body,
        };
        if header("authorization") != authorization(SECRET_ID, &Secret::new(SECRET_KEY), signing) {
            return Err(Fault::Code("AuthFailure.SignatureFailure"));
        }
        let within = |(asked, when): &&(String, i64)| *asked == action && now.as_millisecond() - when < 1000;
        if self.asked.iter().filter(within).count() > LIMIT {
            return Err(Fault::Code("RequestLimitExceeded"));
        }
        if let Some(index) = self.faults.iter().position(|(failing, _)| *failing == action) {
            return Err(self.faults.remove(index).unwrap().1);
        }
        let asked: Value = serde_json::from_slice(body).unwrap();
        Ok(match (action.as_str(), header("x-tc-version")) {
            ("DescribeAlarmNotices", "2018-07-24") => json!({ "Notices": self.notices, "RequestId": "r" }),
            ("DescribeAlarmNotifyHistories", "2023-06-16") => self.notified(&asked),
            ("DescribeAlarmHistories", "2018-07-24") => self.histories(&asked),
            _ => return Err(Fault::Code("InvalidParameter")),
        })
    }

    fn notified(&self, asked: &Value) -> Value {
        let until = asked["QueryBaseTime"].as_i64().unwrap();
        let since = until - asked["QueryBeforeSeconds"].as_i64().unwrap();
        let page: usize = asked["PageParams"]["PageNo"].as_str().unwrap().parse().unwrap();
        let within = |row: &&Value| (since..=until).contains(&row["NotifyTime"].as_i64().unwrap());
        let rows: Vec<_> = self.notified.iter().filter(within).collect();
        let pages = rows.len().div_ceil(PAGE).max(1);
        let shown: Vec<_> = rows.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
        json!({
            "AlarmNotifyHistoryList": shown,
            "PageResult": { "TotalPage": pages, "CurrentPageNo": page, "End": page >= pages },
        })
    }

    fn histories(&self, asked: &Value) -> Value {
        let [from, to] = ["StartTime", "EndTime"].map(|name| asked[name].as_i64().unwrap());
        let policies = asked["PolicyIds"].as_array().unwrap();
        let fits = |row: &&Value| {
            let first = row["FirstOccurTime"].as_i64().unwrap();
            from < first && first < to && policies.contains(&row["PolicyId"])
        };
        let rows: Vec<_> = self.histories.iter().filter(fits).collect();
        json!({ "TotalCount": rows.len(), "Histories": rows })
    }
}
