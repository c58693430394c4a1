//! The secret `<prefix>/kazoo`, as far as KAZOO's own API is concerned.

use intake::Sensitive;
use kazoo::{AccountIdentity, BaseUrl, BaseUrlError, Credentials, CredentialsError, HashMethod, HookId};
use serde::Deserialize;

use crate::command::terminal::{AskError, Prompt};

/// What it takes to log in to KAZOO, and what KAZOO is to log in to us with; blank members are as if absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(super) struct KazooSecret {
    url: Option<Sensitive>,
    api_key: Option<Sensitive>,
    username: Option<Sensitive>,
    password: Option<Sensitive>,
    account_name: Option<Sensitive>,
    tokens: Vec<Sensitive>,
    hook_ids: Vec<String>,
}

/// A secret that does not do to log in to KAZOO.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LoginError {
    #[error(
        "the secret `{name}` has no {member}: put it there, or run the command in a terminal to be asked"
    )]
    Missing { name: String, member: &'static str },
    #[error("the `url` of KAZOO is no address of its API")]
    Url(#[source] BaseUrlError),
    #[error("the credentials are none that KAZOO takes")]
    Credentials(#[source] CredentialsError),
}

impl KazooSecret {
    /// Asks `person` for what is missing to log in.
    pub(super) fn complete_login(&mut self, prompt: &mut impl Prompt) -> Result<(), AskError> {
        complete(&mut self.url, || {
            prompt.ask("Address of KAZOO's API, such as https://kazoo.example.com:8443/v2")
        })?;
        if !self.names_a_user() {
            complete(&mut self.api_key, || {
                prompt.ask_secretly("API key of the account (nothing: log in by user name)")
            })?;
        }
        if given(self.api_key.as_ref()).is_some() {
            return Ok(());
        }
        complete(&mut self.username, || prompt.ask("User name"))?;
        complete(&mut self.password, || prompt.ask_secretly("Password"))?;
        complete(&mut self.account_name, || prompt.ask("Account name"))
    }

    /// Where KAZOO's API is and who we are to it; `name` is what the secret is called.
    pub(super) fn login(&self, name: &str) -> Result<(BaseUrl, Credentials), LoginError> {
        let missing = |member| LoginError::Missing { name: name.to_owned(), member };
        let url = given(self.url.as_ref()).ok_or_else(|| missing("`url`"))?;
        let base_url = BaseUrl::parse(url).map_err(LoginError::Url)?;
        let credentials = match given(self.api_key.as_ref()) {
            Some(api_key) => Credentials::api_key(api_key),
            None if self.names_a_user() => self.user(),
            None => return Err(missing("`api_key`, nor `username`, `password` and `account_name`")),
        };
        Ok((base_url, credentials.map_err(LoginError::Credentials)?))
    }

    /// The token that hooks are to show: the first, which is the one that replaces the others.
    pub(super) fn token(&self) -> Option<Sensitive> {
        self.tokens.iter().find_map(|token| given(Some(token))).map(Sensitive::new)
    }

    /// Whether what the hook sends is let in, once it shows a token.
    pub(super) fn admits(&self, hook: &HookId) -> bool {
        self.hook_ids.is_empty() || self.hook_ids.iter().any(|admitted| admitted == hook.as_str())
    }

    fn names_a_user(&self) -> bool {
        [&self.username, &self.password, &self.account_name]
            .into_iter()
            .any(|member| given(member.as_ref()).is_some())
    }

    fn user(&self) -> Result<Credentials, CredentialsError> {
        let [username, password, account] = [&self.username, &self.password, &self.account_name]
            .map(|member| given(member.as_ref()).unwrap_or_default());
        Credentials::user(username, password, HashMethod::Md5, AccountIdentity::Name(account.to_owned()))
    }
}

fn given(member: Option<&Sensitive>) -> Option<&str> {
    member.map(|member| member.expose().trim()).filter(|text| !text.is_empty())
}

fn complete(
    member: &mut Option<Sensitive>,
    ask: impl FnOnce() -> Result<Sensitive, AskError>,
) -> Result<(), AskError> {
    if given(member.as_ref()).is_none() {
        *member = Some(ask()?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers in turn, and remembers what was asked and whether it was hidden.
    struct Answering {
        answers: Vec<&'static str>,
        questions: Vec<String>,
    }

    impl Answering {
        fn with(answers: &[&'static str]) -> Self {
            Self { answers: answers.iter().rev().copied().collect(), questions: Vec::new() }
        }

        fn answer(&mut self, question: String) -> Result<Sensitive, AskError> {
            self.questions.push(question);
            let answer = self.answers.pop().ok_or(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
            Ok(Sensitive::new(answer))
        }
    }

    impl Prompt for Answering {
        fn ask(&mut self, question: &str) -> Result<Sensitive, AskError> {
            self.answer(format!("shown {question}"))
        }

        fn ask_secretly(&mut self, question: &str) -> Result<Sensitive, AskError> {
            self.answer(format!("hidden {question}"))
        }
    }

    fn secret(json: &str) -> KazooSecret {
        serde_json::from_str(json).unwrap()
    }

    fn asked(json: &str, answers: &[&'static str]) -> (KazooSecret, Vec<String>) {
        let (mut secret, mut prompt) = (secret(json), Answering::with(answers));
        secret.complete_login(&mut prompt).unwrap();
        assert!(prompt.answers.is_empty());
        (secret, prompt.questions)
    }

    #[test]
    fn nobody_is_asked_for_what_the_secret_says() {
        let by_key = r#"{"url":"https://k.example.com:8443","api_key":"k"}"#;
        let by_user = r#"{"url":"https://k.example.com","username":"u","password":"p","account_name":"a"}"#;
        for json in [by_key, by_user] {
            assert_eq!(asked(json, &[]).1, Vec::<String>::new());
        }
    }

    #[test]
    fn what_is_secret_is_asked_for_without_showing_it() {
        let (by_user, questions) =
            asked("{}", &["https://k.example.com", "", "john", "m32c6NfqYEt", "master"]);
        insta::assert_snapshot!(questions.join("\n"), @r"
        shown Address of KAZOO's API, such as https://kazoo.example.com:8443/v2
        hidden API key of the account (nothing: log in by user name)
        shown User name
        hidden Password
        shown Account name
        ");
        assert!(by_user.login("campanile/kazoo").is_ok());

        let (_, questions) = asked(r#"{"url":"https://k.example.com","api_key":" "}"#, &["key"]);
        assert_eq!(questions, ["hidden API key of the account (nothing: log in by user name)"]);
        let (_, questions) = asked(r#"{"url":"https://k.example.com","username":"john"}"#, &["p", "master"]);
        assert_eq!(questions, ["hidden Password", "shown Account name"]);
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_the_remedy() {
        let errors = [
            "{}",
            r#"{"url":" ","api_key":"k"}"#,
            r#"{"url":"https://k.example.com"}"#,
            r#"{"url":"https://admin:hunter2@k.example.com","api_key":"k"}"#,
            r#"{"url":"https://k.example.com","api_key":"hunter2"}"#,
            r#"{"url":"https://k.example.com","username":"john","account_name":"master"}"#,
        ]
        .map(|json| intake::chain(&secret(json).login("campanile/kazoo").unwrap_err()));
        insta::assert_snapshot!(errors.join("\n"), @r"
        the secret `campanile/kazoo` has no `url`: put it there, or run the command in a terminal to be asked
        the secret `campanile/kazoo` has no `url`: put it there, or run the command in a terminal to be asked
        the secret `campanile/kazoo` has no `api_key`, nor `username`, `password` and `account_name`: put it there, or run the command in a terminal to be asked
        the `url` of KAZOO is no address of its API: the address of KAZOO carries a user name or password: give those as credentials
        the credentials are none that KAZOO takes: an API key has exactly 64 characters and this one has `7`: copy the whole key
        the credentials are none that KAZOO takes: the password is empty: give the one that belongs to the user name
        ");
    }

    #[test]
    fn hooks_show_the_first_token_and_debugging_shows_none() {
        let secret = secret(r#"{"tokens":["","n3w-t0ken\n","0ld-t0ken"],"api_key":"t0ken","url":"t0ken"}"#);
        assert_eq!(secret.token(), Some(Sensitive::new("n3w-t0ken")));
        assert!(!format!("{secret:?}").contains("t0ken"));
    }
}
