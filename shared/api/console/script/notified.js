// Who was notified of one alert, or why not, and what mutes it.

/** Statuses after which a part of the page is left out: the alert itself is worth more than a whole page. */
const LEFT_OUT = [400, 404, 405, 422, 500, 501, 502, 503, 504];
/** What somebody wants to know first stands first. */
const NOTIFIED_ORDER = ["pending", "notified", "withheld", "acknowledged", "unselected", "nothing"];
const NOTIFIED_WORDS = {
  pending: "waiting",
  notified: "notified",
  withheld: "withheld",
  acknowledged: "not notified",
  unselected: "not selected",
  nothing: "nothing to notify",
};

/** Loads what destinations know of the alert `open`; null where the server cannot say it. */
function loadNotified(open, signal) {
  return unless(LEFT_OUT, get(`v1/alerts/${encodeURIComponent(open)}/notifications`, {}, signal));
}

function notifiedSkeleton() {
  return element("div", { class: "notified" }, element("ul", {}));
}

/** Shows for each destination whether it was notified. */
function showNotified(answer) {
  const node = at("detail").querySelector(".notified");
  if (!node) return;
  const known = answer?.destinations ?? null;
  const place = (one) => NOTIFIED_ORDER.indexOf(one.state);
  fill(at("detail").querySelector(".muted"), known, mutedBy);
  fill(node.firstElementChild, known ?? "unknown", () => {
    if (!known) return element("li", { class: "hint" }, "The server cannot say who was notified.");
    if (known.length === 0) return element("li", {}, "Nobody: no destination is configured. ", inward(addressOfView("destinations"), "Destinations"));
    return known.toSorted((a, b) => place(a) - place(b)).map(notifiedLine);
  });
}

function notifiedLine(one) {
  const to = inward(addressOfView("destinations"), one.destination);
  const word = element("span", { class: "word" }, NOTIFIED_WORDS[one.state] ?? one.state);
  return element("li", { "data-state": one.state }, to, word, element("span", { class: "why", dir: "auto" }, ...notifiedWhen(one)));
}

/** When, or why not; a rise in severity may be withheld from one that knows the alert. */
function notifiedWhen({ state, reason, notified_at, notified_severity, pending_since, due_at, withheld }) {
  const knows = notified_at ? [age(notified_at), ` ago as ${notified_severity}`] : [];
  if (state === "pending") {
    const due = due_at ? [", next attempt ", dueIn(due_at)] : [];
    return ["since ", age(pending_since), ...due, reason ? `: ${reason}` : "", ...(notified_at ? ["; knows it since ", ...knows] : [])];
  }
  const again = withheld?.until ? [", decided again ", dueIn(withheld.until)] : [];
  if (state === "notified") return reason ? [...knows, "; the rise is withheld: ", reason, ...again] : knows;
  return [reason ?? "", ...again];
}

/** When something is due; what is overdue waits for the next tick. */
function dueIn(moment) {
  return Date.parse(moment) <= Date.now() ? "now" : age(moment);
}

/** What mutes the alert at some destination, in links. */
function mutedBy(destinations) {
  const withheld = (destinations ?? []).map((one) => one.withheld).filter(Boolean);
  const silences = new Set(withheld.flatMap((one) => one.silences ?? []));
  const alerts = new Set(withheld.flatMap((one) => one.alerts ?? []));
  const line = (what, links) => (links.length ? element("p", {}, what, ...separated(links)) : null);
  return [
    line("Muted by ", Array.from(alerts, alertLink)),
    line("Notifications withheld by ", Array.from(silences, (id) => inward(`${addressOfView("silences")}&open=${encodeURIComponent(id)}`, `silence ${id.slice(0, 8)}`))),
  ].filter(Boolean);
}

/** A link to another alert, by its title where the list knows it. */
function alertLink(fingerprint) {
  const title = alertList.all.get(fingerprint)?.title ?? `alert ${fingerprint.slice(0, 8)}`;
  return inward(`${location.pathname}?open=${encodeURIComponent(fingerprint)}`, title);
}

function separated(nodes) {
  return nodes.flatMap((node, n) => (n ? [", ", node] : [node]));
}
