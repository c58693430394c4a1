//! The ten data centres, how operators spell them, and the hosts that serve them.
//!
//! No host is ever built from a top-level domain: four of the ten would come out wrong.

use std::fmt;
use std::str::FromStr;

/// A Site24x7 data centre; an account lives in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataCenter {
    /// United States.
    Us,
    /// Europe.
    Eu,
    /// India.
    In,
    /// Australia.
    Au,
    /// China.
    Cn,
    /// Japan.
    Jp,
    /// Canada.
    Ca,
    /// United Kingdom.
    Uk,
    /// United Arab Emirates.
    Ae,
    /// Saudi Arabia.
    Sa,
}

/// One row of the table of data centres.
struct Region {
    code: &'static str,
    site24x7: &'static str,
    accounts: &'static str,
    console: &'static str,
    domains: &'static [&'static str],
}

impl DataCenter {
    /// Every data centre.
    pub const ALL: [Self; 10] =
        [Self::Us, Self::Eu, Self::In, Self::Au, Self::Cn, Self::Jp, Self::Ca, Self::Uk, Self::Ae, Self::Sa];

    /// Its code in lower case, such as `us`.
    pub const fn code(self) -> &'static str {
        self.place().code
    }

    /// The host of the API and of the web client.
    pub const fn site24x7_host(self) -> &'static str {
        self.place().site24x7
    }

    /// The Zoho host that issues tokens.
    pub const fn accounts_host(self) -> &'static str {
        self.place().accounts
    }

    /// The Zoho host where an operator makes a Self Client and its grant codes.
    pub const fn console_host(self) -> &'static str {
        self.place().console
    }

    /// The top-level domains that mean this data centre, without their leading dot.
    pub const fn top_level_domains(self) -> &'static [&'static str] {
        self.place().domains
    }

    /// The base URLs of its API and of its accounts.
    pub fn hosts(self) -> Hosts {
        Hosts::at(
            &format!("https://{}/api", self.site24x7_host()),
            &format!("https://{}", self.accounts_host()),
        )
    }

    const fn place(self) -> &'static Region {
        match self {
            Self::Us => &Region {
                code: "us",
                site24x7: "www.site24x7.com",
                accounts: "accounts.zoho.com",
                console: "api-console.zoho.com",
                domains: &["com"],
            },
            Self::Eu => &Region {
                code: "eu",
                site24x7: "www.site24x7.eu",
                accounts: "accounts.zoho.eu",
                console: "api-console.zoho.eu",
                domains: &["eu"],
            },
            Self::In => &Region {
                code: "in",
                site24x7: "www.site24x7.in",
                accounts: "accounts.zoho.in",
                console: "api-console.zoho.in",
                domains: &["in"],
            },
            Self::Au => &Region {
                code: "au",
                site24x7: "www.site24x7.net.au",
                accounts: "accounts.zoho.com.au",
                console: "api-console.zoho.com.au",
                domains: &["com.au", "au", "net.au"],
            },
            Self::Cn => &Region {
                code: "cn",
                site24x7: "www.site24x7.cn",
                accounts: "accounts.zoho.com.cn",
                console: "api-console.zoho.com.cn",
                domains: &["com.cn", "cn"],
            },
            Self::Jp => &Region {
                code: "jp",
                site24x7: "app.site24x7.jp",
                accounts: "accounts.zoho.jp",
                console: "api-console.zoho.jp",
                domains: &["jp"],
            },
            Self::Ca => &Region {
                code: "ca",
                site24x7: "www.site24x7.ca",
                accounts: "accounts.zohocloud.ca",
                console: "api-console.zohocloud.ca",
                domains: &["ca"],
            },
            Self::Uk => &Region {
                code: "uk",
                site24x7: "app.site24x7.uk",
                accounts: "accounts.zoho.uk",
                console: "api-console.zoho.uk",
                domains: &["uk"],
            },
            Self::Ae => &Region {
                code: "ae",
                site24x7: "app.site24x7.ae",
                accounts: "accounts.zoho.ae",
                console: "api-console.zoho.ae",
                domains: &["ae"],
            },
            Self::Sa => &Region {
                code: "sa",
                site24x7: "www.site24x7.sa",
                accounts: "accounts.zoho.sa",
                console: "api-console.zoho.sa",
                domains: &["sa"],
            },
        }
    }

    fn is_spelt(self, word: &str) -> bool {
        self.code() == word || self.top_level_domains().contains(&word)
    }
}

impl fmt::Display for DataCenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for DataCenter {
    type Err = UnknownDataCenter;

    /// Reads a code or a top-level domain: trimmed, in any case, with or without its leading dot.
    fn from_str(spelling: &str) -> Result<Self, Self::Err> {
        let lower = spelling.trim().to_ascii_lowercase();
        let word = lower.strip_prefix('.').unwrap_or(&lower);
        Self::ALL
            .into_iter()
            .find(|data_center| data_center.is_spelt(word))
            .ok_or_else(|| UnknownDataCenter(spelling.trim().chars().take(24).collect()))
    }
}

/// A spelling that means no data centre; its text lists those that do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Site24x7 data centre: use one of {list}", list = Spellings)]
pub struct UnknownDataCenter(String);

/// Every accepted spelling, for people: `us (.com), eu (.eu), …`.
struct Spellings;

impl fmt::Display for Spellings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, data_center) in DataCenter::ALL.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            let domains = data_center.top_level_domains().join(", .");
            write!(f, "{separator}{data_center} (.{domains})")?;
        }
        Ok(())
    }
}

/// Where the API and the accounts are served: a data centre's hosts, or stand-ins for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    api_root: String,
    accounts: String,
}

impl Hosts {
    /// Takes base URLs as given, such as `http://127.0.0.1:4000/api` and `http://127.0.0.1:4000`.
    pub fn at(api_root: &str, accounts: &str) -> Self {
        let base = |url: &str| url.trim().trim_end_matches('/').to_owned();
        Self { api_root: base(api_root), accounts: base(accounts) }
    }

    /// The URL under which every call of the API stands, without a trailing slash.
    pub fn api_root(&self) -> &str {
        &self.api_root
    }

    /// The URL of the accounts server, without a trailing slash.
    pub fn accounts(&self) -> &str {
        &self.accounts
    }

    /// The URL of the web client, to which links for people lead.
    pub fn web_root(&self) -> &str {
        self.api_root.strip_suffix("/api").unwrap_or(&self.api_root)
    }
}
