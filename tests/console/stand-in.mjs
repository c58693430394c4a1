// A server that keeps the contract of the API in memory: for the console's development and for the scenarios that need
// a server in a state which the bundle cannot be brought into. It serves the page as the function assembles it.

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const FUNCTION = new URL("../../shared/api/", import.meta.url);
const SEVERITIES = ["critical", "high", "warning", "low", "info"];
export const TOKENS = { "campanile-development-api": "write", "campanile-development-reader": "read" };

/** Serves on a free port of loopback; resolves to the address and a way to stop. */
export async function standIn() {
  const state = { alerts: new Map(), events: [], quarantine: [], silences: [], notes: [] };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(state, request, Buffer.concat(chunks).toString(), response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

function answer(state, request, body, response) {
  const url = new URL(request.url, "http://stand-in");
  if (url.pathname === "/") return sendPage(response);
  try {
    const [status, value] = url.pathname.startsWith("/netdata/") ? receive(state, body) : api(state, request, url, body);
    sendAnswer(request, response, status, status === 204 ? "" : JSON.stringify(value));
  } catch (error) {
    const [status, code, message] = Array.isArray(error) ? error : [500, "internal", String(error.stack)];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code, message } }));
  }
}

function sendAnswer(request, response, status, body) {
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  const known = request.method === "GET" && request.headers["if-none-match"] === etag;
  response.writeHead(known ? 304 : status, { "content-type": "application/json", "cache-control": "no-store", etag });
  response.end(known ? undefined : body);
}

function sendPage(response) {
  const read = (path) => readFileSync(new URL(path, new URL("src/", FUNCTION)), "utf8");
  const parts = [...read("console.rs").matchAll(/include_str!\("([^"]+\.js)"\)/g)].map(([, path]) => read(path));
  const [script, style] = [parts.join(""), read("../console/console.css")];
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = [
    `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; img-src 'self' data:`,
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  ];
  const document = read("../console/index.html")
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace('<script type="module"></script>', () => `<script type="module">${script}</script>`);
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy.join("; ") });
  response.end(document);
}

/** Netdata's notification, as far as the scenarios use it. */
function receive(state, body) {
  const said = JSON.parse(body);
  if (!said.alert || said.quarantine_at_first) return [422, { quarantine_id: keep(state, body) }];
  record(state, body);
  return [200, { status: "ok", recorded: 1, duplicates: 0 }];
}

function keep(state, body) {
  const entry = { id: randomUUID(), source: "netdata", reason: "unknown_shape", message: "the body is none of Netdata Cloud's notifications" };
  const request = { received_at: new Date().toISOString(), method: "POST", query: "", content_type: "application/json", headers: {} };
  state.quarantine.unshift({ ...entry, ...request, body });
  return entry.id;
}

function record(state, body) {
  const { alert: { name, chart, state: now, triggered_at, rendered, url }, node, space, message } = JSON.parse(body);
  const fingerprint = createHash("sha256").update(node.id + name + chart.id).digest("hex").slice(0, 32);
  const known = state.alerts.get(fingerprint);
  const resolved = now.status === "Clear";
  const severity = { Critical: "critical", Warning: "warning", Clear: known?.severity ?? "warning" }[now.status];
  const at = new Date(triggered_at).toISOString();
  const texts = { title: `${rendered.summary} on ${node.hostname}`, summary: message, resource: node.hostname, service: chart.id, value: now.value_str, url };
  const said = { fingerprint, source: "netdata", account: space.id, severity, severity_raw: now.status, ...texts };
  Object.assign(said, { labels: { alertname: name, chart: chart.id, instance: node.hostname, node_id: node.id }, annotations: { info: rendered.info } });
  state.events.unshift({
    ...said, event_id: randomUUID().replaceAll("-", ""), signal: resolved ? "resolved" : "firing", occurred_at: at,
    transition: resolved ? "resolved" : known ? "repeated" : "opened", received_at: new Date().toISOString(),
    raw: body, request: { method: "POST", query: "", content_type: "application/json", headers: {} },
  });
  state.alerts.set(fingerprint, {
    first_seen: at, occurrences: 0, duplicates: 0, flaps: 0, acknowledgement: null, auto_resolve: "recovery", episode: null, ...known, ...said,
    condition: resolved ? "resolved" : "firing", handling: (!resolved && known?.handling) || "open", condition_since: at, last_seen: at,
    last_received_at: new Date().toISOString(), started_at: at, ended_at: resolved ? at : null, revision: (known?.revision ?? 0) + 1,
  });
}

function api(state, request, url, body) {
  const role = TOKENS[request.headers.authorization?.replace("Bearer ", "")];
  if (!role) throw [401, "unauthorized", "unauthorized"];
  if (role !== "write" && request.method !== "GET") throw [403, "forbidden", "this token may read only: use one with the role `write`"];
  const path = `${request.method} ${decodeURIComponent(url.pathname)}`;
  for (const [pattern, act] of ROUTES) {
    const match = pattern.exec(path);
    if (match) return act(state, match.slice(1), url.searchParams, body ? JSON.parse(body) : {});
  }
  throw [404, "not_found", "there is no such path: see `/v1/alerts`"];
}

const ROUTES = [
  [/^GET \/v1\/alerts$/, (state, _, query) => [200, page("alerts", list(state, query), query)]],
  [/^POST \/v1\/alerts\/actions$/, (state, _, __, body) => [200, actOnMany(state, body)]],
  [/^GET \/v1\/alerts\/([0-9a-f]+)$/, (state, [id]) => [200, shown(state, find(state, id))]],
  [/^GET \/v1\/alerts\/([0-9a-f]+)\/events$/, (state, [id], query) => [200, page("events", history(state, id, query), query)]],
  [/^GET \/v1\/alerts\/([0-9a-f]+)\/notes$/, (state, [id]) => [200, { notes: state.notes.filter((note) => note.fingerprint === id) }]],
  [/^POST \/v1\/alerts\/([0-9a-f]+)\/notes$/, (state, [id], _, { text }) => [201, addNote(state, id, text)]],
  [/^POST \/v1\/alerts\/([0-9a-f]+)\/events\/[0-9a-f]+\/replay$/, () => [200, { recorded: 0, duplicates: 1 }]],
  [/^POST \/v1\/alerts\/([0-9a-f]+)\/(acknowledge|unacknowledge|resolve)$/, (state, [id, verb], _, body) => [200, handle(state, id, verb, body)]],
  [/^GET \/v1\/quarantine$/, (state, _, query) => [200, page("quarantine", state.quarantine, query)]],
  [/^POST \/v1\/quarantine\/([0-9a-f-]+)\/replay$/, (state, [id]) => [200, replay(state, id)]],
  [/^DELETE \/v1\/quarantine\/([0-9a-f-]+)$/, (state, [id]) => [204, drop(state, id)]],
  [/^GET \/v1\/silences$/, (state, _, query) => [200, { silences: silences(state).filter((silence) => !query.get("state") || silence.state === query.get("state")) }]],
  [/^POST \/v1\/silences$/, (state, _, __, body) => [201, addSilence(state, body)]],
  [/^GET \/v1\/silences\/([0-9a-f-]+)$/, (state, [id]) => [200, silenceOf(state, id)]],
  [/^PUT \/v1\/silences\/([0-9a-f-]+)$/, (state, [id], _, body) => [200, Object.assign(silenceOf(state, id), body)]],
  [/^DELETE \/v1\/silences\/([0-9a-f-]+)$/, (state, [id]) => [200, Object.assign(silenceOf(state, id), { ends_at: new Date().toISOString(), state: "expired" })]],
  [/^GET \/v1\/sources$/, (state) => [200, { sources: sources(state), totals: totals(state), next_cursor: null }]],
  [/^GET \/v1\/alerts\/([0-9a-f]+)\/notifications$/, (state, [id]) => [200, { fingerprint: find(state, id).fingerprint, destinations: [] }]],
  [/^GET \/v1\/notifications$/, () => [200, { notifications: [], next_cursor: null }]],
  [/^GET \/v1\/destinations$/, () => [200, { destinations: [], mistakes: [] }]],
  [/^GET \/v1\/counts$/, (state) => [200, counts(state)]],
];

function page(name, items, query) {
  const [limit, from] = [Number(query.get("limit") ?? 100), Number(query.get("cursor") ?? 0)];
  return { [name]: items.slice(from, from + limit), next_cursor: items.length > from + limit ? String(from + limit) : null };
}

function list(state, query) {
  const among = (name, value) => !query.has(name) || query.getAll(name).includes(value);
  const words = (query.get("q") ?? "").toLowerCase();
  const grave = (severity) => !query.get("severity") || SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(query.get("severity"));
  const labels = query.getAll("filter").map((text) => /^(\w+)="?(.*?)"?$/.exec(text));
  const alerts = [...state.alerts.values()].map((alert) => shown(state, alert)).filter((alert) =>
    among("condition", alert.condition) && among("handling", alert.handling) && among("source", alert.source) && grave(alert.severity) &&
    labels.every(([, name, value]) => alert.labels[name] === value) && (`${alert.title} ${alert.summary} ${alert.resource} ${alert.service} ${Object.values(alert.labels).join(" ")}`.toLowerCase().includes(words) || alert.fingerprint.startsWith(words)));
  return alerts.sort((a, b) => (a.condition_since < b.condition_since ? 1 : -1));
}

function find(state, id) {
  const alert = state.alerts.get(id);
  if (!alert) throw [404, "not_found", `there is no alert \`${id}\``];
  return alert;
}

function shown(state, alert) {
  const covering = silences(state).filter((silence) => silence.state === "active" && silence.matchers.every((matcher) => alert.labels[matcher.name] === matcher.value));
  return { ...alert, silenced_by: covering.map((silence) => silence.id), handling: covering.length ? "silenced" : alert.handling };
}

function history(state, id, query) {
  const events = state.events.filter((event) => event.fingerprint === id);
  return query.get("raw") === "true" ? events : events.map(({ raw, request, ...event }) => event);
}

function addNote(state, fingerprint, text, action = "note") {
  const note = { id: randomUUID(), fingerprint, by: "developer", action, text, at: new Date().toISOString() };
  state.notes.unshift(note);
  return note;
}

function handle(state, id, verb, { note = null }) {
  const alert = find(state, id);
  if (alert.condition !== "firing") throw [409, "conflict", `the alert is ${alert.condition} already`];
  const now = new Date().toISOString();
  const acknowledgement = verb === "acknowledge" ? { by: "developer", note, at: now } : null;
  Object.assign(alert, { acknowledgement, handling: acknowledgement ? "acknowledged" : "open", revision: alert.revision + 1 });
  addNote(state, id, note ?? "", verb);
  if (verb === "resolve") Object.assign(alert, { condition: "resolved", condition_since: now, ended_at: now });
  return shown(state, alert);
}

function actOnMany(state, { action, fingerprints, note, duration_secs, ...rest }) {
  const results = fingerprints.map((fingerprint) => {
    try {
      if (action === "silence") {
        const { labels } = find(state, fingerprint);
        const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, is_regex: false, is_equal: true }));
        addSilence(state, { matchers, comment: note, ends_at: new Date(Date.now() + duration_secs * 1000).toISOString() });
      } else handle(state, fingerprint, action, { note, ...rest });
      return { fingerprint, error: null };
    } catch ([, code, message]) {
      return { fingerprint, error: { code, message } };
    }
  });
  const refused = results.filter((result) => result.error).length;
  return { done: results.length - refused, refused, results, silences: [], next_cursor: null };
}

function replay(state, id) {
  const entry = state.quarantine.find((entry) => entry.id === id);
  if (!entry) throw [404, "not_found", "no such entry"];
  if (!JSON.parse(entry.body).alert) throw [422, "not_understood", "it is still not understood"];
  record(state, entry.body);
  drop(state, id);
  return { recorded: 1, duplicates: 0 };
}

function drop(state, id) {
  state.quarantine = state.quarantine.filter((entry) => entry.id !== id);
}

function silences(state) {
  const now = Date.now();
  for (const silence of state.silences) {
    silence.state = Date.parse(silence.ends_at) <= now ? "expired" : Date.parse(silence.starts_at) > now ? "pending" : "active";
  }
  return state.silences;
}

function addSilence(state, { matchers, starts_at, ends_at, comment, created_by }) {
  const now = new Date().toISOString();
  const silence = { id: randomUUID(), state: "active", matchers, starts_at: starts_at ?? now, ends_at, comment, created_by: created_by ?? "developer", created_at: now, updated_at: now };
  state.silences.push(silence);
  return silence;
}

function silenceOf(state, id) {
  const silence = silences(state).find((silence) => silence.id === id);
  if (!silence) throw [404, "not_found", "no such silence"];
  return silence;
}

function sources(state) {
  return [...new Set(state.events.map((event) => event.account))].map((account) => {
    const heard = state.events.find((event) => event.account === account);
    return { source: "netdata", account, last_event_at: heard.received_at, state: "speaking" };
  });
}

function totals(state) {
  return { netdata: { events_last_hour: state.events.length, quarantined_last_hour: state.quarantine.length } };
}

function counts(state) {
  const firing = [...state.alerts.values()].map((alert) => shown(state, alert)).filter((alert) => alert.condition === "firing");
  const of = (test) => firing.filter(test).length;
  return {
    firing: firing.length, acknowledged: of((alert) => alert.handling === "acknowledged"), silenced: of((alert) => alert.handling === "silenced"),
    by_severity: Object.fromEntries(SEVERITIES.map((severity) => [severity, of((alert) => alert.severity === severity)])), by_source: { netdata: firing.length },
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) console.log((await standIn()).url);
