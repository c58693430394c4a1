//! The way out: the real notifier behind the stream of the table, and stand-ins for destinations.

mod again;
mod apart;
mod canary;
mod counted;
mod every_type;
mod inhibited;
mod isolation;
mod killed;
mod ladder;
mod mapping;
mod seven;

use tests::{Alarm, Call, webhook_call};

/// The notification of `alarm`, with a title that names it: chats show titles and no labels.
fn call(alarm: &Alarm) -> Call {
    let body = alarm.body().replace("System swap memory utilization", &alarm.name);
    webhook_call("netdata", body.into_bytes())
}
