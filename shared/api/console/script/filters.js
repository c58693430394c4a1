// The filters of the alert list, and the head with its counts. Both only read and write the address.

const TYPING_MS = 250;
const counting = { offered: true };
let typing;

/** Sets the controls to what the address says. */
function showFilters(address) {
  const form = at("filters");
  for (const name of ["condition", "handling", "severity", "source", "group"]) choose(form.elements[name], address[name]);
  if (document.activeElement !== form.elements.q) form.elements.q.value = address.q;
  at("clear-filters").hidden = !isFiltered(address);
  at("matchers").hidden = address.filter.length === 0;
  fill(at("matchers"), address.filter, (matchers) => matchers.map(matcherChip));
}

/** An address may say what no option says, such as two sources: then it becomes an option. */
function choose(select, value) {
  const known = Array.from(select.options).some((option) => option.value === value);
  if (!known) select.append(element("option", { value }, value.replaceAll(",", ", ")));
  if (select.value !== value) select.value = value;
}

function matcherChip(matcher) {
  const without = () => visit(addressWith({ filter: readAddress().filter.filter((other) => other !== matcher) }));
  return element("li", {}, button(`${matcher} ×`, without, { class: "chip", "aria-label": `Remove the filter ${matcher}` }));
}

/** One matcher at the beginning of a text: a name, an operator, and a value with or without quotation marks. */
const MATCHER = /^\s*([\p{L}_][\p{L}\p{N}_.:-]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s",{}]+)\s*(?:,|$)/u;

/** The matchers that a text is made of, such as `env="prod", host=~"db.*"`; null where it is anything else. */
function matchersIn(text) {
  const found = [];
  let rest = text.trim().replace(/^\{([^]*)\}$/, "$1");
  while (rest.trim()) {
    const match = MATCHER.exec(rest);
    if (!match) return null;
    const [whole, name, operator, value] = match;
    found.push(`${name}${operator}${value.startsWith('"') ? value : JSON.stringify(value)}`);
    rest = rest.slice(whole.length);
  }
  return found.length ? found : null;
}

/** Whether a text is about to become a matcher: such a text is not looked for while it is typed. */
function isMatcherLike(text) {
  return /^\s*\{?\s*[\p{L}_][\p{L}\p{N}_.:-]*\s*(=|!=|!~)/u.test(text);
}

/** Makes the typed matchers filters, and empties the field. True if there were any. */
function takeMatchers(field) {
  const typed = matchersIn(field.value);
  if (!typed) return false;
  const { filter } = readAddress();
  field.value = "";
  visit(addressWith({ q: "", open: "", filter: [...filter, ...typed.filter((matcher) => !filter.includes(matcher))] }));
  return true;
}

/** Shows only alerts that have this label. */
function filterByLabel(name, value) {
  const matcher = `${name}=${JSON.stringify(value)}`;
  const filter = readAddress().filter.filter((other) => other !== matcher);
  visit(addressWith({ view: "alerts", signal: "", filter: [...filter, matcher], open: "" }));
}

function clearFilters() {
  visit(addressWith({ ...NO_FILTERS, view: "alerts" }));
  focusList();
}

/** Loads how many fire, for the head; a server without counts is counted from the list. */
async function loadCounts(address, signal) {
  const counts = counting.offered ? await ifOffered(get("v1/counts", {}, signal)) : null;
  counting.offered = counts !== null;
  return () => showCounts(counts ?? countsFromList(address));
}

/** Counts of the list, where the list is everything that fires. */
function countsFromList(address) {
  if (address.view !== "alerts" || isFiltered(address)) return null;
  const alerts = Array.from(alertList.all.values());
  const handled = (handling) => alerts.filter((alert) => alert.handling === handling).length;
  const severity = (name) => [name, alerts.filter((alert) => alert.severity === name).length];
  return {
    firing: alerts.length,
    acknowledged: handled("acknowledged"),
    silenced: handled("silenced"),
    by_severity: Object.fromEntries(SEVERITIES.map(severity)),
  };
}

function showCounts(counts) {
  if (!counts) return;
  fill(at("counts"), counts, () => [
    countLink(counts.firing, "firing", {}),
    ...SEVERITIES.filter((name) => counts.by_severity?.[name]).map((name) => severityCount(counts, name)),
    countLink(counts.acknowledged, "acknowledged", { handling: "acknowledged" }),
    countLink(counts.silenced, "silenced", { handling: "silenced" }),
  ]);
}

function severityCount(counts, name) {
  const item = countLink(counts.by_severity[name], name, { severity: name });
  item.dataset.severity = name;
  return item;
}

function countLink(count, word, filters) {
  const address = addressWith({ ...NO_FILTERS, view: "alerts", ...filters });
  const link = element("a", { href: address }, element("strong", {}, String(count ?? 0)), ` ${word}`);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    visit(address);
  });
  return element("li", {}, link);
}

function prepareFilters() {
  const form = at("filters");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    if (!takeMatchers(form.elements.q)) focusList();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "q") return;
    if (event.target.name === "group") return visit(addressWith({ group: event.target.value }));
    visit(addressWith({ [event.target.name]: event.target.value, open: "" }));
  });
  form.elements.q.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (isMatcherLike(event.target.value)) return;
    typing = setTimeout(() => amend({ q: event.target.value.trim(), open: "" }), TYPING_MS);
  });
  at("unfold").addEventListener("click", () => {
    const unfolded = form.toggleAttribute("data-unfolded");
    setAttribute(at("unfold"), "aria-expanded", String(unfolded));
  });
  at("clear-filters").addEventListener("click", clearFilters);
  at("more").firstElementChild.addEventListener("click", showOlder);
}
