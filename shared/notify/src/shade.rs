//! The colour that a message has, the same in every chat.

use alert::Severity;

use crate::message::{Kind, Message};

/// Red, green and blue in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shade(u32);

const GREEN: Shade = Shade(0x2E_CC71);
const GREY: Shade = Shade(0x95_A5A6);

impl Shade {
    /// The colour of `message`.
    pub(crate) const fn of(message: &Message) -> Self {
        match message.kind {
            Kind::Resolved => GREEN,
            Kind::Expired => GREY,
            _ => Self::of_severity(message.alert.severity),
        }
    }

    const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self(0xCA_414B),
            Severity::High => Self(0xE8_590C),
            Severity::Warning => Self(0xFF_C107),
            Severity::Low => Self(0x3B_88C3),
            Severity::Info => GREY,
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
