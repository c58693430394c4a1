//! Netdata's client certificate, which API Gateway verifies and the function checks by name.

use serde_json::{Value, json};
use tests::{Call, Deployment, NETDATA_TOKEN, Reader, Receiver, fixture, secrets};

/// Subjects whose one common name is Netdata's.
const GENUINE: [&str; 3] = [
    "CN=app.netdata.cloud",
    r"C=US,ST=California,L=San Francisco,O=Netdata\, Inc.,OU=Cloud SRE,CN=app.netdata.cloud",
    r#"C = US, O = "Netdata, Inc.", CN = app.netdata.cloud"#,
];

/// Subjects that only look like it.
const EVIL: [&str; 9] = [
    "CN=app.netdata.cloud.evil.example",
    "CN=appXnetdata.cloud",
    r"O=x\,CN=app.netdata.cloud,CN=evil.example",
    r#"O="x,CN=app.netdata.cloud",CN=evil.example"#,
    "OU=CN=app.netdata.cloud,CN=evil.example",
    "CN=evil.example,CN=app.netdata.cloud",
    "www.example.com",
    "",
    "CN=#0c11",
];

/// A deployment whose Netdata secret has these members.
async fn deployment(netdata: Value) -> Deployment {
    let mut secrets = secrets();
    secrets["campanile/netdata"] = netdata;
    Deployment::start(&secrets).await
}

fn call() -> Call {
    Call::post("/netdata", fixture("netdata", "nested-raised-critical"))
}

async fn status(deployment: &Deployment, call: Call) -> u16 {
    deployment.answer(&call).await.status
}

#[tokio::test]
async fn a_required_certificate_must_come_besides_a_token() {
    let rule = json!({ "common_name": "app.netdata.cloud", "required": true });
    let deployment = deployment(json!({ "tokens": [NETDATA_TOKEN], "client_certificate": rule })).await;
    for refused in [call(), call().bearer(NETDATA_TOKEN), call().client_certificate(GENUINE[0])] {
        assert_eq!(status(&deployment, refused).await, 401);
    }
    for subject in EVIL {
        let answer = status(&deployment, call().bearer(NETDATA_TOKEN).client_certificate(subject)).await;
        assert_eq!(answer, 401, "{subject}");
    }
    deployment.assert_empty().await;
    for subject in GENUINE {
        let answer = status(&deployment, call().bearer(NETDATA_TOKEN).client_certificate(subject)).await;
        assert_eq!(answer, 200, "{subject}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_required_is_enough_by_itself() {
    let rule = json!({ "common_name": "app.netdata.cloud", "required": false });
    let deployment = deployment(json!({ "tokens": [NETDATA_TOKEN], "client_certificate": rule })).await;
    for subject in EVIL {
        assert_eq!(status(&deployment, call().client_certificate(subject)).await, 401, "{subject}");
    }
    deployment.assert_empty().await;
    for subject in GENUINE {
        assert_eq!(status(&deployment, call().client_certificate(subject)).await, 200, "{subject}");
    }
    assert_eq!(status(&deployment, call().bearer(NETDATA_TOKEN)).await, 200);
    assert_eq!(status(&deployment, call().bearer(NETDATA_TOKEN).client_certificate(EVIL[0])).await, 200);
}

#[tokio::test]
async fn a_certificate_means_nothing_where_none_is_configured() {
    let deployment = deployment(json!({ "tokens": [NETDATA_TOKEN] })).await;
    assert_eq!(status(&deployment, call().client_certificate(GENUINE[0])).await, 401);
    assert_eq!(status(&deployment, call().bearer(NETDATA_TOKEN).client_certificate(EVIL[0])).await, 200);
}

#[tokio::test]
async fn a_header_that_claims_a_certificate_is_ignored() {
    let rule = json!({ "common_name": "app.netdata.cloud", "required": true });
    let deployment = deployment(json!({ "tokens": [NETDATA_TOKEN], "client_certificate": rule })).await;
    let claims =
        ["x-client-cert", "x-amzn-mtls-clientcert-subject", "x-ssl-client-s-dn", "x-forwarded-client-cert"];
    for name in claims {
        let claim = call().bearer(NETDATA_TOKEN).header(name, "CN=app.netdata.cloud");
        assert_eq!(status(&deployment, claim).await, 401, "{name}");
    }
    deployment.assert_empty().await;
}
