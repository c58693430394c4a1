//! Which monitor a webhook request is about, to the last digit.

use super::parameters::Parameters;
use crate::Rejection;

/// A monitor's id.
pub(super) struct MonitorId {
    pub digits: String,
    /// Whether a forwarder had rounded the one sent, and the link's was taken.
    pub was_rounded: bool,
}

/// The id from `MONITOR_ID`, else from the link to the monitor's page.
///
/// Ids exceed 2^53, so whatever reads them as floats on the way rounds them; such an id is recognised by being
/// what the link's becomes as a float.
pub(super) fn monitor_id(parameters: &Parameters) -> Result<MonitorId, Rejection> {
    let sent = parameters.text("MONITOR_ID");
    let link = parameters.text("MONITOR_DASHBOARD_LINK");
    let linked = link.as_deref().and_then(linked_id);
    match (sent.filter(|id| is_whole(id)), linked) {
        (Some(sent), Some(linked)) if sent != linked && is_rounding_of(&sent, linked) => {
            Ok(MonitorId { digits: linked.to_owned(), was_rounded: true })
        }
        (Some(sent), _) => Ok(MonitorId { digits: sent, was_rounded: false }),
        (None, Some(linked)) => Ok(MonitorId { digits: linked.to_owned(), was_rounded: false }),
        (None, None) => Err(missing(parameters)),
    }
}

/// Whether `id` is digits and nothing else.
pub(super) fn is_whole(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits after `/monitors/` in `link`.
fn linked_id(link: &str) -> Option<&str> {
    let (_, rest) = link.split_once("/monitors/")?;
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    rest.get(..end).filter(|id| is_whole(id))
}

/// Whether `sent` is how a float of `id` prints: shortest, or as the whole number it has become.
fn is_rounding_of(sent: &str, id: &str) -> bool {
    id.parse::<f64>().is_ok_and(|float| sent == format!("{float}") || sent == format!("{float:.0}"))
}

fn missing(parameters: &Parameters) -> Rejection {
    let came = parameters.text("MONITOR_ID").is_some();
    let unreadable = if came { "; what came is not an id in digits" } else { "" };
    Rejection::new(
        "missing:MONITOR_ID",
        format!(
            "MONITOR_ID missing: tick \"Send Incident Parameters\" for this webhook in the Site24x7 console \
             (Admin > Third-Party Integrations), or put `\"MONITOR_ID\": \"$MONITOR_ID\"` into a body of your own{unreadable}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_yields_the_id_of_its_monitor_alone() {
        let link = "https://www.site24x7.com/app/client#/home/monitors/123456000000025013";
        assert_eq!(linked_id(link), Some("123456000000025013"));
        assert_eq!(linked_id(&format!("{link}/Summary")), Some("123456000000025013"));
        assert_eq!(linked_id(&format!("{link}?tab=1")), Some("123456000000025013"));
        assert_eq!(linked_id(&format!("{link}abc/Summary")), None);
        assert_eq!(linked_id("https://www.site24x7.com/monitors//Summary"), None);
        assert_eq!(linked_id("https://www.site24x7.com/"), None);
    }

    #[test]
    fn only_what_a_float_makes_of_an_id_is_its_rounding() {
        assert!(is_rounding_of("123456000000025010", "123456000000025013"));
        assert!(is_rounding_of("123456000000025008", "123456000000025013"));
        assert!(!is_rounding_of("123456000000025014", "123456000000025013"));
        assert!(!is_rounding_of("123456000000025016", "123456000000025013"));
    }
}
