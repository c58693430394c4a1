//! The signature TC3-HMAC-SHA256.
//!
//! <https://www.tencentcloud.com/document/api/1150/49447>

use std::fmt::Write as _;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use jiff::tz::Offset;
use net::Secret;
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// What a signature is made of besides the key.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The service, such as `monitor`.
    pub service: &'a str,
    /// The header `Host` as it is sent.
    pub host: &'a str,
    /// The header `Content-Type` as it is sent.
    pub content_type: &'a str,
    /// The header `X-TC-Timestamp`, cut to the second.
    pub at: Timestamp,
    /// The body's bytes.
    pub body: &'a [u8],
}

/// The header `Authorization` of a request that is signed with the key `secret_id`.
pub fn authorization(secret_id: &str, secret_key: &Secret, signing: Signing<'_>) -> String {
    // By a local date it would hold a part of the day only.
    let date = Offset::UTC.to_datetime(signing.at).date().to_string();
    let scope = format!("{date}/{}/tc3_request", signing.service);
    let canonical = hex(&Sha256::digest(canonical_request(signing)));
    let to_sign = format!("{ALGORITHM}\n{}\n{scope}\n{canonical}", signing.at.as_second());
    let key = format!("TC3{}", secret_key.expose());
    let key = [date.as_str(), signing.service, "tc3_request"]
        .into_iter()
        .fold(key.into_bytes(), |key, part| mac(&key, part.as_bytes()));
    let signature = hex(&mac(&key, to_sign.as_bytes()));
    format!(
        "{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    )
}

fn canonical_request(signing: Signing<'_>) -> String {
    let lower = |text: &str| text.trim().to_lowercase();
    format!(
        "POST\n/\n\ncontent-type:{}\nhost:{}\n\ncontent-type;host\n{}",
        lower(signing.content_type),
        lower(signing.host),
        hex(&Sha256::digest(signing.body))
    )
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length; an impossible error would give a signature that nobody accepts.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize());
    mac.map(|mac| mac.into_bytes().to_vec()).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
    const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_vector_that_tencent_publishes_holds() {
        let body =
            br#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
        let signing = Signing {
            service: "cvm",
            host: "cvm.tencentcloudapi.com",
            content_type: "application/json; charset=utf-8",
            at: at(1_551_113_065),
            body,
        };
        assert_eq!(
            hex(&Sha256::digest(body)),
            "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
        );
        assert_eq!(
            hex(&Sha256::digest(canonical_request(signing))),
            "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031"
        );
        assert_eq!(
            authorization(ID, &Secret::new(KEY), signing),
            "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, \
             SignedHeaders=content-type;host, \
             Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
        );
    }

    #[test]
    fn a_request_to_cloud_monitor_is_signed_for_its_own_host() {
        let body = br#"{"Module":"monitor","PageNumber":1,"PageSize":100,"Order":"DESC","StartTime":1700000000,"EndTime":1700003600}"#;
        let signing = Signing {
            service: "monitor",
            host: "monitor.tencentcloudapi.com",
            content_type: "application/json",
            at: at(1_700_003_700),
            body,
        };
        assert_eq!(
            hex(&Sha256::digest(canonical_request(signing))),
            "074b1ab132a34f75d8812a51ebf1162e11e4d07bce3cfa5ae42dac5572dd5d91"
        );
        let signed = authorization(ID, &Secret::new(KEY), signing);
        assert!(
            signed.ends_with("Signature=31e5d30006781ac60e63bfcb621db20717873a69d5ed93ae4b6cba594c9ffb58"),
            "{signed}"
        );
    }
}
