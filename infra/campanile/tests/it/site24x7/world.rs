//! A monitor that goes down and up again, sent by Site24x7's webhook and read by the poller.

use std::collections::HashMap;
use std::sync::Arc;

use alert::{Alert, Clock as _, Source};
use aws::{AlertFilter, Configuration, EventFilter, HistoryEntry, Platform};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::Request;
use intake::Site24x7;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use poll::site24x7::{Outcome, PollError, Polled, Poller};
use serde_json::{Value, json};
use site24x7::testing::{SECRET, StandIn, TestClock};

pub(super) const MONITOR: &str = "123456000000025013";
pub(super) const TOKEN: &str = "hook-key-0123456789";

/// Both functions over an empty table. Yesterday by the real clock, so that nothing in the table is out of date.
pub(super) struct World {
    pub(super) stand_in: StandIn,
    pub(super) platform: Platform,
    dynamodb: Client,
    pub(super) poller: Poller<Arc<TestClock>>,
    pub(super) day: Date,
}

impl World {
    /// A world whose clock shows `time` of the day, UTC.
    pub(super) async fn at(time: &str) -> Self {
        Self::with_secret(time, &serde_json::from_str(SECRET).unwrap()).await
    }

    pub(super) async fn with_secret(time: &str, secret: &Value) -> Self {
        let stand_in = StandIn::start().await;
        let secrets = json!({ "campanile/site24x7": secret }).to_string();
        let secrets = sdk_config(EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap());
        let table = sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap());
        let configuration =
            Configuration { site24x7_hosts: Some(stand_in.hosts()), ..Configuration::default() };
        let platform = Platform::for_development(&table, &secrets, configuration);
        platform.table.create().await.unwrap();
        let poller = Poller::new(platform.clone(), Arc::clone(&stand_in.clock)).unwrap();
        let day = Offset::UTC.to_datetime(aws::SystemClock.now()).date().yesterday().unwrap();
        let world = Self { stand_in, platform, dynamodb: Client::new(&table), poller, day };
        world.set_clock(world.time(time));
        world.stand_in.world().alert_logs.insert("never".to_owned(), Vec::new());
        world.is_at(&[]);
        world
    }

    pub(super) fn set_clock(&self, time: Timestamp) {
        let clock = &self.stand_in.clock;
        clock.forward_secs(time.as_second() - clock.now().as_second());
    }

    /// `10:00:00` of the day, UTC; also `+1 00:10:00` of the next.
    pub(super) fn time(&self, time: &str) -> Timestamp {
        let (day, time) = match time.strip_prefix("+1 ") {
            Some(time) => (self.day.tomorrow().unwrap(), time),
            None => (self.day, time),
        };
        Offset::UTC.to_timestamp(day.to_datetime(time.parse().unwrap())).unwrap()
    }

    /// Has the current status hold `rows`.
    pub(super) fn is_at(&self, rows: &[Value]) {
        self.stand_in.world().current_status = json!({ "monitors": rows });
    }

    /// Has the alert logs of `date` hold `rows`.
    pub(super) fn logs(&self, date: Date, rows: Vec<Value>) {
        self.stand_in.world().alert_logs.insert(date.to_string(), rows);
    }

    /// Polls once, two minutes at most.
    pub(super) async fn run(&self, event: Value) -> Result<Outcome, PollError> {
        let deadline = self.stand_in.clock.in_secs(120);
        self.poller.clone().run(event, deadline).await
    }

    pub(super) async fn poll(&self) -> Polled {
        match self.run(json!({})).await.unwrap() {
            Outcome::Polled(polled) => polled,
            other => panic!("{other:?}"),
        }
    }

    /// Has the webhook send `payload`.
    pub(super) async fn deliver(&self, payload: &Value) {
        let request = Request::post("/site24x7").header("x-api-key", TOKEN).body(payload.to_string().into());
        let response = self.platform.webhook::<Site24x7>().handle(request.unwrap()).await;
        assert_eq!(response.status(), 200);
    }

    pub(super) async fn alerts(&self) -> Vec<Alert> {
        let page = self
            .platform
            .table
            .alerts(&AlertFilter::default(), aws::PageSize::items(1000), None)
            .await
            .unwrap();
        assert!(page.next.is_none());
        page.alerts
    }

    /// The history of all alerts and notices, newest first.
    pub(super) async fn history(&self) -> Vec<HistoryEntry> {
        let page = self
            .platform
            .table
            .events(&EventFilter::default(), aws::PageSize::items(1000), None)
            .await
            .unwrap();
        assert!(page.next.is_none());
        page.entries
    }

    /// The item that holds the access token, with all of its attributes.
    pub(super) async fn token_item(&self) -> HashMap<String, AttributeValue> {
        let [pk, sk] = ["SOURCE#site24x7#eu", "TOKEN"].map(|key| AttributeValue::S(key.to_owned()));
        let get = self.dynamodb.get_item().table_name("campanile").key("pk", pk).key("sk", sk);
        get.consistent_read(true).send().await.unwrap().item.unwrap()
    }

    pub(super) async fn watermark(&self) -> Option<Timestamp> {
        self.platform.table.poll_cursor(Source::Site24x7, "eu").await.unwrap().watermark
    }
}

/// `time` as Site24x7 writes it, by the clock of India.
pub(super) fn iso(time: Timestamp) -> String {
    iso_at(time, Offset::from_seconds(19_800).unwrap())
}

pub(super) fn iso_at(time: Timestamp, offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let civil = offset.to_datetime(time);
    format!("{civil:.0}{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// What the webhook says of monitor `id`, whose outage began at `since`.
pub(super) fn webhook(id: &str, word: &str, since: Timestamp, at: Timestamp) -> Value {
    let suffix = if word == "UP" { " (Resolved)" } else { "" };
    json!({
        "MONITORNAME": "Shop front", "MONITOR_ID": id, "MONITORTYPE": "URL", "STATUS": word,
        "INCIDENT_REASON": format!("Internal Server Error{suffix}"), "INCIDENT_TIME_ISO": iso(at),
        "OUTAGE_TIME_UNIX_FORMAT": since.as_millisecond().to_string(),
    })
}

/// A row of the current status of monitor `id`.
pub(super) fn status(id: &str, code: i64, polled_at: Timestamp) -> Value {
    json!({ "monitor_id": id, "name": "Shop front", "status": code, "last_polled_time": iso(polled_at) })
}

/// The same, of a monitor that is in an outage since `since`.
pub(super) fn outage(id: &str, outage_id: &str, since: Timestamp, polled_at: Timestamp) -> Value {
    let mut row = status(id, 0, polled_at);
    row["outage_id"] = json!(outage_id);
    row["downtime_millis"] = json!(polled_at.duration_since(since).as_millis().to_string());
    row
}

/// A row of the alert logs.
pub(super) fn log(message: &str, sent_at: Timestamp, channel: i64) -> Value {
    json!({ "msg": message, "sent_time": iso(sent_at), "alert_type": channel })
}

/// `minutes` after `time`.
pub(super) fn after(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}
