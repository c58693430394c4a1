//! `campanile token site24x7`: a grant code in, a refresh token in the secret.

use alert::Clock as _;
use aws::{AccountTokens, SystemClock};
use clap::Args;
use intake::chain;
use net::Secret;
use serde_json::Value;
use site24x7::{Application, Grant, Scope, TokenStore, account_of, exchange_code};

use super::access::{Access, Opened, transport};
use crate::command::terminal::{AskError, Prompt, Terminal};
use crate::command::{Outcome, remark, say};

/// The two names of the member, ours first.
const REFRESH_TOKEN: [&str; 2] = ["refresh_token", "zohoRefreshToken"];

/// Exchange a grant code for a refresh token, and put that into the secret
#[derive(Debug, Args)]
pub(in crate::command) struct Token {
    /// Code of "Generate Code" in Zoho's console; asked for without showing it unless given
    #[arg(long)]
    code: Option<String>,
    /// Show the refresh token besides
    #[arg(long)]
    show: bool,
    #[command(flatten)]
    access: Access,
}

/// A code that nobody gave.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no code and nobody to ask: give --code, of \"Generate Code\" at https://{console} with the scopes {scopes}"
)]
struct NoCode {
    console: &'static str,
    scopes: String,
}

impl Token {
    pub(in crate::command) async fn run(self) -> Outcome {
        let mut opened = self.access.open().await?;
        let application = Application::from_secret(&opened.text())?;
        let code = self.code(&application)?;
        let hosts = &opened.configuration.site24x7_hosts;
        let hosts = hosts.clone().unwrap_or_else(|| application.data_center.hosts());
        let grant = exchange_code(&transport()?, &hosts, &application, &code, SystemClock.now()).await?;
        // It is granted once: if the secret cannot take it, nobody has it but the person who asked to see it.
        if self.show {
            say(grant.refresh_token.expose());
        }
        self.keep(&mut opened, &grant).await?;
        say(format!("the refresh token is in the secret `{}`", opened.secret_name()));
        print_scopes(&grant);
        Ok(())
    }

    fn code(&self, application: &Application) -> Outcome<Secret> {
        let (console, scopes) = (application.data_center.console_host(), Scope::needed_list());
        match (&self.code, Terminal::attached()) {
            (Some(code), _) => Ok(Secret::new(code.trim())),
            (None, Some(mut terminal)) => Ok(ask(&mut terminal, console, &scopes)?),
            (None, None) => Err(NoCode { console, scopes }.into()),
        }
    }

    async fn keep(&self, opened: &mut Opened, grant: &Grant) -> Outcome {
        let name = if opened.members.contains_key(REFRESH_TOKEN[1])
            && !opened.members.contains_key(REFRESH_TOKEN[0])
        {
            REFRESH_TOKEN[1]
        } else {
            REFRESH_TOKEN[0]
        };
        opened.members.insert(name.to_owned(), Value::from(grant.refresh_token.expose()));
        self.access.secrets.write("site24x7", &opened.members, &opened.configuration).await?;
        if self.access.secrets.are_in_aws() {
            share(opened, grant).await;
        }
        Ok(())
    }
}

fn ask(prompt: &mut impl Prompt, console: &str, scopes: &str) -> Result<Secret, AskError> {
    let question = format!("Code of \"Generate Code\" at https://{console} with the scopes {scopes}");
    Ok(Secret::new(prompt.ask_secretly(&question)?.expose().trim()))
}

/// Hands the poller the first access token: it would go on with one of the old scopes for up to an hour.
async fn share(opened: &Opened, grant: &Grant) {
    let platform = aws::connect(opened.configuration.clone()).await;
    let Ok(account) = account_of(&opened.text()) else { return };
    let tokens = AccountTokens::new(platform.table, alert::Source::Site24x7, &account);
    if let Err(error) = tokens.save_token(&grant.token).await {
        remark(format!(
            "new scopes count within the hour, the table does not take the token: {}",
            chain(error.as_ref())
        ));
    }
}

fn print_scopes(grant: &Grant) {
    let Some(scopes) = &grant.scopes else {
        return say("its scopes are not known: `campanile check site24x7` tries them");
    };
    for scope in Scope::NEEDED {
        if scopes.grant(scope) {
            say(format!("{scope}: granted"));
        } else {
            say(format!("{scope}: not granted: {}", scope.without_it()));
        }
    }
}
