// Making and changing a silence: matchers from an alert's labels, how long, and why.

const OPERATORS = ["=", "!=", "=~", "!~"];
const composing = { id: undefined };

/** Opens the dialog for the labels of an alert. */
function silenceAlert(alert) {
  const matchers = Object.entries(alert.labels).map(([name, value]) => ({ name, value, is_regex: false, is_equal: true }));
  composeSilence(matchers);
}

/** Opens the dialog for a new silence. */
function composeSilence(matchers, comment = "") {
  composing.id = undefined;
  openSilenceDialog("New silence", "Silence", matchers);
  silenceField("comment").value = comment;
}

/** Opens the dialog for a silence that exists. */
function changeSilence(silence) {
  composing.id = silence.id;
  openSilenceDialog("Change the silence", "Change", silence.matchers);
  silenceField("comment").value = silence.comment;
  silenceField("created_by").value = silence.created_by;
  silenceField("starts").value = silence.state === "pending" ? localTime(silence.starts_at) : "";
  silenceField("duration").value = "until";
  silenceField("ends").value = localTime(silence.ends_at);
  showUntil();
}

function openSilenceDialog(title, yes, matchers) {
  at("silence-form").reset();
  setText(at("silence-title"), title);
  setText(at("silence-form").querySelector(".primary"), yes);
  setText(at("silence-form").querySelector(".complaint"), "");
  const known = matchers.length > 0 ? matchers : [{ name: "", value: "", is_regex: false, is_equal: true }];
  at("silence-matchers").replaceChildren(...known.map(matcherRow));
  showUntil();
  preview();
  at("silence-dialog").showModal();
  if (matchers.length > 0) silenceField("comment").focus();
  else at("silence-matchers").querySelector(".name").focus();
}

function silenceField(name) {
  return at("silence-form").elements[name];
}

function matcherRow({ name, value, is_regex, is_equal }) {
  const operator = `${is_equal === false ? "!" : is_regex ? "=" : ""}${is_regex ? "~" : "="}`;
  const used = element("input", { type: "checkbox", class: "used", "aria-label": `Use the matcher ${name}`, checked: true });
  const option = (one) => element("option", { value: one, selected: one === operator }, one);
  return element(
    "div",
    { class: "matcher" },
    used,
    element("input", { class: "name", "aria-label": "Label", value: name, placeholder: "label", spellcheck: "false" }),
    element("select", { class: "operator", "aria-label": "Comparison" }, ...OPERATORS.map(option)),
    element("input", { class: "value", "aria-label": "Value", value, placeholder: "value", spellcheck: "false" }),
  );
}

/** The matchers that are ticked and have a name. */
function composedMatchers() {
  const all = Array.from(at("silence-matchers").children, (row) => {
    const part = (name) => row.querySelector(`.${name}`);
    const operator = part("operator").value;
    const matcher = { name: part("name").value.trim(), value: part("value").value, is_regex: operator.includes("~"), is_equal: !operator.startsWith("!") };
    return { used: part("used").checked, matcher };
  });
  return all.filter(({ used, matcher }) => used && matcher.name).map(({ matcher }) => matcher);
}

/** Says how many of the alerts in the list the silence would cover. */
function preview() {
  const matchers = composedMatchers();
  const firing = Array.from(alertList.all.values()).filter((alert) => alert.condition === FIRING);
  setText(at("silence-preview"), previewText(matchers, firing));
}

function previewText(matchers, firing) {
  if (matchers.length === 0) return "Choose at least one matcher.";
  try {
    const covered = firing.filter((alert) => matchers.every((matcher) => matches(matcher, alert)));
    const [first] = covered;
    if (!first) return "Covers none of the alerts in the list now.";
    return `Covers ${covered.length} of ${firing.length} firing in the list now${covered.length === 1 ? `: ${first.title}` : ""}.`;
  } catch {
    return "One of the regular expressions cannot be read here; the server decides.";
  }
}

/** Whether a matcher meets an alert: an absent label is as if blank, a regex holds for the whole value. */
function matches({ name, value, is_regex, is_equal }, alert) {
  const actual = servedLabels(alert)[name] ?? "";
  const meets = is_regex ? new RegExp(`^(?:${value})$`, "su").test(actual) : actual === value;
  return meets === is_equal;
}

/** An alert's labels as silences see them: with what every alert has, where its source gave none of that name. */
function servedLabels({ labels, severity, source, account }) {
  if (source === "alertmanager") return labels;
  return { alertname: labels.kind ?? labels.monitor_name ?? source, severity, source, account, ...labels };
}

async function submitSilence() {
  const complaint = at("silence-form").querySelector(".complaint");
  try {
    setText(complaint, "");
    const silence = composedSilence();
    const path = composing.id ? `v1/silences/${encodeURIComponent(composing.id)}` : "v1/silences";
    await send(composing.id ? "PUT" : "POST", path, silence);
    at("silence-dialog").close();
    say(composing.id ? "The silence is changed." : "Silenced.");
    refresh();
  } catch (error) {
    if (error.status === 401) return notKnown();
    setText(complaint, error.status === 404 || error.status === 405 ? NOT_OFFERED : error.message);
  }
}

function composedSilence() {
  const matchers = composedMatchers();
  if (matchers.length === 0) throw new Refusal(-1, "input", "Choose at least one matcher.");
  const starts_at = utc(silenceField("starts").value);
  const silence = { matchers, comment: silenceField("comment").value.trim(), ...(starts_at && { starts_at }) };
  const created_by = silenceField("created_by").value.trim();
  return { ...silence, ...ending(starts_at), ...(created_by && { created_by }) };
}

function ending(starts_at) {
  const chosen = silenceField("duration").value;
  if (chosen !== "until") {
    const from = starts_at ? new Date(starts_at).getTime() : Date.now();
    return { ends_at: new Date(from + Number(chosen) * 1000).toISOString() };
  }
  const ends_at = utc(silenceField("ends").value);
  if (!ends_at) throw new Refusal(-1, "input", "Say until when.");
  return { ends_at };
}

/** A local time of a form field in UTC; undefined where it is blank. */
function utc(local) {
  return local ? new Date(local).toISOString() : undefined;
}

/** A time as a form field shows it. */
function localTime(text) {
  const time = new Date(text);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function showUntil() {
  at("silence-until").hidden = silenceField("duration").value !== "until";
}

function prepareSilenceDialog() {
  at("silence-form").addEventListener("submit", (event) => {
    event.preventDefault();
    submitSilence();
  });
  at("silence-form").addEventListener("input", () => {
    showUntil();
    preview();
  });
  at("add-matcher").addEventListener("click", () => {
    const row = matcherRow({ name: "", value: "", is_regex: false, is_equal: true });
    at("silence-matchers").append(row);
    row.querySelector(".name").focus();
  });
}
