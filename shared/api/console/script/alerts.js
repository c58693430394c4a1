// The list of alerts: what fires now by severity and age, or anything else that the filters ask for.

const SEVERITIES = ["critical", "high", "warning", "low", "info"];
const PAGE = 500;
/** What fires is shown whole up to here; beyond, nobody reads it, and a filter helps more. */
const MOST_FIRING = 10_000;
/** The first part of a list that has several takes in what is new until it is this long. */
const LONGEST_PART = 1000;

/** `parts`: the pages that are loaded, in the order of the list; each keeps its place while alerts come in. */
const alertList = { all: new Map(), shown: [], parts: [], turn: 0, pages: 1, more: false, query: "", seen: undefined };

/**
 * Loads the alerts that the address asks for: of a list that is not whole yet the next page, else what is new and one
 * of the older pages in its turn.
 */
async function loadAlerts(address, signal) {
  const query = alertQuery(address);
  const known = alertList.query === JSON.stringify(query) ? alertList.parts : [];
  const parts = await (isWhole(known, query) ? renewed(known, query, signal) : extended(known, query, signal));
  return () => {
    takeIn(query, parts);
    showAlerts();
  };
}

function isWhole(parts, query) {
  if (parts.length === 0) return false;
  const wanted = query.condition === FIRING ? MOST_FIRING / PAGE : alertList.pages;
  return !parts.at(-1).next || parts.length >= wanted;
}

async function extended(known, query, signal) {
  return [...known, await partOf(query, { cursor: known.at(-1)?.next ?? "" }, PAGE, signal)];
}

async function renewed(known, query, signal) {
  if (known.length === 1) return [await partOf(query, { cursor: "" }, PAGE, signal)];
  const turn = 1 + (alertList.turn % (known.length - 1));
  const [first, other] = await Promise.all([
    partOf(query, { cursor: "", from: known[0].from }, LONGEST_PART, signal),
    partOf(query, { cursor: known[turn].cursor }, PAGE, signal),
  ]);
  alertList.turn += 1;
  // So much is new that the pages have to be cut anew.
  if (first.next) return [first];
  first.next = known[0].next;
  return known.map((part, place) => (place === 0 ? first : place === turn ? other : part));
}

async function partOf(query, { cursor, from = "" }, limit, signal) {
  const page = await getPage("v1/alerts", limit, { ...query, ...severalWords(query), cursor, from }, signal);
  return { cursor, from: from || page.alerts.at(-1)?.condition_since, alerts: page.alerts, next: page.next_cursor };
}

/** Whether the list goes on at once, because it is not whole yet. */
function isFilling() {
  const address = readAddress();
  return address.view === "alerts" && alertList.query === JSON.stringify(alertQuery(address)) && !isWhole(alertList.parts, alertQuery(address));
}

function alertQuery({ condition, handling, severity, source, q, filter }) {
  return { condition: condition === "all" ? "" : condition, handling, severity, source, q, filter };
}

/** What the address has with commas, as the API has it: given several times. */
function severalWords({ condition, handling, source }) {
  return { condition: condition.split(","), handling: handling.split(","), source: source.split(",") };
}

function takeIn(query, parts) {
  const words = JSON.stringify(query);
  const before = alertList.all;
  const isOther = words !== alertList.query;
  const isLonger = parts.length > alertList.parts.length;
  if (isOther) Object.assign(alertList, { query: words, pages: 1, seen: undefined });
  if (isOther) selectWhole(false);
  const all = new Map();
  for (const alert of parts.flatMap((part) => part.alerts)) {
    const known = newest(before.get(alert.fingerprint), alert);
    all.set(alert.fingerprint, newest(all.get(alert.fingerprint), known));
  }
  Object.assign(alertList, { all, parts, more: Boolean(parts.at(-1).next) });
  // What an older page brings is no news.
  announceNew(isLonger && !isOther && alertList.seen ? [] : parts[0].alerts, all);
}

/** An answer that was under way while somebody acted must not take the action back on the screen. */
function newest(known, alert) {
  return known && known.revision > alert.revision ? known : alert;
}

function announceNew(alerts, all) {
  const seen = alertList.seen;
  alertList.seen = new Set(all.keys());
  const fresh = seen ? alerts.filter((alert) => !seen.has(alert.fingerprint)) : [];
  if (fresh.length === 1) say(`New: ${fresh[0].severity}, ${fresh[0].title}`);
  if (fresh.length > 1) say(`${fresh.length} new alerts`);
  alertList.fresh = new Set(fresh.map((alert) => alert.fingerprint));
}

/** Puts an alert that an action brought into the list. */
function putAlert(alert) {
  if (alertList.all.has(alert.fingerprint)) alertList.all.set(alert.fingerprint, alert);
  keepingFocus(showAlerts);
}

function showAlerts() {
  const address = readAddress();
  const shown = Array.from(alertList.all.values()).filter((alert) => matchesFilters(alert, address));
  alertList.shown = shown;
  at("alerts").dataset.group = groupingOf(address);
  at("columns").hidden = shown.length === 0;
  const group = { key: (group) => group.key, create: groupNode, update: updateGroup };
  reconcile(at("alerts"), groups(shown, groupingOf(address)), group);
  at("alerts-empty").hidden = shown.length > 0 || alertList.query !== JSON.stringify(alertQuery(address));
  showNothing(address);
  at("more").hidden = !alertList.more || address.condition === FIRING;
  at("too-many").hidden = !alertList.more || address.condition !== FIRING;
  if (!counting.offered) showCounts(countsFromList(address));
  if (address.view === "alerts") showTitle(shown);
  showSelection();
}

/** The alerts that the list has and the filters admit. */
function shownAlerts() {
  return alertList.shown;
}

/** The filters of the API, applied to what is known while the answer is still under way. */
function matchesFilters(alert, { condition, handling, severity, source, q }) {
  const among = (words, word) => !words || words.split(",").includes(word);
  const grave = !severity || SEVERITIES.indexOf(alert.severity) <= SEVERITIES.indexOf(severity);
  const conditions = condition === "all" ? "" : condition;
  return among(conditions, alert.condition) && among(handling, alert.handling) && among(source, alert.source) && grave && hasText(alert, q);
}

function hasText({ title, summary, resource, service, fingerprint, labels }, text) {
  const wanted = text.toLowerCase();
  if (!wanted || fingerprint.startsWith(wanted)) return true;
  const said = [title, summary, resource, service, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)];
  return said.some((part) => part?.toLowerCase().includes(wanted));
}

function showNothing(address) {
  fill(at("alerts-empty"), [isFiltered(address), heard.sources], () => {
    if (!isFiltered(address)) return [element("strong", {}, "No alerts are firing."), element("p", {}, "New alerts appear here by themselves."), ...teaching()];
    return [element("strong", {}, "No alert matches these filters."), button("Clear the filters", clearFilters)];
  });
}

function showTitle(alerts) {
  const open = alerts.filter((alert) => alert.condition === FIRING && alert.handling === "open").length;
  document.title = open > 0 ? `(${open}) Campanile` : "Campanile";
}

/** One page more of what does not fire any more. */
function showOlder() {
  alertList.pages += 1;
  refresh();
}
