//! Asking a person for what the secret `<prefix>/kazoo` lacks to log in to KAZOO.

use net::Secret;
use poll::kazoo::{KazooSecret, given};

use crate::command::terminal::{AskError, Prompt};

/// Asks a person for what `secret` lacks to log in.
pub(super) fn complete_login(secret: &mut KazooSecret, prompt: &mut impl Prompt) -> Result<(), AskError> {
    complete(&mut secret.url, || {
        prompt.ask("Address of KAZOO's API, such as https://kazoo.example.com:8443/v2")
    })?;
    if !secret.names_a_user() {
        complete(&mut secret.api_key, || {
            prompt.ask_secretly("API key of the account (nothing: log in by user name)")
        })?;
    }
    if given(secret.api_key.as_ref()).is_some() {
        return Ok(());
    }
    complete(&mut secret.username, || prompt.ask("User name"))?;
    complete(&mut secret.password, || prompt.ask_secretly("Password"))?;
    complete(&mut secret.account_name, || prompt.ask("Account name"))
}

fn complete(
    member: &mut Option<Secret>,
    ask: impl FnOnce() -> Result<Secret, AskError>,
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

        fn answer(&mut self, question: String) -> Result<Secret, AskError> {
            self.questions.push(question);
            let answer = self.answers.pop().ok_or(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
            Ok(Secret::new(answer))
        }
    }

    impl Prompt for Answering {
        fn ask(&mut self, question: &str) -> Result<Secret, AskError> {
            self.answer(format!("shown {question}"))
        }

        fn ask_secretly(&mut self, question: &str) -> Result<Secret, AskError> {
            self.answer(format!("hidden {question}"))
        }
    }

    fn secret(json: &str) -> KazooSecret {
        serde_json::from_str(json).unwrap()
    }

    fn asked(json: &str, answers: &[&'static str]) -> (KazooSecret, Vec<String>) {
        let (mut secret, mut prompt) = (secret(json), Answering::with(answers));
        complete_login(&mut secret, &mut prompt).unwrap();
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
}
