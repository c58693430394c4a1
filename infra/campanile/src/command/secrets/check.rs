//! `campanile check secrets`: what is wrong with the secrets, told by path and never with a value.

use alert::Source;
use api::ApiSecret;
use aws::{Configuration, DEVELOPMENT_TOKEN, Platform};
use clap::Args;
use clap::builder::PossibleValuesParser;
use intake::{Finding, Gravity, Reading, Sensitive, SourceSecret};
use notify::{Reach, Settings};

use super::super::check::Unhealthy;
use super::super::plain::plain;
use super::super::{Outcome, say};
use super::known::{NAMES, unknown_names};
use super::{ReadSecretError, Secrets};

/// Check every secret, or one: what cannot be used, what is misspelt and what is odd, each by its path with the remedy;
/// shows no value and writes nothing; ends with 3 where there is a mistake
#[derive(Debug, Args)]
pub(in crate::command) struct CheckSecrets {
    /// Which secret, without its prefix; all unless given
    #[arg(value_parser = PossibleValuesParser::new(NAMES))]
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
        self.name.as_deref().map_or_else(|| NAMES.to_vec(), |name| vec![name])
    }

    /// Tells the names in a file that nothing reads.
    async fn check_names(&self, configuration: &Configuration) -> usize {
        let (Some(file), None) = (self.secrets.file(), &self.name) else { return 0 };
        let unknown = unknown_names(file, &configuration.secret_prefix).await;
        for name in &unknown {
            tell("mistake", name);
        }
        unknown.len()
    }

    /// Tells what is found in one secret, and how many mistakes there are.
    async fn check(&self, platform: &Platform, name: &str) -> Result<usize, ReadSecretError> {
        let full_name = format!("{}/{name}", platform.configuration.secret_prefix);
        let texts = platform.secrets.texts(name).await.map_err(|error| self.secrets.failed(error))?;
        let Some(texts) = texts else {
            tell(
                "none",
                &format!("{full_name}: there is no such secret: nobody is let in by it, or told by it"),
            );
            return Ok(usize::from(self.name.is_some()));
        };
        let mut findings = self.findings(platform, name, &texts.current);
        if texts.previous.is_some_and(|previous| !self.is_usable(platform, name, &previous)) {
            let problem = "its previous version cannot be used: only the current one counts".to_owned();
            findings.push(Finding { gravity: Gravity::Warning, path: String::new(), problem });
        }
        for finding in &findings {
            tell(finding.gravity.as_str(), &format!("{full_name} {finding}"));
        }
        if findings.is_empty() {
            tell("ok", &full_name);
        }
        Ok(findings.iter().filter(|finding| finding.gravity == Gravity::Mistake).count())
    }

    fn findings(&self, platform: &Platform, name: &str, text: &Sensitive) -> Vec<Finding> {
        let mut findings = self.read(platform, name, text).findings;
        if self.secrets.are_in_aws() && text.expose().contains(DEVELOPMENT_TOKEN) {
            let problem =
                "holds a token of development, which functions refuse: put one of your own there".to_owned();
            findings.push(Finding { gravity: Gravity::Mistake, path: String::new(), problem });
        }
        findings
    }

    fn is_usable(&self, platform: &Platform, name: &str, text: &Sensitive) -> bool {
        self.read(platform, name, text).secret.is_some()
    }

    /// Reads a secret as whoever uses it reads it.
    fn read(&self, platform: &Platform, name: &str, text: &Sensitive) -> Reading<()> {
        let text = text.expose();
        match (name, name.parse::<Source>()) {
            ("api", _) => without_value(ApiSecret::read(text)),
            (_, Ok(source)) => without_value(SourceSecret::read(source, text)),
            (_, Err(_)) => self.destinations(platform, text),
        }
    }

    fn destinations(&self, platform: &Platform, text: &str) -> Reading<()> {
        let reach = Reach::public().and_networks(platform.configuration.notify_networks.clone());
        let reach = if self.allow_loopback { reach.and_loopback() } else { reach };
        let settings = Settings::read(text, &reach);
        let finding = |gravity, problem| Finding { gravity, path: String::new(), problem };
        let mistakes = settings.mistakes.iter().map(|mistake| finding(Gravity::Mistake, mistake.to_string()));
        let warnings = settings.warnings.iter().map(|warning| finding(Gravity::Warning, warning.to_string()));
        Reading { secret: Some(()), findings: mistakes.chain(warnings).collect() }
    }
}

fn without_value<T>(reading: Reading<T>) -> Reading<()> {
    Reading { secret: reading.secret.map(drop), findings: reading.findings }
}

fn tell(what: &str, of: &str) {
    say(format!("{what:<8} {}", plain(of)));
}
