// The address bar: which view, which filters, which entry. Whoever gets the address sees the same.

const VIEW_NAMES = ["alerts", "silences", "quarantine", "sources", "notifications", "destinations", "statistics", "events"];
const FIRING = "firing";
/** The address without what filters and opens. */
const NO_FILTERS = { open: "", condition: FIRING, handling: "", severity: "", source: "", q: "", filter: [], state: "", to: "", days: "", signal: "" };

/** What the address says. */
function readAddress() {
  const query = new URLSearchParams(location.search);
  const view = VIEW_NAMES.includes(query.get("view")) ? query.get("view") : "alerts";
  const text = (name) => query.get(name)?.trim() ?? "";
  return {
    view,
    open: text("open"),
    condition: text("condition") || FIRING,
    handling: text("handling"),
    severity: text("severity"),
    source: text("source"),
    q: text("q"),
    filter: query.getAll("filter"),
    group: text("group"),
    state: text("state"),
    to: text("to"),
    days: text("days"),
    signal: text("signal"),
  };
}

/** The address with `changes`; what is as usual is left out of it. */
function addressWith(changes) {
  const { view, condition, filter, ...rest } = { ...readAddress(), ...changes };
  const query = new URLSearchParams();
  if (view !== "alerts") query.set("view", view);
  if (condition !== FIRING) query.set("condition", condition);
  for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
  for (const matcher of filter) query.append("filter", matcher);
  return `${location.pathname}${query.size ? `?${query}` : ""}`;
}

/** The address of another view, without filters of this one. */
function addressOfView(view) {
  return view === "alerts" ? location.pathname : `${location.pathname}?view=${view}`;
}

/** Goes to an address as a step that "back" takes back. */
function visit(address) {
  if (address === location.pathname + location.search) return;
  history.pushState(null, "", address);
  arrive();
}

/** Changes the address in place: for what is typed letter by letter. */
function amend(changes) {
  history.replaceState(null, "", addressWith(changes));
  arrive();
}

/** Whether any filter of the alert list differs from the usual. */
function isFiltered({ condition, handling, severity, source, q, filter }) {
  return condition !== FIRING || Boolean(handling || severity || source || q || filter.length);
}
