//! Every accepted spelling leads to the hosts of its data centre, and nothing else does.

use site24x7::{AccountConfiguration, DataCenter};

/// The vendor's table: code, API host, accounts host, accepted top-level domains.
const TABLE: [(&str, &str, &str, &[&str]); 10] = [
    ("us", "https://www.site24x7.com/api", "https://accounts.zoho.com", &[".com"]),
    ("eu", "https://www.site24x7.eu/api", "https://accounts.zoho.eu", &[".eu"]),
    ("in", "https://www.site24x7.in/api", "https://accounts.zoho.in", &[".in"]),
    ("au", "https://www.site24x7.net.au/api", "https://accounts.zoho.com.au", &[".com.au", ".au", ".net.au"]),
    ("cn", "https://www.site24x7.cn/api", "https://accounts.zoho.com.cn", &[".com.cn", ".cn"]),
    ("jp", "https://app.site24x7.jp/api", "https://accounts.zoho.jp", &[".jp"]),
    ("ca", "https://www.site24x7.ca/api", "https://accounts.zohocloud.ca", &[".ca"]),
    ("uk", "https://app.site24x7.uk/api", "https://accounts.zoho.uk", &[".uk"]),
    ("ae", "https://app.site24x7.ae/api", "https://accounts.zoho.ae", &[".ae"]),
    ("sa", "https://www.site24x7.sa/api", "https://accounts.zoho.sa", &[".sa"]),
];

fn spellings(code: &str, domains: &[&str]) -> Vec<String> {
    let plain =
        domains.iter().flat_map(|domain| [(*domain).to_owned(), domain.trim_start_matches('.').to_owned()]);
    let plain: Vec<_> = plain.chain([code.to_owned()]).collect();
    let shouted = plain.iter().map(|spelling| spelling.to_uppercase());
    let spaced = plain.iter().map(|spelling| format!("  {spelling}\n"));
    plain.iter().cloned().chain(shouted).chain(spaced).collect()
}

#[test]
fn every_spelling_of_every_data_centre_leads_to_its_hosts() {
    for (code, api, accounts, domains) in TABLE {
        for spelling in spellings(code, domains) {
            let data_center: DataCenter = spelling.parse().unwrap();
            assert_eq!(data_center.code(), code, "{spelling:?}");
            let hosts = data_center.hosts();
            assert_eq!((hosts.api_root(), hosts.accounts()), (api, accounts), "{spelling:?}");
            assert_eq!(hosts.web_root(), api.trim_end_matches("/api"), "{spelling:?}");
        }
    }
    assert_eq!(DataCenter::ALL.map(DataCenter::code), TABLE.map(|row| row.0));
}

#[test]
fn the_secret_takes_every_spelling_under_both_names() {
    for (code, _, _, domains) in TABLE {
        for spelling in spellings(code, domains) {
            for member in ["data_center", "zohoAccountTLD"] {
                let mut secret =
                    serde_json::json!({"client_id": "1", "client_secret": "2", "refresh_token": "3"});
                secret[member] = spelling.clone().into();
                let settings = AccountConfiguration::from_secret(&secret.to_string()).unwrap();
                assert_eq!((settings.data_center().code(), settings.account()), (code, code), "{spelling:?}");
            }
        }
    }
}

#[test]
fn an_unknown_data_centre_is_an_error_that_lists_them_all() {
    for spelling in ["", " ", ".", "..com", "com.", ".co.uk", "site24x7.com", "usa", "zoho.com"] {
        assert!(spelling.parse::<DataCenter>().is_err(), "{spelling:?}");
    }
    let error = ".xyz".parse::<DataCenter>().unwrap_err().to_string();
    insta::assert_snapshot!(error, @"`.xyz` is not a Site24x7 data centre: use one of us (.com), eu (.eu), in (.in), au (.com.au, .au, .net.au), cn (.com.cn, .cn), jp (.jp), ca (.ca), uk (.uk), ae (.ae), sa (.sa)");
}
