//! Notifications of several requests: what is asked next, what is remembered, where a retry begins.

mod edits;
mod incidents;
mod labels;

use channels::testing::now;
use channels::{Attempt, Channel, Interpretation, Memory, Next, Notification, Progress, Request, Verdict};
use http::HeaderMap;
use net::HttpAnswer;
use serde_json::Value;

/// Makes attempts as the engine does: what an answer taught is known to the next request.
struct Run<'a> {
    channel: &'a dyn Channel,
    notification: &'a Notification,
    memory: Memory,
    shared_memory: Memory,
    progress: Progress,
    asked: Vec<String>,
    waits: Vec<i64>,
    bodies: Vec<Value>,
}

impl<'a> Run<'a> {
    fn of(channel: &'a dyn Channel, notification: &'a Notification) -> Self {
        Self {
            channel,
            notification,
            memory: Memory::default(),
            shared_memory: Memory::default(),
            progress: Progress::default(),
            asked: Vec::new(),
            waits: Vec::new(),
            bodies: Vec::new(),
        }
    }

    fn remembering(mut self, memory: Value) -> Self {
        self.memory = Memory(memory);
        self
    }

    fn sharing(mut self, memory: Value) -> Self {
        self.shared_memory = Memory(memory);
        self
    }

    /// One attempt whose requests are answered with `answers`.
    fn attempt(&mut self, answers: &[(u16, &str)]) -> Verdict {
        for (status, body) in answers {
            let interpretation = self.step(*status, body);
            match interpretation.next {
                Next::Request { progress, wait } => {
                    self.progress = progress;
                    self.waits.push(wait.as_secs());
                }
                Next::End(verdict) => {
                    if let Verdict::Retry { from, .. } = &verdict {
                        self.progress = from.clone();
                    }
                    return verdict;
                }
            }
        }
        unreachable!("more is asked: {:?}", self.asked)
    }

    fn step(&mut self, status: u16, body: &str) -> Interpretation {
        let attempt = Attempt {
            progress: self.progress.clone(),
            memory: &self.memory,
            shared_memory: &self.shared_memory,
            ..Attempt::first("ops", self.notification, now())
        };
        let Some(Request::Http(request)) = self.channel.request(&attempt) else {
            unreachable!("everything here is sent over HTTP")
        };
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let group = &self.notification.group;
        let path = request.url.path().replace(group.as_str(), "ALIAS");
        self.asked.push(format!("{} {path}{query}", request.method));
        self.bodies.push(serde_json::from_slice(&request.body).unwrap_or_default());
        let answer = HttpAnswer::new(status, HeaderMap::new(), body);
        let interpretation = self.channel.interpret(&attempt, &Ok(answer));
        if let Some(memory) = &interpretation.memory {
            self.memory = memory.clone();
        }
        if let Some(memory) = &interpretation.shared_memory {
            self.shared_memory = memory.clone();
        }
        interpretation
    }
}
