// The life of one alert as a picture: when it fired and how badly, its values, who had it, what muted it, who was notified.
// The same stands below as a table, for those who cannot see the picture and for those who want the times.

const LANE = 26;
const LABELS = 92;
const AXIS = 20;
/** What is asked besides history is asked again after this long. */
const AROUND_MS = 30_000;
const MOST_NOTIFIED = 100;
const STEP_MS = 30_000;

const around = { open: "", loadedAt: -Infinity, silences: [], notified: [] };

/** Loads what silenced the alert `open`, and what was sent about it; where the server cannot say it, the picture has less. */
async function loadAround(open, signal) {
  if (around.open === open && performance.now() - around.loadedAt < AROUND_MS) return;
  const [silences, notified] = await Promise.all([
    unless(LEFT_OUT, get("v1/silences", {}, signal)),
    unless(LEFT_OUT, get("v1/notifications", { fingerprint: open, limit: MOST_NOTIFIED }, signal)),
  ]);
  Object.assign(around, { open, loadedAt: performance.now(), silences: silences?.silences ?? [], notified: notified?.notifications ?? [] });
}

function timelineSkeleton() {
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...["When", "What", "Value"].map((name) => element("th", { scope: "col" }, name)))), element("tbody"));
  return element("figure", { class: "timeline" }, element("div", { class: "picture" }), element("details", {}, element("summary", {}, "As a table"), table));
}

/** Draws the life of `alert` from its history, notes, silences and notifications. */
function showTimeline(alert, events, notes) {
  const figure = at("detail").querySelector(".timeline");
  if (!figure) return;
  const life = lifeOf(alert, events, notes ?? []);
  figure.hidden = life === null;
  figure.previousElementSibling.hidden = life === null;
  if (!life) return;
  const width = Math.max(figure.clientWidth, 280);
  fill(figure.firstElementChild, [life.lanes, life.from, life.to, width], () => drawn(life, width));
  fill(figure.querySelector("tbody"), life.moments, (moments) => moments.map(momentRow));
}

function momentRow({ when, what, value }) {
  return element("tr", {}, element("td", {}, element("time", { title: inFull(when) }, inFull(when))), element("td", { dir: "auto" }, what), element("td", { dir: "auto" }, value ?? ""));
}

/** From when to when the picture goes, its lanes, and every moment for the table; null where there is nothing to draw. */
function lifeOf(alert, events, notes) {
  const said = events.filter((event) => event.transition).toReversed();
  if (said.length === 0) return null;
  const from = time(said[0].occurred_at);
  const end = alert.condition === FIRING ? nextStep() : Math.max(time(alert.condition_since), time(said.at(-1).occurred_at));
  const to = Math.max(end, from + 60_000) + (end - from) * 0.02;
  const firing = firingSpans(said, to);
  const silences = around.silences.filter((silence) => covers(silence, alert)).map((silence) => ({ from: time(silence.starts_at), to: time(silence.ends_at), words: `silenced by ${silence.created_by}: ${silence.comment}` }));
  const lanes = [
    { name: "Fires", spans: firing },
    { name: "Value", points: values(said) },
    { name: "Acknowledged", spans: takenSpans(notes, firing, to) },
    { name: "Silenced", spans: silences },
    { name: "Notified", marks: around.notified.filter((one) => one.finished_at).map((one) => ({ at: time(one.finished_at), words: notifiedWords(one), failed: one.state !== "sent" })) },
  ];
  const inView = ({ spans, points, marks }) => spans?.some((span) => span.to > from && span.from < to) || points?.length > 1 || marks?.some((mark) => mark.at >= from && mark.at <= to);
  return { from, to, lanes: lanes.filter(inView), moments: momentsOf(said, notes) };
}

/** A picture that grows is drawn anew now and then, not with every answer. */
function nextStep() {
  return Math.ceil(Date.now() / STEP_MS) * STEP_MS;
}

function time(text) {
  return Date.parse(text);
}

function covers({ matchers }, alert) {
  try {
    return matchers.every((matcher) => matches(matcher, alert));
  } catch {
    return false;
  }
}

function notifiedWords({ destination, event, state }) {
  return `${destination}: ${event}${state === "sent" ? "" : `, ${state}`}`;
}

/** When it fired, in pieces of one severity each. */
function firingSpans(said, to) {
  const spans = [];
  let open;
  const close = (at) => open && spans.push({ ...open, to: at });
  for (const event of said) {
    const now = time(event.occurred_at);
    if (event.signal === "resolved") {
      close(now);
      open = undefined;
    } else if (!open || open.severity !== event.severity) {
      close(now);
      open = { from: now, severity: event.severity, words: event.severity };
    }
  }
  close(to);
  return spans;
}

/** Numbers that sources gave, where there are several. */
function values(said) {
  const points = said.map((event) => ({ at: time(event.occurred_at), value: Number.parseFloat(event.value), words: event.value }));
  return points.filter(({ value }) => Number.isFinite(value));
}

/** When somebody had it; an acknowledgement ends with what fired. */
function takenSpans(notes, firing, to) {
  const spans = [];
  let open;
  for (const { action, by, at } of notes.toReversed()) {
    if (!["acknowledge", "unacknowledge", "resolve", "expire"].includes(action)) continue;
    if (open) spans.push({ ...open, to: time(at) });
    open = action === "acknowledge" ? { from: time(at), words: by } : undefined;
  }
  if (open) spans.push({ ...open, to });
  const endOf = (span) => firing.find((run) => run.from <= span.from && run.to >= span.from)?.to ?? span.to;
  return spans.map((span) => ({ ...span, to: Math.min(span.to, Math.max(endOf(span), span.from)) }));
}

function momentsOf(said, notes) {
  const ofEvents = said.map((event) => ({ when: event.occurred_at, what: `${event.transition}, ${event.severity}`, value: event.value }));
  const ofNotes = notes.filter((note) => note.action !== "note").map((note) => ({ when: note.at, what: `${note.by} ${ACTIONS[note.action] ?? note.action}` }));
  const ofNotified = around.notified.filter((one) => one.finished_at).map((one) => ({ when: one.finished_at, what: notifiedWords(one) }));
  return [...ofEvents, ...ofNotes, ...ofNotified].sort((a, b) => time(b.when) - time(a.when));
}

/** The picture, as wide as its place. */
function drawn(life, width) {
  const x = (at) => Math.round(LABELS + ((Math.min(Math.max(at, life.from), life.to) - life.from) / (life.to - life.from)) * (width - LABELS - 8));
  const height = life.lanes.length * LANE + AXIS;
  const described = life.lanes.map(({ name }) => name.toLowerCase()).join(", ");
  const lanes = life.lanes.map((lane, n) => drawing("g", { transform: `translate(0 ${n * LANE})` }, drawing("text", { class: "lane-name", x: 0, y: 17 }, lane.name), drawing("line", { class: "base", x1: LABELS, x2: width, y1: LANE - 2, y2: LANE - 2 }), ...laneParts(lane, x)));
  return drawing("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Timeline of ${described}; the table below says the same.` }, ...lanes, ...axis(life, x, height, width));
}

function laneParts({ spans = [], points = [], marks = [] }, x) {
  const bars = spans.map((span) => drawing("rect", { class: span.severity ? "bar-severity" : "bar-plain", "data-severity": span.severity, x: x(span.from), y: 5, width: Math.max(x(span.to) - x(span.from), 3), height: 15, rx: 2 }, drawing("title", {}, `${span.words}: ${inFull(span.from)} to ${inFull(Math.min(span.to, Date.now()))}`)));
  const signs = marks.map((mark) => drawing("circle", { class: mark.failed ? "mark-failed" : "mark-sent", cx: x(mark.at), cy: 12, r: 5 }, drawing("title", {}, `${mark.words}: ${inFull(mark.at)}`)));
  return [...bars, ...curve(points, x), ...signs];
}

function curve(points, x) {
  if (points.length < 2) return [];
  const [low, high] = [Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value))];
  const y = (value) => (high === low ? 12 : 20 - ((value - low) / (high - low)) * 15);
  const line = drawing("polyline", { class: "curve", points: points.map(({ at, value }) => `${x(at)},${y(value)}`).join(" ") });
  const dots = points.map(({ at, value, words }) => drawing("circle", { class: "dot", cx: x(at), cy: y(value), r: 2.5 }, drawing("title", {}, `${words}: ${inFull(at)}`)));
  return [line, ...dots];
}

function axis({ from, to }, x, height, width) {
  const isLong = to - from > 2 * DAY * 1000;
  const words = (at) => (isLong ? new Date(at).toLocaleDateString() : new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const count = width > 480 ? 4 : 2;
  return Array.from({ length: count + 1 }, (_, n) => {
    const at = from + ((to - from) * n) / count;
    const anchor = n === 0 ? "start" : n === count ? "end" : "middle";
    return drawing("text", { class: "tick", x: x(at), y: height - 5, "text-anchor": anchor }, words(at));
  });
}

/** A node of a picture. */
function drawing(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) setAttribute(node, attribute, value);
  node.append(...children);
  return node;
}
