// The quarantine: what was not understood and why, replayed after a mend, or deleted.

const quarantined = new Map();

async function loadQuarantine(_address, signal) {
  const { quarantine, next_cursor } = await getPage("v1/quarantine", 200, {}, signal);
  return () => showQuarantine(quarantine, next_cursor);
}

function showQuarantine(entries, more) {
  numbersOf({ quarantine: entries, more });
  quarantined.clear();
  for (const entry of entries) quarantined.set(entry.id, entry);
  reconcile(at("quarantine"), entries, { key: (entry) => entry.id, create: quarantineRow, update: updateQuarantineRow });
  at("quarantine-empty").hidden = entries.length > 0 && !more;
  fill(at("quarantine-empty"), [entries.length, Boolean(more)], () =>
    more ? element("p", {}, "There are older ones, too.") : element("strong", {}, "Everything was understood."),
  );
}

function quarantineRow() {
  const link = rowLink();
  for (const name of ["source", "reason", "message"]) link.append(element("span", { class: name, dir: "auto" }));
  link.append(age("", { class: "age" }));
  return element("li", { class: "row quarantined" }, link);
}

function updateQuarantineRow(row, entry) {
  const link = row.firstElementChild;
  const [source, reason, message, time] = link.children;
  setAttribute(link, "href", addressWith({ view: "quarantine", open: entry.id }));
  setAttribute(link, "aria-current", readAddress().open === entry.id ? "true" : null);
  setText(source, entry.source);
  setText(reason, entry.reason.replaceAll("_", " "));
  setText(message, entry.message);
  setAge(time, entry.received_at);
}

/** The entry that is open, with its body, which the list leaves out; a server that serves no single one has it in the list. */
async function loadEntry({ open }, signal) {
  const entry = (await ifThere(get(`v1/quarantine/${encodeURIComponent(open)}`, {}, signal))) ?? quarantined.get(open);
  return () => (entry ? showEntry(entry) : showMissing("This entry is not in quarantine, or not any more."));
}

function showEntry(entry) {
  const node = pane(entry.id, "quarantine", () => [paneHead(), element("div", { class: "buttons" }), element("div", { class: "about" })]);
  node.entry = entry;
  setText(node.querySelector(".title"), `${entry.source}: ${entry.reason.replaceAll("_", " ")}`);
  fill(node.querySelector(".buttons"), entry.id, () => [
    button("Replay", () => replayEntry(entry), { "data-acts": true, class: "primary", "aria-keyshortcuts": "p", title: "Replay (p)" }),
    button("Delete", () => deleteEntry(entry), { "data-acts": true, "aria-keyshortcuts": "d", title: "Delete (d)" }),
  ]);
  fill(node.querySelector(".about"), entry, () => entryFacts(entry));
}

function entryFacts(entry) {
  const { method, query, content_type, headers } = entry;
  return [
    element("p", { class: "reason", dir: "auto" }, entry.message),
    facts([
      ["Received", moment(entry.received_at)],
      ["Request", [method, query ? `?${query}` : "", content_type].filter(Boolean).join(" ")],
      ["Headers", headersOf(headers)],
      ["Id", element("code", {}, entry.id)],
    ]),
    element("h3", {}, "Body"),
    bodyOf(entry.body),
  ];
}

/** The entry in the detail. */
function openQuarantined() {
  return at("detail").firstElementChild?.entry;
}

async function replayEntry(entry) {
  await attempt(async () => {
    say(replayed(await send("POST", `v1/quarantine/${encodeURIComponent(entry.id)}/replay`)));
    leaveEntry(entry);
  });
}

async function deleteEntry(entry) {
  const text = "Its body is gone for good: what it said can not be replayed any more.";
  if ((await ask({ title: "Delete this entry?", text, yes: "Delete" })) === null) return;
  await attempt(async () => {
    await send("DELETE", `v1/quarantine/${encodeURIComponent(entry.id)}`);
    say("Deleted.");
    leaveEntry(entry);
  });
}

/** Closes the detail of an entry that is gone, and goes on with its neighbour. */
function leaveEntry({ id }) {
  if (readAddress().open === id) closeDetail();
  const rest = Array.from(quarantined.values()).filter((entry) => entry.id !== id);
  keepingFocus(() => showQuarantine(rest, null));
}
