//! Silences, from a terminal.

use serde_json::Value;

use super::three_ring;
use crate::transcripts::assert_transcript;

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_is_added_listed_and_ended() {
    let mut operator = three_ring().await;
    operator.run("silence").await;
    let line = "silence add instance=~\"db.*\" severity=critical --for 3d12h30m --why 'new disks'";
    let printed = operator.output(line).await;
    let id = String::from_utf8(printed.stdout).unwrap().trim().to_owned();
    let remark = String::from_utf8(printed.stderr).unwrap();
    assert!(
        remark.starts_with("active until ") && remark.ends_with("; firing alerts that match: 1\n"),
        "{remark}"
    );
    operator.call(&id, 'S');
    operator.run("silence --columns 100").await;
    operator.run("alerts").await;
    operator.run(&format!("silence end {}", &id[..8])).await;
    operator.run("silence list").await;
    operator.run("silence list --all").await;
    operator.run(&format!("silence end {id}")).await;
    operator.run("alerts instance=db-01").await;
    assert_transcript!("silences", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_to_come_and_one_with_a_slip_say_so() {
    let operator = three_ring().await;
    let until = "2999-01-02T03:04:05Z";
    let later =
        format!("silence add alertname=DiskFull --from 2998-01-01T00:00:00Z --until {until} --why 'a plan'");
    let later = operator.output(&later).await;
    let remark = String::from_utf8(later.stderr).unwrap();
    assert_eq!(remark, format!("pending until {until}; firing alerts that match: 1\n"));
    let slip = operator.output("silence add alertname=DiskFul --for 1h --why 'a slip' --who bo").await;
    let remark = String::from_utf8(slip.stderr).unwrap();
    assert!(remark.ends_with("; firing alerts that match: 0\n"), "{remark}");
    let listed: Value =
        serde_json::from_str(&operator.answer("silence --state pending --json").await).unwrap();
    let silence = &listed["silences"][0];
    assert_eq!((&silence["comment"], &silence["created_by"]), (&"a plan".into(), &"ana".into()));
    assert_eq!(silence["ends_at"], until);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_silenced_is_refused_with_the_remedy() {
    let mut operator = three_ring().await;
    for line in [
        "silence add --for 1h --why x",
        "silence add a=b --why x",
        "silence add a=b --for 1h",
        "silence add a=b --for 1h --until 2999-01-02T03:04:05Z --why x",
        "silence add a=b --for soon --why x",
        "silence add a=b --for -1h --why x",
        "silence add a=b --until 2h --why x",
        "silence add a=b --until 2020-01-02T03:04:05Z --why x",
        "silence add a=b --for 100000d --why x",
        "silence add a --for 1h --why x",
        "silence add a=~( --for 1h --why x",
        "silence add a=~.* --for 1h --why x",
        "silence end",
        "silence end 6f1",
        "silence end 6f1c2a34",
        "silence end 6f1c2a34-5b67-489a-abcd-0123456789ab",
        "silence --state over",
    ] {
        operator.run(line).await;
    }
    assert_transcript!("silences", operator.transcript());
}
