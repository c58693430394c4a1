//! The services behind a cloud: the embedded ones, or moto where a run names one.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use campanile::embedded::{
    AwsAnswer, AwsCall, AwsService, EmbeddedAws, EmbeddedSecrets, EmbeddedTable, Location,
};
use reqwest::Client;
use serde_json::{Value, json};

/// Names the address of a moto server, such as `http://127.0.0.1:5000`, over which the functions run instead.
const MOTO_URL: &str = "CAMPANILE_TESTS_MOTO_URL";

/// DynamoDB and Secrets Manager, empty but for the secrets.
#[derive(Debug, Clone)]
pub(super) enum Services {
    /// In this process.
    Embedded(EmbeddedAws),
    /// In an account of a moto server that no other cloud uses.
    Moto(Moto),
}

/// An account of a moto server: a second implementation of the services, by other people, to hold the embedded one against.
#[derive(Debug, Clone)]
pub(super) struct Moto {
    url: String,
    account: String,
    client: Client,
}

impl Services {
    /// Services with these secrets and no table.
    pub(super) async fn start(secrets: &Value) -> Self {
        match moto_url() {
            Some(url) => Self::Moto(Moto::with(url, secrets).await),
            None => Self::Embedded(EmbeddedAws {
                table: EmbeddedTable::open(&Location::InMemory).unwrap(),
                secrets: EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap(),
            }),
        }
    }
}

#[async_trait]
impl AwsService for Services {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        match self {
            Self::Embedded(aws) => aws.answer(call).await,
            Self::Moto(moto) => moto.answer(call).await,
        }
    }
}

impl Moto {
    async fn with(url: String, secrets: &Value) -> Self {
        static ACCOUNTS: AtomicU64 = AtomicU64::new(0);
        let number = u64::from(std::process::id()) * 100_000 + ACCOUNTS.fetch_add(1, Ordering::Relaxed);
        let moto = Self { url, account: format!("{number:012}"), client: Client::new() };
        for (name, value) in secrets.as_object().unwrap() {
            let input = json!({ "Name": name, "SecretString": value.to_string() });
            let target = "secretsmanager.CreateSecret".to_owned();
            let answer = moto.answer(AwsCall { target, body: input.to_string().into() }).await;
            assert!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
        }
        moto
    }

    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let service = if call.target.starts_with("secretsmanager.") { "secretsmanager" } else { "dynamodb" };
        // Moto reads nothing of a signature but the service's name.
        let scope = format!("AWS4-HMAC-SHA256 Credential=tests/20260101/eu-central-1/{service}/aws4_request");
        let request = self.client.post(&self.url).header("x-amz-target", call.target).body(call.body);
        let request = request.header("content-type", "application/x-amz-json-1.0");
        let request = request.header("authorization", scope).header("x-moto-account-id", &self.account);
        let answer = request.send().await.unwrap();
        AwsAnswer { status: answer.status(), body: answer.bytes().await.unwrap() }
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests chooses what they run over")]
fn moto_url() -> Option<String> {
    std::env::var(MOTO_URL).ok()
}
