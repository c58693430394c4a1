//! What Tencent did not deliver is found, once, and nothing that is not beyond doubt.

use std::sync::Arc;
use std::time::Duration;

use alert::{Alert, Clock as _, Condition, Signal, Source};
use aws::{AlertFilter, Configuration, EventFilter, HistoryEntry, PageSize, Platform};
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::Request;
use intake::Tencent as Protocol;
use jiff::Timestamp;
use jiff::tz::Offset;
use poll::tencent::{Cared, Ended, Fetched, TencentKeeper, TencentOutcome};
use serde_json::json;

use kazoo::testing::TestClock;
use tencent::testing::{Fault, SECRET_ID, SECRET_KEY, StandIn};

const TOKEN: &str = "t0ken-of-tencent";
const POLICY: &str = "policy-bbbb2222";

pub(super) struct World {
    tencent: StandIn,
    clock: Arc<TestClock>,
    platform: Platform,
    pub(super) keeper: TencentKeeper,
    /// When the alarm began: half an hour before the clock's time.
    began: i64,
}

impl World {
    pub(super) async fn new() -> Self {
        let clock = Arc::new(TestClock::default());
        let now = aws::SystemClock.now();
        clock.advance(now.as_second() - 3600 - clock.now().as_second());
        let shared = Arc::clone(&clock);
        let tencent = StandIn::start(move || shared.now()).await;
        let secret = json!({
            "tokens": [TOKEN], "secret_id": SECRET_ID, "secret_key": SECRET_KEY, "endpoint": tencent.url,
        });
        let secrets = json!({ "campanile/tencent": secret }).to_string();
        let secrets = sdk_config(EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap());
        let table = sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap());
        let configuration = Configuration {
            public_url: Some("https://alerts.example.com".to_owned()),
            history_days: 2,
            ..Configuration::default()
        };
        let platform = Platform::for_development(&table, &secrets, configuration);
        platform.table.create().await.unwrap();
        let keeper = TencentKeeper::new(platform.clone(), Arc::clone(&clock) as _);
        let began = clock.now().as_second() - 1800;
        tencent.monitor().notices.push(json!({
            "Id": "notice-1", "URLNotices": [{ "URL": format!("https://alerts.example.com/tencent/{TOKEN}") }],
        }));
        Self { tencent, clock, platform, keeper, began }
    }

    /// Another keeper over the same table, as one that Lambda starts beside it.
    pub(super) fn another_keeper(&self) -> TencentKeeper {
        TencentKeeper::new(self.platform.clone(), Arc::clone(&self.clock) as _)
    }

    fn callback(&self, status: &str, lasted: i64) -> String {
        self.callback_of("ins-aaaa1111", status, lasted)
    }

    /// What Tencent posts, `lasted` seconds after the alarm of `instance` began.
    pub(super) fn callback_of(&self, instance: &str, status: &str, lasted: i64) -> String {
        let recovered = if status == "0" { local(self.began + lasted) } else { "0".to_owned() };
        json!({
            "sessionId": format!("session-{instance}-{lasted}"), "alarmStatus": status, "alarmType": "metric",
            "alarmObjInfo": {
                "region": "hk", "namespace": "qce/cvm", "uin": "100000000001",
                "dimensions": { "deviceName": "web-1", "unInstanceId": instance },
            },
            "alarmPolicyInfo": {
                "policyId": POLICY, "policyType": "cvm_device", "policyName": "cpu",
                "conditions": { "metricName": "cpu_usage", "metricShowName": "CPU", "currentValue": "97", "unit": "%" },
            },
            "firstOccurTime": local(self.began), "durationTime": lasted, "recoverTime": recovered,
        })
        .to_string()
    }

    /// Has Tencent deliver `body`.
    async fn deliver(&self, body: String) {
        let request = Request::post(format!("/tencent/{TOKEN}")).body(body.into()).unwrap();
        let response = Box::pin(self.platform.webhook::<Protocol>().handle(request)).await;
        assert_eq!(response.status(), 200);
    }

    /// Has Tencent remember that it sent `body` by `notice`, whether or not it arrived.
    pub(super) fn sent(&self, notice: &str, body: &str, lasted: i64) {
        self.tencent.monitor().notified.push(json!({
            "NotifyTime": self.began + lasted, "Notices": [{ "NoticeId": notice }],
            "ChannelsReceivers": [{ "ChannelName": "WebHook", "SendStatus": 2, "Contents": [{ "Content": body }] }],
        }));
    }

    /// Has the history hold a life of the alarm of `instance`.
    fn history(&self, instance: &str, status: &str, lasted: i64) {
        self.tencent.monitor().histories.push(json!({
            "AlarmId": "a1", "AlarmStatus": status, "PolicyId": POLICY, "FirstOccurTime": self.began,
            "LastOccurTime": self.began + lasted, "AlarmObject": format!("10.0.0.1 | {instance}"),
            "Dimensions": format!("{{\"unInstanceId\":\"{instance}\"}}"), "MetricName": "CPUUsage",
        }));
    }

    async fn run(&self) -> Cared {
        match Box::pin(self.keeper.run()).await.unwrap() {
            TencentOutcome::Cared(cared) => cared,
            other @ TencentOutcome::NotConfigured { .. } => panic!("{other:?}"),
        }
    }

    /// A run of which both parts worked.
    pub(super) async fn care(&self) -> (Fetched, Ended) {
        let Cared { fetched, ended } = self.run().await;
        (fetched.unwrap(), ended.unwrap())
    }

    pub(super) async fn alerts(&self) -> Vec<Alert> {
        self.platform.table.alerts(&AlertFilter::default(), PageSize::items(100), None).await.unwrap().alerts
    }

    async fn only_alert(&self) -> Alert {
        let [alert] = self.alerts().await.try_into().unwrap();
        alert
    }

    pub(super) async fn entries(&self) -> Vec<HistoryEntry> {
        let filter = EventFilter { sources: vec![Source::Tencent], ..EventFilter::default() };
        self.platform.table.events(&filter, PageSize::items(100), None).await.unwrap().entries
    }
}

/// As Tencent writes times: by the clock of China, without saying so.
fn local(second: i64) -> String {
    let time = Timestamp::from_second(second).unwrap();
    Offset::constant(8).to_datetime(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[tokio::test]
async fn a_callback_that_was_lost_is_recorded_once_whether_or_not_it_comes_later() {
    let world = World::new().await;
    let (firing, recovery) = (world.callback("1", 0), world.callback("0", 600));
    world.sent("notice-1", &firing, 0);
    world.sent("notice-1", &recovery, 600);
    let (fetched, _) = world.care().await;
    assert_eq!((fetched.recorded, fetched.duplicates), (2, 0));
    assert_eq!(world.only_alert().await.condition, Condition::Resolved);
    assert_eq!(world.entries().await[1].inbound.received_at.as_second(), world.began);

    world.deliver(firing).await;
    world.deliver(recovery).await;
    let (fetched, _) = world.care().await;
    assert_eq!(fetched.recorded, 0);
    assert_eq!(world.entries().await.len(), 2);
    assert_eq!(world.only_alert().await.duplicates, 2);
}

#[tokio::test]
async fn what_was_sent_by_templates_that_do_not_call_us_is_left_alone() {
    let world = World::new().await;
    world.sent("notice-2", &world.callback("1", 0), 0);
    let (fetched, _) = world.care().await;
    assert_eq!(fetched, Fetched::default());
    assert!(world.alerts().await.is_empty());
}

#[tokio::test]
async fn more_notifications_than_a_page_are_all_fetched() {
    let world = World::new().await;
    for number in 0..50 {
        world.sent("notice-1", &world.callback("1", number * 10), number * 10);
    }
    let (fetched, _) = world.care().await;
    assert_eq!(fetched.recorded, 50);
}

#[tokio::test]
async fn a_recovery_that_was_lost_ends_the_alert_and_its_callback_is_a_duplicate() {
    let world = World::new().await;
    world.deliver(world.callback("1", 0)).await;
    world.history("ins-aaaa1111", "ALARM", 300);
    assert_eq!(world.care().await.1, Ended { open: 1, ..Ended::default() });
    assert_eq!(world.only_alert().await.condition, Condition::Firing);

    world.tencent.monitor().histories.clear();
    world.history("ins-aaaa1111", "OK", 600);
    assert_eq!(world.care().await.1, Ended { open: 1, recovered: 1, ..Ended::default() });
    let alert = world.only_alert().await;
    assert_eq!(alert.condition, Condition::Resolved);
    assert_eq!(alert.ended_at.map(Timestamp::as_second), Some(world.began + 600));

    world.deliver(world.callback("0", 600)).await;
    assert_eq!(world.entries().await.len(), 2);
    assert_eq!(world.only_alert().await.flaps, 0);
}

#[tokio::test]
async fn a_voided_alarm_ends_with_the_reason() {
    let world = World::new().await;
    world.deliver(world.callback("1", 0)).await;
    world.history("ins-aaaa1111", "NO_CONF", 600);
    let (first, second) = tokio::join!(Box::pin(world.keeper.run()), Box::pin(world.keeper.run()));
    for run in [first, second] {
        run.unwrap();
    }
    let alert = world.only_alert().await;
    assert_eq!(alert.condition, Condition::Resolved);
    assert!(alert.summary.unwrap().starts_with("It is void"));
    let ends = world.entries().await.into_iter().filter(|entry| entry.event.signal == Signal::Resolved);
    assert_eq!(ends.count(), 1);
}

#[tokio::test]
async fn of_several_lives_at_one_moment_the_objects_own_is_taken_and_none_where_that_is_in_doubt() {
    let world = World::new().await;
    world.deliver(world.callback_of("ins-1", "1", 0)).await;
    world.deliver(world.callback_of("ins-2", "1", 0)).await;
    world.history("ins-2", "OK", 600);
    world.history("ins-3", "OK", 600);
    assert_eq!(world.care().await.1, Ended { open: 2, recovered: 1, ..Ended::default() });
    let filter = AlertFilter { conditions: vec![Condition::Firing], ..AlertFilter::default() };
    let firing = world.platform.table.alerts(&filter, PageSize::items(10), None).await.unwrap().alerts;
    assert_eq!(firing[0].labels["dim_unInstanceId"], "ins-1");
    // Two rows that could both be its own: another metric of the policy, in a spelling that nobody knows.
    for _ in 0..2 {
        world.history("ins-1", "OK", 600);
    }
    assert_eq!(world.care().await.1, Ended { open: 1, ..Ended::default() });
}

#[tokio::test]
async fn a_storm_of_open_alarms_stays_below_twenty_requests_a_second() {
    let world = World::new().await;
    for number in 0..60 {
        world.deliver(world.callback_of(&format!("ins-{number}"), "1", 0)).await;
    }
    let (_, ended) = world.care().await;
    assert_eq!(ended.open, 60);
    let asked = world.tencent.monitor().asked.len();
    assert_eq!(asked, 60 + 2, "none was refused and repeated");
}

#[tokio::test]
async fn errors_in_http_200_and_what_is_no_answer_fail_one_part_and_the_next_run_heals() {
    let faults = [
        vec![Fault::Code("InternalError.DbQueryFailed"); 3],
        vec![Fault::Code("AuthFailure.UnauthorizedOperation")],
        vec![Fault::Text(200, "<html>maintenance</html>")],
        vec![Fault::Text(502, "<html>bad gateway</html>"); 3],
    ];
    for faults in faults {
        let world = World::new().await;
        world.sent("notice-1", &world.callback("1", 0), 0);
        let failing = faults.into_iter().map(|fault| ("DescribeAlarmNotifyHistories", fault));
        world.tencent.monitor().faults.extend(failing);
        let Cared { fetched, ended } = world.run().await;
        assert!(fetched.is_err() && ended.is_ok(), "{fetched:?}");
        let text = intake::chain(&fetched.unwrap_err());
        assert!(!text.contains(SECRET_KEY), "{text}");
        assert_eq!(world.care().await.0.recorded, 1);
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_asked_for_twice_more() {
    let world = World::new().await;
    world.sent("notice-1", &world.callback("1", 0), 0);
    let faults = [Fault::Code("RequestLimitExceeded"), Fault::Text(500, "")];
    let faults = faults.into_iter().map(|fault| ("DescribeAlarmNotifyHistories", fault));
    world.tencent.monitor().faults.extend(faults);
    assert_eq!(world.care().await.0.recorded, 1);
}

#[tokio::test]
async fn a_silent_api_leaves_everything_to_the_next_run() {
    let world = World::new().await;
    world.sent("notice-1", &world.callback("1", 0), 0);
    world.tencent.monitor().faults.push_back(("DescribeAlarmNotices", Fault::Silence));
    let run = tokio::time::timeout(Duration::from_millis(300), Box::pin(world.keeper.run())).await;
    assert!(run.is_err());
    assert_eq!(world.care().await.0.recorded, 1);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_named() {
    let world = World::new().await;
    world
        .tencent
        .monitor()
        .faults
        .extend([("DescribeAlarmNotices", Fault::Code("AuthFailure.SignatureExpire"))]);
    let error = world.run().await.fetched.unwrap_err();
    assert!(intake::chain(&error).contains("the clock is off"), "{}", intake::chain(&error));
}
