// Events: all that sources said, newest first, notices included, whatever became of it.

const EVENTS = 100;
/** Reading a hundred is dear: the list is asked for this often, and at once where something else is asked for. */
const EVENTS_MS = 15_000;
const eventList = { asked: "", loadedAt: -Infinity, answer: undefined, known: new Map() };

async function loadEvents({ signal: word, source }, signal) {
  const asked = JSON.stringify([word, source]);
  if (eventList.asked !== asked || performance.now() - eventList.loadedAt > EVENTS_MS) {
    const answer = await getPage("v1/events", EVENTS, { signal: word, source }, signal);
    Object.assign(eventList, { asked, loadedAt: performance.now(), answer });
  }
  return () => showEvents(eventList.answer, word, source);
}

function forgetEvents() {
  Object.assign(eventList, { asked: "", loadedAt: -Infinity, answer: undefined, known: new Map() });
  at("events").replaceChildren();
}

/** An event's name in an address: ids are those of one alert. */
function eventKey({ fingerprint, event_id }) {
  return `${fingerprint}.${event_id}`;
}

function showEvents({ events, next_cursor }, word, source) {
  choose(at("event-signal"), word);
  choose(at("event-source"), source);
  eventList.known = new Map(events.map((event) => [eventKey(event), event]));
  reconcile(at("events"), events, { key: eventKey, create: eventRow, update: updateEventRow });
  at("events-empty").hidden = events.length > 0 && !next_cursor;
  fill(at("events-empty"), [events.length, Boolean(next_cursor), word, source], () => {
    if (next_cursor) return element("p", {}, "There are older ones, too: campanile events shows them.");
    return element("strong", {}, word || source ? "No such event." : "No source has said anything yet.");
  });
}

function eventRow() {
  const link = rowLink();
  for (const name of ["change", "severity", "title", "where", "source"]) link.append(element("span", { class: name, dir: "auto" }));
  link.append(age("", { class: "age" }));
  return element("li", { class: "row event" }, link);
}

function updateEventRow(row, event) {
  const link = row.firstElementChild;
  const [change, severity, title, where, source, time] = link.children;
  setAttribute(link, "href", addressWith({ view: "events", open: eventKey(event) }));
  setAttribute(link, "aria-current", readAddress().open === eventKey(event) ? "true" : null);
  row.dataset.severity = event.severity;
  setText(change, event.transition ?? event.signal);
  setText(severity, event.signal === "firing" ? event.severity : "");
  const [what] = titleAndPlace(event);
  setText(title, event.value ? `${what} (${event.value})` : what);
  setText(where, event.resource);
  setText(source, event.source);
  setAge(time, event.received_at);
}

/** The event that is open, and the request that brought it. */
async function loadOpenEvent({ open }) {
  const [fingerprint, id] = open.split(".");
  if (!histories.raw.has(id)) await ifThere(loadRaw(fingerprint));
  // Looked for once: a long history may not reach back to it.
  if (!histories.raw.has(id)) histories.raw.set(id, undefined);
  return () => showOpenEvent({ open });
}

function showOpenEvent({ open }) {
  const id = open.split(".")[1];
  const raw = histories.raw.get(id);
  const event = eventList.known.get(open) ?? raw;
  if (!event) return eventList.answer ? showMissing("This event is not among those in the list.") : pane(open, "loading");
  const node = pane(open, "event", () => [paneHead(), element("div", { class: "badges" }), element("div", { class: "about" })]);
  node.dataset.severity = event.severity;
  setText(node.querySelector(".title"), event.title);
  fill(node.querySelector(".badges"), [event.signal, event.transition, event.severity_raw], () => [
    event.signal === "firing" ? element("span", { class: "badge severity" }, event.severity) : null,
    element("span", { class: "badge" }, event.signal),
    event.transition === event.signal ? null : element("span", { class: "badge" }, event.transition ?? "changed nothing"),
  ]);
  const isLookedFor = histories.raw.has(id);
  fill(node.querySelector(".about"), [event, Boolean(raw), isLookedFor], () => [
    facts([
      ["Alert", event.signal === "notice" ? null : alertLink(event.fingerprint)],
      ["Source", `${event.source} · ${event.annotations?.account_name ?? event.account}`],
      ["Resource", event.resource],
      ["Value", event.value],
      ["Its word", event.severity_raw],
    ]),
    element("h3", {}, "Labels"),
    labelList(event.labels),
    element("h3", {}, "Request"),
    ...(raw ? rawOf(event.fingerprint, raw) : [element("p", { class: "hint" }, isLookedFor ? "It is beyond the history in view." : "Loading …")]),
  ]);
}

function prepareEvents() {
  const sources = document.querySelectorAll("#filters [name=source] option");
  at("event-source").append(...Array.from(sources, (option) => option.cloneNode(true)));
  at("event-signal").addEventListener("change", ({ target }) => visit(addressWith({ signal: target.value, open: "" })));
  at("event-source").addEventListener("change", ({ target }) => visit(addressWith({ source: target.value, open: "" })));
}
