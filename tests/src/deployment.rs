//! All functions behind one API Gateway, as they are deployed.

use std::collections::BTreeMap;

use alert::Source;
use async_trait::async_trait;
use intake::WEBHOOKS;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::call::{Answer, Call, Receiver};
use crate::cloud::Cloud;
use crate::function::{Function, Setup};

/// The real functions over one [`Cloud`]; each starts when it is called for the first time.
#[derive(Debug)]
pub struct Deployment {
    cloud: Cloud,
    webhooks: BTreeMap<Source, OnceCell<Function>>,
    api: OnceCell<Function>,
    adjust: fn(Setup) -> Setup,
}

impl Deployment {
    /// Deploys everything with these secrets and an empty table.
    pub async fn start(secrets: &Value) -> Self {
        Self::with(secrets, |setup| setup).await
    }

    /// Deploys everything, each function set up as `adjust` says.
    pub async fn with(secrets: &Value, adjust: fn(Setup) -> Setup) -> Self {
        let cloud = Cloud::start(secrets).await;
        let webhooks = WEBHOOKS.iter().map(|source| (*source, OnceCell::new())).collect();
        Self { cloud, webhooks, api: OnceCell::new(), adjust }
    }

    /// What the functions run over.
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// The function behind `path`: the first segment is the source of a webhook, everything else is the API's.
    pub async fn function(&self, path: &str) -> &Function {
        let first = path.split('/').nth(1).unwrap_or_default();
        match self.webhooks.iter().find(|(source, _)| source.as_str() == first) {
            Some((source, webhook)) => webhook.get_or_init(|| self.launch(format!("{source}-webhook"))).await,
            None => self.api.get_or_init(|| self.launch("alerts-api".to_owned())).await,
        }
    }

    /// Ends all functions and returns all that they wrote.
    pub async fn stop(self) -> String {
        let functions = self.webhooks.into_values().chain([self.api]).filter_map(OnceCell::into_inner);
        let mut log = String::new();
        for function in functions {
            log += &function.stop().await;
        }
        log
    }

    async fn launch(&self, name: String) -> Function {
        Function::start((self.adjust)(Setup::new(&name, self.cloud.url()))).await
    }
}

#[async_trait]
impl Receiver for Deployment {
    async fn answer(&self, call: &Call) -> Answer {
        self.function(&call.path).await.answer(call).await
    }
}
