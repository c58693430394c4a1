//! What the stand-in knows, and how it answers.

use std::collections::VecDeque;

use axum::http::HeaderMap;
use jiff::Timestamp;
use net::Secret;
use serde_json::{Value, json};

use super::server::{SECRET_ID, SECRET_KEY};
use crate::{Signing, authorization};

/// Requests of one operation in one second.
const LIMIT: usize = 20;
/// Rows of one page of notifications.
const PAGE: usize = 20;

/// What goes wrong with the next request of an operation.
#[derive(Debug, Clone)]
pub enum Fault {
    /// An error in HTTP 200.
    Code(&'static str),
    /// Something that the API does not say itself.
    Text(u16, &'static str),
    /// No answer.
    Silence,
}

/// What Tencent knows.
#[derive(Debug, Default)]
pub struct Monitor {
    /// Templates.
    pub notices: Vec<Value>,
    /// Policies.
    pub policies: Vec<Value>,
    /// Notifications that were sent.
    pub notified: Vec<Value>,
    /// Lives of alarms.
    pub histories: Vec<Value>,
    /// What goes wrong with the next request of an operation.
    pub faults: VecDeque<(&'static str, Fault)>,
    /// Operations, and when they were asked for, in milliseconds.
    pub asked: Vec<(String, i64)>,
}

impl Monitor {
    pub(super) fn answer(
        &mut self,
        now: Timestamp,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Value, Fault> {
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
            (action, "2018-07-24") => self.change(action, &asked)?,
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
