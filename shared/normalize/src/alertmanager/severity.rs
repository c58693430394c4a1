//! The label `severity`: a convention and no rule, so every team has words of its own.

use alert::Severity;

/// What `word` means; what nobody knows is a warning.
pub(super) fn of(word: &str) -> Severity {
    match word.trim().to_ascii_lowercase().as_str() {
        "critical" | "page" | "fatal" | "emergency" => Severity::Critical,
        "high" | "major" | "error" => Severity::High,
        "low" | "minor" => Severity::Low,
        "info" | "informational" | "notice" | "none" => Severity::Info,
        _ => Severity::Warning,
    }
}
