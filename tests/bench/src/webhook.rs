//! What the sources send: for each a notification that opens a new alert each time.

use serde_json::{Value, json};

/// The token of every source.
const TOKEN: &str = "bench-4bW9x2Lq7VzT";

/// One source's notification; `@` in its body stands for a number that makes it new.
pub(crate) struct Webhook {
    pub(crate) function: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: &'static str,
}

/// One of each source.
pub(crate) const WEBHOOKS: &[Webhook] = &[
    Webhook {
        function: "netdata-webhook",
        path: "/netdata",
        content_type: "application/json",
        body: r#"{"message":"Raised to Critical, System swap memory utilization = 100%, on web-01.example.net","space":{"id":"3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913","name":"Example","slug":"example"},"node":{"id":"a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28","hostname":"web-01.example.net"},"alert":{"name":"used_swap_@","chart":{"id":"mem.swap","name":"mem.swap"},"context":"mem.swap","state":{"status":"Critical","last_non_clear":""},"transition_id":"00000000-0000-4000-8000-@","triggered_at":"2026-03-01T04:45:27Z","value":"100%","info":"Swap memory utilization","url":"https://app.netdata.cloud/spaces/example/rooms/all-nodes/alerts/a94d0f3b"}}"#,
    },
    Webhook {
        function: "kazoo-webhook",
        path: "/kazoo",
        content_type: "application/x-www-form-urlencoded",
        body: "account_id=A&call_id=c@%40198.51.100.7&caller_id_name=Test+Man&caller_id_number=%2B15555550100&&custom_channel_vars[Call-Interaction-ID]=x1&duration_seconds=9&hangup_cause=PROGRESS_TIMEOUT&hangup_code=sip%3A504&hook_event=channel_destroy&timestamp=63900000000",
    },
    Webhook {
        function: "tencent-webhook",
        path: "/tencent",
        content_type: "application/json",
        body: r#"{"sessionId":"@","alarmStatus":"1","alarmType":"metric","alarmObjInfo":{"region":"hk","namespace":"qce/cvm","dimensions":{"deviceName":"web-1","objId":"0c0ffee0-0000-4000-8000-@","objName":"10.0.0.34#1000001","unInstanceId":"ins-@"}},"alarmPolicyInfo":{"policyId":"policy-bbbb2222","policyType":"cvm_device","policyName":"disk-full","policyTypeCName":"","policyTypeEname":"Cloud Virtual Machine","conditions":{"metricName":"disk_usage","metricShowName":"DiskUtilization ","calcType":">","calcValue":"95","currentValue":"95.683","unit":"%","period":"60","periodNum":"5","alarmNotifyType":"singleAlarm","alarmNotifyPeriod":5}},"firstOccurTime":"2026-03-01 12:00:00","durationTime":500,"recoverTime":"0"}"#,
    },
    Webhook {
        function: "site24x7-webhook",
        path: "/site24x7",
        content_type: "application/json",
        body: r#"{"MONITORNAME":"Shop front","MONITOR_ID":"123456@","MONITORTYPE":"URL","MONITORURL":"https://shop.example.com","STATUS":"DOWN","MONITOR_DASHBOARD_LINK":"https://www.site24x7.com/app/client#/home/monitors/123456@/Summary","INCIDENT_REASON":"Internal Server Error","INCIDENT_TIME":"March 1, 2026 10:15 AM IST","INCIDENT_TIME_ISO":"2026-03-01T10:15:27+0530","OUTAGE_TIME_UNIX_FORMAT":"1772340327166","FAILED_LOCATIONS":"Mumbai-IN,Tokyo-JP","MONITOR_GROUPNAME":"Shop, Front","TAGS":["env:prod","website"]}"#,
    },
];

impl Webhook {
    /// The secret that lets it in: its name and its value.
    pub(crate) fn secret(&self) -> (String, Value) {
        (format!("campanile{}", self.path), json!({ "tokens": [TOKEN] }))
    }

    /// API Gateway's event of notification number `number`.
    pub(crate) fn event(&self, number: usize) -> Value {
        let body = self.body.replace('@', &format!("{number:012}"));
        let headers = json!({ "content-type": self.content_type, "x-api-key": TOKEN });
        request("POST", self.path, &headers, &body)
    }
}

/// API Gateway's event of a request.
pub(crate) fn request(method: &str, path: &str, headers: &Value, body: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": headers,
        "requestContext": {
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7" },
            "stage": "$default", "timeEpoch": 1_795_262_400_000_u64,
        },
        "body": body, "isBase64Encoded": false,
    })
}
