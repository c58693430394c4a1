// The list of alerts: what fires now by severity and age, or anything else that the filters ask for.

const SEVERITIES = ["critical", "high", "warning", "low", "info"];
const PAGE = 500;
/** What fires is shown whole up to here; beyond, nobody reads it, and a filter helps more. */
const MOST_FIRING = 2000;

const alertList = { all: new Map(), pages: 1, more: false, query: "", seen: undefined };

/** Loads the alerts that the address asks for. */
async function loadAlerts(address, signal) {
  const query = alertQuery(address);
  const loaded = await pagesOf(query, alertList.query === JSON.stringify(query) ? alertList.pages : 1, signal);
  return () => {
    takeIn(query, loaded);
    showAlerts();
  };
}

function alertQuery({ condition, handling, severity, source, q, filter }) {
  return { condition: condition === "all" ? "" : condition, handling, severity, source, q, filter };
}

/** What the address has with commas, as the API has it: given several times. */
function severalWords({ condition, handling, source }) {
  return { condition: condition.split(","), handling: handling.split(","), source: source.split(",") };
}

async function pagesOf(query, pages, signal) {
  const most = query.condition === FIRING ? MOST_FIRING : PAGE * pages;
  const alerts = [];
  let cursor = "";
  do {
    const page = await getPage("v1/alerts", PAGE, { ...query, ...severalWords(query), cursor }, signal);
    alerts.push(...page.alerts);
    cursor = page.next_cursor;
  } while (cursor && alerts.length < most);
  return { alerts, more: Boolean(cursor) };
}

function takeIn(query, { alerts, more }) {
  const words = JSON.stringify(query);
  const before = alertList.all;
  if (words !== alertList.query) Object.assign(alertList, { query: words, pages: 1, seen: undefined });
  alertList.all = new Map(alerts.map((alert) => [alert.fingerprint, newest(before.get(alert.fingerprint), alert)]));
  alertList.more = more;
  announceNew(alerts);
}

/** An answer that was under way while somebody acted must not take the action back on the screen. */
function newest(known, alert) {
  return known && known.revision > alert.revision ? known : alert;
}

function announceNew(alerts) {
  const seen = alertList.seen;
  alertList.seen = new Set(alerts.map((alert) => alert.fingerprint));
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
  reconcile(at("alerts"), groups(shown, address), { key: (group) => group.name, create: groupNode, update: updateGroup });
  at("alerts-empty").hidden = shown.length > 0 || alertList.query !== JSON.stringify(alertQuery(address));
  showNothing(address);
  at("more").hidden = !alertList.more || address.condition === FIRING;
  at("too-many").hidden = !alertList.more || address.condition !== FIRING;
  if (!counting.offered) showCounts(countsFromList(address));
  if (address.view === "alerts") showTitle(shown);
}

/** The filters of the API, applied to what is known while the answer is still under way. */
function matchesFilters(alert, { condition, handling, severity, source, q }) {
  const among = (words, word) => !words || words.split(",").includes(word);
  const grave = !severity || SEVERITIES.indexOf(alert.severity) <= SEVERITIES.indexOf(severity);
  const conditions = condition === "all" ? "" : condition;
  return among(conditions, alert.condition) && among(handling, alert.handling) && among(source, alert.source) && grave && hasText(alert, q);
}

function hasText({ title, summary, resource, service }, text) {
  const wanted = text.toLowerCase();
  return !wanted || [title, summary, resource, service].some((part) => part?.toLowerCase().includes(wanted));
}

/** What fires, by severity and newest first; anything else is a history, newest first. */
function groups(alerts, { condition }) {
  alerts.sort((a, b) => Date.parse(b.condition_since) - Date.parse(a.condition_since));
  if (condition !== FIRING) return alerts.length ? [{ name: "newest first", alerts }] : [];
  const bySeverity = SEVERITIES.map((name) => ({ name, alerts: alerts.filter((alert) => alert.severity === name) }));
  return bySeverity.filter((group) => group.alerts.length > 0);
}

function groupNode({ name }) {
  const heading = element("h2", { id: `group-${name.replaceAll(" ", "-")}` }, name, " ", element("span", { class: "count" }));
  return element("section", { "data-severity": name }, heading, element("ol", { "aria-labelledby": heading.id }));
}

function updateGroup(node, { alerts }) {
  setText(node.querySelector("h2 .count"), String(alerts.length));
  const row = { key: (alert) => alert.fingerprint, create: alertRow, update: updateAlertRow };
  reconcile(node.querySelector("ol"), alerts, row);
}

function alertRow() {
  const link = rowLink();
  const cell = (name) => element("span", { class: name, dir: "auto" });
  link.append(cell("severity"), cell("title"), cell("where"), cell("value"), cell("handling"), cell("source"), age("", { class: "age" }));
  return element("li", { class: "row alert" }, link);
}

function updateAlertRow(row, alert) {
  const link = row.firstElementChild;
  const [severity, title, where, value, handling, source, time] = link.children;
  setAttribute(link, "href", addressWith({ view: "alerts", open: alert.fingerprint }));
  setAttribute(link, "aria-current", readAddress().open === alert.fingerprint ? "true" : null);
  Object.assign(row.dataset, { severity: alert.severity, handling: alert.handling, condition: alert.condition });
  row.classList.toggle("fresh", alertList.fresh?.has(alert.fingerprint) ?? false);
  setText(severity, alert.severity);
  setText(title, alert.title);
  setText(where, placeOf(alert));
  setText(value, alert.value);
  setText(handling, handlingOf(alert));
  setText(source, alert.source);
  setAge(time, alert.condition_since);
}

/** Where it is, unless the title says so. */
function placeOf({ resource, service, title }) {
  return [resource, service].filter((part) => part && !title.includes(part)).join(" · ");
}

/** What people have done about it, and whether it still fires, in words. */
function handlingOf({ handling, condition, acknowledgement }) {
  const ended = condition === FIRING ? "" : condition;
  if (handling === "acknowledged") return [ended, `✓ ${acknowledgement?.by ?? "acknowledged"}`].filter(Boolean).join(" · ");
  return [ended, handling === "silenced" ? "silenced" : ""].filter(Boolean).join(" · ");
}

function showNothing(address) {
  fill(at("alerts-empty"), isFiltered(address), () => {
    if (!isFiltered(address)) return [element("strong", {}, "No alerts are firing."), element("p", {}, "New alerts appear here by themselves.")];
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
