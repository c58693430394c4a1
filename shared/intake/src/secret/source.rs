//! Which members the secret of each source has.

use alert::Source;
use normalize::site24x7::AccountNames;

use super::finding::SecretReport;
use super::members::{Members, Unusable, read_secret};
use super::{BasicPair, CertificateRule, SourceSecret};

/// Netdata's own common name.
const NETDATA_COMMON_NAME: &str = "app.netdata.cloud";

/// What Site24x7's client needs, each member under both of its names.
const SITE24X7_CLIENT: [&str; 6] =
    ["client_id", "zohoClientId", "client_secret", "zohoClientSecret", "refresh_token", "zohoRefreshToken"];

impl SourceSecret {
    /// Reads the secret of `source`: what can be used is used, and everything else is named.
    pub fn read(source: Source, text: &str) -> SecretReport<Self> {
        read_secret(text, |members| {
            let mut secret =
                Self { tokens: members.credentials("tokens"), basic: pairs(members), ..Self::default() };
            match source {
                Source::Netdata => secret.read_netdata(members)?,
                Source::Kazoo => secret.read_kazoo(members)?,
                Source::Tencent => secret.validation_code = members.secret("validation_code"),
                Source::Site24x7 => secret.read_site24x7(members),
                Source::Alertmanager | Source::Campanile => {}
            }
            if !secret.admits_anybody() {
                members.warn("tokens", "let nobody in: write [\"…\"] with a random token, 32 bytes long");
            }
            Ok(secret)
        })
    }

    fn read_netdata(&mut self, members: &mut Members) -> Result<(), Unusable> {
        self.challenge_secret = members.secret("challenge_secret");
        self.client_certificate = members.restricting_object("client_certificate", |members| {
            Ok(CertificateRule {
                common_name: members.restricting_text("common_name", NETDATA_COMMON_NAME)?,
                required: members.restricting_flag("required")?,
            })
        })?;
        Ok(())
    }

    fn read_kazoo(&mut self, members: &mut Members) -> Result<(), Unusable> {
        for name in ["url", "username", "password", "account_name", "api_key"] {
            members.text(name);
        }
        self.sha256_key = members.restricting_secret("sha256_key")?;
        self.hook_ids = members.restricting_names("hook_ids")?;
        Ok(())
    }

    fn read_site24x7(&mut self, members: &mut Members) {
        self.account = AccountNames::from(members.unread().clone());
        for name in ["account", "zaaid"] {
            members.id(name);
        }
        for name in ["data_center", "zohoAccountTLD"] {
            members.text(name);
        }
        for name in SITE24X7_CLIENT {
            members.text(name);
        }
        let named = AccountNames { account: None, zaaid: None, ..self.account.clone() };
        if let Err(unknown) = named.name() {
            let unknown = unknown.to_string();
            // Its beginning quotes what stands there.
            let remedy = unknown.split_once(": ").map_or("correct it", |(_, remedy)| remedy);
            members.mistake("data_center", format!("is no data centre of Site24x7: {remedy}"));
        }
    }
}

fn pairs(members: &mut Members) -> Vec<BasicPair> {
    members.objects("basic", |members| {
        let username = members.credential("username", "write the name that the sender gives");
        let password = members.credential("password", "write the password that the sender gives");
        Some(BasicPair { username: username?, password: password? })
    })
}
