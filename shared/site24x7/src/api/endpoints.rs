//! The calls, one method each.

use alert::Clock;
use jiff::civil::Date;
use net::Secret;
use serde_json::{Map, Value};

use super::call::{Call, Request};
use super::client::Calls;
use super::error::CallError;
use super::rows::{
    self, CreatedService, Customer, CustomerRow, Monitor, MonitorRow, OtherShape, ServiceRow, TestAnswer,
    ThirdPartyService, TriggeredTest,
};
use super::verdict::Data;
use crate::TokenStore;

impl<S: TokenStore, C: Clock> Calls<'_, S, C> {
    /// The notifications delivered on `date`, a day of the account's time zone, each as it came in.
    pub async fn alert_logs(&self, date: Date) -> Result<Vec<Value>, CallError> {
        self.read(&Request::alert_logs(date), rows::list).await
    }

    /// The current status of every monitor: the answer's `data` as it came in, with its groups.
    pub async fn current_status(&self) -> Result<Value, CallError> {
        self.read(&Request::current_status(), rows::object::<Map<_, _>>).await.map(Value::Object)
    }

    /// All monitors that have an id and a name.
    pub async fn monitors(&self) -> Result<Vec<Monitor>, CallError> {
        let rows: Vec<MonitorRow> = self.read(&Request::of(Call::Monitors), rows::list).await?;
        Ok(rows.into_iter().filter_map(MonitorRow::into_monitor).collect())
    }

    /// All integrations with other systems that have an id and a name.
    pub async fn third_party_services(&self) -> Result<Vec<ThirdPartyService>, CallError> {
        let rows: Vec<ServiceRow> = self.read(&Request::of(Call::ThirdPartyServices), rows::list).await?;
        Ok(rows.into_iter().filter_map(ServiceRow::into_service).collect())
    }

    /// One webhook integration with all that the vendor says about it.
    pub async fn webhook(&self, service_id: &str) -> Result<Map<String, Value>, CallError> {
        self.read(&Request::about(Call::ReadWebhook, service_id), rows::object).await
    }

    /// Creates a webhook and answers its `service_id`, if the answer has one. Never repeated: an unclear outcome is the
    /// caller's to look into. `key` is what the body holds and no error may show.
    pub(crate) async fn create_webhook(
        &self,
        body: Value,
        key: &Secret,
    ) -> Result<Option<String>, CallError> {
        let request = Request::of(Call::CreateWebhook).with_body(body, key);
        let created: CreatedService = self.read(&request, rows::object).await?;
        Ok(created.into_id())
    }

    /// Writes a webhook anew.
    pub(crate) async fn change_webhook(
        &self,
        service_id: &str,
        body: Value,
        key: &Secret,
    ) -> Result<(), CallError> {
        let request = Request::about(Call::ChangeWebhook, service_id).with_body(body, key);
        self.make(&request).await.map(drop)
    }

    /// Wakes a suspended integration.
    pub async fn activate(&self, service_id: &str) -> Result<(), CallError> {
        self.make(&Request::about(Call::Activate, service_id)).await.map(drop)
    }

    /// Puts an integration to sleep, from which [`Calls::activate`] wakes it.
    pub async fn suspend(&self, service_id: &str) -> Result<(), CallError> {
        self.make(&Request::about(Call::Suspend, service_id)).await.map(drop)
    }

    /// Lets the vendor send a test notification, and yields how it was answered.
    pub async fn trigger_test(&self, service_id: &str) -> Result<TestAnswer, CallError> {
        let triggered: TriggeredTest =
            self.read(&Request::about(Call::TriggerTest, service_id), rows::object).await?;
        Ok(triggered.into_answer())
    }

    /// The customers of a managed service provider, whose `zaaid` may be configured.
    pub async fn msp_customers(&self) -> Result<Vec<Customer>, CallError> {
        self.customers(Call::MspCustomers).await
    }

    /// The business units of an account, whose `zaaid` may be configured.
    pub async fn business_units(&self) -> Result<Vec<Customer>, CallError> {
        self.customers(Call::BusinessUnits).await
    }

    async fn customers(&self, call: Call) -> Result<Vec<Customer>, CallError> {
        let rows: Vec<CustomerRow> = self.read(&Request::of(call), rows::list).await?;
        Ok(rows.into_iter().filter_map(CustomerRow::into_customer).collect())
    }

    async fn read<T>(
        &self,
        request: &Request,
        understand: impl FnOnce(Data) -> Result<T, OtherShape>,
    ) -> Result<T, CallError> {
        let data = self.make(request).await?;
        understand(data).map_err(|OtherShape| CallError::NotUnderstood { call: request.call, status: 200 })
    }
}
