//! The colour of a notification, the same in every chat.

use alert::Severity;

/// Red, green and blue in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shade(u32);

impl Shade {
    pub(crate) const GREEN: Self = Self(0x2E_CC71);
    pub(crate) const GREY: Self = Self(0x95_A5A6);

    /// The colour of what fires.
    pub(crate) const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self(0xCA_414B),
            Severity::High => Self(0xE8_590C),
            Severity::Warning => Self(0xFF_C107),
            Severity::Low => Self(0x3B_88C3),
            Severity::Info => Self::GREY,
        }
    }

    /// As Discord writes it.
    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    /// As the others write it, like `#CA414B`.
    pub(crate) fn hex(self) -> String {
        format!("#{:06X}", self.0)
    }
}
