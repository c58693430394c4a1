//! The harness of the tests over the real thing.
//!
//! A [`Deployment`] is the real function binaries behind a small Lambda service and API Gateway, over an embedded
//! DynamoDB and Secrets Manager that can be made to [fail](cloud::Fault); a [`Bundle`] is `campanile up`. Both are a
//! [`Receiver`]: a [`Call`] goes in, an [`Answer`] comes out. [`Audit`] looks at the table itself.
//!
//! Nothing here sends again so that a test may pass.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on has failed"
)]

mod alarm;
mod api;
mod audit;
mod binaries;
mod bundle;
mod call;
pub mod cloud;
mod deployment;
mod eventually;
mod fixture;
pub mod function;
mod log;
mod runtime_api;
mod secrets;

pub use alarm::Alarm;
pub use api::Reader;
pub use audit::Audit;
pub use binaries::binary;
pub use bundle::{Bundle, Data};
pub use call::{Answer, Call, Receiver};
pub use cloud::Cloud;
pub use deployment::Deployment;
pub use eventually::eventually;
pub use fixture::{damaged_notifications, fixture, notification, notifications, webhook_call};
pub use function::Function;
pub use secrets::{
    CHALLENGE_SECRET, NETDATA_PAIR, NETDATA_TOKEN, READ_TOKEN, TENCENT_PAIR, TENCENT_TOKEN, VALIDATION_CODE,
    WRITE_TOKEN, needles, secrets, token,
};

/// The local bundle and the deployed functions, each new and empty, with the [usual secrets](secrets).
pub async fn everywhere() -> [Box<dyn Receiver>; 2] {
    let bundle = Bundle::start(&Data::InMemory, Some(&secrets())).await;
    let deployment = Deployment::start(&secrets()).await;
    [Box::new(bundle), Box::new(deployment)]
}
