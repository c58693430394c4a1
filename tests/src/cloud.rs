//! The AWS services that a deployment uses, and the ways in which a test makes them fail.

mod services;

use std::fmt;
use std::sync::{Arc, Mutex};

use alert::{Clock, Source};
use async_trait::async_trait;
use aws::{Configuration, Platform, SystemClock};
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable, Endpoint, sdk_config};
use http::StatusCode;
use intake::{Quarantined, Store};
use normalize::{InboundRequest, Rejection};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::audit::Audit;
use services::Services;

/// DynamoDB with the table, and Secrets Manager, on one loopback port.
#[derive(Debug)]
pub struct Cloud {
    aws: Services,
    endpoint: Endpoint,
    weather: Weather,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this error and nothing is done.
    Refused(&'static str),
    /// It is done, but the answer is an internal error.
    AnswerLost,
    /// Nothing is done, and it is never answered.
    Silence,
}

/// Decides by the operation's name, such as `TransactWriteItems`, whether a call fails.
type Forecast = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

/// What stands between the functions and the services.
#[derive(Clone)]
struct Weather {
    forecast: Arc<Mutex<Forecast>>,
    calls: Arc<watch::Sender<usize>>,
    faults: Arc<watch::Sender<usize>>,
}

/// The services behind the weather.
struct Exposed {
    aws: Services,
    weather: Weather,
}

impl Cloud {
    /// Services with an empty table and these secrets.
    pub async fn start(secrets: &Value) -> Self {
        let aws = Services::start(secrets).await;
        let sdk = sdk_config(aws.clone());
        Platform::for_development(&sdk, &sdk, Configuration::default()).table.create().await.unwrap();
        let weather = Weather::fair();
        let exposed = Exposed { aws: aws.clone(), weather: weather.clone() };
        Self { aws, endpoint: Endpoint::serve(exposed).await.unwrap(), weather }
    }

    /// What belongs into `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        self.endpoint.url()
    }

    /// From now on, calls for which `forecast` has a fault meet it.
    pub fn fail(&self, forecast: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        *self.weather.forecast.lock().unwrap() = Box::new(forecast);
    }

    /// From now on, nothing fails.
    pub fn heal(&self) {
        self.fail(|_| None);
    }

    /// How many calls came in; a watcher sees every change.
    pub fn calls(&self) -> watch::Receiver<usize> {
        self.weather.calls.subscribe()
    }

    /// How many calls met a fault.
    pub fn faults(&self) -> usize {
        *self.weather.faults.borrow()
    }

    /// Makes `value` the current version of the secret `name`, and the current one the previous.
    pub async fn rotate(&self, name: &str, value: &Value) {
        let input = json!({ "SecretId": name, "SecretString": value.to_string() });
        call(&self.aws, "secretsmanager.PutSecretValue", &input).await;
    }

    /// The table itself, for those who read its stream; moto's has none that can be read.
    pub fn embedded_table(&self) -> Option<EmbeddedTable> {
        match &self.aws {
            Services::Embedded(aws) => Some(aws.table.clone()),
            Services::Moto(_) => None,
        }
    }

    /// Puts a body into quarantine, as a version has done that did not understand it yet.
    pub async fn quarantine(&self, source: Source, body: &str) {
        let sdk = sdk_config(self.aws.clone());
        let table = Platform::for_development(&sdk, &sdk, Configuration::default()).table;
        let inbound = InboundRequest {
            method: "POST".to_owned(),
            query: String::new(),
            content_type: Some("application/json".to_owned()),
            headers: [].into(),
            body: body.into(),
            received_at: SystemClock.now(),
        };
        let rejection = Rejection::new("unknown_shape", "nobody understood it then");
        table.quarantine(&Quarantined::new(source, rejection, inbound)).await.unwrap();
    }

    /// Everything that is in the table now.
    pub async fn audit(&self) -> Audit {
        let mut items = Vec::new();
        let mut input = json!({ "TableName": "campanile" });
        loop {
            let mut page = call(&self.aws, "DynamoDB_20120810.Scan", &input).await;
            if let Value::Array(page) = page["Items"].take() {
                items.extend(page);
            }
            match page["LastEvaluatedKey"].take() {
                Value::Null => return Audit::of(items),
                key => input["ExclusiveStartKey"] = key,
            }
        }
    }
}

/// One call past the weather.
async fn call(aws: &Services, target: &str, input: &Value) -> Value {
    let answer = aws.answer(AwsCall { target: target.to_owned(), body: input.to_string().into() }).await;
    let output: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(answer.status.is_success(), "{target}: {output}");
    output
}

impl Weather {
    fn fair() -> Self {
        let counter = || Arc::new(watch::Sender::new(0));
        Self { forecast: Arc::new(Mutex::new(Box::new(|_| None))), calls: counter(), faults: counter() }
    }

    fn at(&self, operation: &str) -> Option<Fault> {
        self.calls.send_modify(|calls| *calls += 1);
        let fault = (self.forecast.lock().unwrap())(operation);
        if fault.is_some() {
            self.faults.send_modify(|faults| *faults += 1);
        }
        fault
    }
}

#[async_trait]
impl AwsService for Exposed {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        match self.weather.at(call.operation()) {
            None => self.aws.answer(call).await,
            Some(Fault::Refused(code)) => refusal(code),
            Some(Fault::AnswerLost) => {
                self.aws.answer(call).await;
                refusal("InternalServerError")
            }
            Some(Fault::Silence) => std::future::pending().await,
        }
    }
}

/// An error as AWS words it: a failure of the service is a 500, a refusal of the call a 400.
fn refusal(code: &str) -> AwsAnswer {
    let is_internal = code.starts_with("Internal");
    let status = if is_internal { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
    AwsAnswer::error(status, code, "a fault that the test asked for")
}

impl fmt::Debug for Weather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weather").field("faults", &self.faults).finish_non_exhaustive()
    }
}
