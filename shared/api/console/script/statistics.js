// Statistics: alerts a day as a picture and as a table, what was noisy, and how long it took until somebody had it and until
// it was over.

const CHART_HEIGHT = 150;
const CHART_AXIS = 18;
const CHART_LEFT = 34;
const NOISE_WIDTH = 90;
/** A day's numbers are not worth asking for with every refresh. */
const STATISTICS_MS = 60_000;
const USUAL_DAYS = "30";
const OF_A_DAY = ["acknowledged", "resolved", "expired"];

const statistics = { asked: "", loadedAt: -Infinity, answer: undefined };

async function loadStatistics({ days, source }, signal) {
  const asked = JSON.stringify([days, source]);
  if (statistics.asked !== asked || performance.now() - statistics.loadedAt > STATISTICS_MS) {
    const answer = await ifOffered(get("v1/statistics", { days: days || USUAL_DAYS, source }, signal));
    if (signal.aborted) return () => {};
    Object.assign(statistics, { asked, loadedAt: performance.now(), answer });
  }
  return () => showStatistics(statistics.answer, days, source);
}

function forgetStatistics() {
  Object.assign(statistics, { asked: "", loadedAt: -Infinity, answer: undefined });
  delete at("statistics").filledWith;
  at("statistics").replaceChildren();
}

function showStatistics(answer, days, source) {
  choose(at("statistics-days"), days || USUAL_DAYS);
  choose(at("statistics-source"), source);
  const isEventful = answer?.days.some((day) => day.opened + day.acknowledged + day.resolved + day.expired > 0) ?? false;
  at("statistics").hidden = !isEventful;
  at("statistics-empty").hidden = isEventful;
  fill(at("statistics-empty"), [answer === null, days, source], () => (answer === null ? element("p", {}, NOT_OFFERED) : element("strong", {}, "Nothing happened in this time.")));
  if (!isEventful) return;
  const width = Math.max(at("statistics").clientWidth - 32, 260);
  fill(at("statistics"), [answer, width], () => [
    ...dayParts(answer, width),
    ...noisyParts("Noisiest alerts", "Alert", answer.noisiest_alerts, ({ fingerprint, title }) => inward(addressWith({ view: "alerts", open: fingerprint, source: "", days: "" }), title || fingerprint)),
    ...noisyParts("Noisiest resources", "Resource", answer.noisiest_resources, ({ resource }) => inward(addressWith({ view: "alerts", q: resource, condition: "all", source: "", days: "" }), resource)),
    ...weekParts(answer.weeks),
  ]);
}

/** Alerts by day: the picture, and the same as a table. */
function dayParts({ days, from, to }, width) {
  const names = ["Day", "Opened", ...SEVERITIES, ...OF_A_DAY].map(capitalized);
  const rows = days.toReversed().map((day) => [day.day, day.opened, ...SEVERITIES.map((severity) => day.by_severity[severity] ?? 0), ...OF_A_DAY.map((name) => day[name])]);
  return [
    element("h2", {}, "Alerts a day"),
    element("figure", { class: "chart" }, daysDrawn(days, from, to, width), element("details", {}, element("summary", {}, "As a table"), numbersTable("Alerts a day", names, rows))),
  ];
}

function daysDrawn(days, from, to, width) {
  const most = Math.max(...days.map((day) => day.opened), 1);
  const place = (width - CHART_LEFT) / days.length;
  const y = (count) => CHART_HEIGHT - (count / most) * (CHART_HEIGHT - 8);
  const described = `Alerts that opened each day from ${from} to ${to}, by severity; the table below says the same.`;
  const lines = [0, most].map((count) => drawing("g", {}, drawing("line", { class: "base", x1: CHART_LEFT, x2: width, y1: y(count), y2: y(count) }), drawing("text", { class: "tick", x: CHART_LEFT - 6, y: y(count) + 4, "text-anchor": "end" }, String(count))));
  const bars = days.flatMap((day, n) => dayDrawn(day, CHART_LEFT + n * place, place, y));
  const dates = [[from, CHART_LEFT, "start"], [to, width, "end"]].map(([date, x, anchor]) => drawing("text", { class: "tick", x, y: CHART_HEIGHT + CHART_AXIS - 4, "text-anchor": anchor }, date));
  const height = CHART_HEIGHT + CHART_AXIS;
  return drawing("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": described }, ...lines, ...bars, ...dates);
}

/** One day's alerts, the worst at the bottom. */
function dayDrawn({ day, opened, by_severity }, x, place, y) {
  let below = 0;
  return SEVERITIES.filter((severity) => by_severity[severity] > 0).map((severity) => {
    const count = by_severity[severity];
    const [top, bottom] = [y(below + count), y(below)];
    below += count;
    const shape = { class: "bar-severity", "data-severity": severity, x: x + place * 0.1, y: top, width: Math.max(place * 0.8, 1), height: bottom - top };
    return drawing("rect", shape, drawing("title", {}, `${day}: ${opened} opened, ${count} ${severity}`));
  });
}

/** What was noisy, each with a bar as long as it was loud. */
function noisyParts(title, name, noisy, link) {
  if (noisy.length === 0) return [];
  const most = Math.max(...noisy.map((one) => one.opened), 1);
  const bar = (one) => drawing("svg", { width: NOISE_WIDTH, height: 12, viewBox: `0 0 ${NOISE_WIDTH} 12`, "aria-hidden": "true" }, drawing("rect", { class: "bar-plain", x: 0, y: 1, width: Math.max((one.opened / most) * NOISE_WIDTH, 2), height: 10, rx: 2 }));
  const rows = noisy.map((one) => [element("span", { dir: "auto" }, link(one)), one.source, loudness(one), bar(one)]);
  return [element("h2", {}, title), numbersTable(title, [name, "Source", "Opened", ""], rows)];
}

/** A number, or two where a day had more names than are kept. */
function loudness({ opened, at_most }) {
  return opened === at_most ? String(opened) : `${opened} to ${at_most}`;
}

function weekParts(weeks) {
  if (weeks.length === 0) return [];
  const title = "Median times by week and source";
  const after = (seconds) => (seconds === null ? "" : span(seconds));
  const rows = weeks.toReversed().map((one) => [one.week, one.source, after(one.median_seconds_to_acknowledge), one.acknowledged, after(one.median_seconds_to_resolve), one.resolved]);
  return [element("h2", {}, title), numbersTable(title, ["Week from", "Source", "To acknowledge", "Acknowledged", "To resolve", "Resolved"], rows)];
}

function numbersTable(caption, names, rows) {
  const head = element("thead", {}, element("tr", {}, ...names.map((name) => element(name ? "th" : "td", name ? { scope: "col" } : {}, name))));
  const row = ([first, ...rest]) => element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((cell) => element("td", {}, typeof cell === "number" ? String(cell) : cell)));
  return element("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": caption }, element("table", {}, element("caption", { class: "unseen" }, caption), head, element("tbody", {}, ...rows.map(row))));
}

function capitalized(word) {
  return word[0].toUpperCase() + word.slice(1);
}

function prepareStatistics() {
  const sources = document.querySelectorAll("#filters [name=source] option");
  at("statistics-source").append(...Array.from(sources, (option) => option.cloneNode(true)));
  at("statistics-days").addEventListener("change", ({ target }) => visit(addressWith({ days: target.value === USUAL_DAYS ? "" : target.value })));
  at("statistics-source").addEventListener("change", ({ target }) => visit(addressWith({ source: target.value })));
}
