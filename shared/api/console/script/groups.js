// The alerts in groups: by severity unless the address says otherwise. A large group is folded, or shown in part.

/** Groups by anything but severity are folded when they have more alerts than this. */
const FOLDED_ABOVE = 10;
/** How many rows of a group are shown until somebody asks for all of them. */
const ROWS = 100;
const GROUPINGS = {
  severity: { of: (alert) => alert.severity },
  resource: { of: (alert) => alert.resource ?? "", nameless: "without a resource" },
  name: { of: (alert) => servedLabels(alert).alertname ?? "", nameless: "without a name" },
  source: { of: (alert) => alert.source },
  none: { of: () => "all" },
};

/** What somebody unfolded, folded or asked to see whole, by grouping and group. */
const folding = { folded: new Map(), whole: new Set() };

/** By what the address groups; what is over is a history, newest first, unless it says so. */
function groupingOf({ group, condition }) {
  if (group in GROUPINGS) return group;
  return condition === FIRING ? "severity" : "none";
}

/** The groups, worst first; in each the worst first and then the newest. */
function groups(alerts, grouping) {
  const { of, nameless } = GROUPINGS[grouping];
  const gravity = (alert) => SEVERITIES.indexOf(alert.severity);
  const newer = (a, b) => Date.parse(b.condition_since) - Date.parse(a.condition_since);
  alerts.sort(grouping === "none" ? newer : (a, b) => gravity(a) - gravity(b) || newer(a, b));
  const named = Array.from(Map.groupBy(alerts, of), ([name, members]) => ({
    key: `${grouping} ${name}`, name: name || nameless, worst: members[0].severity, alerts: members, grouping,
  }));
  const criticals = (group) => group.alerts.filter((alert) => alert.severity === group.worst).length;
  return named.sort((a, b) => SEVERITIES.indexOf(a.worst) - SEVERITIES.indexOf(b.worst) || criticals(b) - criticals(a) || newer(a.alerts[0], b.alerts[0]));
}

function isFolded({ key, alerts, grouping }) {
  return folding.folded.get(key) ?? (!["severity", "none"].includes(grouping) && alerts.length > FOLDED_ABOVE);
}

let madeGroups = 0;

function groupNode() {
  const id = `group-${(madeGroups += 1)}`;
  const tick = element("input", { type: "checkbox", class: "pick-group" });
  const fold = button("", () => toggleGroup(fold.closest("section").key), { class: "fold walk", "aria-controls": id });
  fold.append(element("span", { class: "group-name", dir: "auto" }), " ", element("span", { class: "count" }), element("span", { class: "of-which" }));
  fold.addEventListener("focus", () => keepInTabOrder(fold));
  const more = element("p", { class: "more-rows", hidden: true }, button("", () => showWhole(more.closest("section").key), { class: "quiet" }));
  const node = element("section", {}, element("div", { class: "group-head" }, tick, element("h2", {}, fold)), element("ol", { id }), more);
  tick.addEventListener("change", () => select(node.alerts.map((alert) => alert.fingerprint), tick.checked));
  return node;
}

function updateGroup(node, group) {
  const { key, name, worst, alerts } = group;
  const folded = isFolded(group);
  const fold = node.querySelector(".fold");
  Object.assign(node, { key, alerts });
  node.dataset.severity = worst;
  setAttribute(node.querySelector(".pick-group"), "aria-label", `Select the group ${name}`);
  setAttribute(fold, "aria-expanded", String(!folded));
  if (!folded) fold.tabIndex = 0;
  setText(fold.querySelector(".group-name"), name);
  setText(fold.querySelector(".count"), String(alerts.length));
  setText(fold.querySelector(".of-which"), ofWhich(group));
  const list = node.querySelector("ol");
  setAttribute(list, "aria-label", name);
  list.hidden = folded;
  const shown = folded ? [] : folding.whole.has(key) ? alerts : alerts.slice(0, ROWS);
  reconcile(list, shown, { key: (alert) => alert.fingerprint, create: alertRow, update: updateAlertRow });
  const more = node.querySelector(".more-rows");
  more.hidden = folded || shown.length === alerts.length;
  setText(more.firstElementChild, `Show all ${alerts.length}`);
}

/** What is in a group besides its number, for those who see it folded. */
function ofWhich({ alerts, grouping }) {
  const count = (test) => alerts.filter(test).length;
  const bySeverity = SEVERITIES.map((name) => [count((alert) => alert.severity === name), name]);
  const severities = ["severity", "none"].includes(grouping) ? [] : bySeverity;
  const handled = [[count((alert) => alert.handling === "acknowledged"), "acknowledged"], [count((alert) => alert.handling === "silenced"), "silenced"]];
  const said = [...severities, ...handled].filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return said.length ? ` · ${said.join(", ")}` : "";
}

function toggleGroup(key) {
  const node = Array.from(at("alerts").children).find((section) => section.key === key);
  folding.folded.set(key, node.querySelector(".fold").getAttribute("aria-expanded") === "true");
  keepingFocus(showAlerts);
}

function showWhole(key) {
  folding.whole.add(key);
  keepingFocus(showAlerts);
}

function alertRow() {
  const link = rowLink();
  const cell = (name, ...children) => element("span", { class: name, dir: "auto" }, ...children);
  link.append(
    cell("severity"), cell("what", cell("title", element("span"), element("span", { class: "unseen" })), cell("value")), cell("where"), cell("service"), cell("handling"), cell("source"), age("", { class: "age" }),
  );
  const pick = element("input", { type: "checkbox", class: "pick", tabindex: "-1" });
  pick.addEventListener("change", () => select([pick.parentElement.dataset.key], pick.checked));
  return element("li", { class: "row alert" }, pick, link);
}

function updateAlertRow(row, alert) {
  const [pick, link] = row.children;
  const [severity, what, where, service, handling, source, time] = link.children;
  setAttribute(pick, "aria-label", `Select ${alert.title}`);
  setAttribute(link, "href", addressWith({ view: "alerts", open: alert.fingerprint }));
  setAttribute(link, "aria-current", readAddress().open === alert.fingerprint ? "true" : null);
  Object.assign(row.dataset, { severity: alert.severity, handling: alert.handling, condition: alert.condition });
  row.classList.toggle("fresh", alertList.fresh?.has(alert.fingerprint) ?? false);
  setText(severity, alert.severity);
  const [title, place] = titleAndPlace(alert);
  setText(what.firstElementChild.firstElementChild, title);
  setText(what.firstElementChild.lastElementChild, place);
  setText(what.lastElementChild, alert.value);
  setText(where, alert.resource);
  setText(service, alert.service);
  fill(handling, marksOf(alert), (marks) => marks.map(([word, title]) => element("span", { class: "mark", title }, word)));
  setText(source, alert.source);
  setAge(time, alert.condition_since);
}

/** The title, and the end of it that says what the column beside it shows. */
function titleAndPlace({ title, resource }) {
  const end = ` on ${resource}`;
  return resource && title.endsWith(end) && title !== end ? [title.slice(0, -end.length), end] : [title, ""];
}

/** What people have done about it, whether it still fires, and what else to know, in words. */
function marksOf({ handling, condition, acknowledgement, silenced_by, inhibited_by, flaps, first_seen }) {
  const silences = silenced_by?.length ?? 0;
  return [
    condition === FIRING ? null : [condition],
    acknowledgement ? [`✓ ${acknowledgement.by}`, acknowledgement.note] : null,
    handling === "silenced" || silences > 0 ? [silences > 1 ? `silenced by ${silences}` : "silenced", "Nobody is notified: a silence covers it."] : null,
    inhibited_by?.length ? ["inhibited", "Nobody is notified while the alert that explains it fires."] : null,
    isFlapping({ flaps, first_seen }) ? [`flapping ×${flaps}`, `It reopened ${flaps} times.`] : null,
  ].filter(Boolean);
}

/** Whether it came back at least three times, and more than once a day. */
function isFlapping({ flaps, first_seen }) {
  return flaps >= 3 && Date.now() - Date.parse(first_seen) < flaps * DAY * 1000;
}
