// Destinations: whether each takes what it is sent, why not, and what waits for it.

const DESTINATION_STATES = { waiting_for_its_hours: "outside its hours" };

async function loadDestinations(_address, signal) {
  const answer = await ifOffered(get("v1/destinations", {}, signal));
  return () => {
    showDestinations(answer);
    if (answer) numbersOf({ destinations: answer.destinations });
  };
}

function showDestinations(answer) {
  const known = answer?.destinations ?? [];
  at("destinations").hidden = known.length === 0;
  const row = { key: ({ id }) => id, create: destinationRow, update: updateDestinationRow };
  reconcile(at("destinations").tBodies[0], known, row);
  fill(at("mistakes"), answer?.mistakes ?? [], (mistakes) => mistakes.map(({ path, problem }) => element("li", {}, element("code", {}, path), `: ${problem}`)));
  at("mistakes").hidden = !answer?.mistakes?.length;
  at("destinations-empty").hidden = known.length > 0;
  fill(at("destinations-empty"), answer === null, () => {
    if (answer === null) return element("p", {}, NOT_OFFERED);
    return [
      element("strong", {}, "No destination is configured: nobody is notified."),
      element("p", {}, "Put one into the secret ", element("code", {}, "campanile/destinations"), ", such as"),
      element("pre", { tabindex: "0", role: "region", "aria-label": "Example of a destination" }, '{"destinations": [{"id": "chat", "type": "slack", "settings": {"webhook_url": "https://hooks.slack.com/services/…"}}]}'),
      element("p", {}, element("code", {}, "campanile check destinations"), " reads it, and ", element("code", {}, "campanile notify --test"), " tries it."),
    ];
  });
}

function destinationRow() {
  const names = Array.from(at("destinations").tHead.rows[0].cells, (cell) => cell.textContent);
  const cell = (kind, n) => element("td", { class: kind, dir: "auto", "data-name": names[n + 1] });
  const cells = ["state", "reason", "waiting", "sent", "last", "acts"].map(cell);
  return element("tr", {}, element("th", { scope: "row" }), ...cells);
}

function updateDestinationRow(row, destination) {
  const { id, name, type, host, state, reason, waiting, sent_last_hour, failed_last_hour, last_success_at } = destination;
  const [head, health, why, waits, sent, last, acts] = row.cells;
  row.dataset.state = state;
  fill(head, [id, name, type, host], () => [element("span", { dir: "auto" }, name ?? id), element("small", {}, `${name ? `${id} · ` : ""}${type} · ${host}`)]);
  fill(health, [state, destination.since, destination.until], () => stateOf(destination));
  setText(why, reason);
  fill(waits, [waiting, destination.oldest_waiting_at, destination.next_attempt_at], () => waitingOf(destination));
  setText(sent, failed_last_hour ? `${sent_last_hour} sent, ${failed_last_hour} failed` : `${sent_last_hour} sent`);
  fill(last, last_success_at, () => (last_success_at ? [age(last_success_at), " ago"] : "never"));
  fill(acts, [state, waiting > 0], () => destinationButtons(destination));
}

function stateOf({ state, since, until }) {
  const word = element("span", { class: "word" }, DESTINATION_STATES[state] ?? state);
  const times = [...(since ? ["for ", age(since)] : []), since && until ? ", " : "", ...(until ? ["again ", dueIn(until)] : [])];
  return [word, since || until ? element("small", {}, ...times) : ""];
}

function waitingOf({ waiting, oldest_waiting_at, next_attempt_at }) {
  if (!waiting) return "nothing";
  const address = addressWith({ ...NO_FILTERS, view: "notifications", state: "waiting" });
  const times = [...(oldest_waiting_at ? [" since ", age(oldest_waiting_at)] : []), ...(next_attempt_at ? [", next attempt ", dueIn(next_attempt_at)] : [])];
  return [inward(address, String(waiting)), element("small", {}, ...times)];
}

function destinationButtons(destination) {
  const { id, name, state, waiting } = destination;
  const about = (text, verb) => button(text, () => actOnDestination(destination, verb), { "data-acts": true, "aria-label": `${text}: ${name ?? id}` });
  if (state === "disabled") return [];
  if (state === "suspended" || state === "held") return about("Resume", "resume");
  return state === "failing" || waiting ? about("Try now", "retry") : [];
}

async function actOnDestination({ id, name }, verb) {
  await attempt(async () => {
    await send("POST", `v1/destinations/${encodeURIComponent(id)}/${verb}`);
    say(verb === "resume" ? `${name ?? id} is notified again.` : `${name ?? id}: what waits is due now.`);
  });
}
