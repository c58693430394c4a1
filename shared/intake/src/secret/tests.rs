//! What is made of a secret that somebody has written, and what is said of it.

use alert::Source;

use super::*;
use crate::{Kazoo, Netdata, Protocol, Site24x7, Tencent};

fn read(source: Source, text: &str) -> SecretReport<()> {
    check_source_secret(source, text)
}

fn read_as<P: Protocol>(text: &str) -> SecretReport<SourceSecret<P::Secret>> {
    SourceSecret::read(text)
}

/// Everything that is said of `text`, a line each.
fn said(source: Source, text: &str) -> String {
    let findings = read(source, text).findings;
    let lines = findings.iter().map(|finding| format!("{} {finding}", finding.gravity.as_str()));
    lines.collect::<Vec<_>>().join("\n")
}

fn tokens<P: Protocol>(text: &str) -> Vec<String> {
    let secret = read_as::<P>(text).secret.unwrap();
    secret.tokens.iter().map(|token| token.expose().to_owned()).collect()
}

#[test]
fn no_secret_prints() {
    let json = r#"{"tokens":["s3cr3t-a"],"basic":[{"username":"s3cr3t-b","password":"s3cr3t-c"}],
        "challenge_secret":"s3cr3t-d"}"#;
    let secret = read_as::<Netdata>(json).secret.unwrap();
    let keyring = Keyring { current: secret.clone(), previous: Some(secret) };
    assert!(!format!("{keyring:?}").contains("s3cr3t"));
}

#[test]
fn what_names_the_account_is_read_under_either_name_and_whatever_its_type() {
    let json = r#"{"tokens":["t"],"zaaid":658123456,"zohoAccountTLD":".eu","data_center":"eu"}"#;
    let reading = read_as::<Site24x7>(json);
    assert_eq!(reading.findings, []);
    let secret = reading.secret.unwrap();
    assert_eq!(secret.own.account.name().unwrap(), "658123456");
    assert_eq!(secret.tokens, [Secret::new("t")]);
}

#[test]
fn a_token_with_a_line_break_or_blanks_around_it_works_and_is_named() {
    let json = r#"{"tokens":["nd-token\n"," b ","c"],"basic":[{"username":"u","password":"p\r\n"}]}"#;
    assert_eq!(tokens::<Netdata>(json), ["nd-token", "b", "c"]);
    assert_eq!(
        said(Source::Netdata, json),
        "warning tokens[0]: has blanks or a line break around it, which are left out: remove them\n\
         warning tokens[1]: has blanks or a line break around it, which are left out: remove them\n\
         warning basic[0].password: has blanks or a line break around it, which are left out: remove them"
    );
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_works() {
    let json = r#"{"tokens":["good",7,"",{"token":"s3cr3t"}],"basic":["s3cr3t",{"username":"u"}],
        "validation_code":5,"hook_ids":["s3cr3t"],"Token":"s3cr3t","0123456789abcdef0123456789abcdef":1}"#;
    assert_eq!(tokens::<Tencent>(json), ["good"]);
    let said = said(Source::Tencent, json);
    assert_eq!(
        said,
        "mistake tokens[1]: is not a text: put it in quotes\n\
         mistake tokens[2]: is blank and lets nobody in: write a token, or remove it\n\
         mistake tokens[3]: is not a text: put it in quotes\n\
         mistake basic[0]: is not an object: write {…}\n\
         mistake basic[1].password: is missing: write the password that the sender gives\n\
         mistake validation_code: is not a text: put it in quotes\n\
         mistake 0123…: is not known here: check its spelling, or remove it\n\
         mistake Token: is not known here: did you mean `tokens`?\n\
         mistake hook_ids: is not known here: check its spelling, or remove it"
    );
}

#[test]
fn a_secret_that_lets_nobody_in_says_so() {
    let nobody = "warning tokens: let nobody in: write [\"…\"] with a random token, 32 bytes long";
    for source in [Source::Netdata, Source::Kazoo, Source::Tencent, Source::Site24x7] {
        for json in ["{}", r#"{"tokens":[]}"#] {
            assert_eq!(said(source, json), nobody, "{source} {json}");
        }
        let misspelt = format!("{nobody}\nmistake token: is not known here: did you mean `tokens`?");
        assert_eq!(said(source, r#"{"token":"s3cr3t"}"#), misspelt, "{source}");
    }
}

#[test]
fn every_member_of_the_page_is_known_to_its_source_under_both_names() {
    for (source, json) in [
        (
            Source::Netdata,
            r#"{"tokens":["t"],"basic":[],"challenge_secret":"c","client_certificate":{"common_name":"a","required":true}}"#,
        ),
        (
            Source::Kazoo,
            r#"{"tokens":["t"],"sha256_key":"k","hook_ids":["h"],"url":"u","username":"u","password":"p","account_name":"a","api_key":"k"}"#,
        ),
        (Source::Tencent, r#"{"tokens":["t"],"validation_code":"v"}"#),
        (
            Source::Site24x7,
            r#"{"tokens":["t"],"data_center":"eu","client_id":"i","client_secret":"s","refresh_token":"r","zaaid":"1","account":"shop"}"#,
        ),
        (
            Source::Site24x7,
            r#"{"tokens":["t"],"zohoAccountTLD":".eu","zohoClientId":"i","zohoClientSecret":"s","zohoRefreshToken":"r"}"#,
        ),
    ] {
        let reading = read(source, json);
        assert_eq!((reading.secret.is_some(), reading.findings), (true, vec![]), "{source}");
    }
}

#[test]
fn broken_json_is_reported_by_its_position_without_its_values() {
    let broken = r#"{"basic":[{"username":"s3cr3t" "password":"s3cr3t"}]}"#;
    assert!(read(Source::Kazoo, broken).secret.is_none());
    assert_eq!(
        said(Source::Kazoo, broken),
        "mistake basic[0]: is not JSON from here on (line 1, column 32): expected `,` or `}`; \
         check quotes, commas and brackets"
    );
    for text in [r#"{"s3cr3t" 1}"#, "s3cr3t", r#"{"tokens":{"s3cr3t"}}"#, r#"["s3cr3t"]"#, "{} s3cr3t", ""] {
        let reading = read(Source::Kazoo, text);
        assert!(reading.secret.is_none() && !reading.first_mistake().contains("s3cr3t"), "{reading:?}");
    }
    assert_eq!(tokens::<Kazoo>("\u{feff}{\"tokens\":[\"a\"]}"), ["a"]);
}

#[test]
fn a_restriction_that_cannot_be_read_lets_nobody_in_instead_of_everybody() {
    for (source, json, path) in [
        (Source::Kazoo, r#"{"tokens":["t"],"sha256_key":123}"#, "sha256_key"),
        (Source::Kazoo, r#"{"tokens":["t"],"hook_ids":[7]}"#, "hook_ids[0]"),
        (Source::Netdata, r#"{"tokens":["t"],"client_certificate":"s3cr3t"}"#, "client_certificate"),
        (
            Source::Netdata,
            r#"{"tokens":["t"],"client_certificate":{"required":"yes"}}"#,
            "client_certificate.required",
        ),
        (
            Source::Netdata,
            r#"{"tokens":["t"],"client_certificate":{"common_name":["s3cr3t"]}}"#,
            "client_certificate.common_name",
        ),
    ] {
        let reading = read(source, json);
        assert_eq!((reading.secret, reading.findings[0].path.as_str()), (None, path));
        assert!(!format!("{reading:?}").contains("s3cr3t"));
    }
    let hooks = r#"{"tokens":["t"],"hook_ids":[7,"ours"]}"#;
    assert_eq!(read_as::<Kazoo>(hooks).secret.unwrap().own.hook_ids, ["ours"]);
}
