// The history of one alert, newest first, and the requests that brought it.

const HISTORY = 50;
const histories = { open: "", length: HISTORY, raw: new Map() };

/** How much history of the alert `open` is in view. */
function historyLength(open) {
  if (histories.open !== open) Object.assign(histories, { open, length: HISTORY, raw: new Map() });
  return histories.length;
}

function historySkeleton() {
  const more = button("Show older ones", showMoreHistory, { class: "quiet", hidden: true });
  return element("div", { class: "history" }, element("ol", {}), more);
}

function showHistory(open, { events, next_cursor }) {
  const node = at("detail").querySelector(".history");
  if (!node) return;
  const event = { key: (event) => event.event_id, create: (event) => eventNode(open, event), update: updateEvent };
  reconcile(node.querySelector("ol"), events, event);
  node.querySelector("button.quiet").hidden = !next_cursor || histories.length >= 1000;
}

function showMoreHistory() {
  histories.length = Math.min(histories.length * 4, 1000);
  refresh();
}

function eventNode(open, { event_id }) {
  const word = element("span", { class: "transition" });
  const line = element("summary", {}, word, element("span", { class: "severity" }), element("span", { class: "said-title", dir: "auto" }), age("", { class: "age" }));
  const raw = element("div", { class: "raw" });
  const details = element("details", { on: { toggle: () => details.open && showRaw(open, event_id, raw) } }, line, raw);
  return element("li", {}, details);
}

function updateEvent(node, event) {
  const [word, severity, title, time] = node.querySelector("summary").children;
  node.firstElementChild.dataset.transition = event.transition ?? event.signal;
  node.firstElementChild.dataset.severity = event.severity;
  setText(word, event.transition ?? event.signal);
  setText(severity, event.signal === "resolved" ? event.severity_raw : event.severity);
  setText(title, event.value ? `${event.title} (${event.value})` : event.title);
  setAge(time, event.occurred_at);
}

/** Raw bodies are loaded when somebody looks at one, and then all of the history in view. */
async function showRaw(open, id, node) {
  if (node.childElementCount > 0) return;
  setText(node, "Loading …");
  try {
    if (!histories.raw.has(id)) await loadRaw(open);
    const event = histories.raw.get(id);
    node.replaceChildren(...(event ? rawOf(open, event) : [element("p", {}, "It is beyond the history in view.")]));
  } catch (error) {
    setText(node, "");
    node.closest("details").open = false;
    complain(error);
  }
}

async function loadRaw(open) {
  const path = `v1/alerts/${encodeURIComponent(open)}/events`;
  const { events } = await getPage(path, historyLength(open), { raw: "true" });
  for (const event of events) histories.raw.set(event.event_id, event);
}

function rawOf(open, event) {
  const { method, query, content_type, headers } = event.request ?? {};
  return [
    facts([
      ["Occurred", moment(event.occurred_at)],
      ["Received", moment(event.received_at)],
      ["Summary", event.summary],
      ["Request", [method, query ? `?${query}` : "", content_type].filter(Boolean).join(" ")],
      ["Headers", headersOf(headers)],
      ["Event", element("code", {}, event.event_id)],
    ]),
    bodyOf(event.raw),
    element("p", {}, button("Replay this request", () => replayEvent(open, event.event_id), { "data-acts": true, title: "Normalize the stored body again" })),
  ];
}

function headersOf(headers) {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return lines.length ? element("code", { class: "lines" }, lines.join("\n")) : null;
}

/** A stored body; scrollable, hence reachable by the keyboard. */
function bodyOf(raw) {
  if (raw === undefined || raw === null) return element("p", { class: "hint" }, "Its body is not stored.");
  return element("pre", { tabindex: "0", role: "region", "aria-label": "Body" }, readable(raw));
}

async function replayEvent(open, id) {
  await attempt(async () => {
    const path = `v1/alerts/${encodeURIComponent(open)}/events/${encodeURIComponent(id)}/replay`;
    say(replayed(await send("POST", path)));
  });
}

/** What a replay did, in words. */
function replayed({ recorded = 0, duplicates = 0 }) {
  if (recorded === 0 && duplicates === 0) return "Replayed: it is understood, and says nothing to record.";
  if (recorded === 0) return "Replayed: everything in it was known already.";
  return `Replayed: ${recorded} recorded${duplicates ? `, ${duplicates} known already` : ""}.`;
}
