//! The embedded DynamoDB and Secrets Manager behind TLS, which count what they are asked and what it costs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws::{Configuration, Platform};
use campanile::embedded::{
    AwsAnswer, AwsCall, AwsService, EmbeddedAws, EmbeddedSecrets, EmbeddedTable, Endpoint, Location,
    sdk_config,
};
use serde_json::Value;

use crate::tls::Tls;
use crate::workload::Workload;

/// The services, reachable by [`Cloud::url`] for whoever trusts [`Cloud::authority`].
pub(crate) struct Cloud {
    tally: Arc<Mutex<Tally>>,
    tls: Tls,
    _endpoint: Endpoint,
}

/// What came in since the last look.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    /// Calls by operation.
    pub(crate) calls: BTreeMap<String, usize>,
    /// Write units, indexes included.
    pub(crate) write_units: f64,
}

struct Counted {
    aws: EmbeddedAws,
    tally: Arc<Mutex<Tally>>,
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        let aws = EmbeddedAws {
            table: EmbeddedTable::open(&Location::InMemory).unwrap(),
            secrets: EmbeddedSecrets::from_json(Workload::secrets().to_string().as_bytes()).await.unwrap(),
        };
        let sdk = sdk_config(aws.clone());
        Platform::for_development(&sdk, &sdk, Configuration::default()).table.create().await.unwrap();
        let tally = Arc::<Mutex<Tally>>::default();
        let endpoint = Endpoint::serve(Counted { aws, tally: Arc::clone(&tally) }).await.unwrap();
        let plain = endpoint.url().trim_start_matches("http://").parse().unwrap();
        Self { tally, tls: Tls::before(plain).await, _endpoint: endpoint }
    }

    pub(crate) fn url(&self) -> &str {
        &self.tls.url
    }

    pub(crate) fn authority(&self) -> &Path {
        &self.tls.authority
    }

    /// What came in since this was last asked.
    pub(crate) fn take(&self) -> Tally {
        std::mem::take(&mut *self.tally.lock().unwrap())
    }
}

#[async_trait]
impl AwsService for Counted {
    async fn answer(&self, mut call: AwsCall) -> AwsAnswer {
        *self.tally.lock().unwrap().calls.entry(call.operation().to_owned()).or_default() += 1;
        let writes = ["PutItem", "UpdateItem", "TransactWriteItems"].contains(&call.operation());
        if !writes {
            return self.aws.answer(call).await;
        }
        let mut input: Value = serde_json::from_slice(&call.body).unwrap();
        input["ReturnConsumedCapacity"] = "TOTAL".into();
        call.body = input.to_string().into();
        let answer = self.aws.answer(call).await;
        self.tally.lock().unwrap().write_units += units(&answer);
        answer
    }
}

/// The units of an answer; a transaction's come as a list, one entry a table.
fn units(answer: &AwsAnswer) -> f64 {
    let output: Value = serde_json::from_slice(&answer.body).unwrap();
    let consumed = &output["ConsumedCapacity"];
    let entries = consumed.as_array().cloned().unwrap_or_else(|| vec![consumed.clone()]);
    entries.iter().filter_map(|entry| entry["CapacityUnits"].as_f64()).sum()
}
