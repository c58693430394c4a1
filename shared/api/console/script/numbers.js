// Numbers in the navigation: what is in quarantine, and which destinations have trouble, whatever view is open.

const NUMBERS_MS = 60_000;
const MOST_NUMBERED = 100;
const TROUBLED = ["failing", "suspended"];
const numbers = { loadedAt: -Infinity };

/** Loads them once a minute; they are not worth a complaint of their own. */
async function loadNumbers(_address, signal) {
  if (performance.now() - numbers.loadedAt < NUMBERS_MS) return () => {};
  const [quarantine, destinations, sources] = await Promise.all([
    unless(LEFT_OUT, get("v1/quarantine", { limit: MOST_NUMBERED }, signal)),
    unless(LEFT_OUT, get("v1/destinations", {}, signal)),
    unless(LEFT_OUT, get("v1/sources", {}, signal)),
  ]);
  return () => {
    takeHeard(sources?.sources);
    numbers.loadedAt = performance.now();
    numbersOf({ quarantine: quarantine?.quarantine, more: quarantine?.next_cursor, destinations: destinations?.destinations });
  };
}

/** Shows the numbers of what is known; what is not known stays as it is. */
function numbersOf({ quarantine, more, destinations }) {
  if (quarantine) showNumber("quarantine", quarantine.length, `${quarantine.length}${more ? "+" : ""} quarantined`, more ? "+" : "");
  if (!destinations) return;
  const troubled = destinations.filter(({ state }) => TROUBLED.includes(state)).length;
  showNumber("destinations", troubled, `${troubled} failing`);
}

function showNumber(view, count, words, more = "") {
  const link = document.querySelector(`[data-view="${view}"]`);
  const known = link.querySelector(".number-of");
  if (count === 0) return known?.remove();
  const node = known ?? element("span", { class: "number-of" }, element("span", { "aria-hidden": "true" }), element("span", { class: "unseen" }));
  setText(node.firstElementChild, `${count}${more}`);
  setText(node.lastElementChild, ` (${words})`);
  if (!known) link.append(node);
}

function forgetNumbers() {
  numbers.loadedAt = -Infinity;
  for (const node of document.querySelectorAll(".number-of")) node.remove();
}
