// The list of silences, and ending one.

const NOT_OFFERED = "This server does not offer that yet.";

async function loadSilences({ state }, signal) {
  const states = { "": ["active", "pending"], all: [""] }[state] ?? [state];
  const answers = await Promise.all(states.map((one) => ifOffered(get("v1/silences", { state: one }, signal))));
  const silences = answers.includes(null) ? null : answers.flatMap((answer) => answer.silences);
  return () => showSilences(silences, state);
}

function showSilences(silences, state) {
  choose(at("silence-state"), state);
  at("new-silence").disabled = silences === null;
  const known = silences ?? [];
  reconcile(at("silences"), known.sort(byEnd), { key: (silence) => silence.id, create: silenceRow, update: updateSilenceRow });
  at("silences-empty").hidden = known.length > 0;
  fill(at("silences-empty"), [silences === null, state], () => {
    if (silences === null) return element("p", {}, NOT_OFFERED);
    return element("strong", {}, state ? "No such silence." : "Nothing is silenced.");
  });
}

/** What ends next stands first; of what is over, what ended last. */
function byEnd(a, b) {
  const order = { active: 0, pending: 1, expired: 2 };
  if (a.state !== b.state) return order[a.state] - order[b.state];
  const sooner = a.ends_at < b.ends_at ? -1 : 1;
  return a.state === "expired" ? -sooner : sooner;
}

function silenceRow() {
  const link = rowLink();
  for (const name of ["state", "matched", "comment", "who", "ends"]) link.append(element("span", { class: name, dir: "auto" }));
  return element("li", { class: "row silence" }, link);
}

function updateSilenceRow(row, silence) {
  const link = row.firstElementChild;
  const [state, matched, comment, who, ends] = link.children;
  setAttribute(link, "href", addressWith({ view: "silences", open: silence.id }));
  setAttribute(link, "aria-current", readAddress().open === silence.id ? "true" : null);
  row.dataset.state = silence.state;
  setText(state, silence.state);
  setText(matched, silence.matchers.map(matcherText).join(", "));
  setText(comment, silence.comment);
  setText(who, silence.created_by);
  fill(ends, [silence.state, silence.starts_at, silence.ends_at], () => timesOf(silence));
}

function timesOf({ state, starts_at, ends_at }) {
  if (state === "pending") return ["begins ", age(starts_at)];
  if (state === "expired") return ["ended ", age(ends_at), " ago"];
  return ["ends ", age(ends_at)];
}

/** A matcher as Alertmanager writes it. */
function matcherText({ name, value, is_regex, is_equal }) {
  const operator = `${is_equal === false ? "!" : is_regex ? "=" : ""}${is_regex ? "~" : "="}`;
  return `${name}${operator}${JSON.stringify(value)}`;
}

async function loadSilence({ open }, signal) {
  const silence = await ifThere(get(`v1/silences/${encodeURIComponent(open)}`, {}, signal));
  return () => (silence ? showSilence(silence) : showMissing(`There is no silence ${open}.`));
}

function showSilence(silence) {
  const node = pane(silence.id, "silence", () => [paneHead(), element("div", { class: "badges" }), element("div", { class: "buttons" }), element("div", { class: "about" })]);
  node.silence = silence;
  node.dataset.state = silence.state;
  setText(node.querySelector(".title"), silence.comment || "Silence");
  fill(node.querySelector(".badges"), silence.state, () => element("span", { class: "badge" }, silence.state));
  fill(node.querySelector(".buttons"), silence, () => silenceButtons(silence));
  fill(node.querySelector(".about"), silence, () => silenceFacts(silence));
}

function silenceButtons(silence) {
  const again = button("Silence again", () => composeSilence(silence.matchers, silence.comment), { "data-acts": true });
  if (silence.state === "expired") return again;
  return [
    button("End now", () => endSilence(silence), { "data-acts": true, class: "primary", "aria-keyshortcuts": "e", title: "End now (e)" }),
    button("Change", () => changeSilence(silence), { "data-acts": true, "aria-keyshortcuts": "c", title: "Change (c)" }),
  ];
}

function silenceFacts(silence) {
  return facts([
    ["Matches", element("code", { class: "lines" }, silence.matchers.map(matcherText).join("\n"))],
    ["Begins", moment(silence.starts_at)],
    ["Ends", moment(silence.ends_at)],
    ["Who", silence.created_by],
    ["Made", silence.created_at ? moment(silence.created_at) : null],
    ["Changed", silence.updated_at ? moment(silence.updated_at) : null],
    ["Id", element("code", {}, silence.id)],
  ]);
}

/** The silence in the detail. */
function openSilence() {
  return at("detail").firstElementChild?.silence;
}

async function endSilence(silence) {
  const text = `${silence.matchers.map(matcherText).join(", ")} — what it covers is notified again.`;
  if ((await ask({ title: "End this silence now?", text, yes: "End now" })) === null) return;
  await attempt(async () => {
    const ended = await send("DELETE", `v1/silences/${encodeURIComponent(silence.id)}`);
    say("The silence has ended.");
    if (ended && readAddress().open === silence.id) keepingFocus(() => showSilence(ended));
  });
}

function prepareSilences() {
  at("silence-state").addEventListener("change", (event) => visit(addressWith({ state: event.target.value, open: "" })));
  at("new-silence").addEventListener("click", () => composeSilence([]));
  prepareSilenceDialog();
}
