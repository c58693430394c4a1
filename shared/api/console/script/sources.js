// Whether the sources speak: a source that is quiet may be well, or may not reach us.

async function loadSources(_address, signal) {
  const answer = await ifOffered(get("v1/sources", {}, signal));
  return () => {
    takeHeard(answer?.sources);
    showSources(answer?.sources ?? null, answer?.totals ?? {});
    showUpkeep(answer?.upkeep ?? {});
  };
}

/** A source's counts are those of all its accounts, so that they stand beside the first of them alone. */
function showSources(sources, totals) {
  const firsts = new Set();
  const known = (sources ?? []).map((one) => {
    if (firsts.has(one.source)) return { ...one, further: true };
    firsts.add(one.source);
    return { ...one, ...totals[one.source] };
  });
  at("sources").hidden = known.length === 0;
  at("sources").dataset.quarantine = known.some((one) => one.quarantined_last_hour !== undefined) ? "counted" : "uncounted";
  const row = { key: ({ source, account }) => `${source} ${account}`, create: sourceRow, update: updateSourceRow };
  reconcile(at("sources").tBodies[0], known, row);
  at("sources-empty").hidden = known.length > 0;
  fill(at("sources-empty"), sources === null, () =>
    sources === null ? element("p", {}, NOT_OFFERED) : [element("strong", {}, "No source has spoken yet."), ...teaching()],
  );
}

/** What the keeper of each source last came to. */
function showUpkeep(upkeep) {
  const known = Object.entries(upkeep).map(([source, one]) => ({ source, ...one }));
  at("upkeep").hidden = known.length === 0;
  const row = { key: ({ source }) => source, create: upkeepRow, update: updateUpkeepRow };
  reconcile(at("upkeep").tBodies[0], known, row);
}

function upkeepRow() {
  const names = Array.from(at("upkeep").tHead.rows[0].cells, (cell) => cell.textContent);
  const cell = (kind, n) => element("td", { class: kind, dir: "auto", "data-name": names[n + 1] });
  return element("tr", {}, element("th", { scope: "row" }), ...["state", "spoke", "account"].map(cell));
}

function updateUpkeepRow(row, { source, is_configured, missing, failure, ran_at, healed_at, healed }) {
  const [name, state, ran, last] = row.cells;
  setText(name, source);
  setText(state, is_configured ? (failure ? `failed: ${failure}` : "kept") : `not kept: ${missing}`);
  fill(ran, ran_at, () => [age(ran_at), " ago"]);
  fill(last, [healed_at, healed], () => (healed_at ? [age(healed_at), ` ago: ${healed}`] : "nothing yet"));
}

function sourceRow() {
  const names = Array.from(at("sources").tHead.rows[0].cells, (cell) => cell.textContent);
  const cell = (kind, n) => element("td", { class: kind, dir: "auto", "data-name": names[n + 1] });
  return element("tr", {}, element("th", { scope: "row" }), ...["account", "state", "spoke", "number", "number"].map(cell));
}

function updateSourceRow(row, { source, account, state, last_event_at, events_last_hour, quarantined_last_hour, further }) {
  const [name, tenant, health, spoke, events, refused] = row.cells;
  row.dataset.state = state;
  fill(name, [source], () => inward(addressWith({ view: "alerts", open: "", state: "", source }), source));
  setText(tenant, account);
  setText(health, state);
  fill(spoke, last_event_at, () => (last_event_at ? [age(last_event_at), " ago"] : "never"));
  setText(events, further ? "" : String(events_last_hour ?? "–"));
  setText(refused, further ? "" : String(quarantined_last_hour ?? "–"));
}
