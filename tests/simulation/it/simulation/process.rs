//! Processes as Lambda keeps them: each serves one event at a time, is kept for the next one, and may die at any await.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use api::AlertsApi;
use async_trait::async_trait;
use aws::{Configuration, Notifier, Platform, SecretCache, SystemClock, Table};
use campanile::embedded::sdk_config;
use dispatch::{OutboxError, Wake};
use intake::{Netdata, Webhook};
use tokio::sync::mpsc::UnboundedSender;

use super::world::World;

/// The functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Function {
    Webhook,
    Api,
    Notifier,
}

impl Function {
    pub(super) const ALL: [Self; 3] = [Self::Webhook, Self::Api, Self::Notifier];

    /// After how long Lambda ends an invocation (`infra/template.yaml`).
    const fn timeout(self) -> Duration {
        match self {
            Self::Webhook | Self::Api => Duration::from_secs(30),
            Self::Notifier => Duration::from_mins(2),
        }
    }
}

/// What one process of a function holds.
#[derive(Clone)]
pub(super) enum Process {
    Webhook(Webhook<Netdata, Table, SecretCache, SystemClock>),
    Api(AlertsApi),
    Notifier(Box<Notifier>),
}

/// Has a destination served by an invocation of its own, as `InvokeSelf` does.
struct Invoke(UnboundedSender<String>);

#[async_trait]
impl Wake for Invoke {
    async fn wake(&self, destination: &str) -> Result<(), OutboxError> {
        let unheard =
            |_| OutboxError::Unavailable { operation: "wake", source: "the world has ended".into() };
        self.0.send(destination.to_owned()).map_err(unheard)
    }
}

/// A future that may end before its end.
struct Mortal<F> {
    future: Pin<Box<F>>,
    awaits_left: Option<usize>,
}

impl<F: Future> Future for Mortal<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(left) = &mut self.awaits_left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                return Poll::Ready(None);
            }
        }
        self.future.as_mut().poll(context).map(Some)
    }
}

impl World {
    /// The platform of a new process, which knows nothing yet.
    pub(super) fn platform(&self) -> Platform {
        let secrets = sdk_config(self.secrets.clone());
        Platform::for_development(&self.hard.sdk(), &secrets, Configuration::default())
    }

    fn start(&self, function: Function) -> Process {
        let platform = self.platform();
        match function {
            Function::Webhook => Process::Webhook(platform.webhook::<Netdata>()),
            Function::Api => Process::Api(AlertsApi::new(platform)),
            Function::Notifier => {
                let wake = Arc::new(Invoke(self.wakes.clone()));
                Process::Notifier(Box::new(Notifier::over(
                    platform,
                    Arc::new(self.destinations.clone()),
                    wake,
                )))
            }
        }
    }

    /// Runs one invocation of `function`; nothing comes of it where its process dies.
    pub(super) async fn invoke<F: Future>(
        &self,
        function: Function,
        handle: impl FnOnce(Process) -> F,
    ) -> Option<F::Output> {
        let idle = self.state().idle.get_mut(&function).and_then(Vec::pop);
        let process = idle.unwrap_or_else(|| self.start(function));
        let awaits_left = self.state().deaths.get_mut(&function).and_then(Vec::pop);
        let invocation = Mortal { future: Box::pin(handle(process.clone())), awaits_left };
        match tokio::time::timeout(function.timeout(), invocation).await {
            Ok(Some(done)) => {
                self.state().idle.entry(function).or_default().push(process);
                Some(done)
            }
            Ok(None) => {
                self.note(format!("a process of {function:?} dies"));
                None
            }
            Err(_) => {
                self.note(format!("Lambda ends a process of {function:?}"));
                None
            }
        }
    }
}
