// What people do about alerts. Each action says what came of it, and the page shows the new state at once.

/** Runs an action; a refusal is shown, never thrown away. True if it went well. */
async function attempt(act) {
  try {
    await act();
    refresh();
    return true;
  } catch (error) {
    if (error.status === 401) notKnown();
    else complain(error);
    if (error.status === 404 || error.status === 409) refresh();
    return false;
  }
}

function acknowledge(alert, note = undefined) {
  return handle(alert, "acknowledge", note, "Acknowledged");
}

function unacknowledge(alert) {
  return handle(alert, "unacknowledge", undefined, "Given back");
}

async function acknowledgeWithNote(alert) {
  const note = await ask({ title: "Acknowledge", text: alert.title, yes: "Acknowledge", field: "Note" });
  if (note !== null) await acknowledge(alert, note);
}

async function resolve(alert) {
  const text = `${alert.title}. It opens again when its source says so.`;
  const note = await ask({ title: "Resolve by hand?", text, yes: "Resolve", field: "Note" });
  if (note !== null) await handle(alert, "resolve", note, "Resolved");
}

async function handle(alert, verb, note, done) {
  await attempt(async () => {
    const path = `v1/alerts/${encodeURIComponent(alert.fingerprint)}/${verb}`;
    const changed = await send("POST", path, note ? { note } : {});
    say(`${done}: ${alert.title}`);
    putAlert(changed);
    if (readAddress().open === changed.fingerprint) keepingFocus(() => showAlert(changed));
  });
}

/** Moves to the note field of an alert. */
function writeNote(alert) {
  if (readAddress().open !== alert.fingerprint) visit(addressWith({ view: "alerts", open: alert.fingerprint }));
  at("detail").querySelector("textarea")?.focus();
}

function notesSkeleton() {
  const text = element("textarea", { rows: "2", maxlength: "4000", "aria-label": "New note", placeholder: "What the next one should know", required: true });
  const form = element("form", { class: "note", "data-acts": true }, text, element("button", {}, "Add note"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addNote(text);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return element("div", { class: "notes" }, form, element("ol", {}));
}

async function addNote(field) {
  const text = field.value.trim();
  const alert = openAlert();
  if (!text || !alert) return;
  await attempt(async () => {
    await send("POST", `v1/alerts/${encodeURIComponent(alert.fingerprint)}/notes`, { text });
    if (field.value.trim() === text) field.value = "";
    say("Note added.");
  });
}

/** Shows the notes, newest first; null where this server has none. */
function showNotes(notes) {
  const node = at("detail").querySelector(".notes");
  if (!node) return;
  node.hidden = notes === null;
  node.previousElementSibling.hidden = notes === null;
  fill(node.querySelector("ol"), notes, () => (notes ?? []).map(noteNode));
}

/** What a note says somebody did, besides writing it. */
const ACTIONS = { acknowledge: "acknowledged it", unacknowledge: "gave it back", resolve: "resolved it", expire: "let it expire" };

function noteNode({ by, action, text, at: when }) {
  const did = action && action !== "note" ? ` ${ACTIONS[action] ?? action}` : "";
  const head = element("p", { class: "by" }, element("strong", { dir: "auto" }, by ?? ""), `${did} · `, age(when), " ago");
  return element("li", {}, head, text ? element("p", { class: "text", dir: "auto" }, text) : "");
}
