// Keys: everything that the mouse can do, and the help that lists them.

const SINGLE = "on";
const keyboard = { single: true };

/** Key, meaning, action. What has no action works by itself in every browser, and stands here for the help. */
const KEYS = [
  ["j", "next", () => walk(1)],
  ["k", "previous", () => walk(-1)],
  ["Enter", "open"],
  ["Escape", "close, back to the list"],
  ["v", "select or not (as Space does)", () => toggleRow()],
  ["V", "select all that the filter shows, or none", () => selectWhole(!hasSelection())],
  ["a", "acknowledge; with a selection all of it", () => (hasSelection() ? actOnSelected("acknowledge") : withAlert(acknowledge))],
  ["A", "acknowledge with a note", () => withAlert(acknowledgeWithNote)],
  ["u", "give back (unacknowledge)", () => (hasSelection() ? actOnSelected("unacknowledge") : withAlert(unacknowledge))],
  ["s", "silence", () => silenceChosen()],
  ["r", "resolve by hand", () => (hasSelection() ? resolveSelected() : withAlert(resolve))],
  ["n", "write a note", () => withAlert(writeNote)],
  ["l", "copy the alert's link", () => withAlert(copyLink)],
  ["o", "open at the source", () => withAlert(openAtSource)],
  ["e", "end the silence", () => withSilence(endSilence)],
  ["c", "change the silence", () => withSilence(changeSilence)],
  ["p", "replay from quarantine", () => withEntry(replayEntry)],
  ["d", "delete from quarantine", () => withEntry(deleteEntry)],
  ["y", "try a notification now", () => withNotification(retryNotification)],
  ["/", "filter by text", () => filterByText()],
  ["x", "clear the filters", () => clearFilters()],
  ["1", "alerts", () => visit(addressOfView("alerts"))],
  ["2", "silences", () => visit(addressOfView("silences"))],
  ["3", "quarantine", () => visit(addressOfView("quarantine"))],
  ["4", "sources", () => visit(addressOfView("sources"))],
  ["5", "notifications", () => visit(addressOfView("notifications"))],
  ["6", "destinations", () => visit(addressOfView("destinations"))],
  ["7", "statistics", () => visit(addressOfView("statistics"))],
  ["8", "events", () => visit(addressOfView("events"))],
  ["t", "theme: as the device, dark, light", () => nextTheme()],
  ["?", "this help", () => at("help").showModal()],
];

/** Keys that change something. */
const ACTING_KEYS = "aAusrnecpdyvV";

function prepareKeyboard() {
  keyboard.single = (remembered(SINGLE_KEYS) ?? SINGLE) === SINGLE;
  at("single-keys").checked = keyboard.single;
  at("single-keys").addEventListener("change", (event) => {
    keyboard.single = event.target.checked;
    remember(SINGLE_KEYS, keyboard.single ? SINGLE : "off");
  });
  at("help-form").addEventListener("submit", (event) => event.preventDefault());
  at("show-help").addEventListener("click", () => at("help").showModal());
  at("skip").addEventListener("click", focusList);
  at("keys").append(...KEYS.map(([key, meaning]) => element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning))));
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (at("console").hidden || document.querySelector("dialog[open]") || event.isComposing) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return escape(event);
  if (isRowKey(event)) return walkByArrow(event);
  if (event.key === " " && event.target.matches(".row.alert .row-link")) {
    event.preventDefault();
    return mayAct() ? toggleRow() : say("You may read only.");
  }
  if (!keyboard.single || isTyping(event.target)) return;
  const action = KEYS.find(([key]) => key === event.key)?.[2];
  if (!action) return;
  event.preventDefault();
  if (!mayAct() && ACTING_KEYS.includes(event.key)) return say("You may read only.");
  action();
}

function isTyping(target) {
  return target.matches("textarea, select, input:not([type=checkbox])");
}

function isRowKey(event) {
  return event.target.matches(".row-link, .fold") && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key);
}

function walkByArrow(event) {
  event.preventDefault();
  const far = rows().length;
  walk({ ArrowDown: 1, ArrowUp: -1, Home: -far, End: far }[event.key]);
}

/** Out of a field, then out of the detail. */
function escape(event) {
  if (isTyping(event.target)) {
    event.preventDefault();
    const detail = at("detail").querySelector(".title");
    return at("detail").contains(event.target) ? detail?.focus() : focusList();
  }
  if (readAddress().open) closeDetail();
  else if (hasSelection()) selectWhole(false);
}

/** The alert that a key is about: the one that is open, else the one whose row has the focus; never one nobody chose. */
function chosenAlert() {
  if (readAddress().view !== "alerts") return undefined;
  const key = document.activeElement?.closest(".row.alert")?.dataset.key;
  return openAlert() ?? alertList.all.get(key);
}

function withAlert(act) {
  const alert = chosenAlert();
  if (alert) act(alert);
  else if (readAddress().view === "alerts") say("Choose an alert first: j and k move.");
}

function silenceChosen() {
  if (readAddress().view === "silences") return composeSilence([]);
  if (hasSelection()) return silenceSelected();
  withAlert(silenceAlert);
}

function withSilence(act) {
  if (readAddress().view !== "silences") return;
  if (openSilence()) act(openSilence());
  else say("Open a silence first: Enter.");
}

function withEntry(act) {
  if (readAddress().view !== "quarantine") return;
  const entry = openQuarantined() ?? quarantined.get(document.activeElement?.closest(".row")?.dataset.key);
  if (entry) act(entry);
  else say("Choose an entry first: j and k move.");
}

function openAtSource(alert) {
  const url = webAddress(alert.url);
  if (url) window.open(url.href, "_blank", "noopener,noreferrer");
  else say("Its source gave no link.");
}

function filterByText() {
  if (readAddress().view !== "alerts") visit(addressOfView("alerts"));
  at("filters").elements.q.focus();
  at("filters").elements.q.select();
}
