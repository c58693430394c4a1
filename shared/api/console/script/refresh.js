// The page keeps itself up to date: it asks every few seconds while somebody can see it, and more slowly when not, or when refused.

const REFRESH_MS = 4000;
const SLOWEST_MS = 60_000;
/** A list that is not whole yet goes on as soon as what is there is painted. */
const FILLING_MS = 20;
/** A page that nobody sees asks this often; where it is to ring, as often as that takes. */
const HIDDEN_MS = 60_000;
const HIDDEN_ALARM_MS = 10_000;
/** A server that takes long is asked less often: at most this part of the time is spent asking. */
const ASKING_SHARE = 1 / 4;

const refreshing = { timer: undefined, controller: undefined, failures: 0, fresh: undefined };

/** Asks for everything in view; an answer to an earlier question is dropped. */
async function refresh() {
  stopRefreshing();
  if (!isKnown()) return;
  const controller = new AbortController();
  refreshing.controller = controller;
  const started = performance.now();
  try {
    await loadAndShow(controller.signal);
    if (controller.signal.aborted) return;
    succeeded();
  } catch (error) {
    if (controller.signal.aborted) return;
    if (error.status === 401) return notKnown();
    failed(error);
  }
  refreshing.timer = setTimeout(refresh, nextAfter(performance.now() - started));
}

async function loadAndShow(signal) {
  const address = readAddress();
  const parts = [VIEWS[address.view].load, loadCounts, loadNumbers, loadAlarm];
  if (address.open && DETAILS[address.view]) parts.push(DETAILS[address.view].load);
  const shown = parts.map(async (load) => {
    const show = await load(address, signal);
    if (!signal.aborted) keepingFocus(show);
  });
  await Promise.all(shown);
}

function stopRefreshing() {
  clearTimeout(refreshing.timer);
  refreshing.controller?.abort();
}

function nextAfter(tookMs) {
  if (refreshing.failures === 0 && isFilling()) return FILLING_MS;
  const usual = document.hidden ? (isAlarmOn() ? HIDDEN_ALARM_MS : HIDDEN_MS) : REFRESH_MS;
  const patient = usual * 2 ** Math.min(refreshing.failures, 6);
  return Math.min(Math.max(patient, tookMs / ASKING_SHARE), SLOWEST_MS);
}

/** Nobody sees the page any more: the next question can wait. */
function slowDown() {
  clearTimeout(refreshing.timer);
  refreshing.timer = setTimeout(refresh, nextAfter(0));
}

function succeeded() {
  if (refreshing.failures > 0) say("Connected again.");
  refreshing.failures = 0;
  refreshing.fresh = Date.now();
  at("trouble").hidden = true;
  showLive();
}

function failed(error) {
  refreshing.failures += 1;
  if (!(error instanceof Refusal)) console.error(error);
  const asOf = refreshing.fresh ? ` What you see is from ${new Date(refreshing.fresh).toLocaleTimeString()}.` : "";
  const next = Math.round(nextAfter(0) / 1000);
  setText(at("trouble"), `${inWords(error)}${asOf} Trying again every ${next} s.`);
  at("trouble").hidden = false;
  showLive();
}

function inWords(error) {
  if (error.status === 0) return "No connection to the server.";
  if (error.status === 503) return `The server cannot answer at present: ${error.message}.`;
  return `${error.message}.`.replace(/\.+$/, ".");
}

function showLive() {
  const failing = refreshing.failures > 0;
  at("live").dataset.state = failing ? "failing" : "live";
  setText(at("live"), failing ? "not connected" : "live");
  setAttribute(at("live"), "title", refreshing.fresh ? `last answer ${inFull(refreshing.fresh)}` : null);
}

function prepareRefreshing() {
  document.addEventListener("visibilitychange", () => (document.hidden ? slowDown() : refresh()));
  window.addEventListener("online", refresh);
}
