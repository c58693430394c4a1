//! The secrets `<prefix>/oidc`, by whom people are signed in, and `<prefix>/session`, the key of their cookies.

use intake::{Members, SecretReport, read_secret};
use net::Secret;
use serde_json::Value;

use super::algorithm::Algorithm;
use crate::secret::Role;

/// What is asked for unless the secret says otherwise.
const SCOPES: &str = "openid email profile";
/// Where an ID token has a person's name unless the secret says otherwise.
const NAME_CLAIM: &str = "/name";
/// Fewest bytes of the key of sessions.
const KEY_BYTES: usize = 32;
/// Most characters of an issuer's name.
const NAME_CHARS: usize = 32;

/// The secret `<prefix>/oidc`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OidcSecret {
    pub(super) issuers: Vec<Issuer>,
}

/// Somebody who says who people are, and what these may do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issuer {
    /// What it is called on the button and in records.
    pub(super) name: String,
    /// Its identifier, as it stands in its tokens.
    pub(super) identifier: String,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    pub(super) scopes: String,
    pub(super) roles: Vec<RoleRule>,
    /// A JSON pointer to a person's name.
    pub(super) name_claim: String,
    pub(super) algorithms: Vec<Algorithm>,
}

/// What a claim's value lets people do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoleRule {
    /// A JSON pointer to the claim.
    claim: String,
    value: String,
    role: Role,
}

/// The secret `<prefix>/session`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SessionSecret {
    pub(super) key: Secret,
}

impl OidcSecret {
    /// Reads the secret's text: an issuer that cannot be used is named and left out.
    pub fn read(text: &str) -> SecretReport<Self> {
        read_secret(text, |members| {
            let mut issuers: Vec<Issuer> = Vec::new();
            for issuer in members.objects("issuers", Issuer::read) {
                if issuers.iter().any(|known| known.name == issuer.name) {
                    members.mistake("issuers", "has two of one name: give each a name of its own");
                } else {
                    issuers.push(issuer);
                }
            }
            if issuers.is_empty() {
                members.warn("issuers", "sign nobody in: write one, or remove the secret");
            }
            Ok(Self { issuers })
        })
    }
}

impl Issuer {
    fn read(members: &mut Members) -> Option<Self> {
        let name = members.required_text("name", "write a short one for the button, like `corp`");
        let name = name.and_then(|name| short_name(members, name.trim()));
        let identifier = members.required_text("issuer", "write it as it stands in the issuer's tokens");
        let identifier = identifier.and_then(|text| address(members, text.trim()));
        let client_id = members.required_text("client_id", "write what the issuer calls us");
        let client_secret = members.secret("client_secret");
        let scopes = members.text("scopes").unwrap_or_else(|| SCOPES.to_owned());
        if !scopes.split(' ').any(|scope| scope == "openid") {
            members.mistake("scopes", "lack `openid`, without which there is no ID token: write it, too");
        }
        let roles = members.objects("roles", RoleRule::read);
        if roles.is_empty() {
            members.warn("roles", "let nobody do anything: write what a claim's value lets people do");
        }
        let name_claim = members.text("name_claim").unwrap_or_else(|| NAME_CLAIM.to_owned());
        let name_claim = pointer(members, "name_claim", &name_claim);
        let algorithms = algorithms(members);
        Some(Self {
            name: name?,
            identifier: identifier?,
            client_id: client_id?.trim().to_owned(),
            client_secret,
            scopes,
            roles,
            name_claim: name_claim?,
            algorithms: algorithms?,
        })
    }

    /// What whoever has these claims may do; nothing without a rule that says so.
    pub(super) fn role(&self, claims: &Value) -> Option<Role> {
        self.roles.iter().filter(|rule| rule.holds(claims)).map(|rule| rule.role).max()
    }
}

impl RoleRule {
    fn read(members: &mut Members) -> Option<Self> {
        let claim = members.required_text("claim", "write a JSON pointer like /groups");
        let claim = claim.and_then(|claim| pointer(members, "claim", &claim));
        let value = members.required_text("value", "write the value that lets people in");
        let role = members.required_word("role", &[("read", Role::Read), ("write", Role::Write)]);
        Some(Self { claim: claim?, value: value?, role: role? })
    }

    /// Whether the claim is the value, or a list that has it. An address counts only where the issuer vouches for it.
    fn holds(&self, claims: &Value) -> bool {
        if self.claim == "/email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
            return false;
        }
        match claims.pointer(&self.claim) {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Array(list)) => list.iter().any(|one| one.as_str() == Some(&self.value)),
            _ => false,
        }
    }
}

impl SessionSecret {
    /// Reads the secret's text.
    pub fn read(text: &str) -> SecretReport<Self> {
        read_secret(text, |members| {
            let key = members.credential("key", "make one with `openssl rand -hex 32`").unwrap_or_default();
            if !key.expose().is_empty() && key.expose().len() < KEY_BYTES {
                members.mistake("key", "is shorter than 32 bytes: make one with `openssl rand -hex 32`");
                return Ok(Self::default());
            }
            Ok(Self { key })
        })
    }
}

fn short_name(members: &mut Members, name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.len() <= NAME_CHARS && name.chars().all(is_plain) {
        return Some(name.to_owned());
    }
    members.mistake(
        "name",
        "has other characters than a to z, 0 to 9 and `-`, or more than 32: write a short one",
    );
    None
}

fn address(members: &mut Members, issuer: &str) -> Option<String> {
    if url::Url::parse(issuer).is_ok_and(|url| url.query().is_none() && url.fragment().is_none()) {
        return Some(issuer.to_owned());
    }
    members.mistake("issuer", "is not an address: write it as it stands in the issuer's tokens");
    None
}

fn pointer(members: &mut Members, name: &str, text: &str) -> Option<String> {
    let text = text.trim();
    if text.starts_with('/') {
        return Some(text.to_owned());
    }
    members.mistake(name, "is not a JSON pointer: begin it with `/`, like /groups or /realm_access/roles");
    None
}

fn algorithms(members: &mut Members) -> Option<Vec<Algorithm>> {
    let names = members.restricting_names("algorithms").ok()?;
    let known: Vec<_> = names.iter().filter_map(|name| Algorithm::named(name)).collect();
    if known.len() < names.len() {
        let remedy = format!("name one that is not used here: write any of {}", Algorithm::names());
        members.mistake("algorithms", remedy);
        return None;
    }
    Some(if known.is_empty() { vec![Algorithm::RS256] } else { known })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(claim: &str, value: &str, role: Role) -> RoleRule {
        RoleRule { claim: claim.to_owned(), value: value.to_owned(), role }
    }

    #[test]
    fn an_issuer_is_read_with_what_is_usual_in_the_place_of_what_is_not_said() {
        let reading = OidcSecret::read(
            r#"{"issuers":[{"name":"corp","issuer":"https://id.example.com/","client_id":"c","client_secret":"s3cr3t",
                "roles":[{"claim":"/groups","value":"ops","role":"write"}]}]}"#,
        );
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        let issuer = &reading.secret.unwrap().issuers[0];
        assert_eq!((issuer.identifier.as_str(), issuer.scopes.as_str()), ("https://id.example.com/", SCOPES));
        assert_eq!((issuer.name_claim.as_str(), &issuer.algorithms[..]), ("/name", &[Algorithm::RS256][..]));
        assert!(!format!("{issuer:?}").contains("s3cr3t"));
    }

    #[test]
    fn a_mistake_is_named_by_its_path_and_leaves_the_other_issuers() {
        let good = json!({ "name": "corp", "issuer": "https://id.example.com", "client_id": "c",
            "roles": [{ "claim": "/groups", "value": "ops", "role": "write" }] });
        let with = |name: &str, value: Value| {
            let mut issuer = good.clone();
            issuer["name"] = "other".into();
            issuer[name] = value;
            let reading = OidcSecret::read(&json!({ "issuers": [good, issuer] }).to_string());
            let said: Vec<_> = reading.findings.iter().map(ToString::to_string).collect();
            (reading.secret.unwrap().issuers.len(), said.join("; "))
        };
        for (name, value, said) in [
            ("algorithms", json!(["none"]), "issuers[1].algorithms"),
            ("algorithms", json!(["HS256", "RS256"]), "issuers[1].algorithms"),
            ("name", json!("Our Corp"), "issuers[1].name"),
            ("issuer", json!("id.example.com"), "issuers[1].issuer"),
            ("name_claim", json!("name"), "issuers[1].name_claim"),
            ("client_id", json!(null), "issuers[1].client_id"),
        ] {
            let (issuers, text) = with(name, value);
            assert!(issuers == 1 && text.contains(said), "{name}: {text}");
        }
        assert!(with("name", json!("corp")).1.contains("two of one name"));
        assert!(with("scopes", json!("email")).1.contains("openid"));
        assert!(
            with("roles", json!([{ "claim": "groups", "value": "a", "role": "read" }]))
                .1
                .contains("roles[0].claim")
        );
    }

    #[test]
    fn the_highest_role_of_what_a_person_has_counts_and_nothing_is_nothing() {
        let roles = vec![
            rule("/groups", "staff", Role::Read),
            rule("/groups", "ops", Role::Write),
            rule("/realm_access/roles", "ops", Role::Write),
            rule("/https:~1~1example.com~1roles", "ops", Role::Write),
            rule("/hd", "example.com", Role::Read),
            rule("/email", "ana@example.com", Role::Write),
        ];
        let issuer = Issuer {
            name: "corp".to_owned(),
            identifier: String::new(),
            client_id: String::new(),
            client_secret: None,
            scopes: String::new(),
            roles,
            name_claim: "/name".to_owned(),
            algorithms: vec![],
        };
        for (claims, role) in [
            (json!({}), None),
            (json!({ "groups": "staff" }), Some(Role::Read)),
            (json!({ "groups": ["staff", "ops"] }), Some(Role::Write)),
            (json!({ "groups": ["staffing", 1, null] }), None),
            (json!({ "groups": { "ops": true } }), None),
            (json!({ "realm_access": { "roles": ["ops"] } }), Some(Role::Write)),
            (json!({ "https://example.com/roles": ["ops"] }), Some(Role::Write)),
            (json!({ "hd": "example.com" }), Some(Role::Read)),
            (json!({ "email": "ana@example.com", "email_verified": true }), Some(Role::Write)),
            (json!({ "email": "ana@example.com", "email_verified": false }), None),
            (json!({ "email": "ana@example.com", "email_verified": "true" }), None),
            (json!({ "email": "ana@example.com" }), None),
        ] {
            assert_eq!(issuer.role(&claims), role, "{claims}");
        }
    }

    #[test]
    fn a_key_that_is_too_short_is_none() {
        assert_eq!(SessionSecret::read(r#"{"key":"short"}"#).secret, Some(SessionSecret::default()));
        assert!(SessionSecret::read(&json!({ "key": "k".repeat(32) }).to_string()).findings.is_empty());
    }
}
