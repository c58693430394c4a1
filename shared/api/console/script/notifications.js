// Notifications: what waits and what came to an end, with why an attempt failed.

const notifications = new Map();
const NOTIFICATION_STATES = { dead: "dead-lettered" };

async function loadNotifications({ state, to }, signal) {
  const query = { state: state === "ended" ? ["sent", "failed", "dead"] : state, destination: to };
  const answer = await ifOffered(getPage("v1/notifications", 100, query, signal));
  return () => showNotifications(answer?.notifications ?? null, Boolean(answer?.next_cursor), state);
}

function showNotifications(entries, more, state) {
  choose(at("notification-state"), state);
  notifications.clear();
  for (const entry of entries ?? []) notifications.set(entry.id, entry);
  reconcile(at("notifications"), entries ?? [], { key: (entry) => entry.id, create: notificationRow, update: updateNotificationRow });
  at("notifications-empty").hidden = entries?.length > 0 && !more;
  fill(at("notifications-empty"), [entries?.length ?? null, more, state], () => {
    if (entries === null) return element("p", {}, NOT_OFFERED);
    if (more) return element("p", {}, "There are older ones, too.");
    return element("strong", {}, state ? "No such notification." : "Nobody was notified of anything yet.");
  });
}

function notificationRow() {
  const link = rowLink();
  for (const name of ["state", "title", "to", "reason"]) link.append(element("span", { class: name, dir: "auto" }));
  link.append(age("", { class: "age" }));
  return element("li", { class: "row notification" }, link);
}

function updateNotificationRow(row, entry) {
  const link = row.firstElementChild;
  const [state, title, to, reason, time] = link.children;
  setAttribute(link, "href", addressWith({ view: "notifications", open: entry.id }));
  setAttribute(link, "aria-current", readAddress().open === entry.id ? "true" : null);
  Object.assign(row.dataset, { severity: entry.severity, state: entry.state });
  setText(state, NOTIFICATION_STATES[entry.state] ?? entry.state);
  setText(title, notificationTitle(entry));
  setText(to, entry.destination);
  setText(reason, entry.reason ?? entry.event);
  setAge(time, entry.finished_at ?? entry.created_at);
}

function notificationTitle({ title, alerts, id }) {
  return `${title || id}${alerts > 1 ? ` and ${alerts - 1} more` : ""}`;
}

/** The notification that is open: the list knows everything about it. */
async function loadNotification() {
  return () => showNotification();
}

function showNotification() {
  const { open } = readAddress();
  const entry = notifications.get(open);
  if (!entry) return notifications.size ? showMissing("This notification is not among those in the list.") : pane(open, "loading");
  const node = pane(entry.id, "notification", () => [paneHead(), element("div", { class: "badges" }), element("div", { class: "buttons" }), element("div", { class: "about" })]);
  node.notification = entry;
  node.dataset.severity = entry.severity;
  setText(node.querySelector(".title"), notificationTitle(entry));
  fill(node.querySelector(".badges"), [entry.severity, entry.state, entry.event], () => [
    element("span", { class: "badge severity" }, entry.severity),
    element("span", { class: "badge" }, NOTIFICATION_STATES[entry.state] ?? entry.state),
    element("span", { class: "badge" }, entry.event),
  ]);
  fill(node.querySelector(".buttons"), entry.state, () => (entry.state === "sent" ? null : button("Try now", () => retryNotification(entry), { "data-acts": true, class: "primary", "aria-keyshortcuts": "y", title: "Try now (y)" })));
  fill(node.querySelector(".about"), entry, () => notificationFacts(entry));
}

function notificationFacts(entry) {
  const rest = entry.alerts - entry.fingerprints.length;
  const links = entry.fingerprints.map((fingerprint) => element("li", {}, alertLink(fingerprint)));
  return [
    facts([
      ["Destination", inward(addressOfView("destinations"), entry.destination)],
      ["Reason", entry.reason],
      ["Made", moment(entry.created_at)],
      ["Attempts", String(entry.attempts)],
      ["Next attempt", entry.next_attempt_at ? moment(entry.next_attempt_at) : null],
      ["Finished", entry.finished_at ? moment(entry.finished_at) : null],
      ["Receipt", entry.receipt],
      ["Id", element("code", {}, entry.id)],
    ]),
    element("h3", {}, entry.alerts === 1 ? "Its alert" : `Its ${entry.alerts} alerts`),
    element("ul", { class: "alerts-of" }, ...links, rest > 0 ? element("li", {}, `and ${rest} more`) : ""),
  ];
}

/** The notification in the detail. */
function openNotification() {
  return at("detail").firstElementChild?.notification;
}

async function retryNotification(entry) {
  await attempt(async () => {
    await send("POST", `v1/notifications/${encodeURIComponent(entry.id)}/retry`);
    say(`Due now at ${entry.destination}: ${notificationTitle(entry)}`);
  });
}

function withNotification(act) {
  if (readAddress().view !== "notifications") return;
  const entry = openNotification() ?? notifications.get(document.activeElement?.closest(".row")?.dataset.key);
  if (entry) act(entry);
  else say("Choose a notification first: j and k move.");
}

function prepareNotifications() {
  at("notification-state").addEventListener("change", (event) => visit(addressWith({ state: event.target.value, open: "" })));
}
