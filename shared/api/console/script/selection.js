// Which alerts are selected, and what is done with all of them in one request.

/** Most alerts that one request names. */
const MOST_NAMED = 1000;
const BULK_DONE = { acknowledge: "Acknowledged", unacknowledge: "Given back", resolve: "Resolved", silence: "Silenced" };

/** `whole`: all that the filter shows, whether it is loaded or not. */
const selection = { chosen: new Set(), whole: false };

function isSelected(fingerprint) {
  return selection.whole || selection.chosen.has(fingerprint);
}

/** Selects these alerts, or takes them out again. */
function select(fingerprints, wanted) {
  if (selection.whole) selection.chosen = new Set(shownAlerts().map((alert) => alert.fingerprint));
  selection.whole = false;
  for (const fingerprint of fingerprints) selection.chosen[wanted ? "add" : "delete"](fingerprint);
  showSelection();
}

function selectWhole(wanted) {
  Object.assign(selection, { chosen: new Set(), whole: wanted });
  showSelection();
}

/** The alerts in the list that are selected. */
function selectedAlerts() {
  return shownAlerts().filter((alert) => isSelected(alert.fingerprint));
}

/** Sets every tick and the bar above the list to what is selected; what left the list is selected no longer. */
function showSelection() {
  const shown = shownAlerts();
  const there = new Set(shown.map((alert) => alert.fingerprint));
  for (const fingerprint of selection.chosen) if (!there.has(fingerprint)) selection.chosen.delete(fingerprint);
  for (const pick of document.querySelectorAll("#alerts .row .pick")) pick.checked = isSelected(pick.parentElement.dataset.key);
  for (const section of at("alerts").children) showGroupTick(section);
  const count = selection.whole ? shown.length : selection.chosen.size;
  const more = alertList.more ? "+" : "";
  at("selection").hidden = shown.length === 0;
  at("selection").dataset.state = count > 0 ? "some" : "none";
  const all = at("select-all");
  all.checked = count > 0 && count === shown.length;
  all.indeterminate = count > 0 && count < shown.length;
  setText(at("selected"), count === 0 ? `Select all ${shown.length}${more}` : `${count}${selection.whole ? more : ""} of ${shown.length}${more} selected`);
  for (const act of at("selection").querySelectorAll("button")) act.hidden = count === 0;
}

function showGroupTick(section) {
  const tick = section.querySelector(".pick-group");
  if (!tick || !section.alerts) return;
  const count = section.alerts.filter((alert) => isSelected(alert.fingerprint)).length;
  tick.checked = count > 0 && count === section.alerts.length;
  tick.indeterminate = count > 0 && count < section.alerts.length;
}

/** Whether keys act on the selection rather than on one alert. */
function hasSelection() {
  return readAddress().view === "alerts" && (selection.whole || selection.chosen.size > 0);
}

/** Takes the row with the focus into the selection, or out of it. */
function toggleRow() {
  const fingerprint = document.activeElement?.closest(".row.alert")?.dataset.key;
  if (!fingerprint) return say("Choose an alert first: j and k move.");
  select([fingerprint], !isSelected(fingerprint));
}

/** What the request is about: names, or the filter where there is more than the list has. */
function bulkTargets() {
  if (selection.whole && alertList.more) return [{ filter: bulkFilter(readAddress()) }];
  const named = selectedAlerts().map((alert) => alert.fingerprint);
  const parts = [];
  for (let from = 0; from < named.length; from += MOST_NAMED) parts.push({ fingerprints: named.slice(from, from + MOST_NAMED) });
  return parts;
}

function bulkFilter(address) {
  const { condition, handling, severity, source, q, filter } = alertQuery(address);
  const words = (text) => text.split(",").filter(Boolean);
  const all = ["firing", "resolved", "expired"];
  return { condition: condition ? words(condition) : all, handling: words(handling), source: words(source), filter, ...(severity && { severity }), ...(q && { q }) };
}

async function actOnSelected(action, body = {}) {
  await attempt(async () => {
    const results = [];
    for (const target of bulkTargets()) {
      let cursor;
      do {
        const answer = await send("POST", "v1/alerts/actions", { action, ...body, ...target, ...(cursor && { cursor }) });
        results.push(...answer.results);
        cursor = answer.next_cursor;
      } while (cursor);
    }
    say(bulkResult(action, results));
    selectWhole(false);
  });
}

/** How many were done, and why the others were not; each reason once, with its number. */
function bulkResult(action, results) {
  const refused = results.filter((result) => result.error);
  const done = `${BULK_DONE[action]}: ${results.length - refused.length} of ${results.length}.`;
  const reasons = Map.groupBy(refused, (result) => result.error.message);
  return [done, ...Array.from(reasons, ([message, of]) => `${of.length} not: ${message}.`)].join(" ");
}

async function resolveSelected() {
  const count = selectedAlerts().length;
  const text = "Each opens again when its source says so.";
  const note = await ask({ title: `Resolve ${count}${selection.whole && alertList.more ? "+" : ""} alerts by hand?`, text, yes: "Resolve", field: "Note" });
  if (note !== null) await actOnSelected("resolve", note ? { note } : {});
}

function silenceSelected() {
  at("mute-form").reset();
  setText(at("mute-title"), `Silence ${selectedAlerts().length} alerts`);
  at("mute-common").hidden = commonMatchers(selectedAlerts()).length === 0;
  at("mute-dialog").showModal();
  at("mute-form").elements.note.focus();
}

/** Matchers of the labels in which all of them agree. */
function commonMatchers([first, ...others]) {
  const common = Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every(({ labels }) => labels[name] === value));
  return common.map(([name, value]) => ({ name, value, is_regex: false, is_equal: true }));
}

function prepareSelection() {
  at("select-all").addEventListener("change", (event) => selectWhole(event.target.checked));
  at("select-none").addEventListener("click", () => {
    selectWhole(false);
    at("select-all").focus();
  });
  at("act-acknowledge").addEventListener("click", () => actOnSelected("acknowledge"));
  at("act-unacknowledge").addEventListener("click", () => actOnSelected("unacknowledge"));
  at("act-resolve").addEventListener("click", resolveSelected);
  at("act-silence").addEventListener("click", silenceSelected);
  at("mute-common").addEventListener("click", () => {
    at("mute-dialog").close();
    composeSilence(commonMatchers(selectedAlerts()), at("mute-form").elements.note.value.trim());
  });
  at("mute-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const { duration, note } = at("mute-form").elements;
    at("mute-dialog").close();
    actOnSelected("silence", { duration_secs: Number(duration.value), note: note.value.trim() });
  });
}
