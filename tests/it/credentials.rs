//! Who is let in and who is not, by tokens and pairs.

use tests::{
    CHALLENGE_SECRET, Call, NETDATA_PAIR, NETDATA_TOKEN, READ_TOKEN, Reader, TENCENT_PAIR, TENCENT_TOKEN,
    everywhere, fixture,
};

/// What one source's senders present.
struct Sender {
    source: &'static str,
    situation: &'static str,
    token: &'static str,
    pair: &'static str,
    /// Another source's token.
    foreign: &'static str,
    /// The one body of every refusal.
    refusal: &'static str,
}

const SENDERS: [Sender; 2] = [
    Sender {
        source: "netdata",
        situation: "nested-raised-critical",
        token: NETDATA_TOKEN,
        pair: NETDATA_PAIR,
        foreign: TENCENT_TOKEN,
        refusal: r#"{"error":"unauthorized"}"#,
    },
    Sender {
        source: "tencent",
        situation: "metric-firing",
        token: TENCENT_TOKEN,
        pair: TENCENT_PAIR,
        foreign: NETDATA_TOKEN,
        refusal: r#"{"sessionId":"","retCode":1}"#,
    },
];

impl Sender {
    /// A call without credentials, to the source's path with `behind` behind it.
    fn call(&self, behind: &str) -> Call {
        Call::post(&format!("/{}{behind}", self.source), fixture(self.source, self.situation))
    }

    /// A call with a header of its own.
    fn header(&self, name: &str, value: &str) -> Call {
        self.call("").header(name, value)
    }

    fn known(&self) -> Vec<Call> {
        let token = self.token;
        vec![
            self.call("").bearer(token),
            self.header("authorization", &format!("bEARER  {token} ")),
            self.call("").basic(self.pair),
            self.header("x-api-key", token),
            self.call(&format!("/{token}")),
            self.call(&format!("/{token}?a=1")),
            self.call(&format!("?token={token}")),
            self.call(&format!("?a=1&token={token}&b=2")),
            // One good credential is enough, whatever stands beside it.
            self.header("x-api-key", token).bearer("wrong"),
            self.call(&format!("/wrong?token={token}")),
        ]
    }

    fn unknown(&self) -> Vec<Call> {
        [self.half_right(), self.misplaced(), self.wrong()].concat()
    }

    fn wrong(&self) -> Vec<Call> {
        let mut calls = vec![
            self.call(""),
            self.header("authorization", "Basic !!!"),
            self.header("authorization", "Bearer"),
        ];
        for token in ["wrong", self.foreign, READ_TOKEN, CHALLENGE_SECRET] {
            calls.extend([
                self.call("").bearer(token),
                self.header("x-api-key", token),
                self.call(&format!("/{token}")),
                self.call(&format!("?token={token}")),
                self.call("").basic(&format!("user:{token}")),
            ]);
        }
        calls
    }

    fn half_right(&self) -> Vec<Call> {
        let (username, password) = self.pair.split_once(':').unwrap();
        let token = self.token;
        vec![
            self.call("").basic(&format!("{username}:wrong")),
            self.call("").basic(&format!("{username}:")),
            self.call("").basic(username),
            self.call("").basic(&format!("wrong:{password}")),
            self.call("").basic(&format!("{username}:{token}")),
            self.call("").basic(&format!("{username}:{password}x")),
            self.call("").bearer(&token[..token.len() - 1]),
            self.call("").bearer(&format!("{token}x")),
            self.call("").bearer(&token.to_uppercase()),
            self.call(&format!("/{token}x")),
            self.call("?token="),
        ]
    }

    fn misplaced(&self) -> Vec<Call> {
        let token = self.token;
        vec![
            self.header("authorization", token),
            self.header("authorization", &format!("Digest {token}")),
            self.header("x-token", token),
            self.header("cookie", &format!("token={token}")),
            self.call(&format!("?Token={token}")),
            self.call(&format!("?key={token}")),
            self.call("").body(format!(r#"{{"token":"{token}"}}"#)),
        ]
    }
}

#[tokio::test]
async fn each_way_to_present_a_credential_is_accepted() {
    for campanile in everywhere().await {
        for sender in &SENDERS {
            for call in sender.known() {
                let answer = campanile.answer(&call).await;
                assert_eq!(answer.status, 200, "{call:?}: {}", answer.text());
            }
        }
        assert_eq!(campanile.alerts("").await.len(), SENDERS.len());
    }
}

#[tokio::test]
async fn wrong_missing_and_half_right_credentials_get_one_refusal_and_leave_nothing() {
    for campanile in everywhere().await {
        for sender in &SENDERS {
            for call in sender.unknown() {
                let answer = campanile.answer(&call).await;
                assert_eq!((answer.status, answer.text()), (401, sender.refusal), "{call:?}");
            }
        }
        campanile.assert_empty().await;
    }
}

#[tokio::test]
async fn a_refused_sender_learns_nothing_from_a_broken_body_either() {
    for campanile in everywhere().await {
        for sender in &SENDERS {
            let answer = campanile.answer(&sender.call("").body("{broken").bearer("wrong")).await;
            assert_eq!((answer.status, answer.text()), (401, sender.refusal));
        }
        campanile.assert_empty().await;
    }
}
