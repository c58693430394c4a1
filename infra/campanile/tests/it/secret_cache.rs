//! What a function makes of a secret that changes, breaks or cannot be read.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use aws::{SecretCache, SystemClock};
use aws_sdk_secretsmanager::Client;
use bytes::Bytes;
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedSecrets, sdk_config};
use futures::future::join_all;
use http::{Request, StatusCode};
use intake::{Entry, Kazoo, Quarantined, Recorded, Secrets as _, SecretsError, Store, StoreError, Webhook};
use normalize::SourceConfiguration;
use serde_json::{Value, json};
use tokio::time::sleep;

/// How long a forgetful cache keeps a secret.
const AGE: Duration = Duration::from_secs(1);
/// A little more than that.
const OLD: Duration = Duration::from_millis(1100);
/// A little more than what is between two reads for unknown tokens, or after one that failed.
const PAUSE: Duration = Duration::from_millis(10_100);

/// A Secrets Manager that can be made to fail, and counts what it is asked.
#[derive(Clone)]
struct Faulty {
    secrets: EmbeddedSecrets,
    /// What fails where it is part of a call's body.
    fails: Arc<Mutex<Option<&'static str>>>,
    reads: Arc<Mutex<usize>>,
    /// How often it was asked for a previous version.
    reads_of_previous: Arc<Mutex<usize>>,
}

#[async_trait]
impl AwsService for Faulty {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let body = String::from_utf8_lossy(&call.body).into_owned();
        if body.contains("AWSCURRENT") {
            *self.reads.lock().unwrap() += 1;
        }
        if body.contains("AWSPREVIOUS") {
            *self.reads_of_previous.lock().unwrap() += 1;
        }
        if self.fails.lock().unwrap().is_some_and(|part| body.contains(part)) {
            return AwsAnswer::error(StatusCode::BAD_REQUEST, "ThrottlingException", "slow down");
        }
        self.secrets.answer(call).await
    }
}

/// A cache of five minutes before that Secrets Manager, which holds the secret of KAZOO.
struct World {
    faulty: Faulty,
    operator: Client,
    cache: Arc<SecretCache>,
}

/// Takes whatever it is given, and remembers nothing.
struct Shelf;

impl Store for Shelf {
    async fn record(&self, _: Entry<'_>) -> Result<Recorded, StoreError> {
        Ok(Recorded::New(None))
    }

    async fn quarantine(&self, _: &Quarantined) -> Result<(), StoreError> {
        Ok(())
    }
}

impl World {
    async fn with(secret: &str) -> Self {
        Self::that_keeps_for(Duration::from_mins(5), secret).await
    }

    /// The same, but secrets are read again after a second.
    async fn forgetful(secret: &str) -> Self {
        Self::that_keeps_for(AGE, secret).await
    }

    async fn that_keeps_for(max_age: Duration, secret: &str) -> Self {
        let document = json!({ "campanile/kazoo": secret }).to_string();
        let secrets = EmbeddedSecrets::from_json(document.as_bytes()).await.unwrap();
        let faulty = Faulty {
            secrets: secrets.clone(),
            fails: Arc::default(),
            reads: Arc::default(),
            reads_of_previous: Arc::default(),
        };
        let cache = Self::cold(&faulty, max_age);
        Self { operator: Client::new(&sdk_config(secrets)), faulty, cache }
    }

    fn cold(faulty: &Faulty, max_age: Duration) -> Arc<SecretCache> {
        let client = Client::new(&sdk_config(faulty.clone()));
        Arc::new(SecretCache::new(client, "campanile".to_owned(), max_age))
    }

    async fn put(&self, secret: &str) {
        let put = self.operator.put_secret_value().secret_id("campanile/kazoo").secret_string(secret);
        put.send().await.unwrap();
    }

    fn fail(&self, part: Option<&'static str>) {
        *self.faulty.fails.lock().unwrap() = part;
    }

    fn reads(&self) -> usize {
        *self.faulty.reads.lock().unwrap()
    }

    /// The status for a KAZOO that shows `token`.
    async fn call(&self, token: &str) -> u16 {
        let request = Request::post(format!("/kazoo/{token}")).body(Bytes::from_static(b"{}")).unwrap();
        let cache = Arc::clone(&self.cache);
        let webhook: Webhook<Kazoo, _, _, _> =
            Webhook::new(Arc::new(Shelf), cache, SystemClock, SourceConfiguration::default());
        webhook.handle(request).await.status().as_u16()
    }
}

fn tokens(tokens: &[&str]) -> String {
    json!({ "tokens": tokens }).to_string()
}

#[tokio::test]
async fn the_rotation_of_the_readme_refuses_no_call() {
    let world = World::forgetful(&tokens(&["old"])).await;
    assert_eq!(world.call("old").await, 200);
    // The new token becomes the first, hooks are changed one after the other, the old one is taken away.
    world.put(&tokens(&["new", "old"])).await;
    for token in ["new", "old", "new"] {
        assert_eq!(world.call(token).await, 200, "{token}");
    }
    world.put(&tokens(&["new"])).await;
    assert_eq!([world.call("new").await, world.call("old").await], [200, 200]);
    world.put(&tokens(&["new"])).await;
    sleep(OLD).await;
    assert_eq!([world.call("new").await, world.call("old").await], [200, 401]);
}

#[tokio::test]
async fn the_previous_version_is_read_for_whoever_needs_it_and_from_then_on() {
    let world = World::forgetful(&tokens(&["old"])).await;
    world.put(&tokens(&["new"])).await;
    let reads = || *world.faulty.reads_of_previous.lock().unwrap();
    for _ in 0..2 {
        assert_eq!((world.call("new").await, reads()), (200, 0));
        sleep(OLD).await;
    }
    assert_eq!((world.call("old").await, reads()), (200, 1));
    assert_eq!((world.call("old").await, reads()), (200, 1));
    sleep(OLD).await;
    assert_eq!((world.call("old").await, reads()), (200, 2), "it is read anew like the current one");
    // What a person takes back is taken back, also where the current version stays as it is.
    world.put(&tokens(&["new"])).await;
    sleep(OLD).await;
    assert_eq!([world.call("old").await, world.call("new").await], [401, 200]);
}

#[tokio::test]
async fn unknown_tokens_have_the_secret_read_once_in_ten_seconds_however_many_come() {
    let world = World::with(&tokens(&["right"])).await;
    assert_eq!(world.call("right").await, 200);
    let before = world.reads();
    let guesses = join_all((0..50).map(|guess| {
        let world = &world;
        async move { world.call(&format!("guess-{guess}")).await }
    }));
    assert_eq!(guesses.await, [401; 50]);
    assert_eq!(world.reads() - before, 1);
    assert_eq!((world.call("guess").await, world.reads() - before), (401, 1));
    sleep(PAUSE).await;
    assert_eq!((world.call("guess").await, world.reads() - before), (401, 2));
    assert_eq!((world.call("right").await, world.reads() - before), (200, 2));
}

#[tokio::test]
async fn cold_requests_that_come_together_share_a_read_that_fails() {
    let world = World::with(&tokens(&["right"])).await;
    world.fail(Some("AWSCURRENT"));
    let calls = join_all((0..20).map(|_| world.call("right"))).await;
    assert_eq!(calls, [503; 20]);
    // The client itself asks a throttled service more than once.
    assert!(world.reads() <= 3, "{}", world.reads());
    world.fail(None);
    assert_eq!(world.call("right").await, 200);
}

#[tokio::test]
async fn a_previous_version_that_cannot_be_read_is_what_is_known_of_it() {
    let world = World::forgetful(&tokens(&["first"])).await;
    world.put(&tokens(&["second"])).await;
    assert_eq!(world.call("first").await, 200);
    world.fail(Some("AWSPREVIOUS"));
    sleep(OLD).await;
    assert_eq!(world.call("first").await, 200, "it did not change");

    world.put(&tokens(&["third"])).await;
    sleep(OLD).await;
    assert_eq!(
        [world.call("third").await, world.call("second").await],
        [200, 200],
        "it became the previous one"
    );
    assert_eq!(world.call("first").await, 401);
    world.fail(None);
    sleep(PAUSE).await;
    assert_eq!([world.call("third").await, world.call("second").await], [200, 200]);
}

#[tokio::test]
async fn a_cold_function_that_was_refused_the_previous_version_asks_for_it_again_soon() {
    let world = World::with(&tokens(&["first"])).await;
    world.put(&tokens(&["second"])).await;
    world.fail(Some("AWSPREVIOUS"));
    assert_eq!([world.call("second").await, world.call("first").await], [200, 401]);
    world.fail(None);
    sleep(PAUSE).await;
    assert_eq!(world.call("first").await, 200);
}

#[tokio::test]
async fn a_current_version_that_cannot_be_used_leaves_the_previous_one_in_use() {
    for broken in ["{", "", "s3cr3t", "[]", r#"{"tokens":["new"],"sha256_key":7}"#] {
        let world = World::forgetful(&tokens(&["good"])).await;
        world.put(broken).await;
        assert_eq!(world.call("good").await, 200, "{broken}");
        assert_eq!(world.call("new").await, 401, "{broken}");
        // It stays so where the next attempt is no better: what was known goes on.
        world.put("{").await;
        sleep(OLD).await;
        assert_eq!(world.call("good").await, 200, "{broken}");
        let cold = World::cold(&world.faulty, AGE).keyring::<intake::Kazoo>().await;
        assert!(matches!(cold, Err(SecretsError::Malformed { .. })), "{cold:?}");
    }
}

#[tokio::test]
async fn a_secret_that_is_expired_by_hand_is_read_when_it_is_asked_for_next() {
    let world = World::with(&tokens(&["good"])).await;
    assert_eq!(world.call("good").await, 200);
    world.put(&tokens(&["better"])).await;
    world.put(&tokens(&["better"])).await;
    assert_eq!(world.call("good").await, 200);
    world.cache.expire().await;
    assert_eq!([world.call("good").await, world.call("better").await], [401, 200]);
}

#[tokio::test]
async fn the_text_of_a_secret_is_read_whatever_it_is() {
    let world = World::with("s3cr3t").await;
    world.put("other").await;
    let texts = world.cache.texts("kazoo").await.unwrap().unwrap();
    let previous = texts.previous.as_ref().map(|text| text.expose().to_owned());
    assert_eq!((texts.current.expose(), previous.as_deref()), ("other", Some("s3cr3t")));
    assert!(!format!("{texts:?}").contains("s3cr3t"));
    assert!(world.cache.texts("tencent").await.unwrap().is_none());
    let api = world.cache.get::<Value>("kazoo").await.unwrap_err().to_string();
    assert!(api.contains("campanile/kazoo") && !api.contains("other"), "{api}");
}
