//! The account, asked through the program `aws`.

use std::ffi::OsString;
use std::io;
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

/// Somebody who answers what `aws` answers.
#[derive(Debug)]
pub(super) struct Account {
    program: OsString,
}

/// `aws` gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("cannot run `aws`: install it with `pip install awscli`")]
    NoProgram(#[source] io::Error),
    #[error("`aws {question}` failed: {said}")]
    Refused { question: String, said: String },
    #[error("`aws {question}` answered with no JSON")]
    NoJson {
        question: String,
        #[source]
        source: serde_json::Error,
    },
}

impl Default for Account {
    fn default() -> Self {
        Self { program: "aws".into() }
    }
}

impl Account {
    /// What `aws <words>` answers.
    pub(super) async fn ask(&self, words: &[&str]) -> Result<Value, AskError> {
        let question = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let mut command = Command::new(&self.program);
        let command = command.args(words).args(["--output", "json"]).stdin(Stdio::null());
        let output = command.output().await.map_err(AskError::NoProgram)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(AskError::Refused { question, said });
        }
        if output.stdout.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&output.stdout).map_err(|source| AskError::NoJson { question, source })
    }
}
