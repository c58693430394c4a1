//! Messages that take several requests, and what is remembered between them.

use jiff::{SignedDuration, Timestamp};
use notify::{Attempt, Destination, Kind, Known, Learned, Message, Outcome, Probe, Progress, Verdict};
use serde_json::json;
use wiremock::matchers::{method, path, path_regex, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::stand_in::{
    alert, body, courier, deliver, destination, message, message_of, now, server, success,
};

fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(body)
}

async fn deliver_from(
    destination: &Destination,
    message: &Message,
    progress: Progress,
    created_at: Option<Timestamp>,
) -> Outcome {
    let known = Known { created_at, ..Known::default() };
    let attempt = Attempt { progress, known, ..Attempt::first(message, now()) };
    courier(destination).deliver(destination, &attempt).await
}

async fn paths(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
}

mod discord {
    use super::*;

    fn forum(server: &MockServer) -> Destination {
        let forum = json!({ "channel_type": "forum", "thread_name": "Alerts", "thread_tags": ["1"] });
        destination("discord", &server.uri(), &forum)
    }

    fn knowing(thread: &str) -> Known {
        Known { thread: Some(thread.to_owned()), ..Known::default() }
    }

    async fn deliver_knowing(destination: &Destination, known: Known) -> Outcome {
        let message = message(Kind::Opened);
        let attempt = Attempt { known, ..Attempt::first(&message, now()) };
        courier(destination).deliver(destination, &attempt).await
    }

    #[tokio::test]
    async fn the_first_message_of_a_forum_makes_the_thread_that_later_ones_go_to() {
        let server = server(success("discord")).await;
        let forum = forum(&server);
        let first = deliver_knowing(&forum, Known::default()).await;
        assert_eq!(first.learned, [Learned::Thread("600".to_owned())]);
        let mut known = Known::default();
        first.learned.iter().for_each(|learned| known.learn(learned));
        let second = deliver_knowing(&forum, known).await;
        assert_eq!((second.verdict, second.learned.len()), (Verdict::Sent, 0));
        let requests = server.received_requests().await.unwrap();
        assert_eq!(requests[0].url.query(), Some("wait=true"));
        assert_eq!(body(&requests[0])["thread_name"], "Alerts");
        assert_eq!(requests[1].url.query(), Some("wait=true&thread_id=600"));
        assert_eq!(body(&requests[1]).get("thread_name"), None);
        assert_eq!(body(&requests[1]).get("applied_tags"), None);
    }

    #[tokio::test]
    async fn a_thread_that_is_gone_is_made_once_more() {
        for code in [10003, 160_005] {
            let server = MockServer::start().await;
            let gone = ResponseTemplate::new(404).set_body_json(json!({ "code": code }));
            Mock::given(query_param("thread_id", "500")).respond_with(gone).mount(&server).await;
            Mock::given(query_param_is_missing("thread_id"))
                .respond_with(success("discord"))
                .mount(&server)
                .await;
            let outcome = deliver_knowing(&forum(&server), knowing("500")).await;
            assert_eq!(outcome.verdict, Verdict::Sent);
            assert_eq!(outcome.learned, [Learned::ThreadGone, Learned::Thread("600".to_owned())]);
        }
    }

    #[tokio::test]
    async fn a_channel_that_is_gone_is_not_tried_for_ever() {
        let server = server(answer(404, r#"{"code":10003}"#)).await;
        let outcome = deliver_knowing(&forum(&server), knowing("500")).await;
        assert_eq!(outcome.verdict, Verdict::Suspended(Probe::Never));
        assert_eq!(server.received_requests().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn the_query_of_the_settings_is_kept_but_for_what_is_ours() {
        let server = server(success("discord")).await;
        let url = format!("{}/api/webhooks/1/abcdef?thread_id=9&wait=false&x=%20y", server.uri());
        let text = destination("discord", &server.uri(), &json!({ "webhook_url": url }));
        deliver_knowing(&text, Known::default()).await;
        assert_eq!(server.received_requests().await.unwrap()[0].url.query(), Some("x=+y&wait=true"));
    }
}

mod opsgenie {
    use super::*;

    fn opsgenie(server: &MockServer) -> Destination {
        destination("opsgenie", &server.uri(), &json!({}))
    }

    /// A server that takes everything and says `status` of what became of a close.
    async fn closing(status: ResponseTemplate) -> MockServer {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/v2/alerts/requests/r-1"))
            .respond_with(status)
            .mount(&server)
            .await;
        Mock::given(method("POST")).respond_with(success("opsgenie")).mount(&server).await;
        server
    }

    fn verifying(closes: u8) -> Progress {
        Progress::VerifyClose { closes, request_id: "r-1".to_owned() }
    }

    #[tokio::test]
    async fn a_create_is_remembered() {
        let server = server(success("opsgenie")).await;
        let outcome = deliver(&opsgenie(&server), &message(Kind::Opened)).await;
        assert_eq!(outcome.learned, [Learned::Created(now())]);
        assert_eq!(outcome.receipt.as_deref(), Some("r-1"));
    }

    #[tokio::test]
    async fn an_escalation_that_is_the_first_message_creates() {
        let server = server(success("opsgenie")).await;
        let first = Message { is_first: true, ..message(Kind::Escalated) };
        deliver(&opsgenie(&server), &first).await;
        assert_eq!(paths(&server).await, ["POST /v2/alerts"]);
    }

    #[tokio::test]
    async fn an_update_that_fails_halfway_starts_over() {
        let server = MockServer::start().await;
        Mock::given(path_regex("/priority$")).respond_with(success("opsgenie")).mount(&server).await;
        Mock::given(path_regex("/message$")).respond_with(answer(503, "")).mount(&server).await;
        let outcome = deliver(&opsgenie(&server), &message(Kind::Escalated)).await;
        assert_eq!(outcome.verdict, Verdict::Retry { from: Progress::Start, wait: None });
        assert_eq!(paths(&server).await.len(), 2);
    }

    #[tokio::test]
    async fn an_update_without_a_summary_takes_two_requests() {
        let server = server(success("opsgenie")).await;
        let terse = message_of(Kind::Escalated, alert::Alert { summary: None, ..alert() });
        assert_eq!(deliver(&opsgenie(&server), &terse).await.verdict, Verdict::Sent);
        assert_eq!(paths(&server).await.len(), 2);
    }

    #[tokio::test]
    async fn an_alert_that_is_not_there_suspends_only_its_creation() {
        for (kind, verdict) in [
            (Kind::Opened, Verdict::Suspended(Probe::Never)),
            (Kind::Escalated, Verdict::Failed),
            (Kind::Acknowledged, Verdict::Failed),
            (Kind::Resolved, Verdict::Failed),
        ] {
            let server = server(answer(404, "")).await;
            assert_eq!(deliver(&opsgenie(&server), &message(kind)).await.verdict, verdict, "{kind}");
        }
    }

    #[tokio::test]
    async fn a_close_that_is_pending_is_looked_at_again_and_not_repeated() {
        let server = closing(answer(404, r#"{"message":"Request not processed."}"#)).await;
        let resolved = message(Kind::Resolved);
        let outcome = deliver(&opsgenie(&server), &resolved).await;
        assert_eq!(outcome.verdict, Verdict::Retry { from: verifying(1), wait: None });
        deliver_from(&opsgenie(&server), &resolved, verifying(1), None).await;
        let fingerprint = resolved.alert.fingerprint;
        assert_eq!(
            paths(&server).await,
            [
                format!("POST /v2/alerts/{fingerprint}/close"),
                "GET /v2/alerts/requests/r-1".to_owned(),
                "GET /v2/alerts/requests/r-1".to_owned(),
            ]
        );
    }

    fn missing() -> ResponseTemplate {
        ResponseTemplate::new(200)
            .set_body_json(json!({ "data": { "success": false, "status": "Alert does not exist" } }))
    }

    #[tokio::test]
    async fn a_close_that_overtook_its_create_is_repeated_three_times() {
        let server = closing(missing()).await;
        let created_at = Some(now().checked_sub(SignedDuration::from_secs(30)).unwrap());
        let resolved = message(Kind::Resolved);
        let mut progress = Progress::Start;
        for closes in 1..=3 {
            let outcome = deliver_from(&opsgenie(&server), &resolved, progress, created_at).await;
            let again = Progress::CloseAgain { closes };
            let wait = Some(SignedDuration::from_secs(5));
            assert_eq!(outcome.verdict, Verdict::Retry { from: again.clone(), wait });
            progress = again;
        }
        let outcome = deliver_from(&opsgenie(&server), &resolved, progress, created_at).await;
        assert_eq!(outcome.verdict, Verdict::Sent);
        let closes = paths(&server).await.iter().filter(|path| path.starts_with("POST")).count();
        assert_eq!(closes, 4);
    }

    #[tokio::test]
    async fn a_close_of_what_is_long_gone_is_done() {
        let server = closing(missing()).await;
        let long_ago = Some(now().checked_sub(SignedDuration::from_secs(60)).unwrap());
        for created_at in [None, long_ago] {
            let outcome =
                deliver_from(&opsgenie(&server), &message(Kind::Expired), Progress::Start, created_at).await;
            assert_eq!(outcome.verdict, Verdict::Sent);
        }
    }

    #[tokio::test]
    async fn a_close_that_cannot_be_verified_counts_as_accepted() {
        let server = closing(answer(403, "")).await;
        assert_eq!(deliver(&opsgenie(&server), &message(Kind::Resolved)).await.verdict, Verdict::Sent);
    }

    #[tokio::test]
    async fn a_verification_that_fails_is_repeated_without_another_close() {
        let server = closing(answer(502, "")).await;
        let outcome = deliver(&opsgenie(&server), &message(Kind::Resolved)).await;
        assert_eq!(outcome.verdict, Verdict::Retry { from: verifying(1), wait: None });
    }

    #[tokio::test]
    async fn progress_survives_the_table() {
        for progress in [Progress::Start, verifying(2), Progress::CloseAgain { closes: 1 }] {
            let text = serde_json::to_string(&progress).unwrap();
            assert_eq!(serde_json::from_str::<Progress>(&text).unwrap(), progress);
        }
    }
}
