//! The calls we make, each with its method, its path and the scope it needs.

use std::fmt;

use http::Method;
use jiff::civil::Date;
use net::Secret;
use serde_json::Value;

use crate::Scope;

/// One kind of call; its `Display` is the method and the path as the vendor documents them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// Notifications delivered on a day.
    AlertLogs,
    /// What is open.
    CurrentStatus,
    /// All monitors.
    Monitors,
    /// All integrations with other systems.
    ThirdPartyServices,
    /// A new webhook.
    CreateWebhook,
    /// One webhook.
    ReadWebhook,
    /// One webhook written anew.
    ChangeWebhook,
    /// A suspended integration woken.
    Activate,
    /// An integration put to sleep; known from the vendor's own Terraform provider only.
    Suspend,
    /// A test notification sent.
    TriggerTest,
    /// The customers of a managed service provider.
    MspCustomers,
    /// The business units of an account.
    BusinessUnits,
}

impl Call {
    /// The scope it needs, where the vendor says so.
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::AlertLogs => Some(Scope::OperationsRead),
            Self::CurrentStatus => Some(Scope::ReportsRead),
            Self::Monitors | Self::ThirdPartyServices | Self::ReadWebhook => Some(Scope::AdminRead),
            Self::CreateWebhook => Some(Scope::AdminCreate),
            Self::ChangeWebhook => Some(Scope::AdminUpdate),
            Self::Activate | Self::Suspend | Self::TriggerTest => None,
            Self::MspCustomers => Some(Scope::MspRead),
            Self::BusinessUnits => Some(Scope::BusinessUnitRead),
        }
    }

    /// Whether a call that was not answered may be made again without looking first.
    pub(crate) const fn is_repeatable(self) -> bool {
        !matches!(self, Self::CreateWebhook)
    }

    fn method(self) -> Method {
        match self {
            Self::CreateWebhook => Method::POST,
            Self::ChangeWebhook | Self::Activate | Self::Suspend | Self::TriggerTest => Method::PUT,
            Self::AlertLogs
            | Self::CurrentStatus
            | Self::Monitors
            | Self::ThirdPartyServices
            | Self::ReadWebhook
            | Self::MspCustomers
            | Self::BusinessUnits => Method::GET,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::AlertLogs => "/alert_logs",
            Self::CurrentStatus => "/current_status",
            Self::Monitors => "/monitors",
            Self::ThirdPartyServices => "/third_party_services",
            Self::CreateWebhook | Self::ReadWebhook | Self::ChangeWebhook => "/integration/webhooks",
            Self::Activate => "/integration/thirdparty_service/activate",
            Self::Suspend => "/integration/thirdparty_service/suspend",
            Self::TriggerTest => "/integration/thirdparty_service/trigger_test",
            Self::MspCustomers => "/short/msp/customers",
            Self::BusinessUnits => "/short/bu/business_units",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method(), self.path())
    }
}

/// One call with all that it says.
pub(crate) struct Request {
    pub(crate) call: Call,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    /// What of the body must not come back in an error.
    pub(crate) secrets: Vec<Secret>,
}

impl Request {
    pub(crate) fn of(call: Call) -> Self {
        Self {
            call,
            method: call.method(),
            path: call.path().to_owned(),
            query: Vec::new(),
            body: None,
            secrets: Vec::new(),
        }
    }

    /// A call about one integration.
    pub(crate) fn about(call: Call, service_id: &str) -> Self {
        let path = format!("{}/{service_id}", call.path());
        Self { path, ..Self::of(call) }
    }

    pub(crate) fn alert_logs(date: Date) -> Self {
        Self { query: vec![("date", date.to_string())], ..Self::of(Call::AlertLogs) }
    }

    /// All monitors whatever their status: without `status_required`, as absence would prove no recovery.
    pub(crate) fn current_status() -> Self {
        let query = [
            ("apm_required", "true"),
            ("group_required", "false"),
            ("suspended_required", "true"),
            ("locations_required", "false"),
        ];
        let query = query.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { query, ..Self::of(Call::CurrentStatus) }
    }

    pub(crate) fn with_body(self, body: Value, secret: &Secret) -> Self {
        Self { body: Some(body), secrets: vec![secret.clone()], ..self }
    }
}
