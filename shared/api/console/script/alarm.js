// A new critical alert may ring, show a notification of the desktop, and turn the icon red. All of it is off until asked for.

const ALARMS = ["sound", "desktop", "icon"];
const ALARM = "campanile-alarm";
const MOST_WATCHED = 100;
const CALM_ICON = document.querySelector("link[rel=icon]").href;
const RED_ICON = CALM_ICON.replaceAll("%23c8862a", "%23d3202a");
/** Two tones, each in Hz, from when and for how long, in seconds. */
const TONES = [[880, 0, 0.28], [660, 0.3, 0.5]];

const alarm = { wanted: new Set(), seen: undefined, audio: undefined };

function isAlarmOn() {
  return alarm.wanted.size > 0;
}

/** Looks for critical alerts that nobody has, whatever the list shows. */
async function loadAlarm(_address, signal) {
  if (!isAlarmOn()) return () => {};
  const query = { condition: FIRING, handling: "open", severity: "critical", limit: MOST_WATCHED };
  const { alerts } = await get("v1/alerts", query, signal);
  return () => watch(alerts);
}

function watch(alerts) {
  const fresh = alarm.seen ? alerts.filter((alert) => !alarm.seen.has(alert.fingerprint)) : [];
  alarm.seen = new Set(alerts.map((alert) => alert.fingerprint));
  showIcon(alerts.length > 0);
  if (fresh.length === 0) return;
  if (alarm.wanted.has("sound")) ring();
  if (alarm.wanted.has("desktop")) notifyDesktop(fresh);
}

function showIcon(isRed) {
  const icon = isRed && alarm.wanted.has("icon") ? RED_ICON : CALM_ICON;
  setAttribute(document.querySelector("link[rel=icon]"), "href", icon);
}

/** Sounds once, however many are new. */
function ring() {
  if (!alarm.audio) return;
  for (const [hertz, from, seconds] of TONES) {
    const [tone, volume] = [alarm.audio.createOscillator(), alarm.audio.createGain()];
    const start = alarm.audio.currentTime + from;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + seconds);
    tone.connect(volume).connect(alarm.audio.destination);
    tone.start(start);
    tone.stop(start + seconds);
  }
}

function notifyDesktop(fresh) {
  if (globalThis.Notification?.permission !== "granted") return;
  const [first] = fresh;
  const title = fresh.length === 1 ? first.title : `${fresh.length} new critical alerts`;
  const note = new Notification(title, { body: [first.resource, first.value].filter(Boolean).join(" · "), tag: "campanile" });
  note.addEventListener("click", () => {
    window.focus();
    visit(`${location.pathname}?open=${encodeURIComponent(first.fingerprint)}`);
    note.close();
  });
}

async function wantAlarm(kind, wanted) {
  alarm.wanted[wanted ? "add" : "delete"](kind);
  if (kind === "desktop" && wanted) await allowDesktop();
  if (kind === "sound" && wanted) {
    wakeAudio();
    ring();
  }
  if (kind === "icon" && !wanted) showIcon(false);
  remember(ALARM, Array.from(alarm.wanted).join(" "));
  showAlarm();
  refresh();
}

async function allowDesktop() {
  if ((await globalThis.Notification?.requestPermission()) === "granted") return;
  alarm.wanted.delete("desktop");
  say("This browser does not allow notifications of this page: allow them in its settings.");
}

/** A browser plays nothing before somebody has touched the page. */
function wakeAudio() {
  if (!alarm.wanted.has("sound")) return;
  alarm.audio ??= new AudioContext();
  alarm.audio.resume();
}

function showAlarm() {
  for (const kind of ALARMS) at(`alarm-${kind}`).checked = alarm.wanted.has(kind);
  setText(at("show-alarm"), isAlarmOn() ? "Alarm on" : "Alarm off");
}

function forgetAlarm() {
  alarm.seen = undefined;
  showIcon(false);
}

function prepareAlarm() {
  const kinds = (remembered(ALARM) ?? "").split(" ").filter((kind) => ALARMS.includes(kind));
  alarm.wanted = new Set(kinds);
  at("show-alarm").addEventListener("click", () => at("alarm").showModal());
  at("alarm-form").addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ALARMS) at(`alarm-${kind}`).addEventListener("change", (event) => wantAlarm(kind, event.target.checked));
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, wakeAudio, { once: true });
  showAlarm();
}
