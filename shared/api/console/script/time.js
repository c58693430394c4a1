// Times: how long ago for the list, to the second for the detail.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AGES_MS = 10_000;
/** Names the zone: those who talk about a time may sit in another. One for all, because each takes long to make. */
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** A time that says how long ago it was, and keeps saying it. */
function age(moment, attributes = {}) {
  const node = element("time", attributes);
  setAge(node, moment);
  return node;
}

/** Makes `node` speak of `moment`. */
function setAge(node, moment) {
  if (!moment) return setText(node, "");
  if (node.getAttribute("datetime") !== moment) {
    setAttribute(node, "datetime", moment);
    setAttribute(node, "title", inFull(moment));
  }
  setText(node, since(moment));
}

/** A time to the second, and how long ago. */
function moment(text) {
  if (!text) return null;
  return element("span", {}, `${inFull(text)} `, element("small", {}, "(", age(text), ")"));
}

/** A time in the reader's zone. */
function inFull(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return String(text);
  return FULL.format(time);
}

/** How long ago, or in how long: two units at most. */
function since(text) {
  const seconds = Math.round((Date.now() - new Date(text).getTime()) / 1000);
  if (Number.isNaN(seconds)) return String(text);
  return seconds < -5 ? `in ${span(-seconds)}` : span(Math.max(seconds, 0));
}

function span(seconds) {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h ${Math.floor((seconds % HOUR) / MINUTE)}m`;
  if (seconds < 14 * DAY) return `${Math.floor(seconds / DAY)}d ${Math.floor((seconds % DAY) / HOUR)}h`;
  return `${Math.floor(seconds / DAY)} d`;
}

function keepAgesTrue() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[datetime]")) setText(node, since(node.dateTime));
  }, AGES_MS);
}
