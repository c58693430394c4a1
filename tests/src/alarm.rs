//! Netdata alerts by the dozen: the captured one, as another alert or at another moment.

use serde_json::Value;

use crate::call::Call;
use crate::fixture::fixture;
use crate::secrets::NETDATA_TOKEN;

/// One notification of the nested form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The alert's name, which distinguishes it from the others.
    pub name: String,
    /// `Critical`, `Warning` or `Clear`.
    pub status: &'static str,
    /// When it happened, as RFC 3339.
    pub triggered_at: String,
    /// The transition, a UUID, by which a request is known again.
    pub transition: String,
}

impl Alarm {
    /// The raising of alert number `number`, at a moment of its own: the higher the number, the later.
    pub fn raised(number: usize) -> Self {
        Self::step(number, number, "Critical")
    }

    /// What alert number `number` does in second `step` of its life; every step has a transition of its own.
    pub fn step(number: usize, step: usize, status: &'static str) -> Self {
        Self {
            name: format!("alert_{number}"),
            status,
            triggered_at: format!("2026-03-02T{:02}:{:02}:{:02}Z", step / 3600, step / 60 % 60, step % 60),
            transition: format!("{number:08x}-0000-4000-8000-{step:012x}"),
        }
    }

    /// The body.
    pub fn body(&self) -> String {
        let mut body: Value = serde_json::from_str(&fixture("netdata", "nested-raised-critical")).unwrap();
        let alert = &mut body["alert"];
        alert["name"] = self.name.as_str().into();
        alert["state"]["status"] = self.status.into();
        alert["triggered_at"] = self.triggered_at.as_str().into();
        alert["transition_id"] = self.transition.as_str().into();
        body.to_string()
    }

    /// The request of a sender who is known.
    pub fn call(&self) -> Call {
        Call::post("/netdata", self.body()).bearer(NETDATA_TOKEN)
    }
}
