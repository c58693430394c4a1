//! What the robots answer, whose 200 says nothing, and ntfy.

use channels::{Next, Verdict};
use net::HttpAnswer;

use super::{
    FAILED, GONE, PROBED, answer, assert_limited, check, interpret, interpret_nth, pace, retry, retry_in,
};

fn errcode(code: i64, text: &str) -> String {
    format!(r#"{{"errcode":{code},"errmsg":"{text}"}}"#)
}

fn code(code: i64, text: &str) -> String {
    format!(r#"{{"code":{code},"msg":"{text}","data":{{}}}}"#)
}

#[test]
fn wecom_errors_are_numbers_under_200() {
    for (number, verdict) in [
        (0, Verdict::Sent),
        (-1, retry()),
        (93000, GONE),
        (40058, FAILED),
        (40008, FAILED),
        (44004, FAILED),
        (45009, retry_in(60)),
    ] {
        check("wecom", &[(200, &errcode(number, "x"), verdict)]);
    }
    assert_limited(&interpret("wecom", answer(200, &[], &errcode(45009, "api freq out of limit"))), 60);
    assert_eq!(interpret("wecom", answer(200, &[], &errcode(0, "ok"))).hold, Some(pace(3)));
}

#[test]
fn dingtalk_errors_are_numbers_under_200() {
    for (number, text, verdict) in [
        (0, "ok", Verdict::Sent),
        (-1, "system busy", retry()),
        (310_000, "keywords not in content", PROBED),
        (310_000, "sign not match", PROBED),
        (310_000, "ip 1.2.3.4 not in whitelist", PROBED),
        (300_005, "token is not exist", GONE),
        (300_001, "token is not exist", GONE),
        (400_101, "access_token is invalid", GONE),
        (400_013, "group is dissolved", GONE),
        (400_102, "robot is stopped", GONE),
        (400_106, "robot is missing", GONE),
        (40035, "invalid parameter", FAILED),
        (43004, "invalid content type", FAILED),
        (400_105, "unsupported msgtype", FAILED),
        (430_101, "unsafe link", FAILED),
        (430_102, "unsafe picture", FAILED),
        (430_103, "unsafe text", FAILED),
        (430_104, "unsafe content", FAILED),
        (460_101, "message too long", FAILED),
    ] {
        check("dingtalk", &[(200, &errcode(number, text), verdict)]);
    }
    assert_eq!(interpret("dingtalk", answer(200, &[], &errcode(0, "ok"))).hold, Some(pace(3)));
}

#[test]
fn dingtalk_is_left_alone_for_longer_with_each_attempt() {
    for number in [130_101, 410_100] {
        for (attempt, seconds) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, 600), (4_000, 600)] {
            let limited = Ok(answer(200, &[], &errcode(number, "send too fast")));
            assert_limited(&interpret_nth("dingtalk", attempt, &limited), seconds);
        }
    }
}

#[test]
fn a_late_signature_of_dingtalk_is_made_anew_once() {
    let late = || Ok(answer(200, &[], &errcode(310_000, "description:invalid timestamp")));
    assert_eq!(interpret_nth("dingtalk", 1, &late()).next, Next::End(retry()));
    assert_eq!(interpret_nth("dingtalk", 2, &late()).next, Next::End(PROBED));
}

#[test]
fn feishu_errors_are_numbers_under_200() {
    for (number, text, verdict) in [
        (0, "success", Verdict::Sent),
        (11232, "frequency limited psm", retry_in(60)),
        (9499, "too many request", retry_in(60)),
        (9499, "Frequency limit", retry_in(60)),
        (9499, "Bad Request", FAILED),
        (19001, "param invalid: incoming webhook access token invalid", GONE),
        (19007, "Bot Not Enabled", PROBED),
        (19021, "sign match fail", PROBED),
        (19022, "Ip Not Allowed", PROBED),
        (19024, "Key Words Not Found", PROBED),
        (19002, "params error, msg_type need", FAILED),
        (19036, "request body too large", FAILED),
        (200_621, "parse card json err", FAILED),
    ] {
        check(
            "feishu",
            &[
                (200, &code(number, text), verdict.clone()),
                (400, &code(number, text), { if verdict == Verdict::Sent { FAILED } else { verdict } }),
            ],
        );
    }
    let old = r#"{"Extra":null,"StatusCode":0,"StatusMessage":"success"}"#;
    let both = r#"{"code":19001,"msg":"x","StatusCode":0}"#;
    check("feishu", &[(200, old, Verdict::Sent), (200, both, GONE)]);
    assert_limited(&interpret("feishu", answer(200, &[], &code(11232, "x"))), 60);
    assert_eq!(interpret("feishu", answer(200, &[], &code(0, "success"))).hold, Some(pace(1)));
}

#[test]
fn a_firewall_before_a_robot_says_nothing_of_the_message() {
    for type_name in ["wecom", "dingtalk", "feishu"] {
        check(
            type_name,
            &[
                (200, "<html>blocked</html>", retry()),
                (403, "<!DOCTYPE html><html>blocked</html>", retry()),
                (200, "", retry()),
                (200, "{}", retry()),
                (200, r#"{"errcode":"0"}"#, retry()),
                (403, "", PROBED),
                (200, r#"{"status":1111,"wait":5,"punish":"deny"}"#, retry_in(5)),
                (403, r#"{"status":1111,"wait":5,"punish":"deny"}"#, retry_in(5)),
                (502, "<html>", retry()),
            ],
        );
        let cut = HttpAnswer { is_complete: false, ..answer(200, &[], r#"{"errcode":0,"code"#) };
        assert_eq!(interpret(type_name, cut).next, Next::End(retry()));
    }
}

#[test]
fn ntfy_names_what_it_made_of_a_message() {
    let taken = interpret("ntfy", answer(200, &[], r#"{"id":"nFJwQYk7uXBm","event":"message"}"#));
    assert_eq!((taken.next, taken.receipt.as_deref()), (Next::End(Verdict::Sent), Some("nFJwQYk7uXBm")));
    check(
        "ntfy",
        &[
            (200, "<html>captive portal</html>", FAILED),
            (400, r#"{"code":40057,"http":400,"error":"title too long"}"#, FAILED),
            (401, r#"{"code":40101,"http":401,"error":"unauthorized"}"#, PROBED),
            (403, r#"{"code":40301,"http":403,"error":"forbidden"}"#, PROBED),
            (404, "page not found", PROBED),
            (413, r#"{"code":41301,"http":413}"#, FAILED),
            (507, r#"{"code":50701,"http":507}"#, retry()),
        ],
    );
}

#[test]
fn ntfy_names_no_wait_and_is_left_alone_for_longer_with_each_attempt() {
    let limited = r#"{"code":42901,"http":429,"error":"limit reached: too many requests"}"#;
    for (attempt, seconds) in [(1, 5), (2, 10), (5, 80), (30, 600)] {
        assert_limited(&interpret_nth("ntfy", attempt, &Ok(answer(429, &[], limited))), seconds);
    }
    assert_limited(&interpret("ntfy", answer(429, &[("retry-after", "30")], limited)), 30);
}
