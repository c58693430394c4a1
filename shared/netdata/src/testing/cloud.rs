//! What the stand-in knows, and how it answers.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::server::{TOKEN, TOKEN_WITHOUT_SCOPE};

/// The one space.
pub const SPACE: &str = "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913";
/// Its room of all nodes.
pub const ROOM: &str = "92e14f6d-0b7a-4c35-8d21-5af03c9e7b64";
/// A node, whose host is `web-01.example.net`.
pub const NODE: &str = "a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28";
/// Another, whose host is `web-02.example.net`.
pub const OTHER_NODE: &str = "c1e83d70-24fa-4b6d-9f15-7a2b8e904c36";
/// How many requests it takes within a second; what Netdata takes is not known.
const LIMIT: usize = 4;
/// Most rows of one page, whatever was asked for.
const MOST_ROWS: usize = 200;

/// What goes wrong with the next request of an operation.
#[derive(Debug, Clone)]
pub enum Fault {
    /// An error as JSON, with this status.
    Error(u16, &'static str),
    /// Something that is no JSON.
    Text(u16, &'static str),
    /// 429, with so many seconds to wait.
    TooMany(u32),
    /// No answer.
    Silence,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its method and path.
    pub line: String,
    /// When it came.
    pub at: Timestamp,
    /// What was posted.
    pub body: Value,
}

/// What Netdata Cloud knows.
#[derive(Debug)]
pub struct Cloud {
    /// Nodes as the API lists them.
    pub nodes: Vec<Value>,
    /// Changes of alerts, in any order.
    pub transitions: Vec<Value>,
    /// Active alerts, each by its node.
    pub active: Vec<(String, Value)>,
    /// What goes wrong with the next request whose path ends with this.
    pub faults: VecDeque<(&'static str, Fault)>,
    /// What was asked.
    pub asked: Vec<Asked>,
    /// Most rows of one page of changes.
    pub most_rows: usize,
}

impl Cloud {
    pub(super) fn new() -> Self {
        let node = |id: &str, name: &str| json!({ "nd": id, "mg": id, "nm": name, "state": "reachable" });
        Self {
            nodes: vec![node(NODE, "web-01.example.net"), node(OTHER_NODE, "web-02.example.net")],
            transitions: Vec::new(),
            active: Vec::new(),
            faults: VecDeque::new(),
            asked: Vec::new(),
            most_rows: MOST_ROWS,
        }
    }

    /// Has an alert of `NODE` change, which is active from then on or not any more, and yields the row.
    pub fn transition(&mut self, id: &str, at: Timestamp, name: &str, [old, new]: [&str; 2]) -> Value {
        let row = json!({
            "gi": self.transitions.len(), "transition_id": id, "node_id": NODE, "alert": name, "instance": "mem.swap",
            "instance_n": "mem.swap", "context": "mem.swap", "when": at.as_second(), "units": "%",
            "summary": "System swap memory utilization", "info": "Swap memory utilization",
            "new": { "status": new, "value": 99.5 },
            "old": { "status": old, "value": 29.4, "duration": 60, "raised_duration": if old == "CLEAR" { 0 } else { 60 } },
            "config_hash_id": "6b1f09d4-c25e-4783-9a60-e48d7f2b3c11",
            "notification": { "when": at.as_second() + 1, "delay": 0, "to": "sysadmin", "exec_code": 0 },
        });
        self.transitions.push(row.clone());
        self.active.retain(|(_, active)| active["nm"] != name);
        if new != "CLEAR" {
            self.activate(NODE, name, "mem.swap");
        }
        row
    }

    /// The same, of which nobody was notified.
    pub fn unnotified(&mut self, id: &str, at: Timestamp, name: &str, change: [&str; 2]) {
        self.transition(id, at, name, change);
        if let Some(row) = self.transitions.last_mut() {
            row["notification"] = json!({ "to": "silent" });
        }
    }

    /// Has an alert be active on `node`.
    pub fn activate(&mut self, node: &str, name: &str, chart: &str) {
        self.active
            .push((node.to_owned(), json!({ "nm": name, "ch": chart, "ch_n": chart, "st": "CRITICAL" })));
    }

    /// How many requests came whose path ends with `end`.
    pub fn times(&self, end: &str) -> usize {
        self.asked.iter().filter(|asked| asked.line.ends_with(end)).count()
    }

    pub(super) fn answer(&mut self, bearer: &str, asked: &Asked) -> Result<Value, Fault> {
        self.asked.push(asked.clone());
        let within = |other: &&Asked| asked.at.as_millisecond() - other.at.as_millisecond() < 1000;
        if self.asked.iter().filter(within).count() > LIMIT {
            return Err(Fault::TooMany(1));
        }
        if bearer == format!("Bearer {TOKEN_WITHOUT_SCOPE}") {
            return Err(Fault::Error(403, "ErrForbidden"));
        }
        if bearer != format!("Bearer {TOKEN}") {
            return Err(Fault::Error(401, "ErrUnauthorized"));
        }
        if let Some(index) = self.faults.iter().position(|(failing, _)| asked.line.ends_with(failing)) {
            return Err(self.faults.remove(index).unwrap().1);
        }
        let room = format!("spaces/{SPACE}/rooms/{ROOM}");
        match asked.line.as_str() {
            "GET /api/v2/spaces" => {
                Ok(json!([{ "id": SPACE, "slug": "example", "name": "Example", "permissions": [] }]))
            }
            line if line == format!("GET /api/v2/spaces/{SPACE}/rooms") => Ok(json!([
                { "id": "1c5d8a90-e362-4f7b-b048-27d9e6f3a18c", "name": "Web", "slug": "web", "untouchable": false },
                { "id": ROOM, "name": "All nodes", "slug": "all-nodes", "untouchable": true },
            ])),
            line if line == format!("POST /api/v2/{room}/alert_transitions") => self.changes(&asked.body),
            line if line == format!("POST /api/v2/{room}/alerts") => Ok(self.active(&asked.body)),
            line if line == format!("POST /api/v3/{room}/nodes") => {
                Ok(json!({ "nodes": self.nodes_with_health() }))
            }
            _ => Err(Fault::Text(404, "<!doctype html><title>Not found</title>")),
        }
    }

    /// The newest rows of the span, newest first, as many as are asked for and no more than fit a page.
    fn changes(&self, asked: &Value) -> Result<Value, Fault> {
        let [after, before] = ["after", "before"].map(|name| asked[name].as_i64().unwrap_or_default());
        if after <= 0 {
            return Err(Fault::Error(400, "ErrInvalidRequestPayload"));
        }
        let last = usize::try_from(asked["last"].as_u64().unwrap_or(1)).unwrap();
        let at = |row: &Value| row["when"].as_i64().unwrap();
        let mut rows: Vec<_> =
            self.transitions.iter().filter(|row| (after..=before).contains(&at(row))).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(at(row)));
        rows.truncate(last.min(self.most_rows));
        Ok(json!({ "transitions": rows, "nodes": [] }))
    }

    fn active(&self, asked: &Value) -> Value {
        let number = |name: &str| usize::try_from(asked[name].as_u64().unwrap_or_default()).unwrap();
        if !asked["options"].as_array().is_some_and(|options| options.contains(&json!("instances"))) {
            return json!({ "alerts": [], "nodes": [], "alert_instances": [] });
        }
        let index = |node: &str| self.nodes.iter().position(|known| known["nd"] == node);
        let rows = self.active.iter().skip(number("offset")).take(number("limit")).map(|(node, row)| {
            let mut row = row.clone();
            row["ni"] = json!(index(node));
            row
        });
        json!({ "alerts": [], "nodes": self.nodes, "alert_instances": rows.collect::<Vec<_>>() })
    }

    fn nodes_with_health(&self) -> Vec<Value> {
        let with_health = |node: &Value| {
            let active = self.active.iter().filter(|(id, _)| node["nd"] == **id).count();
            let mut node = node.clone();
            node["health"] = json!({ "alerts": { "critical": active, "warning": 0 } });
            node
        };
        self.nodes.iter().map(with_health).collect()
    }
}
