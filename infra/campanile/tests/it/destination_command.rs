//! `campanile check destinations` and `campanile notify`, typed against stand-ins for destinations of every type.
//!
//! Whatever a command prints is looked through for secrets, whichever test it runs in.

mod checking;
mod trying;

use channels::testing::destinations::{StandIn, every_type};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::operator::{Operator, printed};

/// Part of the path of every URL.
const PATH: &str = "s3cr3t-path";
/// Nothing of this may ever be printed: it lets whoever has it speak in our name.
const SECRETS: [&str; 8] = [
    PATH,
    "0123456789abcdef0123456789abcdef",
    "11111111-2222-3333-4444-555555555555",
    "token-of-ours",
    "pa55word",
    "challenge-of-ours",
    "whsec_",
    "PRIVATE KEY",
];

/// A destination of every type, an operator's file of secrets, and what was typed and printed so far.
struct Desk {
    stand_in: StandIn,
    folder: TempDir,
    operator: Operator,
    transcript: String,
}

impl Desk {
    /// Before settings in which every destination is right.
    async fn before_every_type() -> Self {
        let stand_in = StandIn::start().await;
        let operator = Operator::at(stand_in.base.clone());
        let desk = Self { stand_in, folder: TempDir::new().unwrap(), operator, transcript: String::new() };
        let destinations: Vec<_> = every_type().into_iter().map(|kind| desk.destination(kind)).collect();
        desk.keep(&json!({ "destinations": destinations }));
        desk
    }

    /// A destination of type `kind`, whose URL is a secret as it is in the world.
    fn destination(&self, kind: &str) -> Value {
        let mut destination = self.stand_in.destination(kind, &json!({}));
        for name in ["webhook_url", "api_url", "url"] {
            if let Some(url) = destination["settings"][name].as_str()
                && !url.contains('?')
            {
                destination["settings"][name] = json!(format!("{url}/{PATH}"));
            }
        }
        destination
    }

    /// Makes `settings` the secret.
    fn keep(&self, settings: &Value) {
        self.keep_document(&json!({ "campanile/destinations": settings }).to_string());
    }

    fn keep_document(&self, document: &str) {
        std::fs::write(self.folder.path().join("secrets.json"), document).unwrap();
    }

    /// Types `campanile <line> --secrets secrets.json --allow-loopback`.
    async fn run(&mut self, line: &str) {
        self.run_in(&format!("{line} --allow-loopback"), &[]).await;
    }

    /// Types `campanile <line> --secrets secrets.json` where `environment` is set.
    async fn run_in(&mut self, line: &str, environment: &[(&str, &str)]) {
        let mut command = self.operator.command(&format!("{line} --secrets secrets.json"));
        command.current_dir(self.folder.path()).envs(self.stand_in.environment());
        let output = command.envs(environment.iter().copied()).output().await.unwrap();
        let printed = printed(&output);
        for secret in SECRETS {
            assert!(!printed.contains(secret), "`{secret}` is in: {printed}");
        }
        self.transcript += &["$ campanile ", line, "\n", &printed, "\n"].concat();
    }
}
