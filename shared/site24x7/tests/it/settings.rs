//! What is read from the secret, and what is said about a secret that will not do.

use std::error::Error;

use site24x7::{AccountConfiguration, Application, account_of};

fn account(members: &str) -> String {
    let secret = format!(
        r#"{{"client_id":"1","client_secret":"2","refresh_token":"3","data_center":".Com"{members}}}"#
    );
    AccountConfiguration::from_secret(&secret).unwrap().account().to_owned()
}

fn complaint(secret: &str) -> String {
    let error = AccountConfiguration::from_secret(secret).unwrap_err();
    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}

#[test]
fn the_original_documents_names_are_taken_too() {
    let settings = AccountConfiguration::from_secret(
        r#"{"zohoRefreshToken":" 1000.r ","zohoClientId":"1000.c","zohoClientSecret":"s","zohoAccountTLD":".com.au"}"#,
    )
    .unwrap();
    assert_eq!(settings.refresh_token.expose(), "1000.r");
    assert_eq!(settings.application.client_id.expose(), "1000.c");
    assert_eq!(settings.application.client_secret.expose(), "s");
    assert_eq!(settings.account(), "au");
}

#[test]
fn our_names_win_over_the_original_documents_unless_they_are_empty() {
    let secret = r#"{"data_center":"eu","zohoAccountTLD":".com","client_id":"","zohoClientId":"theirs",
        "client_secret":"ours","zohoClientSecret":"theirs","refresh_token":null,"zohoRefreshToken":"theirs"}"#;
    let settings = AccountConfiguration::from_secret(secret).unwrap();
    assert_eq!(settings.account(), "eu");
    assert_eq!(settings.application.client_id.expose(), "theirs");
    assert_eq!(settings.application.client_secret.expose(), "ours");
    assert_eq!(settings.refresh_token.expose(), "theirs");
}

#[test]
fn the_account_is_the_configured_one_else_the_zaaid_else_the_data_centre() {
    assert_eq!(account(r#","zaaid":"658123456","account":" shop ""#), "shop");
    assert_eq!(account(r#","zaaid":658123456"#), "658123456");
    assert_eq!(account(r#","zaaid":"","account":"""#), "us");
    assert_eq!(account(""), "us");
}

#[test]
fn a_secret_that_only_serves_a_webhook_names_its_account_as_well() {
    assert_eq!(account_of(r#"{"tokens":["t"],"zaaid":"658123456"}"#).unwrap(), "658123456");
    assert_eq!(account_of(r#"{"tokens":["t"],"data_center":".JP"}"#).unwrap(), "jp");
    assert_eq!(account_of(r#"{"tokens":["t"]}"#).unwrap(), "us");
}

#[test]
fn a_code_can_be_exchanged_before_there_is_a_refresh_token() {
    let secret = r#"{"data_center":"in","client_id":"1","client_secret":"2"}"#;
    assert_eq!(Application::from_secret(secret).unwrap().data_center.code(), "in");
    insta::assert_snapshot!(complaint(secret), @"the secret lacks `refresh_token` (or `zohoRefreshToken`): add what is missing, as text");
}

#[test]
fn complaints_name_every_missing_member_and_quote_no_credential() {
    insta::assert_snapshot!(complaint("{}"), @"the secret lacks `data_center` (or `zohoAccountTLD`), `client_id` (or `zohoClientId`), `client_secret` (or `zohoClientSecret`), `refresh_token` (or `zohoRefreshToken`): add what is missing, as text");
    insta::assert_snapshot!(complaint(r#"{"data_center":"eu","client_id":{},"client_secret":" "}"#), @"the secret lacks `client_id` (or `zohoClientId`), `client_secret` (or `zohoClientSecret`), `refresh_token` (or `zohoRefreshToken`): add what is missing, as text");
    insta::assert_snapshot!(complaint(r#""1000.secret""#), @"the secret is not a JSON object: write one with data_center, client_id, client_secret and refresh_token");
    insta::assert_snapshot!(complaint("1000.secret"), @"the secret is not a JSON object: write one with data_center, client_id, client_secret and refresh_token");
    let with = |members: &str| {
        complaint(&format!(r#"{{"client_id":"1","client_secret":"2","refresh_token":"3",{members}}}"#))
    };
    insta::assert_snapshot!(with(r#""data_center":"mars""#), @"the secret's `data_center` is not understood: `mars` is not a Site24x7 data centre: use one of us (.com), eu (.eu), in (.in), au (.com.au, .au, .net.au), cn (.com.cn, .cn), jp (.jp), ca (.ca), uk (.uk), ae (.ae), sa (.sa)");
    insta::assert_snapshot!(with(r#""data_center":"us","zaaid":"1; admin=1""#), @"the secret's `zaaid` is not an id: use letters, digits, `-` and `_` only");
}
