//! The secret `<prefix>/tencent`, as far as Tencent's own API is concerned.

use net::Secret;
use serde::Deserialize;
use tencent::{Access, AccessError};

/// What it takes to ask Tencent, and what Tencent is to show us; blank members are as if absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TencentSecret {
    /// The id of a key of a sub-account.
    pub secret_id: Option<Secret>,
    /// That key.
    pub secret_key: Option<Secret>,
    /// Where the API is, for an international account.
    pub endpoint: Option<String>,
    /// Tokens that let a callback in.
    pub tokens: Vec<Secret>,
}

impl TencentSecret {
    /// The key and the address of the API; `None` where there is no key.
    pub fn access(&self) -> Option<Result<Access, AccessError>> {
        let (id, key) = (given(self.secret_id.as_ref())?, given(self.secret_key.as_ref())?);
        let endpoint = self.endpoint.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Some(Access::new(id, key, endpoint))
    }

    /// The token that callbacks are to show: the first, which is the one that replaces the others.
    pub fn token(&self) -> Option<&str> {
        self.tokens.iter().find_map(|token| given(Some(token)))
    }
}

fn given(member: Option<&Secret>) -> Option<&str> {
    member.map(|member| member.expose().trim()).filter(|text| !text.is_empty())
}
