//! What to enter by hand, for accounts whose token may only read.

use crate::DataCenter;
use crate::hook::spec::{HEADER, WebhookSpec};

/// What a body that the user writes must hold, as nothing else in it has a meaning.
const OWN_BODY: &str = r#"A body of your own (*Post as JSON* with custom parameters) must hold these members under these names,
or its notifications are quarantined; others are kept as annotations:

  {"MONITOR_ID": "$MONITOR_ID", "MONITORNAME": "$MONITORNAME", "STATUS": "$STATUS",
   "INCIDENT_REASON": "$INCIDENT_REASON", "INCIDENT_TIME_ISO": "$INCIDENT_TIME_ISO",
   "OUTAGE_TIME_UNIX_FORMAT": "$OUTAGE_TIME_UNIX_FORMAT", "MONITOR_DASHBOARD_LINK": "$MONITOR_DASHBOARD_LINK"}"#;

/// What stands where the key is not shown.
const MASK: &str = "[redacted]";

/// Whether the key is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDisplay {
    /// Asterisks stand for it.
    Masked,
    /// It is shown, because somebody asked for it.
    Shown,
}

/// The steps in the console that do what an installation does.
pub fn instructions(spec: &WebhookSpec, data_center: DataCenter, display: KeyDisplay) -> String {
    let (url, key) = match display {
        KeyDisplay::Masked => (spec.url().replace(spec.key().expose(), MASK), MASK),
        KeyDisplay::Shown => (spec.url().to_owned(), spec.key().expose()),
    };
    let (host, name) = (data_center.site24x7_host(), spec.name());
    format!(
        "In the console at https://{host} open Admin > Third-Party Integrations, add a webhook, and enter:

  name                        {name}
  URL                         {url}
  HTTP method                 POST
  timeout                     30 seconds
  monitors                    all
  alert when                  down, critical and trouble: all three
  send incident parameters    yes
  send as JSON                yes
  authentication              Basic, without user name and password
  custom header               {HEADER}: {key}
  poller webhook              no
  manage tickets              no
  alert tags                  none

{OWN_BODY}

Save it and press its test button: the test is answered with 200 and kept as a notice.
"
    )
}

#[cfg(test)]
mod tests {
    use net::Secret;

    use super::*;

    fn spec() -> WebhookSpec {
        let url = "https://alerts.example.com/site24x7/hook-key";
        WebhookSpec::new("Campanile", url, Secret::new("hook-key")).unwrap()
    }

    #[test]
    fn the_steps_mask_the_key_everywhere() {
        insta::assert_snapshot!(instructions(&spec(), DataCenter::Jp, KeyDisplay::Masked), @r#"
        In the console at https://app.site24x7.jp open Admin > Third-Party Integrations, add a webhook, and enter:

          name                        Campanile
          URL                         https://alerts.example.com/site24x7/[redacted]
          HTTP method                 POST
          timeout                     30 seconds
          monitors                    all
          alert when                  down, critical and trouble: all three
          send incident parameters    yes
          send as JSON                yes
          authentication              Basic, without user name and password
          custom header               X-API-KEY: [redacted]
          poller webhook              no
          manage tickets              no
          alert tags                  none

        A body of your own (*Post as JSON* with custom parameters) must hold these members under these names,
        or its notifications are quarantined; others are kept as annotations:

          {"MONITOR_ID": "$MONITOR_ID", "MONITORNAME": "$MONITORNAME", "STATUS": "$STATUS",
           "INCIDENT_REASON": "$INCIDENT_REASON", "INCIDENT_TIME_ISO": "$INCIDENT_TIME_ISO",
           "OUTAGE_TIME_UNIX_FORMAT": "$OUTAGE_TIME_UNIX_FORMAT", "MONITOR_DASHBOARD_LINK": "$MONITOR_DASHBOARD_LINK"}

        Save it and press its test button: the test is answered with 200 and kept as a notice.
        "#);
    }

    #[test]
    fn the_key_is_shown_when_asked_for() {
        let text = instructions(&spec(), DataCenter::Us, KeyDisplay::Shown);
        assert!(text.contains("X-API-KEY: hook-key"), "{text}");
    }
}
