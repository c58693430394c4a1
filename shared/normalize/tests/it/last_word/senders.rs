//! What each source sends of one alert, written as the source writes it.

use std::collections::HashSet;

use alert::AlertEvent;
use jiff::{SignedDuration, Timestamp};
use normalize::{InboundRequest, SourceConfiguration, alertmanager, kazoo, netdata, site24x7, tencent};
use serde_json::{Value, json};

use crate::post_json;

/// Seconds from KAZOO's year 0 to 1970.
const GREGORIAN: i64 = 62_167_219_200;

/// A source, or one of its kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Netdata,
    NetdataFlat,
    NetdataReachability,
    Site24x7,
    Site24x7WithOutages,
    KazooRegistration,
    KazooBalance,
    TencentMetric,
    TencentEvent,
    TencentCloudEvent,
    Prometheus,
    Alertmanager,
}

impl Sender {
    pub(super) const ALL: &'static [Self] = &[
        Self::Netdata,
        Self::NetdataFlat,
        Self::NetdataReachability,
        Self::Site24x7,
        Self::Site24x7WithOutages,
        Self::KazooRegistration,
        Self::KazooBalance,
        Self::TencentMetric,
        Self::TencentEvent,
        Self::TencentCloudEvent,
        Self::Prometheus,
        Self::Alertmanager,
    ];

    /// Those that name times in each request.
    pub(super) const ORDERED: &'static [Self] = &[
        Self::Netdata,
        Self::NetdataFlat,
        Self::Site24x7,
        Self::Site24x7WithOutages,
        Self::TencentMetric,
        Self::TencentEvent,
        Self::TencentCloudEvent,
    ];

    /// Whether it says again what holds.
    pub(super) fn restates(self) -> bool {
        matches!(self, Self::Prometheus | Self::Alertmanager)
    }

    /// Whether a request that comes once more says that it is so now: nothing in it says when.
    pub(super) fn is_news_again(self) -> bool {
        self.restates() || self == Self::NetdataReachability
    }

    /// How long it takes from one request to the next, at least: of a reachability one a second is distinct, and no
    /// outage or duration is shorter.
    pub(super) fn pause(self) -> SignedDuration {
        let is_slow = matches!(
            self,
            Self::NetdataReachability | Self::Site24x7WithOutages | Self::TencentMetric | Self::TencentEvent
        );
        SignedDuration::from_millis(if is_slow { 1_000 } else { 40 })
    }

    pub(super) fn normalize(self, inbound: &InboundRequest) -> Vec<AlertEvent> {
        let settings = SourceConfiguration::default();
        let normalized = match self {
            Self::Netdata | Self::NetdataFlat | Self::NetdataReachability => {
                netdata::normalize(inbound, &settings)
            }
            Self::Site24x7 | Self::Site24x7WithOutages => site24x7::normalize(inbound, &settings),
            Self::KazooRegistration | Self::KazooBalance => kazoo::normalize(inbound, &settings),
            Self::TencentMetric | Self::TencentEvent | Self::TencentCloudEvent => {
                tencent::normalize(inbound, &settings)
            }
            Self::Prometheus | Self::Alertmanager => alertmanager::normalize(inbound, &settings),
        };
        normalized.unwrap().events
    }
}

/// One alert as its source sees it.
pub(super) struct Simulated {
    sender: Sender,
    /// The source's word for the state, before and now.
    state: &'static str,
    before: &'static str,
    /// When the run began, by the clock of each replica.
    began: [Option<Timestamp>; 2],
    number: u64,
    /// The seconds that were sent.
    seconds: HashSet<i64>,
    /// How long the run has lasted, in seconds, and when it began as it was sent, by our clock.
    lasted: i64,
    began_here: Timestamp,
}

impl Simulated {
    pub(super) fn new(sender: Sender) -> Self {
        Self {
            sender,
            state: "Clear",
            before: "Clear",
            began: [None; 2],
            number: 0,
            seconds: HashSet::new(),
            lasted: 0,
            began_here: Timestamp::UNIX_EPOCH,
        }
    }

    pub(super) fn fires_now(&self) -> bool {
        self.state != "Clear"
    }

    pub(super) fn fires(
        &mut self,
        now: Timestamp,
        off: i64,
        replica: u8,
        is_critical: bool,
    ) -> InboundRequest {
        let at = self.moment(now, off);
        let replica = self.replica(replica);
        if !self.fires_now() {
            self.began = [None; 2];
            (self.lasted, self.began_here) = (-1, now);
        }
        self.began[replica].get_or_insert(at);
        self.say(if is_critical { "Critical" } else { "Warning" }, now, at, replica)
    }

    pub(super) fn ends(&mut self, now: Timestamp, off: i64, replica: u8) -> InboundRequest {
        let at = self.moment(now, off);
        let replica = self.replica(replica);
        self.say("Clear", now, at, replica)
    }

    /// Who speaks: only what re-states may be a pair.
    fn replica(&self, replica: u8) -> usize {
        if self.sender.restates() { usize::from(replica) } else { 0 }
    }

    /// What the sender's clock says at `now`. Where nothing but its second distinguishes an event, no second is sent
    /// twice: the same body is the same event.
    fn moment(&mut self, now: Timestamp, off: i64) -> Timestamp {
        let mut at = now + SignedDuration::from_secs(off);
        let has_ids =
            !matches!(self.sender, Sender::NetdataFlat | Sender::TencentMetric | Sender::TencentEvent);
        while !self.seconds.insert(at.as_second()) && !has_ids {
            at += SignedDuration::from_secs(1);
        }
        at
    }

    fn say(&mut self, state: &'static str, now: Timestamp, at: Timestamp, replica: usize) -> InboundRequest {
        (self.before, self.state) = (self.state, state);
        self.number += 1;
        // Whoever counts a duration counts it on, whatever its clock.
        self.lasted = (self.lasted + 1).max(now.duration_since(self.began_here).as_secs());
        let began = self.began[replica].or(self.began[1 - replica]).unwrap_or(at);
        let body = match self.sender {
            Sender::Netdata => self.netdata(at),
            Sender::NetdataFlat => {
                json!({ "alarm": "swap", "severity": state, "chart": "mem.swap", "host": "web-1",
                "date": second(at), "space": "Example" })
            }
            Sender::NetdataReachability => {
                json!({ "message": "Example/web-1", "status": { "reachable": state == "Clear" },
                "host": "web-1", "severity": if state == "Clear" { "info" } else { "critical" } })
            }
            Sender::Site24x7 => self.site24x7(at),
            Sender::Site24x7WithOutages => {
                let mut body = self.site24x7(at);
                body["OUTAGE_TIME_UNIX_FORMAT"] = began.as_millisecond().to_string().into();
                body
            }
            Sender::KazooRegistration => self.registration(at),
            Sender::KazooBalance => self.balance(at),
            Sender::TencentMetric | Sender::TencentEvent => self.tencent(began),
            Sender::TencentCloudEvent => json!({ "specversion": "1.0", "id": self.number.to_string(),
                "source": "cvm.cloud.tencent", "type": "cvm:ErrorEvent:ping_unreachable", "subject": "ins-1",
                "time": at.as_millisecond(), "region": "ap-guangzhou", "status": u8::from(self.fires_now()).to_string(),
                "data": { "appId": "1250000000", "instanceId": "ins-1" } }),
            Sender::Prometheus => json!([self.prometheus(now, at, began)]),
            Sender::Alertmanager => json!({ "version": "4", "alerts": [self.alertmanager(at, began)] }),
        };
        InboundRequest { received_at: now, ..post_json(body.to_string()) }
    }

    fn netdata(&self, at: Timestamp) -> Value {
        json!({ "message": "swap", "space": { "id": "s" }, "node": { "hostname": "web-1" },
            "alert": { "name": "swap", "chart": { "id": "mem.swap" }, "state": { "status": self.state },
                "prev_state": { "status": self.before }, "triggered_at": second(at),
                "transition_id": format!("00000000-0000-4000-8000-{:012}", self.number) } })
    }

    fn site24x7(&self, at: Timestamp) -> Value {
        let status = match self.state {
            "Clear" => "UP",
            "Warning" => "TROUBLE",
            _ => "DOWN",
        };
        json!({ "MONITORNAME": "Shop", "MONITOR_ID": "123456000000025013", "STATUS": status,
            "INCIDENT_REASON": format!("r{}", self.number), "INCIDENT_TIME_ISO": second(at) })
    }

    fn registration(&self, at: Timestamp) -> Value {
        // A registration that runs out was made that long before.
        let (name, at) = if self.fires_now() {
            ("deregister", at - SignedDuration::from_secs(480))
        } else {
            ("register", at)
        };
        json!({ "account_id": "A", "call_id": self.number.to_string(), "event_category": "notification",
            "event_name": name, "event_timestamp": at.as_second() + GREGORIAN, "expires": 480,
            "realm": "pbx.example.com", "username": "device-3" })
    }

    fn balance(&self, at: Timestamp) -> Value {
        let timestamp = at.as_second() + GREGORIAN;
        let id = self.number.to_string();
        if self.fires_now() {
            json!({ "account_id": "A", "current_balance": 340_000, "event_category": "notification",
                "event_name": "low_balance", "timestamp": timestamp, "msg_id": id })
        } else {
            json!({ "account_id": "A", "event_category": "notification", "event_name": "transaction", "id": id,
                "success": true, "timestamp": timestamp })
        }
    }

    fn tencent(&self, began: Timestamp) -> Value {
        // A run goes by one clock: its beginning, and how long it has lasted.
        let at = began + SignedDuration::from_secs(self.lasted);
        let recovered = if self.fires_now() { json!("0") } else { json!(beijing(at)) };
        let (kind, conditions, policy) = match self.sender {
            Sender::TencentMetric => ("metric", json!({ "metricName": "disk_usage" }), json!("policy-1")),
            _ => ("event", json!({ "productName": "cvm", "eventName": "ping_unreachable" }), Value::Null),
        };
        let first = if self.sender == Sender::TencentMetric || self.fires_now() { began } else { at };
        json!({ "sessionId": self.number.to_string(), "alarmStatus": u8::from(self.fires_now()).to_string(),
            "alarmType": kind, "alarmLevel": if self.state == "Critical" { "Serious" } else { "Warn" },
            "alarmObjInfo": { "region": "gz", "dimensions": { "unInstanceId": "ins-1" } },
            "alarmPolicyInfo": { "policyId": policy, "conditions": conditions },
            "firstOccurTime": beijing(first), "durationTime": self.lasted, "recoverTime": recovered })
    }

    fn prometheus(&self, now: Timestamp, at: Timestamp, began: Timestamp) -> Value {
        let ends_at = if self.fires_now() { now + SignedDuration::from_mins(4) } else { at.min(now) };
        json!({ "labels": labels(), "startsAt": began.min(ends_at).to_string(), "endsAt": ends_at.to_string() })
    }

    fn alertmanager(&self, at: Timestamp, began: Timestamp) -> Value {
        let (status, ends_at) = if self.fires_now() {
            ("firing", "0001-01-01T00:00:00Z".to_owned())
        } else {
            ("resolved", at.max(began).to_string())
        };
        json!({ "status": status, "labels": labels(), "startsAt": began.to_string(), "endsAt": ends_at })
    }
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn beijing(at: Timestamp) -> String {
    (at + SignedDuration::from_hours(8)).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn labels() -> Value {
    json!({ "alertname": "QueueStuck", "instance": "mq-1" })
}
