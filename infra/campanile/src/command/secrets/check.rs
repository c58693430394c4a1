//! `campanile check secrets`: what is wrong with the secrets, by path and never with a value.

use aws::{Configuration, DEVELOPMENT_TOKEN, Platform};
use clap::Args;
use clap::builder::PossibleValuesParser;
use intake::{Finding, Gravity, SecretReport};
use net::Secret;

use super::super::check::Unhealthy;
use super::super::terminal_text::sanitize_for_terminal;
use super::super::{Outcome, say};
use super::known::{OPTIONAL, names, unknown_names};
use super::reading::read_as_its_user;
use super::{ReadSecretError, Secrets};

/// Check every secret, or one: what cannot be used, what is misspelt and what is odd, each by its path with the remedy;
/// shows no value and writes nothing; ends with 3 where there is a mistake
#[derive(Debug, Args)]
pub(in crate::command) struct CheckSecrets {
    /// Which secret, without its prefix; all unless given
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    name: Option<String>,
    #[command(flatten)]
    secrets: Secrets,
    /// Allow destinations http and addresses of this machine, as the local bundle does
    #[arg(long)]
    allow_loopback: bool,
}

const REMEDY: &str = "correct what is marked as a mistake above";

impl CheckSecrets {
    pub(in crate::command) async fn run(self) -> Outcome {
        let configuration = Configuration::from_environment()?;
        let platform = self.secrets.platform(&configuration).await?;
        let mut mistakes = self.check_names(&configuration).await;
        for name in self.names() {
            mistakes += self.check(&platform, name).await?;
        }
        if mistakes == 0 { Ok(()) } else { Err(Unhealthy { remedy: REMEDY }.into()) }
    }

    fn names(&self) -> Vec<&str> {
        let Some(name) = &self.name else { return names() };
        vec![name]
    }

    /// Prints the names in a file that nothing reads.
    async fn check_names(&self, configuration: &Configuration) -> usize {
        let (Some(file), None) = (self.secrets.file(), &self.name) else { return 0 };
        let unknown = unknown_names(file, &configuration.secret_prefix).await;
        for name in &unknown {
            print("mistake", name);
        }
        unknown.len()
    }

    /// Prints what is found in one secret, and yields how many mistakes there are.
    async fn check(&self, platform: &Platform, name: &str) -> Result<usize, ReadSecretError> {
        let full_name = format!("{}/{name}", platform.configuration.secret_prefix);
        let texts = platform.secrets.texts(name).await.map_err(|error| self.secrets.failed(error))?;
        let Some(texts) = texts else {
            if self.name.is_none() && OPTIONAL.contains(&name) {
                return Ok(0);
            }
            print(
                "none",
                &format!("{full_name}: there is no such secret: nobody is let in or notified by it"),
            );
            return Ok(usize::from(self.name.is_some()));
        };
        let mut findings = self.findings(platform, name, &texts.current);
        if texts.previous.is_some_and(|previous| !self.is_usable(platform, name, &previous)) {
            let problem = "its previous version cannot be used: only the current one counts".to_owned();
            findings.push(Finding { gravity: Gravity::Warning, path: String::new(), problem });
        }
        for finding in &findings {
            print(finding.gravity.as_str(), &format!("{full_name} {finding}"));
        }
        if findings.is_empty() {
            print("ok", &full_name);
        }
        Ok(findings.iter().filter(|finding| finding.gravity == Gravity::Mistake).count())
    }

    fn findings(&self, platform: &Platform, name: &str, text: &Secret) -> Vec<Finding> {
        let mut findings = self.read(platform, name, text).findings;
        if self.secrets.are_in_aws() && text.expose().contains(DEVELOPMENT_TOKEN) {
            let problem =
                "holds a token of development, which functions refuse: put one of your own there".to_owned();
            findings.push(Finding { gravity: Gravity::Mistake, path: String::new(), problem });
        }
        findings
    }

    fn is_usable(&self, platform: &Platform, name: &str, text: &Secret) -> bool {
        self.read(platform, name, text).secret.is_some()
    }

    fn read(&self, platform: &Platform, name: &str, text: &Secret) -> SecretReport<()> {
        let egress = platform.egress();
        let egress = if self.allow_loopback { egress.and_loopback() } else { egress };
        read_as_its_user(name, text.expose(), &egress)
    }
}

fn print(what: &str, of: &str) {
    say(format!("{what:<8} {}", sanitize_for_terminal(of)));
}
