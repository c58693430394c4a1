//! What the command writes: answers on standard output, everything else on standard error.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;

use super::Outcome;
use super::terminal_text::sanitize_lines_for_terminal;

/// Why standard output took no more, if it did not.
static REFUSED: OnceLock<io::Error> = OnceLock::new();

/// Standard output took no more, and what should be there is not.
#[derive(Debug, thiserror::Error)]
#[error("not all of it could be written")]
struct WriteError(#[source] &'static io::Error);

/// Prints one line for the person or the script that asked.
pub(super) fn say(line: impl Display) {
    if REFUSED.get().is_none()
        && let Err(error) = writeln!(io::stdout(), "{line}")
    {
        let _ = REFUSED.set(error);
    }
}

/// Prints one line for the person alone.
pub(super) fn remark(line: impl Display) {
    // Nobody is left to read an error about that.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints what went wrong, for the person alone; some of it may come from outside.
pub(super) fn complain(error: &(dyn Error + 'static)) {
    remark(format!("campanile: {}", sanitize_lines_for_terminal(&intake::chain(error))));
}

/// Whether nobody takes any more of what is said.
pub(super) fn is_refused() -> bool {
    REFUSED.get().is_some()
}

/// Whether all that was said was written; who stops reading, as `head` does, has read enough.
pub(super) fn written() -> Outcome {
    if let Err(error) = io::stdout().flush() {
        let _ = REFUSED.set(error);
    }
    match REFUSED.get().filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        Some(error) => Err(WriteError(error).into()),
        None => Ok(()),
    }
}
