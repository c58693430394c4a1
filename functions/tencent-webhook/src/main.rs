//! tencent-webhook.

fn main() {}
