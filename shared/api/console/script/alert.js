// One alert: what it says, what was done about it, and what can be done.

/** Loads the alert that is open, with its history and notes. */
async function loadAlert({ open }, signal) {
  const path = `v1/alerts/${encodeURIComponent(open)}`;
  const [alert, history, notes, notified] = await Promise.all([
    ifThere(get(path, {}, signal)),
    ifThere(get(`${path}/events`, { limit: historyLength(open) }, signal)),
    ifThere(get(`${path}/notes`, {}, signal)),
    loadNotified(open, signal),
    loadAround(open, signal),
  ]);
  return () => {
    if (alert) showAlert(newest(alertList.all.get(open), alert));
    else showMissing(`There is no alert ${open}.`);
    if (alert && history) showHistory(open, history);
    if (alert) showNotes(notes?.notes ?? null);
    if (alert) showNotified(notified);
    if (alert) showTimeline(alert, history?.events ?? [], notes?.notes);
  };
}

/** Shows at once what the list already knows; the rest follows. */
function previewAlert({ open }) {
  const known = alertList.all.get(open);
  if (known) showAlert(known);
  else pane(open, "loading");
}

function showAlert(alert) {
  const node = pane(alert.fingerprint, "alert", alertSkeleton);
  const part = (name) => node.querySelector(`.${name}`);
  node.alert = alert;
  Object.assign(node.dataset, { severity: alert.severity, handling: alert.handling, condition: alert.condition });
  setText(part("title"), alert.title);
  fill(part("badges"), [alert.severity, alert.severity_raw, alert.condition, alert.handling], () => badges(alert));
  fill(part("buttons"), [alert.condition, alert.handling, alert.url, runbookOf(alert), Boolean(alert.acknowledgement)], () => alertButtons(alert));
  fill(part("taken"), [alert.acknowledgement, alert.silenced_by, alert.inhibited_by], () => taken(alert));
  setText(part("summary"), alert.summary === alert.title ? "" : alert.summary);
  fill(part("about"), about(alert), () => alertFacts(alert));
  fill(part("labels"), alert.labels, labelList);
  fill(part("annotations"), alert.annotations, annotationList);
}

function alertSkeleton() {
  const block = (name) => element("div", { class: name });
  return [
    paneHead(),
    block("badges"),
    element("div", { class: "buttons", role: "group", "aria-label": "Actions" }),
    block("taken"),
    block("muted"),
    element("p", { class: "summary", dir: "auto" }),
    block("about"),
    element("h3", {}, "Timeline"),
    timelineSkeleton(),
    element("h3", {}, "Notified"),
    notifiedSkeleton(),
    element("h3", {}, "Labels"),
    block("labels"),
    block("annotations"),
    element("h3", {}, "Notes"),
    notesSkeleton(),
    element("h3", {}, "History"),
    historySkeleton(),
  ];
}

function badges({ severity, severity_raw, condition, handling }) {
  const said = severity_raw && severity_raw.toLowerCase() !== severity ? ` (${severity_raw})` : "";
  return [
    element("span", { class: "badge severity" }, severity + said),
    element("span", { class: "badge" }, condition),
    element("span", { class: "badge" }, handling),
  ];
}

function alertButtons(alert) {
  const fires = alert.condition === FIRING;
  const taken = Boolean(alert.acknowledgement);
  const source = webAddress(alert.url);
  const runbook = runbookOf(alert);
  return [
    runbook ? outward(runbook, "Runbook") : null,
    fires && !taken ? action("Acknowledge", "a", acknowledge, "primary") : null,
    fires && taken ? action("Give back", "u", unacknowledge) : null,
    action("Silence", "s", silenceAlert),
    fires ? action("Resolve", "r", resolve) : null,
    action("Note", "n", writeNote),
    source ? outward(alert.url, `Open at ${source.host}`) : null,
    button("Copy link", () => copyLink(openAlert()), { class: "quiet", "aria-keyshortcuts": "l", title: "Copy link (l)" }),
  ].filter(Boolean);
}

/** What to do about it, in its maker's words. */
function runbookOf({ annotations }) {
  const [runbook] = ["runbook_url", "runbook"].map((name) => annotations?.[name]).filter(webAddress);
  return runbook;
}

/** Copies the address at which anybody who may read sees this alert. */
async function copyLink({ fingerprint }) {
  const link = `${location.origin}${location.pathname}?open=${encodeURIComponent(fingerprint)}`;
  try {
    await navigator.clipboard.writeText(link);
    say("The link is copied.");
  } catch {
    // A page without TLS may not write to the clipboard.
    say(link);
  }
}

function action(text, key, act, style = "") {
  const attributes = { class: style, "data-acts": true, "aria-keyshortcuts": key, title: `${text} (${key})` };
  return button(text, () => act(openAlert()), attributes);
}

/** The alert in the detail. */
function openAlert() {
  return at("detail").hidden ? undefined : at("detail").firstElementChild?.alert;
}

function taken({ acknowledgement, silenced_by, inhibited_by }) {
  const lines = [];
  if (acknowledgement) {
    const { by, at: when, note } = acknowledgement;
    lines.push(element("p", {}, "Acknowledged by ", element("strong", { dir: "auto" }, by), ", ", moment(when), note ? `: ${note}` : ""));
  }
  if (silenced_by?.length) {
    const address = `${addressOfView("silences")}&open=${encodeURIComponent(silenced_by[0])}`;
    lines.push(element("p", {}, "Covered by ", inward(address, silenced_by.length === 1 ? "a silence" : `${silenced_by.length} silences`), "."));
  }
  if (inhibited_by?.length) {
    const [first] = inhibited_by;
    const name = alertList.all.get(first)?.title ?? "another alert";
    const more = inhibited_by.length > 1 ? ` and ${inhibited_by.length - 1} more` : "";
    lines.push(element("p", {}, "Inhibited by ", inward(addressWith({ view: "alerts", open: first }), name), `${more}: nobody is notified meanwhile.`));
  }
  return lines;
}

/** A link inside the console. */
function inward(address, text) {
  const link = element("a", { href: address }, text);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    visit(address);
  });
  return link;
}

/** What the facts are made of, so that they are filled anew only if one changed. */
function about({ labels, annotations, acknowledgement, silenced_by, inhibited_by, ...rest }) {
  return rest;
}

const ENDINGS = {
  recovery: "when its source reports a recovery",
  quiet: "when its source has been quiet for a while",
  person: "only when a person resolves it",
};

function alertFacts(alert) {
  const { occurrences, duplicates, flaps, revision } = alert;
  return facts([
    ["Value", alert.value],
    ["Resource", alert.resource],
    ["Service", alert.service],
    [`${capital(alert.condition)} since`, moment(alert.condition_since)],
    ["Started", alert.started_at === alert.condition_since ? null : moment(alert.started_at)],
    ["Ended", alert.ended_at === alert.condition_since ? null : moment(alert.ended_at)],
    ["First seen", moment(alert.first_seen)],
    ["Last seen", moment(alert.last_seen)],
    ["Heard", alert.last_received_at ? moment(alert.last_received_at) : null],
    ["Ends", ENDINGS[alert.auto_resolve]],
    ["Source", `${alert.source} · ${alert.annotations?.account_name ?? alert.account}`],
    ["Counted", `${occurrences} firing · ${duplicates} duplicate · ${flaps} reopened · revision ${revision}`],
    ["Episode", alert.episode],
    ["Fingerprint", element("code", {}, alert.fingerprint)],
  ]);
}

function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function labelList(labels) {
  const chip = ([name, value]) => {
    const attributes = { class: "chip", title: "Show alerts with this label", dir: "auto" };
    return element("li", {}, button(`${name}=${value}`, () => filterByLabel(name, value), attributes));
  };
  return element("ul", { class: "chips" }, ...Object.entries(labels).map(chip));
}

function annotationList(annotations) {
  const entries = Object.entries(annotations ?? {});
  if (entries.length === 0) return [];
  const shown = entries.map(([name, value]) => [name, webAddress(value) ? outward(value) : element("span", { dir: "auto" }, value)]);
  return [element("h3", {}, "Annotations"), facts(shown)];
}
